//! COCO's JSON, and that of LVIS.

use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::inputs::InputKind;
use banyan_data::labels::{BoxValues, TaskKind};
use banyan_data::schema::Schema;
use banyan_data::table::{ReadOptions, Table};

use super::{cells, names, problem, read};
use crate::support::{Folder, all, inputs, targets};

const SET: &str = r#"{
  "images": [
    {"id": 7, "file_name": "b.png", "width": 40, "height": 20},
    {"id": 3, "file_name": "a.png", "width": 30, "height": 30},
    {"id": 4, "file_name": "c.png", "width": 30, "height": 30}],
  "annotations": [
    {"id": 1, "image_id": 3, "category_id": 18, "bbox": [1, 2, 10, 20], "area": 50.5, "iscrowd": 0, "segmentation": [[1, 2, 11, 2, 11, 22]]},
    {"id": 2, "image_id": 7, "category_id": 2, "bbox": [0, 0, 4, 4], "iscrowd": 1, "segmentation": {"size": [20, 40], "counts": [0, 4, 796]}},
    {"id": 5, "image_id": 7, "category_id": 18, "bbox": [0, 0, 0, 4], "segmentation": []}],
  "categories": [{"id": 18, "name": "dog"}, {"id": 2, "name": "cat"}]}"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.gray("images/b.png", 20, 40, 9);
    folder.gray("images/a.png", 30, 30, 90);
    folder.gray("images/c.png", 30, 30, 200);
    folder
}

#[test]
fn a_file_is_a_table() {
    let folder = folder();
    let table = read(&folder.file("instances.json", SET));
    assert_eq!(names(&table), ["image", "boxes", "mask", "width", "height"]);
    assert_eq!(cells(&table, "image"), ["b.png", "a.png", "c.png"]);
    let boxes =
        [r#"[{"box":[0.0,0.0,4.0,4.0],"crowd":true,"label":"cat"}]"#, r#"[{"area":50.5,"box":[1.0,2.0,11.0,22.0],"label":"dog"}]"#, "[]"];
    assert_eq!(cells(&table, "boxes"), boxes);
    let masks = [
        r#"[{"label":"cat","segmentation":{"counts":[0,4,796],"size":[20,40]}}]"#,
        r#"[{"label":"dog","segmentation":[[1.0,2.0,11.0,2.0,11.0,22.0]]}]"#,
        "[]",
    ];
    assert_eq!(cells(&table, "mask"), masks);
    assert_eq!(
        (cells(&table, "width"), cells(&table, "height")),
        (vec!["40".into(), "30".into(), "30".into()], vec!["20".into(), "30".into(), "30".into()])
    );
    assert_eq!(folder.strip(&table.notes()[0]), "instances.json: 1 box has no area, and is left out");
    assert_eq!(table.folder(0), folder.path().join("images"));
}

#[test]
fn images_are_found_where_people_put_them() {
    for (file, image) in [
        ("instances.json", "b.png"),
        ("annotations/instances_val2017.json", "val2017/b.png"),
        ("annotations/instances_val2017.json", "images/val2017/b.png"),
        ("annotations/all.json", "images/b.png"),
        ("annotations/all.json", "b.png"),
    ] {
        let folder = Folder::new();
        folder.gray(image, 20, 40, 9);
        let table = read(&folder.file(file, SET));
        let found = table.folder(0).join("b.png").canonicalize().unwrap();
        assert_eq!(found, folder.path().join(image).canonicalize().unwrap(), "{file} {image}");
    }
    let folder = Folder::new();
    folder.gray("elsewhere/b.png", 20, 40, 9);
    let options = ReadOptions { media_root: Some("elsewhere".to_owned()), ..ReadOptions::default() };
    let table = Table::read(&folder.file("set.json", SET), &options).unwrap();
    assert_eq!(table.folder(0), folder.path().join("elsewhere"));
    let exported = Folder::new();
    exported.file("_annotations.coco.json", SET);
    exported.gray("b.png", 20, 40, 9);
    assert_eq!(read(exported.path()).rows(), 3);
}

/// LVIS says of each image which classes it was annotated for.
#[test]
fn partly_annotated_images() {
    let folder = folder();
    let set = SET.replace(r#""height": 20}"#, r#""height": 20, "neg_category_ids": [18], "not_exhaustive_category_ids": [2]}"#);
    let table = read(&folder.file("lvis.json", set.replace("\"c.png\",", "\"c.png\", \"neg_category_ids\": [],")));
    assert_eq!(cells(&table, "annotated"), ["dog", "-", "-"]);
    assert_eq!((&cells(&table, "boxes")[2][..], &cells(&table, "mask")[0][..]), ("-", "-"));
    let bare = r#"{"images": [{"id": 1, "file_name": "a.png"}], "categories": []}"#;
    let table = read(&folder.file("test.json", bare));
    assert_eq!((names(&table), cells(&table, "boxes")), (vec!["image", "boxes"], vec!["-".to_owned()]));
}

#[test]
fn boxes_are_those_of_a_detection() {
    let folder = folder();
    let table = read(&folder.file("instances.json", SET));
    let schema = Schema::fit(
        &table,
        &all(&table),
        &inputs(&[("image", InputKind::Image)]),
        &targets(&[("boxes", TaskKind::Detection)]),
        OnBadRow::Error,
    );
    let schema = schema.unwrap();
    assert_eq!(schema.targets[0].classes(), ["cat", "dog"]);
    let (dataset, _) = Dataset::encode(&table, &all(&table), &schema, EncodeOptions::default()).unwrap();
    let batch = dataset.batch(&all(&table)).unwrap();
    assert_eq!(batch.tasks[0].known, [true, true, true]);
    let values = BoxValues::of(&batch.tasks[0].values);
    assert_eq!((values.row(0).len(), values.row(1).len(), values.row(2).len()), (1, 1, 0));
}

/// A file that is not there costs its row the image, as in every table.
#[test]
fn a_missing_image_costs_its_row() {
    let folder = folder();
    let table = read(&folder.file("instances.json", SET.replace("c.png", "gone.png")));
    let (given, tasks) = (inputs(&[("image", InputKind::Image)]), targets(&[("boxes", TaskKind::Detection)]));
    let error = Schema::fit(&table, &all(&table), &given, &tasks, OnBadRow::Error).unwrap_err();
    assert!(folder.strip(&error).starts_with("instances.json, row 3, column \"image\": gone.png does not exist"), "{error}");
    let schema = Schema::fit(&table, &all(&table), &given, &tasks, OnBadRow::Skip).unwrap();
    let (dataset, _) =
        Dataset::encode(&table, &all(&table), &schema, EncodeOptions { bad: OnBadRow::Skip, ..EncodeOptions::default() }).unwrap();
    assert_eq!(dataset.len(), 2);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let folder = folder();
    for (set, message) in [
        (String::new(), "set.json is empty; a table needs at least one row"),
        (SET[..400].to_owned(), "set.json, line 8 column 30: EOF while parsing a string; a COCO file is an object with images"),
        (
            SET.replace("\"category_id\": 2,", "\"category_id\": 5,"),
            "set.json, annotation 2: its category_id 5 is none of the categories; add the category",
        ),
        (SET.replace("\"image_id\": 3,", "\"image_id\": 9,"), "set.json, annotation 1: its image_id 9 is none of the images"),
        ("[{\"a\": 1}]".to_owned(), "set.json, line 1: it is a list, and a COCO file is an object with images, annotations and categories"),
        ("{\"a\": 1}".to_owned(), "set.json, line 1 column 8: missing field `images`; a COCO file is an object with images"),
        ("{\"images\": [], \"annotations\": [], \"categories\": []}".to_owned(), "set.json has no image; a table needs at least one row"),
    ] {
        let found = problem(&folder, &folder.file("set.json", set));
        assert!(found.starts_with(message), "{found}");
    }
    let gone = problem(&folder, &folder.path().join("sett.json"));
    assert_eq!(gone, "sett.json does not exist; did you mean \"set.json\"?");
}

/// Boxes that were drawn on an image before it was turned.
#[test]
fn an_image_that_its_exif_data_turn_is_told() {
    let folder = folder();
    let turned = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    let mut encoder = image::codecs::png::PngEncoder::new(std::fs::File::create(folder.path().join("images/b.png")).unwrap());
    image::ImageEncoder::set_exif_metadata(&mut encoder, turned).unwrap();
    image::ImageEncoder::write_image(encoder, &[9; 800], 40, 20, image::ExtendedColorType::L8).unwrap();
    let table = read(&folder.file("instances.json", SET));
    let schema = Schema::fit(
        &table,
        &all(&table),
        &inputs(&[("image", InputKind::Image)]),
        &targets(&[("boxes", TaskKind::Detection)]),
        OnBadRow::Error,
    );
    let (_, report) = Dataset::encode(&table, &all(&table), &schema.unwrap(), EncodeOptions::default()).unwrap();
    let note = "1 image is turned by its EXIF data, and the width and height beside its boxes are those before; turn the images and take \
                that out, so that boxes lie where they were drawn (\"b.png\")";
    assert_eq!(report.tasks[0].notes.iter().map(|note| folder.strip(note)).collect::<Vec<_>>(), [note]);
}
