//! Scenes from the configuration that ships with the program: classification, detection and segmentation in one model, measured against floors.

use crate::support::Place;
use std::path::Path;

/// The example's folder, copied, so that nothing is written beside it.
fn example() -> Place {
    let place = Place::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/scenes");
    for name in ["train.jsonl", "valid.jsonl", "test.jsonl", "scenes.toml"] {
        place.write(name, std::fs::read(folder.join(name)).unwrap());
    }
    for part in ["train", "valid", "test"] {
        copy(&place, part);
    }
    place
}

/// Copies the images of a part of the example.
fn copy(place: &Place, part: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/scenes").join(part);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        place.write(&format!("{part}/{}", path.file_name().unwrap().to_str().unwrap()), std::fs::read(&path).unwrap());
    }
}

#[test]
fn the_scenes_reach_their_floors_and_predictions_come_in_every_form() {
    let place = example();
    let checked: serde_json::Value = serde_json::from_str(&place.succeed("check scenes.toml --json")).unwrap();
    let heads = ["count", "boxes", "mask"].map(|task| checked["cost"][format!("head of {task}")]["multiply_adds"].as_u64().unwrap());
    assert!(heads[1] > 0 && heads[2] > heads[0], "{checked}");

    place.succeed("train scenes.toml --out run --quiet --set training.epochs=8");
    let measured: serde_json::Value = serde_json::from_str(&place.succeed("evaluate run --json")).unwrap();
    let metric = |task: &str, name: &str| measured["tasks"][task][name].as_f64().unwrap();
    assert_eq!(measured["rows"], 120);
    assert!(metric("count", "accuracy") > FLOORS[0], "{measured}");
    assert!(metric("boxes", "map50") > FLOORS[1], "{measured}");
    assert!(metric("mask", "miou") > FLOORS[2], "{measured}");

    // The page stays whole where the images are gone.
    std::fs::remove_dir_all(place.path("test")).unwrap();
    place.succeed("report run");
    let page = place.read("run/report.html");
    for heading in
        ["Precision over recall at an IoU of 0.5", "Confusion of classes", "Worst errors, by missed", "Worst errors, by the mean IoU"]
    {
        assert!(page.contains(&format!("<h4>{heading}")), "{heading}");
    }
    assert!(page.matches("data:image/jpeg;base64,").count() > 12 && page.len() < 3_000_000, "{}", page.len());
    copy(&place, "test");

    place.succeed("predict run --data test.jsonl -o boxes.json --masks masks --draw drawings");
    let boxes: serde_json::Value = serde_json::from_str(&place.read("boxes.json")).unwrap();
    assert_eq!(boxes["images"].as_array().unwrap().len(), 120);
    assert_eq!((&boxes["images"][0]["width"], &boxes["categories"][3]["name"]), (&64.into(), &"3".into()));
    let bbox = boxes["annotations"][0]["bbox"].as_array().unwrap();
    assert!(bbox.len() == 4 && bbox[2].as_f64().unwrap() > 0.0, "{bbox:?}");
    for folder in ["masks", "drawings"] {
        assert!(place.path(&format!("{folder}/000.png")).is_file() && place.path(&format!("{folder}/119.png")).is_file(), "{folder}");
    }

    // What was written are the boxes and masks of a table.
    place.succeed("predict run --data test.jsonl -o predicted.jsonl");
    let first: serde_json::Value = serde_json::from_str(place.read("predicted.jsonl").lines().next().unwrap()).unwrap();
    assert!(first["boxes"].is_array() && first["boxes"][0]["score"].is_number(), "{first}");
}

/// Of `count`, `boxes` and `mask`, after eight epochs of forty.
const FLOORS: [f64; 3] = [0.55, 0.1, 0.85];
