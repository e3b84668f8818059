//! Masks that are no PNG images: outlines of COCO, and what predictions are written as.

use banyan_data::Error;
use banyan_data::batch::UNKNOWN_CELL;
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions, MediaMemory, Report};
use banyan_data::inputs::{ImageSettings, InputConfig};
use banyan_data::labels::{SegmentationSettings, TargetConfig, TaskKind};

use banyan_data::schema::Schema;
use banyan_data::table::Table;

use super::read;
use crate::support::{Folder, all, target};

/// Images of 4 × 2 pixels, which are laid on a canvas as large.
fn table(folder: &Folder, name: &str, masks: &[&str]) -> Table {
    folder.gray("a.png", 2, 4, 9);
    let rows: String = masks.iter().map(|mask| format!("{{\"image\": \"a.png\", \"mask\": {mask}}}\n")).collect();
    folder.table(name, rows)
}

fn fit(table: &Table, classes: &[&str]) -> Result<Schema, Error> {
    let image = ImageSettings { size: Some([2, 4]), ..ImageSettings::default() };
    let mut task = target("mask", TaskKind::Segmentation);
    if !classes.is_empty() {
        let classes = Some(classes.iter().map(|class| (*class).to_owned()).collect());
        task = TargetConfig { settings: SegmentationSettings { classes, ..SegmentationSettings::default() }.into(), ..task };
    }
    let input = InputConfig { settings: image.into(), ..crate::support::input(banyan_data::inputs::InputKind::Image) };
    Schema::fit(table, &all(table), &[("image".to_owned(), input)], &[("mask".to_owned(), task)], OnBadRow::Error)
}

fn encode(table: &Table, schema: &Schema, options: EncodeOptions<'_>) -> Result<(Vec<Vec<u8>>, Report), Error> {
    let (dataset, report) = Dataset::encode(table, &all(table), schema, options)?;
    let batch = dataset.batch(&all(table))?;
    Ok((batch.tasks[0].values.grids_at(0).1.chunks_exact(8).map(<[u8]>::to_vec).collect(), report))
}

/// The left two columns of an image; runs go down the columns.
const CAT: &str = r#"{"label": "cat", "segmentation": {"size": [2, 4], "counts": [0, 4, 4]}}"#;
/// The lower row.
const DOG: &str = r#"{"label": "dog", "segmentation": [[0, 1, 4, 1, 4, 2, 0, 2]]}"#;

#[test]
fn outlines_are_drawn_over_the_background() {
    let folder = Folder::new();
    let masks = [format!("[{CAT}, {DOG}]"), format!("[{DOG}, {CAT}]"), "[]".to_owned(), "null".to_owned()];
    let more = r#"{"label": "cat", "size": [2, 4], "counts": [0, 4, 4]}"#;
    let masks: Vec<&str> = masks.iter().map(String::as_str).chain([more]).collect();
    let table = table(&folder, "t.jsonl", &masks);
    let schema = fit(&table, &[]).unwrap();
    assert_eq!(schema.targets[0].classes(), ["background", "cat", "dog"]);
    let expected = [[1, 1, 0, 0, 2, 2, 2, 2], [1, 1, 0, 0, 1, 1, 2, 2], [0; 8], [UNKNOWN_CELL; 8], [1, 1, 0, 0, 1, 1, 0, 0]];
    assert_eq!(encode(&table, &schema, EncodeOptions::default()).unwrap().0, expected);
    let memory = MediaMemory::new(0);
    let options = EncodeOptions { memory: Some(&memory), ..EncodeOptions::default() };
    let (dataset, _) = Dataset::encode(&table, &all(&table), &schema, options).unwrap();
    assert!(!dataset.is_whole());
    let rows = all(&table);
    let loaded = dataset.load(&rows).unwrap();
    assert_eq!(dataset.gather(&rows, &loaded).tasks[0].values.grids_at(0).1, expected.concat());
}

#[test]
fn classes_may_be_given() {
    let folder = Folder::new();
    let table = table(&folder, "t.jsonl", &[&format!("[{CAT}, {DOG}]"), "[]"]);
    let schema = fit(&table, &["dog", "background", "cat"]).unwrap();
    assert_eq!(encode(&table, &schema, EncodeOptions::default()).unwrap().0, [[2, 2, 1, 1, 0, 0, 0, 0], [1; 8]]);
    let without = fit(&table, &["dog", "cat"]).unwrap();
    assert_eq!(encode(&table, &without, EncodeOptions::default()).unwrap().0[0][2], UNKNOWN_CELL);
    let error = folder.strip(fit(&table, &["background", "cat", "cow"]).unwrap_err());
    assert!(error.starts_with("t.jsonl, line 1, column \"mask\": \"dog\" is none of the classes of task \"mask\""), "{error}");
    let schema = fit(&folder.table("cats.jsonl", format!("{{\"image\": \"a.png\", \"mask\": [{CAT}]}}\n").repeat(2)), &[]).unwrap();
    let (grids, report) = encode(&table, &schema, EncodeOptions::default()).unwrap();
    assert_eq!((&grids[0][..], &report.tasks[0].unseen_examples[..]), (&[1, 1, 0, 0, 255, 255, 255, 255][..], &["dog".to_owned()][..]));
}

/// Predictions are those of the canvas; they are indices, as those of PNG images.
#[test]
fn predictions_are_read_back() {
    let folder = Folder::new();
    let table = table(&folder, "t.jsonl", &[r#"{"size":[2,4],"runs":[[0,3],[1,5]]}"#, r#""{\"size\":[2,4],\"runs\":[[0,3],[1,5]]}""#]);
    folder.gray("a.png", 20, 40, 9);
    let schema = fit(&table, &[]).unwrap();
    assert_eq!(schema.targets[0].classes(), ["0", "1"]);
    assert_eq!(encode(&table, &schema, EncodeOptions::default()).unwrap().0, [[0, 0, 0, 1, 1, 1, 1, 1]; 2]);
}

#[test]
fn a_mask_is_as_large_as_its_image() {
    let folder = Folder::new();
    folder.gray("m.png", 3, 4, 1);
    let runs = r#"[{"label": "cat", "segmentation": {"size": [2, 5], "counts": [0, 10]}}]"#;
    for (mask, name, size) in [("\"m.png\"", "m.png", "4 × 3"), (runs, "the mask", "5 × 2")] {
        let table = table(&folder, "t.jsonl", &[&format!("[{CAT}]"), mask]);
        let schema = fit(&table, &["background", "cat"]).unwrap();
        let cause = format!("{name} is {size} pixels, and its image 4 × 2 pixels; a mask is as large as its image");
        let error = encode(&table, &schema, EncodeOptions { bad: OnBadRow::Error, ..EncodeOptions::default() }).unwrap_err();
        assert!(folder.strip(&error).starts_with(&format!("t.jsonl, line 2, column \"mask\": {cause}; fix the file")), "{error}");
        let (grids, report) = encode(&table, &schema, EncodeOptions::default()).unwrap();
        assert_eq!((&grids[1][..], report.tasks[0].unreadable), (&[UNKNOWN_CELL; 8][..], 1));
        assert!(report.tasks[0].unreadable_examples[0].ends_with(&cause), "{report:?}");
    }
    // One mask of two images.
    folder.gray("b.png", 3, 4, 9);
    let table = folder.table("t.jsonl", "{\"image\": \"b.png\", \"mask\": \"m.png\"}\n{\"image\": \"a.png\", \"mask\": \"m.png\"}\n");
    let (grids, report) = encode(&table, &fit(&table, &[]).unwrap(), EncodeOptions::default()).unwrap();
    assert_eq!((grids[0][0], grids[1][0]), (1, UNKNOWN_CELL));
    let both = "m.png lies on images of 4 × 3 and of 4 × 2 pixels; a mask is as large as its image";
    assert_eq!(report.tasks[0].unreadable_examples, [both]);
}

#[test]
fn broken_outlines_are_told() {
    let folder = Folder::new();
    for (mask, problem) in [
        (r#"[{"label": "cat", "segmentation": [[1, 2, 3]]}]"#, "has a wrong outline 1 (\"cat\"): a polygon has 3 numbers"),
        (r#"[{"label": "cat", "segmentation": {"size": [2, 4], "counts": [5]}}]"#, "has a wrong outline 1 (\"cat\"): it has 5 pixels"),
        (r#"[{"label": "cat"}]"#, "has an outline without a \"segmentation\""),
        (r#"{"size": [2, 4], "runs": [[0, 9]]}"#, "has runs that do not fill its size of 4 × 2 pixels"),
    ] {
        let table = table(&folder, "t.jsonl", &[&format!("[{CAT}]"), mask]);
        let schema = fit(&table, &["background", "cat"]).unwrap();
        let error = encode(&table, &schema, EncodeOptions { bad: OnBadRow::Error, ..EncodeOptions::default() }).unwrap_err();
        let expected = format!("t.jsonl, line 2, column \"mask\": the mask {problem}");
        assert!(folder.strip(&error).starts_with(&expected), "{error}");
    }
    let mixed = table(&folder, "t.jsonl", &[&format!("[{CAT}]"), r#"{"size": [2, 4], "runs": [[0, 8]]}"#]);
    let error = fit(&mixed, &[]).unwrap_err().to_string();
    assert_eq!(
        error,
        "task \"mask\": some of its masks are outlines with labels, and others have class indices; give classes, in the order of the indices"
    );
}

#[test]
fn columns_of_outlines_are_recognized() {
    let folder = Folder::new();
    let table = table(&folder, "t.jsonl", &[&format!("[{CAT}, {DOG}]"), "[]"]);
    let task = banyan_data::infer::infer_task(&table, "mask").unwrap();
    assert_eq!((task.kind, task.reason.as_str()), (TaskKind::Segmentation, "outlines of 2 classes"));
    let path = folder.file(
        "t.csv",
        "image,mask\na.png,\"[{\"\"label\"\": \"\"cat\"\", \"\"segmentation\"\": [[0, 1, 4, 1, 4, 2, 0, 2]]}]\"\na.png,[]\n",
    );
    assert_eq!(fit(&read(&path), &[]).unwrap().targets[0].classes(), ["background", "cat"]);
}
