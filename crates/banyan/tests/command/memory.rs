//! What memory has no room for is refused in a sentence, by a process that the system gives only so much: none is ended without a word.

use std::process::Command;

use crate::support::{Place, picture};

/// Runs the program in a place with so many kilobytes of address space.
fn run_within(place: &Place, kilobytes: u64, arguments: &str) -> (i32, String) {
    let program = env!("CARGO_BIN_EXE_banyan");
    let script = format!("ulimit -v {kilobytes}; exec {program} {arguments}");
    let output = Command::new("bash").args(["-c", &script]).current_dir(place.path("")).output().unwrap();
    (output.status.code().expect("the program is not killed by a signal"), String::from_utf8(output.stderr).unwrap())
}

/// Of 48 million parameters: 7 numbers for each would find room, and the 10 that are needed do not.
#[test]
fn a_wide_model_is_refused_before_it_is_made() {
    let place = Place::with_things();
    for command in ["check things.toml --quiet", "train things.toml --out run --quiet"] {
        let (code, err) = run_within(&place, 1_800_000, &format!("{command} --set model.width=2450 --set training.batch_size=32"));
        assert!(code == 1 && err.starts_with("error: the model needs about 2.7 GB of memory, and"), "{code} {err}");
        assert!(err.trim_end().ends_with("lower width = 2450 in [model]") && err.lines().count() == 1, "{err}");
    }
}

#[test]
fn large_images_are_refused_before_they_are_decoded() {
    let place = Place::new();
    let rows: String = (0..40).map(|row| format!("a.png,{row}\n")).collect();
    place.write("t.csv", format!("image,y\n{rows}"));
    place.write("a.png", picture(9, image::ImageFormat::Png));
    place.write(
        "c.toml",
        "[data]\ntrain = \"t.csv\"\n[inputs.image]\ntype = \"image\"\nsize = [4096, 4096]\n[tasks.y]\ntype = \"regression\"\n",
    );
    let (code, err) = run_within(&place, 4_000_000, "train c.toml --out run --quiet");
    let begin =
        "error: a step needs more than 4.3 GB of memory for the first layer over 8 images of 4096 × 4096 pixels of the input \"image\"";
    assert!(code == 1 && err.starts_with(begin), "{code} {err}");
}

fn sentence(words: usize) -> String {
    let heads: Vec<usize> = (0..words).collect();
    let relations: Vec<&str> = (0..words)
        .map(|word| {
            if word == 0 {
                "root"
            } else if word % 2 == 0 {
                "obj"
            } else {
                "dep"
            }
        })
        .collect();
    let tokens: Vec<&str> = (0..words).map(|word| ["a", "b", "c"][word % 3]).collect();
    format!("{}\n", serde_json::json!({"tokens": tokens, "head": heads, "deprel": relations}))
}

#[test]
fn trees_of_endless_sentences_are_refused_in_training_and_left_out_of_predictions() {
    let place = Place::new();
    let rows: String = (3..40).map(sentence).collect();
    place.write("t.jsonl", &rows);
    place.write("long.jsonl", sentence(5) + &sentence(20_000) + &rows);
    place.write(
        "c.toml",
        "[data]\ntrain = \"t.jsonl\"\n[inputs.tokens]\ntype = \"tokens\"\n[tasks.head]\ntype = \"dependencies\"\non = \"tokens\"\n[model]\nwidth = 8\n[training]\nepochs = 1\nthreads = 1\n",
    );
    let long = place.run("check c.toml --quiet --set data.train=long.jsonl");
    let message =
        "long.jsonl, line 2, column \"tokens\": a sentence of 20000 words, and trees are found for at most 4096; cut it into several rows";
    assert!(long.code == 1 && long.err.contains(message), "{}", long.err);
    place.succeed("train c.toml --out run --quiet");
    let (code, err) = run_within(&place, 4_000_000, "predict run --data long.jsonl -o out.jsonl");
    let note = "task \"head\": 1 row has more than the 4096 words of a sentence that it predicts, and no prediction (the first is long.jsonl, line 2, with 20000 words)";
    assert!(code == 0 && err.contains(note), "{code} {err}");
    let lines: Vec<String> = place.read("out.jsonl").lines().map(str::to_owned).collect();
    let is_empty = |line: &String| line.ends_with("\"head\": [], \"deprel\": []}");
    assert_eq!(lines.len(), 39);
    assert!(is_empty(&lines[1]) && lines.iter().filter(|line| is_empty(line)).count() == 1);
    // Measured on, it counts as a row without a label.
    let (code, err) = run_within(&place, 4_000_000, "evaluate run --data long.jsonl --json");
    assert_eq!(code, 0, "{err}");
}
