//! Images and audio that cannot be read: counted by name, or an error, as `on_bad_row` says.

use crate::support::{Place, picture, wav};
use image::ImageFormat;

const CONFIG: &str = r#"[data]
train = "train.csv"
valid = "valid.csv"

[inputs.image]
type = "image"

[inputs.sound]
type = "audio"

[tasks.shade]
type = "binary"

[model]
width = 8

[training]
epochs = 1
batch_size = 8
threads = 1
"#;

/// Sixteen images and recordings, all readable.
fn media() -> Place {
    let place = Place::new();
    let (mut train, mut valid) = ("image,sound,shade\n".to_owned(), "image,sound,shade\n".to_owned());
    for row in 0..16_u8 {
        let (shade, label) = if row % 2 == 0 { (10, "dark") } else { (200, "light") };
        place.write(&format!("files/{row}.jpg"), picture(shade + row, ImageFormat::Jpeg));
        place.write(&format!("files/{row}.wav"), wav(1600, 300.0 + 20.0 * f64::from(row)));
        let line = format!("files/{row}.jpg,files/{row}.wav,{label}\n");
        if row < 12 { train += &line } else { valid += &line }
    }
    place.write("train.csv", train);
    place.write("valid.csv", valid);
    place.write("media.toml", CONFIG);
    place
}

/// The file's own header announces 60,000 × 60,000 pixels.
fn huge_header() -> Vec<u8> {
    let mut bytes = picture(9, ImageFormat::Png);
    bytes[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// The checksum of a PNG's parts, without which a reader would stop at the damage rather than at the size.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

#[test]
fn unreadable_files_are_counted_and_named() {
    let place = media();
    let whole = place.bytes("files/0.jpg");
    place.write("files/0.jpg", &whole[..whole.len() / 2]);
    place.write("files/1.jpg", huge_header());
    place.write("files/2.wav", "");
    place.write("files/3.wav", wav(0, 1.0));
    place.write("files/4.wav", "this is no sound");
    std::fs::remove_file(place.path("files/5.jpg")).unwrap();
    let transcript = place.transcript(&[
        "check media.toml --quiet",
        "train media.toml --out missing",
        "train media.toml --out error --quiet --set data.on_bad_row=error",
        "train media.toml --out skip --quiet --set data.on_bad_row=skip",
    ]);
    // Metrics of so small a model are of no interest here.
    let shown: Vec<&str> =
        transcript.lines().filter(|line| ["$", "note", "error", "[exit"].iter().any(|start| line.starts_with(start))).collect();
    insta::assert_snapshot!(shown.join("\n"));
    let summary: serde_json::Value = serde_json::from_str(&place.read("skip/summary.json")).unwrap();
    assert_eq!(summary["data"]["rows"]["train"], 6);
}

#[test]
fn a_row_of_which_nothing_is_left_is_an_error() {
    let place = media();
    place.write("files/6.jpg", "");
    place.write("files/6.wav", "");
    insta::assert_snapshot!(place.transcript(&["train media.toml --quiet"]));
}

#[test]
fn a_path_outside_the_table_s_folder_is_an_error() {
    let place = media();
    let table = place.read("train.csv");
    place.write("train.csv", table.replace("files/3.jpg", "../secret.jpg"));
    place.write("absolute.csv", table.replace("files/3.jpg", "/etc/passwd"));
    insta::assert_snapshot!(place.transcript(&["check media.toml", "check media.toml --set data.train=\"absolute.csv\""]));
}

/// `on_bad_row` is about training data: of what is predicted, every row has its prediction.
#[test]
fn a_bad_file_costs_no_other_row_its_prediction() {
    let place = media();
    place.write("images.toml", CONFIG.replace("[inputs.sound]\ntype = \"audio\"\n", ""));
    place.write("files/bad.jpg", "");
    for rule in ["error", "missing", "skip"] {
        place.succeed(&format!("train images.toml --out {rule} --quiet --set data.on_bad_row={rule}"));
        place.write("new.csv", "image,shade\nfiles/0.jpg,dark\nfiles/bad.jpg,light\nfiles/none.jpg,light\n,light\n../secret.jpg,light\n");
        let ran = place.run(&format!("predict {rule} --data new.csv"));
        let lines: Vec<&str> = ran.out.lines().collect();
        assert_eq!(lines.len(), 1 + 5, "{rule}: {}{}", ran.out, ran.err);
        // As a row without the file.
        assert_eq!((lines[2], lines[3], lines[5]), (lines[4], lines[4], lines[4]), "{rule}");
        let note = "input \"image\": 3 rows have an unreadable file: files/bad.jpg is empty (0 bytes); files/none.jpg does not exist; \
                    ../secret.jpg leaves the folder of media files";
        assert!(ran.err.contains(note) && ran.err.contains("4 rows have none of the inputs"), "{rule}: {}", ran.err);
        let measured = place.run(&format!("evaluate {rule} --data new.csv --json"));
        assert!(measured.out.contains("\"rows\": 5") || measured.out.contains("\"rows\":5"), "{rule}: {}{}", measured.out, measured.err);
    }
}
