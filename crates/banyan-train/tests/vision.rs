//! Classification, detection and segmentation of small drawings in one model.
#![expect(clippy::unwrap_used, reason = "a training that fails fails the test")]

use banyan_data::output::OutputValues;
use banyan_data::table::Cell;
use banyan_train::config::Config;
use banyan_train::report::{ReportData, html};
use banyan_train::run::RunFolder;
use banyan_train::{LoadedRun, Silent, TrainOptions, train};
use image::{GrayImage, Luma, Rgb, RgbImage};
use serde_json::Value;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// A drawing: a filled square (class 0, red) or a frame (class 1, blue) on gray, and how large the picture is.
fn draw(folder: &Path, row: usize, [height, width]: [u32; 2]) -> String {
    let side = 8 + (row * 7 % 9) as u32;
    let (x, y) = ((row * 13) as u32 % (width - side), (row * 29) as u32 % (height - side));
    let is_frame = row % 2 == 1;
    let (mut picture, mut mask) = (RgbImage::from_pixel(width, height, Rgb([110, 110, 110])), GrayImage::new(width, height));
    for dy in 0..side {
        for dx in 0..side {
            let is_edge = dx < 2 || dy < 2 || dx >= side - 2 || dy >= side - 2;
            if !is_frame || is_edge {
                picture.put_pixel(x + dx, y + dy, if is_frame { Rgb([40, 60, 220]) } else { Rgb([230, 40, 40]) });
                mask.put_pixel(x + dx, y + dy, Luma([1 + u8::from(is_frame)]));
            }
        }
    }
    picture.save(folder.join(format!("{row}.png"))).unwrap();
    mask.save(folder.join(format!("m{row}.png"))).unwrap();
    let label = if is_frame { "frame" } else { "square" };
    // Some rows lack each of the labels.
    let boxes = format!(r#"[{{"label": "{label}", "box": [{x}, {y}, {}, {}]}}]"#, x + side, y + side);
    let boxes = if row % 5 == 4 { "null".to_owned() } else { boxes };
    let mask = if row % 4 == 3 { "null".to_owned() } else { format!("\"m{row}.png\"") };
    let kind = if row % 3 == 2 { "null".to_owned() } else { format!("\"{label}\"") };
    format!(r#"{{"image": "{row}.png", "kind": {kind}, "boxes": {boxes}, "mask": {mask}}}"#) + "\n"
}

fn table(folder: &Path, name: &str, rows: std::ops::Range<usize>, size: impl Fn(usize) -> [u32; 2]) {
    let text: String = rows.map(|row| draw(folder, row, size(row))).collect();
    std::fs::write(folder.join(name), text).unwrap();
}

fn config(lines: &str, overrides: &[String]) -> Config {
    let text = format!(
        r#"
[data]
train = "train.jsonl"
valid = "valid.jsonl"
[inputs.image]
type = "image"
size = [32, 32]
backbone_size = "tiny"
encoder = "conv"
{lines}
[tasks.kind]
type = "classification"
[tasks.boxes]
type = "detection"
static_steps = 20
[tasks.mask]
type = "segmentation"
classes = ["background", "square", "frame"]
[model]
width = 32
[training]
epochs = 12
batch_size = 8
learning_rate = 0.003
"#
    );
    Config::parse("config.toml", &text, overrides).unwrap()
}

#[test]
fn three_kinds_of_task_are_learned_in_one_model_from_images_of_which_some_lack_labels() {
    let folder = tempfile::tempdir().unwrap();
    let size = |row: usize| [[32, 32], [40, 30], [28, 48]][row % 3];
    table(folder.path(), "train.jsonl", 0..120, size);
    table(folder.path(), "valid.jsonl", 120..150, size);
    let out = folder.path().join("run");
    let options = TrainOptions { out: out.clone(), ..TrainOptions::default() };
    train(&config("fit = \"letterbox\"", &[]), folder.path(), &options, &mut Silent, &AtomicBool::new(false)).unwrap();

    let mut run = LoadedRun::open(&out).unwrap();
    let (evaluation, _) = run.evaluate(None, None, None).unwrap();
    let metric = |task: &str, name: &str| evaluation.tasks[task].get(name).unwrap();
    assert!(metric("kind", "accuracy") > 0.85, "{evaluation:?}");
    assert!(metric("boxes", "map50") > 0.5, "{evaluation:?}");
    assert!(metric("boxes", "map50") >= metric("boxes", "map"));
    assert!(metric("mask", "miou") > 0.6, "{evaluation:?}");
    assert_eq!((evaluation.tasks["boxes"].rows, evaluation.tasks["mask"].rows), (24, 23));

    // Boxes come back in pixels of each image, whatever its size.
    let (predictions, _) = run.predict(&folder.path().join("valid.jsonl"), None, None).unwrap();
    let column = predictions.columns.iter().find(|column| column.name == "boxes").unwrap();
    let OutputValues::Cells(column) = &column.values else { panic!("a column of cells") };
    for row in 0..column.len() {
        let Cell::Objects(text) = column.cell(row) else { panic!("boxes in row {row}") };
        let boxes: Vec<Value> = serde_json::from_str(text).unwrap();
        let [height, width] = size(120 + row);
        for found in &boxes {
            let corners: Vec<f64> = found["box"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
            assert!(corners[0] >= 0.0 && corners[2] <= f64::from(width) && corners[3] <= f64::from(height), "row {row}: {found}");
            assert!(["square", "frame"].contains(&found["label"].as_str().unwrap()));
        }
    }

    report_shows_objects_and_masks(&out);

    // A task alone runs without the others' layers, and gives the same.
    let all = run.operations();
    let (alone, _) = run.predict(&folder.path().join("valid.jsonl"), None, Some(&["boxes".to_owned()])).unwrap();
    assert_eq!(alone.columns.len(), 1);
    assert!(run.operations() < all);
}

/// With distributions for the sides, and with one cell an object, so that no box is suppressed.
#[test]
fn boxes_need_no_suppression_where_one_cell_learns_each_object() {
    let folder = tempfile::tempdir().unwrap();
    table(folder.path(), "train.jsonl", 0..120, |_| [32, 32]);
    table(folder.path(), "valid.jsonl", 120..150, |_| [32, 32]);
    let text = r#"
[data]
train = "train.jsonl"
valid = "valid.jsonl"
[inputs.image]
type = "image"
encoder = "conv"
backbone_size = "tiny"
[tasks.boxes]
type = "detection"
static_steps = 20
reg_max = 7
one_to_one = true
[model]
width = 32
[training]
epochs = 14
batch_size = 8
learning_rate = 0.003
"#;
    let options = TrainOptions { out: folder.path().join("run"), ..TrainOptions::default() };
    let config = Config::parse("config.toml", text, &[]).unwrap();
    train(&config, folder.path(), &options, &mut Silent, &AtomicBool::new(false)).unwrap();
    let mut run = LoadedRun::open(&folder.path().join("run")).unwrap();
    let (evaluation, _) = run.evaluate(None, None, None).unwrap();
    assert!(evaluation.tasks["boxes"].get("map50").unwrap() > 0.5, "{evaluation:?}");
    // Few of the boxes that are sure are of one object.
    let (predictions, _) = run.predict(&folder.path().join("valid.jsonl"), None, None).unwrap();
    let column = predictions.columns.iter().find(|column| column.name == "boxes").unwrap();
    let OutputValues::Cells(column) = &column.values else { panic!("a column of cells") };
    let sure = |row: usize| {
        let Cell::Objects(text) = column.cell(row) else { panic!("boxes in row {row}") };
        let boxes: Vec<Value> = serde_json::from_str(text).unwrap();
        boxes.iter().filter(|found| found["score"].as_f64().unwrap() > 0.5).count()
    };
    let all: usize = (0..column.len()).map(sure).sum();
    assert!(all <= column.len() + column.len() / 5, "{all} boxes of {} objects", column.len());
}

/// What the report says of the run, also where `errors.json` is damaged.
fn report_shows_objects_and_masks(out: &Path) {
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    let headings =
        ["Precision over recall at an IoU of 0.5", "Classes", "Confusion of classes", "Worst errors, by", "Examples from all rows"];
    for heading in headings {
        assert!(page.contains(&format!("<h4>{heading}")), "{heading}");
    }
    assert!(page.contains("<th scope=\"row\">background</th>") && page.contains(">missed</th>"));
    assert!(
        page.contains("data:image/jpeg;base64,") && page.contains("data:image/png;base64,") && page.len() < 3_000_000,
        "{}",
        page.len()
    );

    let path = out.join("errors.json");
    let found = std::fs::read_to_string(&path).unwrap();
    let errors: Value = serde_json::from_str(&found).unwrap();
    let (boxes, mask) = (&errors["tasks"]["boxes"], &errors["tasks"]["mask"]);
    assert_eq!((boxes["gallery"]["examples"].as_array().unwrap().len(), mask["gallery"]["examples"].as_array().unwrap().len()), (6, 6));
    assert_eq!(boxes["classes"].as_array().unwrap().iter().map(|class| class["objects"].as_u64().unwrap()).sum::<u64>(), 24);
    // Row 120 is the first of the validation table.
    let first = &boxes["gallery"]["examples"][0];
    assert_eq!(
        (&first["row"], &first["size"], &first["truth"]["boxes"][0]["label"]),
        (&1.into(), &serde_json::json!([32, 32]), &"square".into())
    );

    for (from, to, expected) in [
        ("\"image\":\"/9j/", "\"image\":\"\\\"><script>", "<h4>Examples from all rows"),
        ("\"image\":\"/9j/", "\"image\":null,\"other\":\"", "its image could not be read any more"),
        ("\"size\":[32,32]", "\"size\":[0,99999999999]", "<h4>Confusion of classes"),
        ("\"corners\":[", "\"corners\":[1e300,-1e300,1,1],\"other\":[", "<h4>Examples from all rows"),
        ("\"counts\":[[", "\"counts\":[[1],[", "errors.json is damaged"),
    ] {
        assert!(found.contains(from), "{from}");
        std::fs::write(&path, found.replace(from, to)).unwrap();
        let page = html(&ReportData::read(&RunFolder::open(out).unwrap()).unwrap());
        assert!(page.contains(expected) && !page.contains("<script>") && !page.contains("99999999"), "{to}");
    }
    std::fs::write(&path, found).unwrap();
}

/// What is learned from mosaics and pasted objects holds for whole images, and so does what only the other rows have.
#[test]
fn mixed_images_are_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    table(folder.path(), "train.jsonl", 0..120, |_| [32, 32]);
    table(folder.path(), "valid.jsonl", 120..150, |_| [32, 32]);
    let run = |name: &str, augment: &str, epochs: u32| {
        let options = TrainOptions { out: folder.path().join(name), ..TrainOptions::default() };
        let overrides = [format!("training.augment={{ type = 'auto', {augment} }}"), format!("training.epochs={epochs}")];
        let config = config("", &overrides);
        train(&config, folder.path(), &options, &mut Silent, &AtomicBool::new(false)).unwrap();
        LoadedRun::open(&options.out).unwrap().evaluate(None, None, None).unwrap().0
    };
    let evaluation = run("mixed", "mosaic = 0.4, copy_paste = 0.4", 12);
    let metric = |task: &str, name: &str| evaluation.tasks[task].get(name).unwrap();
    assert!(metric("kind", "accuracy") > 0.8, "{evaluation:?}");
    assert!(metric("boxes", "map50") > 0.3, "{evaluation:?}");
    assert!(metric("mask", "miou") > 0.5, "{evaluation:?}");
    // Where nearly every row is a mosaic, its class is in no loss, and training does not mind.
    let evaluation = run("mosaics", "mosaic = 1", 1);
    assert!(evaluation.tasks["boxes"].get("map50").is_some_and(f64::is_finite), "{evaluation:?}");
}
