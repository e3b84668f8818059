//! Images and audio that the table holds in base64, through every command.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use image::ImageFormat;

use crate::support::{Place, picture, wav};

fn line(row: u8) -> String {
    let (shade, label) = if row.is_multiple_of(2) { (10, "dark") } else { (200, "light") };
    let image = BASE64_STANDARD.encode(picture(shade + row, ImageFormat::Png));
    let sound = BASE64_STANDARD.encode(wav(800, 300.0 + 20.0 * f64::from(row)));
    format!(
        "{{\"id\": \"n{row}\", \"image\": \"{image}\", \"sound\": {{\"bytes\": \"{sound}\", \"path\": null}}, \"shade\": \"{label}\"}}\n"
    )
}

#[test]
fn base64_goes_through_every_command() {
    let place = Place::new();
    place.write("train.jsonl", (0..40).map(line).collect::<String>());
    let shown = place.succeed("init train.jsonl --tasks shade -o c.toml");
    for (kind, reason) in [
        ("image", "the bytes of images (20 of 20 tried can be read; the first is a PNG image)"),
        ("audio", "the bytes of sounds (20 of 20 tried can be read; the first is a WAV sound)"),
    ] {
        assert!(shown.lines().any(|line| line.contains(kind) && line.ends_with(reason)), "{shown}");
    }
    let check = place.run("check c.toml");
    assert_eq!(check.code, 0, "{}", check.err);
    assert!(check.out.contains("Files of image: 40, 0 unreadable"), "{}", check.out);
    place.succeed("train c.toml --out run --quiet --set training.epochs=1 --set model.width=8 --set training.threads=1");
    // One cell that is cut, one that is no base64, one without anything.
    let cut = line(1).replace("\"sound\": {\"bytes\": \"UklGR", "\"sound\": {\"bytes\": \"*klGR");
    let empty = "{\"id\": \"e\", \"image\": null, \"sound\": {\"bytes\": null, \"path\": null}}\n";
    place.write("new.jsonl", format!("{}{cut}{empty}", line(0)));
    let predicted = place.run("predict run --data new.jsonl --keep id");
    assert_eq!(predicted.code, 0, "{}", predicted.err);
    assert_eq!(predicted.out.lines().count(), 4, "{}", predicted.out);
    let note = "new.jsonl, line 2, column \"sound\": the text of";
    assert!(predicted.err.contains(note) && predicted.err.len() < 1000, "{}", predicted.err);
    let refused = place.run("predict run --data new.jsonl --keep image");
    let message = "column \"image\" holds files as bytes, which are not written again; keep a column that names the rows instead";
    assert!(refused.code == 2 && refused.err.contains(message), "{}", refused.err);
    assert!(place.succeed("evaluate run --data train.jsonl --json").contains("\"rows\":40"));
    assert!(place.succeed("report run").len() < 1000);
    assert!(place.bytes("run/report.html").len() < 1_000_000);
}
