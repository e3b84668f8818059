//! Runs whose files are not what a training wrote: an error that names the file, never a panic or an endless wait for memory.

use banyan::data::fingerprint::Fingerprint;

use crate::support::{CONFIG, Place, things};

/// A run with inputs and tasks of several kinds, whose weights are averaged.
fn place_with_run() -> Place {
    let place = Place::with_things();
    let table: String = things(48).lines().enumerate().fold(String::new(), |text, (row, line)| match row {
        0 => text + line + ",note,day,marks\n",
        row => text + line + &format!(",some words of {},2024-01-{:02},a;b\n", row % 5, row % 28 + 1),
    });
    place.write("things.csv", table);
    let more = "[inputs.note]\ntype = \"text\"\nbuckets = 64\n\n[inputs.day]\ntype = \"date\"\n\n[tasks.size2]\ntype = \"quantiles\"\ncolumn = \"price\"\n\n[model]\n";
    place.write("things.toml", CONFIG.replace("[model]\n", more) + "average = 0.9\n");
    place.succeed("train things.toml --out run --quiet");
    place
}

/// Changes a file of the run, looks what becomes of a command, and puts the file back.
fn with_change(place: &Place, file: &str, change: impl Fn(Vec<u8>) -> Vec<u8>, look: impl Fn(crate::support::Ran), command: &str) {
    let path = format!("run/{file}");
    let before = place.bytes(&path);
    let after = change(before.clone());
    assert_ne!(before, after, "{file} is changed");
    place.write(&path, after);
    look(place.run(command));
    place.write(&path, before);
}

#[test]
fn numbers_of_the_vocabulary_are_checked() {
    let place = place_with_run();
    let cases = [
        ("inputs.json", "\"buckets\": 64", "\"buckets\": 1000000000000", "input \"note\": buckets must be between 1 and 16777216"),
        ("inputs.json", "\"max_tokens\": ", "\"max_tokens\": 9", "input \"note\": max_tokens must be between 1 and"),
        ("inputs.json", "\"deviation\": ", "\"deviation\": -", "deviation must be above 0"),
        ("inputs.json", "\"edges\": [", "\"edges\": [7.5, 7.5, ", "input \"size\": edges must be finite and rise"),
        (
            "inputs.json",
            "\"name\": \"size\"",
            "\"name\": \"sizes\"",
            "it has the input \"sizes\" (number) where the run's config.toml has \"size\"",
        ),
        ("targets.json", "\"counts\": [", "\"counts\": [ 3,", "task \"kind\": there are 4 counts for 3 classes"),
        ("targets.json", "\"counts\": [", "\"counts\": [ 18446744073709551615,", "task \"kind\": there are 4 counts for 3 classes"),
        ("targets.json", "\"levels\": [", "\"levels\": [ 0.9,", "task \"size2\": levels must rise"),
        (
            "targets.json",
            "\"name\": \"kind\"",
            "\"name\": \"sort\"",
            "it has the task \"sort\" (classification) where the run's config.toml has",
        ),
    ];
    for (file, from, to, expected) in cases {
        for command in ["predict run --data things.csv", "evaluate run", "train things.toml --out run --resume"] {
            let change = |bytes: Vec<u8>| {
                let text = String::from_utf8(bytes).unwrap();
                let to = if to.ends_with('9') { format!("{to}99999999") } else { to.to_owned() };
                text.replacen(from, &to, 1).into_bytes()
            };
            let look = |ran: crate::support::Ran| {
                assert!(ran.code == 1 && ran.err.contains(expected), "{file}, {to}: {}", ran.err);
                assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
            };
            with_change(&place, &format!("vocabulary/{file}"), change, look, command);
        }
    }
}

/// The numbers of a file of weights, without its header.
fn change_weights(mut bytes: Vec<u8>, number: f32, every: usize) -> Vec<u8> {
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    for word in bytes[8 + header..].chunks_exact_mut(4).step_by(every) {
        word.copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

#[test]
fn weights_that_are_no_numbers_are_an_error() {
    let place = place_with_run();
    for (number, name) in [(f32::NAN, "NaN"), (f32::INFINITY, "inf"), (f32::NEG_INFINITY, "-inf")] {
        for command in ["predict run --data things.csv", "evaluate run"] {
            let look = |ran: crate::support::Ran| {
                let expected = format!("holds {name}, with which nothing can be computed");
                assert!(ran.code == 1 && ran.err.contains(&expected), "{}", ran.err);
            };
            with_change(&place, "model.safetensors", |bytes| change_weights(bytes, number, 1000), look, command);
        }
    }
}

#[test]
fn predictions_that_are_no_numbers_are_counted() {
    let place = place_with_run();
    for command in ["predict run --data things.csv --tasks price --quiet", "evaluate run --tasks price --quiet"] {
        let look = |ran: crate::support::Ran| {
            let rows = if command.starts_with("predict") { 48 } else { 10 };
            let expected =
                format!("note: task \"price\": {rows} rows have predictions that are not a finite number; look for extreme values");
            assert!(ran.code == 0 && ran.err.contains(&expected), "{}", ran.err);
        };
        with_change(&place, "model.safetensors", |bytes| change_weights(bytes, 3e38, 1), look, command);
    }
}

#[test]
fn parts_of_a_checkpoint_fit_the_model() {
    let place = place_with_run();
    let generation = crate::support::names(&place.path("run/checkpoint")).remove(0);
    let manifest = format!("run/checkpoint/{generation}/manifest.json");
    let cases = [
        ("average.f32", [&[0_u8; 4096][..], &[0; 4096]].concat(), "average.f32 has 2048 numbers and the model"),
        ("average.f32", vec![0; 8], "average.f32 has 2 numbers and the model"),
        ("parameters.f32", vec![0; 7], "parameters.f32 ends within a number"),
        ("first.f32", f32::NAN.to_le_bytes().to_vec(), "first.f32 holds NaN"),
        ("second.f32", vec![0; 4], ""),
        ("progress.json", br#"{"step":1,"best_score":null,"best_epoch":9,"best_step":9,"epochs_without_better":0,"seconds":1.0,"optimizer_steps":1,"average_steps":1,"rows":[1,1,1],"done":null}"#.to_vec(), "best weights after its last step"),
    ];
    for (name, bytes, expected) in cases {
        let file = format!("checkpoint/{generation}/{name}");
        // Signed anew, as by somebody who means harm.
        let signed = place.read(&manifest);
        let mut parts: serde_json::Value = serde_json::from_str(&signed).unwrap();
        parts["parts"][name] = serde_json::to_value(Fingerprint::of(&bytes)).unwrap();
        place.write(&manifest, parts.to_string());
        let look = |ran: crate::support::Ran| assert!(ran.code == 1 && ran.err.contains(expected), "{name}: {}", ran.err);
        with_change(&place, &file, |_| bytes.clone(), look, "train things.toml --out run --resume");
        place.write(&manifest, signed);
    }
    place.succeed("train things.toml --out run --resume --quiet");
}

#[test]
fn a_report_is_made_of_damaged_errors() {
    let place = place_with_run();
    for (from, to) in [
        ("\"counts\":[[", "\"counts\":[[1,2,3,4,5,6,7],["),
        ("\"classes\":[", "\"classes\":[\"more\","),
        ("\"counts\":[[", "\"counts\":[[18446744073709551615,"),
    ] {
        let change = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replacen(from, to, 1).into_bytes();
        let look = |ran: crate::support::Ran| assert_eq!(ran.code, 0, "{}", ran.err);
        with_change(&place, "errors.json", change, look, "report run");
        assert!(place.read("run/report.html").contains("errors.json is damaged"), "{to}");
    }
}
