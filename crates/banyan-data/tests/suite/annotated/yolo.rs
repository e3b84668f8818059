//! YOLO's texts.

use banyan_data::config::MissingLabels;
use banyan_data::table::{ReadOptions, Table, TablePart};

use super::{cells, names, problem, read};
use crate::support::Folder;

fn folder() -> Folder {
    let folder = Folder::new();
    for (name, height, width) in [("train/a", 20, 40), ("train/b", 10, 10), ("val/c", 20, 20)] {
        folder.gray(&format!("images/{name}.png"), height, width, 9);
    }
    folder.file("labels/train/a.txt", "1 0.5 0.5 0.5 0.5\n0 0 0 1 0 1 1\n");
    folder.file("labels/val/c.txt", "");
    folder.file("data.yaml", "train: images/train\nval: images/val\nnames: [cat, dog]\n");
    folder
}

fn part(folder: &Folder, part: TablePart) -> Table {
    Table::read(&folder.path().join("data.yaml"), &ReadOptions { part, ..ReadOptions::default() }).unwrap()
}

#[test]
fn a_configuration_names_parts() {
    let folder = folder();
    let train = part(&folder, TablePart::Train);
    assert_eq!(names(&train), ["image", "boxes", "mask", "width", "height"]);
    assert_eq!(cells(&train, "image"), ["a.png", "b.png"]);
    let boxes = r#"[{"box":[10.0,5.0,30.0,15.0],"label":"dog"},{"box":[0.0,0.0,40.0,20.0],"label":"cat"}]"#;
    assert_eq!(cells(&train, "boxes"), [boxes, "-"]);
    // The pixels of a box that has no outline are unknown.
    assert_eq!(cells(&train, "mask"), ["-", "-"]);
    assert_eq!(cells(&train, "width"), ["40", "10"]);
    for held_out in [TablePart::Valid, TablePart::HeldOut] {
        let table = part(&folder, held_out);
        assert_eq!((cells(&table, "image"), cells(&table, "boxes")), (vec!["c.png".to_owned()], vec!["[]".to_owned()]));
        assert_eq!(table.folder(0), folder.path().join("images/val"));
    }
    let options = ReadOptions { part: TablePart::Test, ..ReadOptions::default() };
    let error = folder.strip(Table::read(&folder.path().join("data.yaml"), &options).unwrap_err());
    assert_eq!(error, "data.yaml, key \"test\": it has no \"test\"; add the folder of those images, such as test: images/test");
}

#[test]
fn an_image_without_labels_is_not_annotated_unless_it_is_said() {
    let folder = folder();
    let options = ReadOptions { missing_labels: MissingLabels::Empty, ..ReadOptions::default() };
    let table = Table::read(&folder.path().join("data.yaml"), &options).unwrap();
    assert_eq!((cells(&table, "boxes")[1].as_str(), table.notes()), ("[]", &[][..]));
    let notes = read(&folder.path().join("data.yaml"));
    assert_eq!(folder.strip(&notes.notes()[0]), "data.yaml: 1 image is not annotated, and teaches tasks on its boxes nothing");
}

#[test]
fn folders_of_images_have_labels_beside_them() {
    let folder = folder();
    assert_eq!(cells(&read(&folder.path().join("images/val")), "boxes"), ["[]"]);
    assert_eq!(cells(&read(folder.path()), "image"), ["a.png", "b.png"], "the folder of a data.yaml");
    std::fs::remove_file(folder.path().join("data.yaml")).unwrap();
    let numbered = read(&folder.path().join("images/train"));
    assert!(cells(&numbered, "boxes")[0].ends_with("\"label\":\"0\"}]"));
    folder.file("classes.txt", "cat\ndog\n");
    assert!(cells(&read(&folder.path().join("images/train")), "boxes")[0].ends_with("\"label\":\"cat\"}]"));
    // As others export it: each part has its images and labels.
    folder.gray("export/train/images/x.png", 8, 8, 3);
    folder.file("export/train/labels/x.txt", "0 0.5 0.5 1 1\n");
    assert_eq!(cells(&read(&folder.path().join("export/train")), "image"), ["x.png"]);
    // A folder of images alone is one of classes.
    folder.gray("classes/images/x.png", 8, 8, 3);
    assert_eq!(names(&read(&folder.path().join("classes"))), ["image", "label"]);
}

#[test]
fn an_image_that_cannot_be_read_has_no_boxes() {
    let folder = folder();
    folder.file("images/train/a.png", "no image");
    assert_eq!(cells(&read(&folder.path().join("data.yaml")), "boxes"), ["-", "-"]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let folder = folder();
    let config = folder.path().join("data.yaml");
    for (labels, message) in [
        ("0 0.5 0.5 0.5 0.5\n0 0.5 0.5 0.1\n", "labels/train/a.txt, line 2: 3 numbers follow the class"),
        ("2 0.5 0.5 0.5 0.5\n", "labels/train/a.txt, line 1: class 2 is not among the 2 names; classes are numbered from 0"),
        ("0 30 0.5 0.5 0.5\n", "labels/train/a.txt, line 1: 30 is not between 0 and 1; divide pixels"),
    ] {
        folder.file("labels/train/a.txt", labels);
        let found = problem(&folder, &config);
        assert!(found.starts_with(message), "{found}");
    }
    folder.file("data.yaml", "");
    assert!(problem(&folder, &config).starts_with("data.yaml, line 1: this is no list of keys and values"));
    folder.file("data.yaml", "train: images/none\nnames: [cat]\n");
    assert!(problem(&folder, &config).starts_with("cannot read images/none: "));
    std::fs::create_dir_all(folder.path().join("images/none")).unwrap();
    assert_eq!(problem(&folder, &config), "data.yaml has no image; a table needs at least one row");
}
