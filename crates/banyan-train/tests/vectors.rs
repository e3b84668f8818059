//! Word vectors in a training: they reach the model, stay as they are, and are a part of the run.
#![expect(clippy::unwrap_used, reason = "a training that fails fails the test")]

use banyan_data::value::format_number;
use banyan_engine::random::Stream;
use banyan_model::Methods;
use banyan_train::config::Config;
use banyan_train::{Event, LoadedRun, Observer, Resume, TrainOptions, check, train};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Words of letters by chance, of which nothing but their vectors tells the kind.
fn words(seed: u64, count: usize) -> Vec<String> {
    let mut stream = Stream::new(&[seed]);
    (0..count).map(|_| (0..7).map(|_| char::from(b'a' + stream.below(26) as u8)).collect()).collect()
}

/// A file in which the vectors of every second word lie about one point, and those of the others about another.
fn vectors(words: &[String]) -> String {
    let mut stream = Stream::new(&[3]);
    let mut text = format!("{} 6\n", words.len());
    for (place, word) in words.iter().enumerate() {
        let center = if place % 2 == 0 { 0.1 } else { -0.1 };
        let numbers: Vec<String> = (0..6).map(|_| format_number(f64::from(center + 0.05 * (stream.uniform() - 0.5)))).collect();
        writeln!(text, "{word} {}", numbers.join(" ")).unwrap();
    }
    text
}

/// Sentences of five words each, every word with its kind.
fn sentences(words: &[String], seed: u64, count: usize) -> String {
    let mut stream = Stream::new(&[seed]);
    let mut text = String::new();
    for _ in 0..count {
        let places: Vec<usize> = (0..5).map(|_| stream.below(words.len())).collect();
        let quoted = |list: Vec<&str>| list.iter().map(|word| format!("\"{word}\"")).collect::<Vec<String>>().join(",");
        let tokens = quoted(places.iter().map(|&place| words[place].as_str()).collect());
        let kinds = quoted(places.iter().map(|&place| if place % 2 == 0 { "A" } else { "B" }).collect());
        writeln!(text, "{{\"tokens\": [{tokens}], \"kind\": [{kinds}]}}").unwrap();
    }
    text
}

const CONFIG: &str = r#"
[data]
train = "train.jsonl"
valid = "valid.jsonl"
test = "test.jsonl"
[inputs.words]
type = "tokens"
column = "tokens"
buckets = 500
[tasks.kind]
type = "tagging"
on = "words"
[model]
width = 16
[training]
epochs = 8
batch_size = 16
learning_rate = 0.005
"#;

/// Trains on half of the words; the others come in validation and test only.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let all = words(1, 200);
    let (seen, unseen) = all.split_at(100);
    let files = [
        ("train.jsonl", sentences(seen, 1, 150)),
        ("valid.jsonl", sentences(unseen, 2, 40)),
        ("test.jsonl", sentences(unseen, 3, 60)),
        ("vectors.txt", vectors(&all)),
    ];
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn config(changes: &[&str]) -> Config {
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    Config::parse("config.toml", CONFIG, &changes).unwrap()
}

#[derive(Default)]
struct Notes(Vec<String>);

impl Observer for Notes {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Note { text } = event {
            self.0.push((*text).to_owned());
        }
    }
}

fn run(folder: &Path, name: &str, changes: &[&str]) -> (f64, Vec<String>) {
    let options = TrainOptions { out: folder.join(name), ..TrainOptions::default() };
    let mut notes = Notes::default();
    let summary = train(&config(changes), folder, &options, &mut notes, &AtomicBool::new(false)).unwrap();
    let accuracy = summary.results[0].evaluation.tasks["kind"].get("token_accuracy").unwrap();
    (accuracy, notes.0)
}

#[test]
fn a_word_that_was_never_seen_is_known_by_its_vector() {
    let folder = folder();
    let (without, notes) = run(folder.path(), "without", &[]);
    assert!(without < 0.75, "letters by chance tell nothing: {without}");
    assert!(notes.iter().all(|note| !note.contains("vector")), "{notes:?}");
    for encoder in ["cnn", "lstm", "transformer"] {
        let changes = ["inputs.words.vectors=vectors.txt", "training.epochs=20", &format!("inputs.words.encoder={encoder}")];
        let (with, notes) = run(folder.path(), encoder, &changes);
        assert!(with > 0.9, "{encoder}: {with}");
        let note = "training rows: input \"words\": 100.0 % of 750 words have a vector";
        assert!(notes.contains(&note.to_owned()), "{notes:?}");
    }
}

#[test]
fn a_run_holds_its_vectors_and_goes_on_without_the_file() {
    let folder = folder();
    let changes = ["inputs.words.vectors=vectors.txt", "inputs.words.vectors_limit=196"];
    let (accuracy, notes) = run(folder.path(), "run", &changes);
    assert!(notes.iter().any(|note| note.starts_with("test rows: input \"words\": 9")), "{notes:?}");
    std::fs::remove_file(folder.path().join("vectors.txt")).unwrap();
    let out = folder.path().join("run");
    assert!(out.join("vocabulary/vectors-0.safetensors").exists());
    let weights = std::fs::metadata(out.join("model.safetensors")).unwrap().len();
    assert!(weights < 7_000_000, "the weights do not hold the vectors: {weights}");

    let (again, _) = LoadedRun::open(&out).unwrap().evaluate(None, None, None).unwrap();
    assert_eq!(again.tasks["kind"].get("token_accuracy"), Some(accuracy));
    let more = config(&[changes[0], changes[1], "training.epochs=9"]);
    let options = TrainOptions { out, resume: Resume::Yes, ..TrainOptions::default() };
    train(&more, folder.path(), &options, &mut Notes::default(), &AtomicBool::new(false)).unwrap();
}

#[test]
fn vectors_are_no_parameters() {
    let folder = folder();
    let begun = |limit: &str| {
        let config = config(&["inputs.words.vectors=vectors.txt", &format!("inputs.words.vectors_limit={limit}")]);
        check(&config, folder.path(), &Methods::default(), &mut Notes::default()).unwrap().outcome.unwrap()
    };
    let (few, many) = (begun("2"), begun("200"));
    assert_eq!(few.parameters, many.parameters);
    let description = &many.data.inputs["words"].description;
    assert!(description.ends_with(", 200 word vectors of 6 numbers"), "{description}");
}

#[test]
fn a_broken_file_is_told_with_its_line() {
    let folder = folder();
    std::fs::write(folder.path().join("vectors.txt"), "the 1 2\nof 1\n").unwrap();
    let config = config(&["inputs.words.vectors=vectors.txt"]);
    let error = check(&config, folder.path(), &Methods::default(), &mut Notes::default()).unwrap().outcome.unwrap_err().to_string();
    assert!(
        error
            .ends_with("vectors.txt, line 2: 1 numbers where the other vectors have 2; fix or remove the line, or download the file again")
    );
}
