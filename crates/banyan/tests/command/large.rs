//! Tables that memory is said to have no room for: the same weights, whether rows are in memory, in a file, or in the file of an earlier training.

use crate::support::{Place, names};

const FROM_CACHE: &str = "an earlier training on the same data kept in the cache";

fn kept(place: &Place) -> Vec<String> {
    let folder = place.path("cache/encoded");
    if folder.is_dir() { names(&folder) } else { Vec::new() }
}

#[test]
fn rows_in_a_file_give_the_same_weights_and_serve_the_next_training() {
    let place = Place::with_things();
    place.succeed("train things.toml --out whole --quiet");
    assert!(kept(&place).is_empty(), "a small table is in memory");
    let first = place.run("train things.toml --out first --set data.memory=0");
    assert!(first.code == 0 && !first.err.contains(FROM_CACHE), "{}", first.err);
    let files = kept(&place);
    assert!(files.len() == 1 && files[0].ends_with(".rows"), "{files:?}");
    let second = place.run("train things.toml --out second --set data.memory=0");
    assert!(second.code == 0 && second.err.contains(FROM_CACHE), "{}", second.err);
    for run in ["first", "second"] {
        assert!(place.bytes(&format!("{run}/model.safetensors")) == place.bytes("whole/model.safetensors"), "{run}");
        assert_eq!(place.read(&format!("{run}/data.json")), place.read("whole/data.json"), "{run}");
        assert_eq!(place.read(&format!("{run}/vocabulary/inputs.json")), place.read("whole/vocabulary/inputs.json"), "{run}");
    }
    assert_eq!(place.succeed("evaluate second --json"), place.succeed("evaluate whole --json"));
}

#[test]
fn other_data_and_other_settings_find_no_rows_and_damaged_ones_are_made_again() {
    let place = Place::with_things();
    place.succeed("train things.toml --out first --quiet --set data.memory=0");
    for other in ["--set data.split.seed=7", "--set inputs.size.type=category", "--set data.missing=[\"red\"]"] {
        let ran = place.run(&format!("train things.toml --out other --set data.memory=0 {other}"));
        assert!(ran.code == 0 && !ran.err.contains(FROM_CACHE), "{other}: {}", ran.err);
        std::fs::remove_dir_all(place.path("other")).unwrap();
    }
    // Settings of the model and of the training change no row.
    let ran = place.run("train things.toml --out wide --set data.memory=0 --set model.width=8 --set training.seed=3");
    assert!(ran.code == 0 && ran.err.contains(FROM_CACHE), "{}", ran.err);
    for file in kept(&place) {
        let path = format!("cache/encoded/{file}");
        let mut bytes = place.bytes(&path);
        let middle = bytes.len() - 60;
        bytes[middle] ^= 1;
        place.write(&path, &bytes);
    }
    let ran = place.run("train things.toml --out again --set data.memory=0");
    assert!(ran.code == 0 && !ran.err.contains(FROM_CACHE), "{}", ran.err);
    assert!(place.bytes("again/model.safetensors") == place.bytes("first/model.safetensors"));
    place.write("things.csv", place.read("things.csv").replace("red", "rad"));
    let ran = place.run("train things.toml --out changed --set data.memory=0");
    assert!(ran.code == 0 && !ran.err.contains(FROM_CACHE), "{}", ran.err);
}

#[test]
fn a_resumed_training_goes_on_with_rows_in_a_file() {
    let place = Place::with_things();
    let set = "--set data.memory=0";
    place.succeed(&format!("train things.toml --out whole --quiet {set}"));
    place.succeed(&format!("train things.toml --out parts --quiet {set} --set training.epochs=1"));
    let ran = place.run("train things.toml --out parts --resume --set data.memory=0");
    assert!(ran.code == 0 && ran.err.contains(FROM_CACHE), "{}", ran.err);
}

#[test]
fn a_cache_that_cannot_be_written_is_told() {
    let place = Place::with_things();
    place.write("cache", "a file");
    let ran = place.run("train things.toml --out run --set data.memory=0");
    assert_eq!(ran.code, 1, "{}", ran.err);
    for part in ["BANYAN_CACHE", "data.memory"] {
        assert!(ran.err.contains(part), "{}", ran.err);
    }
    assert!(!place.path("run").exists());
    place.succeed("check things.toml --set data.memory=1000");
}
