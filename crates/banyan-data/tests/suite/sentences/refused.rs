//! Labels of words that are refused, or of which something is said.

use banyan_data::batch::UNKNOWN_TAG;
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::infer::infer_task;
use banyan_data::inputs::{InputConfig, InputKind, TokensSettings};
use banyan_data::labels::{Spans, SpansSettings, TaggingSettings, TaskKind};
use banyan_data::schema::Schema;

use super::{ROWS, fit, names, table, tags, task};
use crate::support::Folder;

#[test]
fn tasks_that_cannot_be_learned() {
    let error = |wanted: &[(&str, InputKind)], task| fit(&table(ROWS), wanted, &[task]).unwrap_err();
    let tokens = ("tokens", InputKind::Tokens);
    let tagging = |on: Option<&str>| task("upos", TaggingSettings { on: on.map(str::to_owned), classes: None });
    assert_eq!(
        error(&[("genre", InputKind::Category)], tagging(None)),
        "task \"upos\": its labels are those of words, and no input has words; add one with type = \"tokens\""
    );
    assert_eq!(error(&[tokens], tagging(Some("token"))), "task \"upos\": there is no input \"token\"; did you mean \"tokens\"?");
    assert_eq!(
        error(&[tokens, ("genre", InputKind::Category)], tagging(Some("genre"))),
        "task \"upos\": the input \"genre\" that it is on has no words; name one with type = \"tokens\""
    );
    assert_eq!(
        error(&[tokens, ("text", InputKind::Tokens)], tagging(None)),
        "task \"upos\": tokens, text are inputs of words, and which one its labels belong to is not said; write on = \"tokens\""
    );
    assert_eq!(
        error(&[tokens], task("upos", TaskKind::Spans)),
        "t.jsonl, line 1, column \"upos\": \"PROPN\" is not the label of a span, as O, B-PER and I-PER are; a task whose labels are not \
         those of spans is type = \"tagging\""
    );
    assert!(error(&[tokens], task("genre", TaskKind::Tagging)).contains("column \"genre\": 1 label where column \"tokens\" has 5 words"));
    let rows = |labels: [&str; 2]| {
        format!("{{\"tokens\": [\"a\", \"b\"], \"y\": {}}}\n{{\"tokens\": [\"c\"], \"y\": {}}}\n", labels[0], labels[1])
    };
    let error_of = |kind: TaskKind, labels| fit(&table(&rows(labels)), &[tokens], &[task("y", kind)]).unwrap_err();
    assert_eq!(
        error_of(TaskKind::Tagging, ["[\"X\", \"X\"]", "null"]),
        "task \"y\": all 2 training labels are \"X\"; there is nothing to learn; leave the task out"
    );
    assert!(
        error_of(TaskKind::Tagging, ["[\"X\", \"Y\"]", "[\"Z\"]"])
            .starts_with("task \"y\": each of the 3 training labels is a class of its own")
    );
    assert!(error_of(TaskKind::Tagging, ["null", "[null]"]).starts_with("task \"y\": column \"y\" is empty in every training row"));
    assert_eq!(
        error_of(TaskKind::Spans, ["[\"O\", \"O\"]", "[\"O\"]"]),
        "task \"y\": no training row has a span: every label is O; there is nothing to learn; leave the task out"
    );
    let classes = |classes: &[&str]| {
        let settings = SpansSettings { classes: Some(names(classes)), on: None };
        fit(&table(ROWS), &[tokens], &[task("ner", settings)])
    };
    assert_eq!(classes(&["PER", "LOC"]).unwrap().targets[0].classes(), ["PER", "LOC"]);
    assert_eq!(
        classes(&["PER"]).unwrap_err(),
        "t.jsonl, line 1, column \"ner\": \"LOC\" is none of the classes of task \"ner\"; the classes are PER"
    );
    let none = InputConfig::from(TokensSettings { buckets: Some(0), ..TokensSettings::default() });
    let error = Schema::fit(&table(ROWS), &[0, 1], &[("tokens".to_owned(), none)], &[], OnBadRow::Missing).unwrap_err();
    assert_eq!(error.to_string(), "input \"tokens\": buckets must be between 1 and 16777216, not 0");
}

/// A model would need gigabytes for a cell of five megabytes.
#[test]
fn a_cell_of_too_many_words_is_refused_with_its_row() {
    let long = "word ".repeat(100_001);
    let table = crate::support::csv(&format!("words,y\na b,1\n{long},2\nc,3\n"));
    let inputs = crate::support::inputs(&[("words", InputKind::Tokens)]);
    let targets = crate::support::targets(&[("y", TaskKind::Regression)]);
    let rows = crate::support::all(&table);
    let error = Schema::fit(&table, &rows, &inputs, &targets, OnBadRow::Error).unwrap_err().to_string();
    let expected = "line 3, column \"words\": 100001 words in one cell are more than the 100000 that are read; cut it into several rows";
    assert!(error.contains(expected) && error.len() < 300, "{error}");
    // A row to predict, too.
    let schema = Schema::fit(&table, &[0, 2], &inputs, &targets, OnBadRow::Error).unwrap();
    let error = Dataset::encode(&table, &rows, &schema, EncodeOptions::default()).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

/// As the scheme IO has them: words of one type beside each other are one span.
#[test]
fn spans_may_be_types_without_prefixes() {
    let rows = [("a b c d", "PER PER O LOC"), ("a b c", "O LOC PER"), ("d e", "O -100")];
    let list = |text: &str| text.split(' ').map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let lines: String =
        rows.iter().map(|(words, tags)| format!("{{\"tokens\": [{}], \"ner\": [{}]}}\n", list(words), list(tags))).collect();
    let table = Folder::new().table("t.jsonl", lines);
    let tasks = [task("ner", SpansSettings::default())];
    let schema = fit(&table, &[("tokens", InputKind::Tokens)], &tasks).unwrap();
    let spans = Spans { on: "tokens".to_owned(), types: names(&["LOC", "PER"]), counts: vec![2, 2], rows: 3, are_types: true };
    assert_eq!(schema.targets[0].details, spans.into());
    let (dataset, report) = Dataset::encode(&table, &[0, 1, 2], &schema, EncodeOptions::default()).unwrap();
    let batch = dataset.batch(&[0, 1, 2]).unwrap();
    // LOC alone is 4, PER begins at 5, ends at 7 and is 8 alone.
    let lists: Vec<&[u32]> = (0..3).map(|row| tags(&batch, 0).list(row)).collect();
    assert_eq!(lists, [[5, 7, 0, 4].as_slice(), &[0, 4, 8], &[0, UNKNOWN_TAG]]);
    assert!(report.warnings().is_empty(), "{:?}", report.warnings());
    // Parts of speech are no spans, and prefixes are on all types or on none.
    for tags in ["NOUN VERB NOUN NOUN", "B-PER PER O LOC"] {
        let table =
            Folder::new().table("t.jsonl", format!("{{\"tokens\": [\"a\", \"b\", \"c\", \"d\"], \"ner\": [{}]}}\n", list(tags)).repeat(2));
        let error = fit(&table, &[("tokens", InputKind::Tokens)], &tasks).unwrap_err();
        assert!(error.contains("is not the label of a span") && error.ends_with("is type = \"tagging\""), "{error}");
    }
}

#[test]
fn a_label_of_minus_one_hundred_is_none() {
    let table = Folder::new().table(
        "t.jsonl",
        "{\"tokens\": [\"a\", \"b\", \"c\"], \"tags\": [-100, 0, 1]}\n{\"tokens\": [\"a\", \"b\"], \"tags\": [1, -100]}\n",
    );
    assert_eq!(infer_task(&table, "tags").unwrap().classes, ["0", "1"]);
    let schema = fit(&table, &[("tokens", InputKind::Tokens)], &[task("tags", TaggingSettings::default())]).unwrap();
    let (dataset, _) = Dataset::encode(&table, &[0, 1], &schema, EncodeOptions::default()).unwrap();
    let batch = dataset.batch(&[0, 1]).unwrap();
    assert_eq!([0, 1].map(|row| tags(&batch, 0).list(row)), [[UNKNOWN_TAG, 0, 1].as_slice(), &[1, UNKNOWN_TAG]]);
}

/// Nobody can know whether such a label is none, so that it is said what to write.
#[test]
fn labels_that_may_be_none_have_a_hint() {
    let table = |tags: &str| {
        let line =
            format!("{{\"tokens\": [\"a\", \"b\", \"c\"], \"tags\": {tags}}}\n{{\"tokens\": [\"a\", \"b\"], \"tags\": [\"O\", \"O\"]}}\n");
        Folder::new().table("t.jsonl", line)
    };
    for mark in ["X", "?"] {
        let table = table(&format!("[\"B-PER\", \"{mark}\", \"O\"]"));
        let reason = infer_task(&table, "tags").unwrap().reason;
        assert!(reason.ends_with(&format!("; if \"{mark}\" means none, write null where a word has no label")), "{reason}");
        let error = fit(&table, &[("tokens", InputKind::Tokens)], &[task("tags", SpansSettings::default())]).unwrap_err();
        assert!(
            error.ends_with(&format!(
                "\"{mark}\" is not the label of a span, as O, B-PER and I-PER are; write null where a word has no label"
            )),
            "{error}"
        );
    }
    let reason = infer_task(&table("[\"NOUN\", \"X\", \"VERB\"]"), "tags").unwrap().reason;
    assert!(!reason.contains("null"), "{reason}");
}
