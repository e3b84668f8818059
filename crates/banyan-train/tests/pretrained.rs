//! A pretrained encoder in a training: it is tuned or stays as it is, and the run holds all of it.
#![expect(clippy::unwrap_used, reason = "a training that fails fails the test")]

use banyan_model::Methods;
use banyan_train::config::Config;
use banyan_train::run::StopReason;
use banyan_train::{LoadedRun, Resume, Silent, TrainOptions, check, train};
use safetensors::SafeTensors;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

const CONFIG: &str = r#"
[data]
train = "train.jsonl"
valid = "valid.jsonl"
[inputs.words]
type = "tokens"
column = "tokens"
encoder = "bert"
pretrained = "encoder"
[tasks.kind]
type = "tagging"
on = "words"
[model]
width = 16
[training]
epochs = 6
batch_size = 16
learning_rate = 0.01
"#;

/// Sentences in which each word has its kind.
fn sentences(first: usize, count: usize) -> String {
    let words = ["the", "Cats", "see", "5"];
    let mut text = String::new();
    for row in first..first + count {
        let places: Vec<usize> = (0..6).map(|place| (row * 7 + place * (row % 5 + 1) * 3 + row / 3) % 4).collect();
        let list = |item: &dyn Fn(usize) -> &'static str| (0..6).map(|place| format!("\"{}\"", item(place))).collect::<Vec<_>>().join(",");
        let tokens = list(&|place| words[places[place]]);
        let kinds = list(&|place| if places[place] < 2 { "A" } else { "B" });
        writeln!(text, "{{\"tokens\": [{tokens}], \"kind\": [{kinds}]}}").unwrap();
    }
    text
}

/// A folder with the tables, and the model crate's small encoder beside them.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("train.jsonl"), sentences(0, 120)).unwrap();
    std::fs::write(folder.path().join("valid.jsonl"), sentences(120, 40)).unwrap();
    std::fs::create_dir(folder.path().join("encoder")).unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../banyan-model/tests/fixtures/bert");
    for name in ["config.json", "vocab.txt", "tokenizer_config.json", "model.safetensors"] {
        std::fs::copy(fixture.join(name), folder.path().join("encoder").join(name)).unwrap();
    }
    folder
}

fn config(changes: &[&str]) -> Config {
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    Config::parse("config.toml", CONFIG, &changes).unwrap()
}

fn options(folder: &Path, name: &str, resume: Resume) -> TrainOptions {
    TrainOptions { out: folder.join(name), resume, ..TrainOptions::default() }
}

fn run(folder: &Path, name: &str, changes: &[&str]) -> f64 {
    let options = options(folder, name, Resume::No);
    let summary = train(&config(changes), folder, &options, &mut Silent, &AtomicBool::new(false)).unwrap();
    summary.results[0].evaluation.tasks["kind"].get("token_accuracy").unwrap()
}

fn weights(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name).join("model.safetensors")).unwrap()
}

fn tensor(bytes: &[u8], name: &str) -> Vec<u8> {
    SafeTensors::deserialize(bytes).unwrap().tensor(name).unwrap().data().to_vec()
}

#[test]
fn it_is_tuned_or_stays_as_it_is() {
    let folder = folder();
    let before = std::fs::read(folder.path().join("encoder/model.safetensors")).unwrap();
    let original = tensor(&before, "embeddings.LayerNorm.weight");
    let ours = "encoders.words.pretrained.norm.gain";
    let tuned = run(folder.path(), "tuned", &["inputs.words.learning_rate_factor=0.5"]);
    assert!(tuned > 0.95, "{tuned}");
    assert_ne!(tensor(&weights(folder.path(), "tuned"), ours), original);
    run(folder.path(), "frozen", &["inputs.words.frozen=true", "inputs.words.pooling=first", "training.epochs=1", "training.average=0.9"]);
    assert_eq!(tensor(&weights(folder.path(), "frozen"), ours), original);
    run(folder.path(), "still", &["inputs.words.learning_rate_factor=0", "training.epochs=1"]);
    assert_eq!(tensor(&weights(folder.path(), "still"), ours), original);
}

#[test]
fn frozen_weights_are_not_counted_as_trained() {
    let folder = folder();
    let count =
        |changes: &[&str]| check(&config(changes), folder.path(), &Methods::default(), &mut Silent).unwrap().outcome.unwrap().parameters;
    let (tuned, frozen) = (count(&[]), count(&["inputs.words.frozen=true"]));
    let encoder = std::fs::metadata(folder.path().join("encoder/model.safetensors")).unwrap().len() as usize;
    assert!((tuned - frozen) * 4 > encoder * 3 / 4 && (tuned - frozen) * 4 < encoder, "{tuned}, {frozen}, {encoder}");
}

#[test]
fn a_run_holds_its_encoder_and_goes_on_without_the_folder() {
    let folder = folder();
    for changes in [&["training.epochs=3"][..], &["training.epochs=3", "inputs.words.frozen=true"]] {
        let name = if changes.len() == 1 { "tuned" } else { "frozen" };
        run(folder.path(), &format!("{name}-whole"), changes);
        // Interrupted after its first step.
        let stop = AtomicBool::new(true);
        let begun = options(folder.path(), name, Resume::No);
        let summary = train(&config(changes), folder.path(), &begun, &mut Silent, &stop).unwrap();
        assert_eq!(summary.stop_reason, StopReason::Interrupted);
        let moved = (folder.path().join("encoder"), folder.path().join("elsewhere"));
        std::fs::rename(&moved.0, &moved.1).unwrap();
        let resumed = options(folder.path(), name, Resume::Yes);
        train(&config(changes), folder.path(), &resumed, &mut Silent, &AtomicBool::new(false)).unwrap();
        assert_eq!(weights(folder.path(), name), weights(folder.path(), &format!("{name}-whole")));
        let run = folder.path().join(name);
        let (evaluation, _) = LoadedRun::open(&run).unwrap().evaluate(None, None, None).unwrap();
        assert!(evaluation.tasks["kind"].get("token_accuracy").is_some());
        assert!(run.join("vocabulary/pieces-0.txt").exists());
        std::fs::rename(&moved.1, &moved.0).unwrap();
    }
}

#[test]
fn a_folder_without_weights_is_told_before_any_training() {
    let folder = folder();
    let encoder = folder.path().join("encoder");
    std::fs::remove_file(encoder.join("model.safetensors")).unwrap();
    let error = check(&config(&[]), folder.path(), &Methods::default(), &mut Silent).unwrap().outcome.unwrap_err().to_string();
    assert!(error.contains("it has no weights: no model.safetensors, no pytorch_model.bin"), "{error}");
    std::fs::remove_dir_all(encoder).unwrap();
    let error = check(&config(&[]), folder.path(), &Methods::default(), &mut Silent).unwrap().outcome.unwrap_err().to_string();
    assert!(error.contains("encoder: config.json: No such file"), "{error}");
}

#[test]
fn words_of_many_pieces_are_told() {
    let folder = folder();
    let long = format!("{{\"tokens\": [\"{}\", \"the\"], \"kind\": [\"A\", \"B\"]}}\n", "a.".repeat(40));
    std::fs::write(folder.path().join("train.jsonl"), sentences(0, 20) + &long).unwrap();
    let notes = check(&config(&[]), folder.path(), &Methods::default(), &mut Silent).unwrap().outcome.unwrap().data.notes;
    let note = "training rows: input \"words\": 1 word has more pieces than are read; the first and the last ones are";
    assert_eq!(notes, [note]);
}
