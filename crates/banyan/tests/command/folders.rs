//! A folder with a folder of images for each class is a table.

use crate::support::{Place, picture, wav};
use image::ImageFormat;

/// Ten images each of two classes, in a folder.
fn photos(place: &Place, folder: &str) {
    for number in 0..10_u8 {
        for (class, shade) in [("dark days", 10), ("light", 200)] {
            place.write(&format!("{folder}/{class}/{number}.PNG"), picture(shade + number, ImageFormat::Png));
        }
    }
}

const SMALL: &str = "--set training.epochs=2 --set model.width=8 --set training.batch_size=8";

#[test]
fn a_folder_of_folders_of_images_is_a_table_with_labels() {
    let place = Place::new();
    photos(&place, "photos");
    place.write("photos/.DS_Store", "x");
    place.write("photos/light/notes.txt", "x");
    place.write("photos/light/night/10.webp", picture(210, ImageFormat::WebP));
    let shown = place.succeed("init photos");
    assert!(shown.contains("image   input    image   paths of images") && shown.contains("photos.toml"), "{shown}");
    let text = place.read("photos.toml");
    for part in ["train = \"photos\"", "[inputs.image]\ntype = \"image\"", "[tasks.label]\ntype = \"binary\""] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    place.succeed(&format!("train photos.toml --out run --quiet {SMALL} --set training.seed=2"));
    // The order is that of the names, whatever the disk gives.
    let kept = place.succeed("predict run --data photos --keep image,label");
    let kept: Vec<String> = kept.lines().skip(1).map(|line| line.split(',').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!((kept.len(), kept[0].as_str(), kept[10].as_str()), (21, "dark days/0.PNG dark days", "light/0.PNG light"));
    assert_eq!(kept[20], "light/night/10.webp light");
    // Images without classes can be predicted.
    place.write("new/b.png", picture(205, ImageFormat::Png));
    place.write("new/a.png", picture(12, ImageFormat::Png));
    let predicted = place.succeed("predict run --data new --keep image -o new/out.csv") + &place.read("new/out.csv");
    let rows: Vec<&str> = predicted.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(rows, ["image", "a.png", "b.png"]);
    place.succeed("predict run --data new -o new/out.csv");
}

#[test]
fn folders_for_the_splits_are_recognized() {
    let place = Place::new();
    for part in ["train", "val", "test"] {
        photos(&place, &format!("photos/{part}"));
    }
    place.succeed("init photos/ -o configs.toml");
    let text = place.read("configs.toml");
    assert!(text.contains("[data]\ntrain = \"photos/train\"\nvalid = \"photos/val\"\ntest = \"photos/test\"\n\n"), "{text}");
    let checked: serde_json::Value = serde_json::from_str(&place.succeed("check configs.toml --json")).unwrap();
    assert_eq!(["train", "valid", "test"].map(|split| checked["data"]["rows"][split].as_u64().unwrap()), [20, 20, 20]);
    place.succeed(&format!("train configs.toml --out run --quiet {SMALL}"));
    place.succeed("evaluate run --data photos/test");
}

#[test]
fn folders_of_sounds_are_read_too_and_others_are_refused() {
    let place = Place::new();
    for number in 0..8 {
        for (class, pitch) in [("high", 900.0), ("low", 200.0)] {
            place.write(&format!("sounds/{class}/{number}.wav"), wav(1600, pitch + f64::from(number)));
        }
    }
    place.succeed("init sounds");
    assert!(place.read("sounds.toml").contains("[inputs.audio]\ntype = \"audio\""));
    place.write("empty/keep.txt", "");
    place.write("mixed/a/1.png", picture(1, ImageFormat::Png));
    place.write("mixed/a/1.wav", wav(800, 300.0));
    place.write("flat/1.png", picture(1, ImageFormat::Png));
    for (arguments, reason) in [
        (
            "init empty",
            "cannot read empty: it is a folder without images or sounds (.png, .jpg, .jpeg, .webp, .wav, .flac, .mp3, .ogg); name a table file in it",
        ),
        ("init mixed", "cannot read mixed: it is a folder with images and sounds; write a table with a column for each"),
        ("init flat", "flat has no column \"label\"; its columns are image"),
    ] {
        let ran = place.run(arguments);
        assert!(ran.code > 0 && ran.err == format!("error: {reason}\n"), "{arguments}: {}", ran.err);
    }
    let ran = place.run("train sounds");
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (2, "error: sounds is a folder of data, not a configuration; write a configuration for it with: banyan init sounds\n")
    );
}
