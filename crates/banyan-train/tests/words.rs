//! Tasks on words beside another modality, and rows without words.
#![expect(clippy::unwrap_used, reason = "a training that fails fails the test")]

use banyan_data::output::OutputValues;
use banyan_train::config::Config;
use banyan_train::{LoadedRun, Predictions, Silent, TrainOptions, train};
use std::path::Path;
use std::sync::atomic::AtomicBool;

const CONFIG: &str = r#"
[data]
train = "train.jsonl"
valid = "train.jsonl"
[inputs.words]
type = "tokens"
column = "tokens"
[inputs.length]
type = "number"
[tasks.upos]
type = "tagging"
on = "words"
[tasks.ner]
type = "spans"
on = "words"
[tasks.syntax]
type = "dependencies"
on = "words"
columns = { head = "head", relation = "deprel" }
[tasks.srl]
type = "srl"
on = "words"
[tasks.lemmas]
type = "lemmas"
on = "words"
[tasks.long]
type = "binary"
[model]
width = 16
trunk_layers = 1
[training]
epochs = 2
batch_size = 8
"#;

/// A sentence of so many words, its verb first; a row without words has a number only.
fn line(words: usize) -> String {
    let list = |of: &dyn Fn(usize) -> String| (0..words).map(of).collect::<Vec<_>>().join(",");
    let tokens = list(&|place| if place == 0 { "\"Sings\"".to_owned() } else { format!("\"bird{place}\"") });
    let lemmas = list(&|place| if place == 0 { "\"sing\"".to_owned() } else { format!("\"bird{place}\"") });
    let upos = list(&|place| (if place == 0 { "\"VERB\"" } else { "\"NOUN\"" }).to_owned());
    let ner = list(&|place| (if place == 1 { "\"B-PER\"" } else { "\"O\"" }).to_owned());
    let head = list(&|place| u8::from(place > 0).to_string());
    let deprel = list(&|place| (if place == 0 { "\"root\"" } else { "\"obj\"" }).to_owned());
    let role = if words > 1 { r#"{"role":"ARG0","start":1,"end":2}"# } else { "" };
    let srl = format!(r#"[{{"predicate":0,"sense":"sing.01","args":[{role}]}}]"#);
    let long = u8::from(words > 3);
    if words == 0 {
        return format!(r#"{{"tokens":null,"length":{words},"long":{long}}}"#);
    }
    format!(
        r#"{{"tokens":[{tokens}],"lemmas":[{lemmas}],"upos":[{upos}],"ner":[{ner}],"head":[{head}],"deprel":[{deprel}],"srl":{srl},"length":{words},"long":{long}}}"#
    )
}

fn write(path: &Path, rows: &[usize]) {
    std::fs::write(path, rows.iter().map(|&words| line(words) + "\n").collect::<String>()).unwrap();
}

fn trained(folder: &Path) -> banyan_train::run::Summary {
    write(&folder.join("train.jsonl"), &[3, 1, 0, 5, 2, 7, 0, 4, 6, 2, 3, 5]);
    let config = Config::parse("config.toml", CONFIG, &[]).unwrap();
    let options = TrainOptions { out: folder.join("run"), ..TrainOptions::default() };
    train(&config, folder, &options, &mut Silent, &AtomicBool::new(false)).unwrap()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|&name| name.to_owned()).collect()
}

/// The number of words in each row's list.
fn lengths(predictions: &Predictions, column: &str) -> Vec<usize> {
    let column = predictions.columns.iter().find(|own| own.name == column).unwrap();
    match &column.values {
        OutputValues::Lists(rows) => rows.iter().map(Vec::len).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn tasks_on_words_are_measured_where_the_words_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let summary = trained(folder.path());
    let measured: Vec<Vec<&str>> =
        summary.results.iter().map(|result| result.evaluation.tasks.keys().map(String::as_str).collect()).collect();
    let all = vec!["upos", "ner", "syntax", "srl", "lemmas", "long"];
    assert_eq!(measured, [all.clone(), vec!["long"], all], "both inputs, the number alone, the words alone");
    assert_eq!(summary.results[0].evaluation.tasks["upos"].rows, 10);

    let mut run = LoadedRun::open(&folder.path().join("run")).unwrap();
    let (number, table) = (names(&["length"]), folder.path().join("train.jsonl"));
    let (predictions, _) = run.predict(&table, Some(&number), None).unwrap();
    let columns: Vec<&str> = predictions.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(columns, ["long", "long=0", "long=1"]);
    let error = run.predict(&table, Some(&number), Some(&names(&["upos", "long"]))).unwrap_err();
    assert_eq!(error.to_string(), r#"the labels of the task "upos" are on the input "words", which is left out; name it among the inputs"#);
}

#[test]
fn predictions_stand_beside_their_rows_whatever_the_lengths() {
    let folder = tempfile::tempdir().unwrap();
    trained(folder.path());
    let mut run = LoadedRun::open(&folder.path().join("run")).unwrap();
    // A chunk of rows without words only, too.
    for rows in [&[60, 0, 60, 1, 9, 0, 3][..], &[0, 0], &[0], &[4, 2, 4]] {
        let table = folder.path().join("new.jsonl");
        write(&table, rows);
        let (predictions, _) = run.predict(&table, None, None).unwrap();
        for column in ["upos", "ner", "head", "deprel", "lemmas"] {
            assert_eq!(lengths(&predictions, column), rows, "{column}");
        }
        let frames = predictions.columns.iter().find(|column| column.name == "srl").unwrap();
        let OutputValues::Frames(frames) = &frames.values else { panic!("{frames:?}") };
        assert!(frames.iter().zip(rows).all(|(frames, &words)| frames.frames.is_empty() == (words == 0)), "{frames:?}");

        // one by one they are the same
        for (row, &words) in rows.iter().enumerate() {
            write(&table, &[words]);
            let (alone, _) = run.predict(&table, None, None).unwrap();
            for (all, own) in predictions.columns.iter().zip(&alone.columns) {
                match (&all.values, &own.values) {
                    (OutputValues::Lists(all), OutputValues::Lists(own)) => assert_eq!(all[row], own[0]),
                    (OutputValues::Frames(all), OutputValues::Frames(own)) => assert_eq!(all[row], own[0]),
                    (OutputValues::Texts(all), OutputValues::Texts(own)) => assert_eq!(all[row], own[0]),
                    (OutputValues::Numbers(all), OutputValues::Numbers(own)) => assert!((all[row] - own[0]).abs() < 1e-5),
                    other => panic!("{other:?}"),
                }
            }
        }
        let (measured, _) = run
            .evaluate(
                Some(&{
                    write(&table, rows);
                    table.clone()
                }),
                None,
                None,
            )
            .unwrap();
        assert_eq!(measured.rows, rows.len());
    }
}
