//! Sets of annotated images: from `init` to predictions.

use image::ImageFormat;

use crate::support::{Place, picture};

const SMALL: &str = "--set training.epochs=1 --set model.width=8 --set training.batch_size=4 --set inputs.image.size=[32,32]";

/// A COCO file of some images, every other one with an object.
fn coco(place: &Place, part: &str) {
    let (mut images, mut annotations) = (Vec::new(), Vec::new());
    for id in 0..8_u8 {
        place.write(&format!("set/{part}/{id}.png"), picture(10 + 20 * id, ImageFormat::Png));
        images.push(format!("{{\"id\": {id}, \"file_name\": \"{id}.png\"}}"));
        if id % 2 == 0 {
            let outline = "[[0, 0, 6, 0, 6, 6, 0, 6]]";
            annotations.push(format!(
                "{{\"id\": {id}, \"image_id\": {id}, \"category_id\": {}, \"bbox\": [0, 0, 6, 6], \"iscrowd\": 0, \"segmentation\": {outline}}}",
                1 + id % 4 / 2
            ));
        }
    }
    let (images, annotations) = (images.join(", "), annotations.join(", "));
    let categories = "{\"id\": 1, \"name\": \"cat\"}, {\"id\": 2, \"name\": \"dog\"}";
    let text = format!("{{\"images\": [{images}], \"annotations\": [{annotations}], \"categories\": [{categories}]}}");
    place.write(&format!("set/annotations/instances_{part}.json"), text);
}

#[test]
fn coco_is_trained_and_predicted_without_conversion() {
    let place = Place::new();
    coco(&place, "train");
    coco(&place, "val");
    let shown = place.succeed("init set/annotations/instances_train.json -o set.toml");
    assert!(shown.contains("4 boxes of 2 classes") && shown.contains("outlines of 2 classes"), "{shown}");
    let text = place.read("set.toml");
    for part in [
        "train = \"set/annotations/instances_train.json\"\nvalid = \"set/annotations/instances_val.json\"\n",
        "# 8 images to train with: 0 that nobody annotated, which teach nothing about boxes, and 4 without an object.\n",
        "[inputs.image]\ntype = \"image\"",
        "[tasks.boxes]\ntype = \"detection\"",
        "[tasks.mask]\ntype = \"segmentation\"",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(!text.contains("[inputs.boxes]") && !text.contains("letterbox"), "{text}");
    place.succeed("check set.toml");
    place.succeed(&format!("train set.toml --out run --quiet {SMALL} --set data.split="));
    place.succeed("evaluate run --data set/annotations/instances_val.json");
    // What is predicted is read back.
    place.succeed("predict run --data set/annotations/instances_val.json --keep image -o set/val/predicted.jsonl");
    place.succeed("evaluate run --data set/val/predicted.jsonl --tasks mask");
}

#[test]
fn yolo_names_its_parts_in_one_file() {
    let place = Place::new();
    for (part, count) in [("train", 6_u8), ("val", 3)] {
        for number in 0..count {
            place.write(&format!("set/images/{part}/{number}.png"), picture(10 + 20 * number, ImageFormat::Png));
            if number > 0 {
                place.write(&format!("set/labels/{part}/{number}.txt"), "0 0.5 0.5 0.5 0.5\n");
            }
        }
    }
    place.write("set/data.yaml", "train: images/train\nval: images/val\nnames: [cat]\n");
    place.succeed("init set -o set.toml");
    let text = place.read("set.toml");
    assert!(text.contains("train = \"set/data.yaml\"\nvalid = \"set/data.yaml\"\n"), "{text}");
    assert!(text.contains("# 6 images to train with: 1 that nobody annotated"), "{text}");
    let checked: serde_json::Value = serde_json::from_str(&place.succeed("check set.toml --json --set data.split=")).unwrap();
    assert_eq!(["train", "valid"].map(|split| checked["data"]["rows"][split].as_u64().unwrap()), [6, 3]);
    place.succeed(&format!("train set.toml --out run --quiet {SMALL} --set data.split="));
    let predicted = place.succeed("predict run --data set/data.yaml --keep image");
    assert_eq!(predicted.lines().count(), 4, "{predicted}");
    place.succeed("evaluate run");
}
