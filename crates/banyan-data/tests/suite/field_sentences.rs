//! Files of sentences as people have them: names without prefixes, names within names, tags as numbers.

use std::sync::Arc;

use arrow_array::builder::{Int64Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::infer::{infer_inputs, infer_task};
use banyan_data::inputs::{InputConfig, InputKind};
use banyan_data::labels::{LabelSettings, TaggingSettings, TargetConfig, TaskKind};
use banyan_data::schema::Schema;
use banyan_data::table::{ReadOptions, Table};

use crate::support::{Folder, all};

/// The kind and the classes of each task.
type Tasks = Vec<(TaskKind, Vec<String>)>;
/// The columns that are inputs.
type Inputs = Vec<(String, InputKind)>;

/// Does with a table what `init`, `check` and the first step of a training do.
fn set_up(table: &Table, tasks: &[&str]) -> (Tasks, Inputs) {
    let columns: Vec<String> = tasks.iter().map(|task| (*task).to_owned()).collect();
    let inputs = infer_inputs(table, &columns);
    let inputs: Inputs = inputs.into_iter().filter_map(|input| Some((input.column, input.kind?))).collect();
    let inferred: Vec<_> = tasks.iter().map(|task| infer_task(table, task).unwrap()).collect();
    let settings = |kind: TaskKind, on: &Option<String>| match kind {
        TaskKind::Tagging => LabelSettings::from(TaggingSettings { on: on.clone(), classes: None }),
        kind => kind.settings(),
    };
    for (task, column) in inferred.iter().zip(tasks) {
        // What a configuration is refused for: a task on an input that has no words.
        if let Some(on) = &task.on {
            assert!(inputs.contains(&(on.clone(), InputKind::Tokens)), "{column} is on {on}: {inputs:?}");
        }
    }
    let targets: Vec<(String, TargetConfig)> = inferred
        .iter()
        .zip(&columns)
        .map(|(task, column)| (column.clone(), TargetConfig::new(settings(task.kind, &task.on), column.as_str())))
        .collect();
    let configs: Vec<(String, InputConfig)> = inputs.iter().map(|(name, kind)| (name.clone(), InputConfig::from(*kind))).collect();
    let schema = Schema::fit(table, &all(table), &configs, &targets, OnBadRow::Missing).unwrap();
    Dataset::encode(table, &all(table), &schema, EncodeOptions::default()).unwrap();
    (inferred.into_iter().map(|task| (task.kind, task.classes)).collect(), inputs)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn tokens(name: &str) -> Inputs {
    vec![(name.to_owned(), InputKind::Tokens)]
}

/// Lines of Hugging Face's data sets, whose tags are numbers of classes.
#[test]
fn tags_that_are_numbers_belong_to_the_words() {
    let rows = r#"{"id": "0", "tokens": ["EU", "rejects", "German", "call"], "ner_tags": [3, 0, 7, 0], "pos_tags": [22, 42, 16, 21]}
{"id": "1", "tokens": ["Peter", "Blackburn"], "ner_tags": [1, 2], "pos_tags": [22, 22]}
{"id": "2", "tokens": [], "ner_tags": [], "pos_tags": []}
{"id": "3", "tokens": ["Rain"], "ner_tags": [0], "pos_tags": [21]}
"#;
    let folder = Folder::new();
    let table = folder.table("t.jsonl", rows);
    let (tasks, inputs) = set_up(&table, &["ner_tags"]);
    assert_eq!((tasks, inputs), (vec![(TaskKind::Tagging, names(&["0", "1", "2", "3", "7"]))], tokens("tokens")));
    let (tasks, inputs) = set_up(&table, &["ner_tags", "pos_tags"]);
    assert_eq!((tasks[1].1.clone(), inputs), (names(&["16", "21", "22", "42"]), tokens("tokens")));
    let left_out = infer_inputs(&table, &["ner_tags".to_owned()]).remove(2);
    assert_eq!((left_out.kind, left_out.reason.as_str()), (None, "one for each word of \"tokens\": labels for a task"));
    let table = folder.table("words.jsonl", rows.replace("\"tokens\"", "\"words\""));
    assert_eq!(set_up(&table, &["pos_tags"]).1, tokens("words"));
    let table = folder.table(
        "texts.jsonl",
        rows.replace("[3, 0, 7, 0]", "[\"ORG\", \"O\", \"MISC\", \"O\"]").replace("[1, 2]", "[\"PER\", \"PER\"]").replace("[0]", "[\"O\"]"),
    );
    assert_eq!(set_up(&table, &["ner_tags"]), (vec![(TaskKind::Tagging, names(&["MISC", "O", "ORG", "PER"]))], tokens("tokens")));
}

#[test]
fn tags_of_sentences_of_one_word() {
    let rows: String = (0..12).map(|row| format!("{{\"tokens\": [\"w{row}\"], \"tags\": [{}]}}\n", row % 3)).collect();
    let table = Folder::new().table("t.jsonl", rows);
    assert_eq!(set_up(&table, &["tags"]), (vec![(TaskKind::Tagging, names(&["0", "1", "2"]))], tokens("tokens")));
}

#[test]
fn tags_in_lists_of_parquet() {
    let (mut words, mut tags) = (ListBuilder::new(StringBuilder::new()), ListBuilder::new(Int64Builder::new()));
    for row in 0..9_i64 {
        for place in 0..row % 4 {
            words.values().append_value(format!("w{}", place * row));
            tags.values().append_value(place % 3);
        }
        words.append(true);
        tags.append(true);
    }
    let columns = [("tokens", Arc::new(words.finish()) as ArrayRef), ("ner_tags", Arc::new(tags.finish()) as ArrayRef)];
    let folder = Folder::new();
    let path = folder.path().join("t.parquet");
    banyan_columnar::write_parquet(&mut std::fs::File::create(&path).unwrap(), &RecordBatch::try_from_iter(columns).unwrap()).unwrap();
    let table = Table::read(&path, &ReadOptions::default()).unwrap();
    assert_eq!(set_up(&table, &["ner_tags"]), (vec![(TaskKind::Tagging, names(&["0", "1", "2"]))], tokens("tokens")));
}

/// Numbers that are no names of classes are no labels.
#[test]
fn vectors_beside_words_stay_vectors() {
    let rows: String =
        (0..12).map(|row| format!("{{\"tokens\": [\"a\", \"b{row}\"], \"v\": [{}.5, 1.25], \"y\": {}}}\n", row, row % 2)).collect();
    let (_, inputs) = set_up(&Folder::new().table("t.jsonl", rows), &["y"]);
    assert!(inputs.contains(&("v".to_owned(), InputKind::Vector)), "{inputs:?}");
}

#[test]
fn names_without_prefixes_are_learned_from_the_last_column() {
    let sentence =
        "The DT B-NP O\nParliament NNP I-NP ORG\nmet VBD B-VP O\nin IN B-PP O\nUlm NNP B-NP LOC\n\nHe PRP B-NP O\nleft VBD B-VP O\n";
    let table = Folder::new().table("europarl.conll", sentence);
    assert_eq!(set_up(&table, &["ner"]).0, [(TaskKind::Tagging, names(&["LOC", "O", "ORG"]))]);
    let [note] = table.notes() else { panic!("{:?}", table.notes()) };
    assert!(
        note.ends_with("europarl.conll: \"ner\" is column 4, whose labels have neither B- nor I-; the spans of column 3 are \"chunk\""),
        "{note}"
    );
}

#[test]
fn outer_names_of_germeval_are_the_task() {
    let words = "1\tVfL\tB-ORG\tO\n2\tUlm\tI-ORG\tB-LOC\n3\tsiegt\tO\tO\n\n";
    let text = format!("#\thttp://de.wikipedia.org/wiki/Ulm [2009-10-17]\n{words}#\tn-tv.de vom 26.02.2005\n{words}");
    let table = Folder::new().table("ner.conll", text);
    assert_eq!((table.rows(), infer_task(&table, "ner").unwrap().classes), (2, names(&["ORG"])));
    assert_eq!(infer_task(&table, "ner2").unwrap().classes, ["LOC"]);
    assert_eq!((table.notes().len(), Table::concatenate(vec![table.clone(), table]).unwrap().notes().len()), (1, 2));
}

#[test]
fn a_class_called_infinity_is_a_class() {
    let rows = |classes: [&str; 3]| -> String { (0..30).map(|row| format!("{},{}\n", row * 7 % 11, classes[row % 3])).collect() };
    let folder = Folder::new();
    for classes in [["Infinity", "Nissan", "Opel"], ["inf", "-inf", "none of them"], ["Infinity", "Inf", "Nan"]] {
        let table = folder.table("cars.csv", format!("x,car\n{}", rows(classes)));
        let (tasks, _) = set_up(&table, &["car"]);
        assert_eq!((tasks[0].0, tasks[0].1.len()), (TaskKind::Classification, 3), "{classes:?}");
    }
    // Among numbers it is a wrong number, for both.
    let table = folder.table("numbers.csv", format!("x,car\n{}", rows(["1", "inf", "2"])));
    let error = infer_task(&table, "car").unwrap_err().to_string();
    assert!(
        error.contains("column \"car\" has \"inf\" among its numbers")
            && error.ends_with("leave the cell empty where the label is not known"),
        "{error}"
    );
    let two = folder.table("two.csv", format!("x,car\n{}", rows(["Inf", "Opel", "Opel"])));
    assert_eq!(set_up(&two, &["car"]).0[0].0, TaskKind::Binary);
}

/// spaCy writes a hyphen for a word that could not be aligned with its annotation.
#[test]
fn a_hyphen_among_spans_is_no_label() {
    let rows = "Ann B-PER\nLee I-PER\nslept -\n\nUlm U-LOC\nsleeps O\nnow -\n";
    let table = Folder::new().table("dash.conll", rows);
    let (tasks, inputs) = set_up(&table, &["ner"]);
    assert_eq!((tasks, inputs), (vec![(TaskKind::Spans, names(&["LOC", "PER"]))], tokens("tokens")));
    let targets = [("ner".to_owned(), TargetConfig::new(TaskKind::Spans, "ner"))];
    let schema =
        Schema::fit(&table, &all(&table), &[("tokens".to_owned(), InputConfig::from(InputKind::Tokens))], &targets, OnBadRow::Missing);
    let (_, report) = Dataset::encode(&table, &all(&table), &schema.unwrap(), EncodeOptions::default()).unwrap();
    let [note, ..] = report.tasks[0].notes.as_slice() else { panic!("{report:?}") };
    assert!(note.to_string().starts_with("2 words have \"-\" for a label, which counts as none (the first in"), "{note}");
}
