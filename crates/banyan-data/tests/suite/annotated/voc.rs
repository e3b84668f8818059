//! Folders of Pascal VOC.

use super::{cells, names, problem, read};
use crate::support::Folder;

fn xml(file: &str, size: &str, object: &str) -> String {
    format!("<annotation>\n<filename>{file}</filename>\n{size}\n{object}\n</annotation>")
}

const SIZE: &str = "<size><width>40</width><height>20</height><depth>3</depth></size>";
const DOG: &str =
    "<object><name>dog</name><difficult>1</difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>12</ymax></bndbox></object>";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("VOC/Annotations/a.xml", xml("a.png", SIZE, DOG));
    folder.file("VOC/Annotations/b.xml", xml("other.jpg", "", ""));
    for name in ["a", "b", "c"] {
        folder.gray(&format!("VOC/JPEGImages/{name}.png"), 20, 40, 9);
    }
    folder.gray("VOC/SegmentationClass/a.png", 20, 40, 1);
    folder.file("VOC/ImageSets/Main/train.txt", "c\na\n");
    folder.file("VOC/ImageSets/Main/dog_train.txt", "a  1\nb -1\n");
    folder
}

#[test]
fn a_folder_is_a_table() {
    let folder = folder();
    let table = read(&folder.path().join("VOC"));
    assert_eq!(names(&table), ["image", "boxes", "mask", "width", "height"]);
    assert_eq!(cells(&table, "image"), ["JPEGImages/a.png", "JPEGImages/b.png", "JPEGImages/c.png"]);
    assert_eq!(cells(&table, "boxes"), [r#"[{"box":[0.0,1.0,11.0,12.0],"difficult":true,"label":"dog"}]"#, "[]", "-"]);
    assert_eq!(cells(&table, "mask"), ["SegmentationClass/a.png", "-", "-"]);
    assert_eq!(cells(&table, "width"), ["40", "-", "-"]);
    assert_eq!(folder.strip(&table.notes()[0]), "VOC: 1 image is not annotated, and teaches tasks on its boxes nothing");
}

#[test]
fn a_list_selects_images() {
    let folder = folder();
    let list = |name: &str| read(&folder.path().join("VOC/ImageSets/Main").join(name));
    assert_eq!(cells(&list("train.txt"), "image"), ["JPEGImages/c.png", "JPEGImages/a.png"]);
    assert_eq!((cells(&list("train.txt"), "boxes")[0].as_str(), list("train.txt").rows()), ("-", 2));
    assert_eq!(cells(&list("dog_train.txt"), "image"), ["JPEGImages/a.png", "JPEGImages/b.png"]);
    assert_eq!(list("train.txt").folder(0), folder.path().join("VOC"));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let folder = folder();
    let whole = folder.path().join("VOC");
    for (content, message) in [
        (String::new(), "VOC/Annotations/a.xml, line 1: this is no XML that can be read"),
        (xml("a.png", SIZE, &DOG.replace("<xmin>1</xmin>", "")), "VOC/Annotations/a.xml, line 4: <bndbox> has no <xmin>; add it"),
        (xml("a.png", SIZE, &DOG.replace(">11<", ">wide<")), "VOC/Annotations/a.xml, line 4: <xmax> is \"wide\", which is no number"),
    ] {
        folder.file("VOC/Annotations/a.xml", content);
        let found = problem(&folder, &whole);
        assert!(found.starts_with(message), "{found}");
    }
    let empty = problem(&folder, &folder.file("VOC/ImageSets/Main/none.txt", "\n"));
    assert_eq!(empty, "VOC/ImageSets/Main/none.txt has no image; a table needs at least one row");
}
