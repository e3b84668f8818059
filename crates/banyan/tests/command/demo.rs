//! `banyan demo`, on the first rows of its data so that an unoptimized program is quick.

use crate::support::Place;
use std::path::Path;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo");

/// The demo's folder with fewer rows.
fn small_demo(place: &Place, rows: usize) {
    let source = Path::new(DEMO);
    place.write("demo/demo.toml", std::fs::read(source.join("demo.toml")).unwrap());
    for part in ["train", "valid", "test"] {
        let table = std::fs::read_to_string(source.join(part).with_extension("csv")).unwrap();
        let kept: Vec<&str> = table.lines().take(1 + rows).collect();
        for file in kept[1..].iter().flat_map(|line| line.split(',').take(2)) {
            place.write(&format!("demo/{file}"), std::fs::read(source.join(file)).unwrap());
        }
        place.write(&format!("demo/{part}.csv"), kept.join("\n"));
    }
}

#[test]
fn trains_and_shows_every_part() {
    let place = Place::new();
    small_demo(&place, 120);
    let ran = place.run("demo --quick --data demo");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in
        ["digit", "speaker", "accuracy", "both inputs", "image alone", "sound alone", "runs/demo-1", "banyan predict", "banyan init"]
    {
        assert!(ran.out.contains(part), "{part} in\n{}", ran.out);
    }
    assert!(ran.err.contains("epoch   2  loss: digit"), "{}", ran.err);
    assert!(place.path("runs/demo-1/report.html").is_file());
    // What it says to type next works.
    place.succeed("evaluate runs/demo-1 --inputs sound");
    place.succeed("predict runs/demo-1 --data demo/test.csv --inputs image --tasks digit");
}
