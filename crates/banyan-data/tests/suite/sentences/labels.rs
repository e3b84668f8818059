//! Labels of words, from a table to a batch.

use banyan_data::batch::{InputValues, UNKNOWN_TAG};
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::inputs::{InputDetails, InputKind, TokensSchema};
use banyan_data::labels::{Spans, Tagging, TaskKind};
use banyan_data::schema::Schema;
use banyan_data::spans::{Part, Span, spans_of, tag};
use banyan_data::tokens::{FEATURES, features};

use super::{ROWS, encode, fit, names, schema, table, tags, task};
use crate::support::{Folder, all, csv, inputs, targets};

#[test]
fn labels_and_characters_are_learned() {
    let schema = schema();
    let InputDetails::Tokens(TokensSchema { buckets: 5000, characters, .. }) = &schema.inputs[0].details else {
        panic!("{:?}", schema.inputs[0])
    };
    // What comes less often than thrice is not kept.
    assert_eq!(characters[..], ['o']);
    let tagging = Tagging { on: "tokens".to_owned(), labels: names(&["PROPN", "PUNCT", "VERB"]), counts: vec![4, 2, 1], rows: 2 };
    let spans = Spans { on: "tokens".to_owned(), types: names(&["LOC", "PER"]), counts: vec![2, 1], rows: 3, are_types: false };
    assert_eq!([&schema.targets[0].details, &schema.targets[1].details], [&tagging.into(), &spans.into()]);
    let folder = Folder::new();
    schema.save(folder.path()).unwrap();
    assert_eq!(Schema::load(folder.path()).unwrap(), schema);
}

#[test]
fn batches_hold_tokens_and_their_tags() {
    let (dataset, report) = encode(&table(ROWS), EncodeOptions::default());
    let batch = dataset.batch(&[1, 3, 0, 2]).unwrap();
    assert_eq!(batch.inputs[0].present, [true, false, true, true]);
    let InputValues::Tokens(tokens) = &batch.inputs[0].values else { panic!() };
    assert_eq!(tokens.offsets, [0, 3, 3, 8, 10]);
    assert_eq!((tokens.features.len(), tokens.characters.len()), (10 * FEATURES, 10));
    assert_eq!(tokens.features[FEATURES..2 * FEATURES], features("York"));
    assert_eq!(tokens.characters.list(1), [0, 1, 0, 0]);

    assert_eq!((&batch.tasks[0].known[..], &batch.tasks[1].known[..]), (&[true, false, true, false][..], &[true, false, true, true][..]));
    let (upos, ner) = (tags(&batch, 0), tags(&batch, 1));
    assert_eq!((upos.list(0), upos.list(1), upos.list(2)), (&[UNKNOWN_TAG, 0, 1][..], &[][..], &[0, 2, 0, 0, 1][..]));
    assert_eq!(ner.list(0), [0, tag(0, Part::Single), UNKNOWN_TAG], "what conlleval makes of O I-LOC");
    assert_eq!(spans_of(ner.list(2)), [Span { begin: 0, end: 1, kind: 1 }, Span { begin: 2, end: 4, kind: 0 }]);
    assert_eq!((ner.list(3), dataset.known(0), dataset.known(1)), (&[0, 0][..], 2, 3));

    assert_eq!((0..4).map(|row| dataset.tokens(row)).collect::<Vec<_>>(), [5, 3, 2, 0]);
    assert_eq!((0..4).map(|row| (dataset.labels(0, row), dataset.labels(1, row))).collect::<Vec<_>>(), [(5, 5), (2, 2), (0, 2), (0, 0)]);
    let mut warnings = report.warnings();
    warnings.iter_mut().for_each(|warning| *warning = warning.split_once(" in /").map_or(warning.clone(), |(start, _)| start.to_owned()));
    assert_eq!(
        warnings,
        [
            "task \"upos\": 1 row has labels and no words, so that the labels are unknown",
            "task \"ner\": 1 row has labels that break their scheme and are read as conlleval reads them (the first, IOB2",
        ]
    );
    assert!(report.tasks[1].notes[0].examples[0].ends_with("t.jsonl, line 2"), "{:?}", report.tasks[1].notes);
}

#[test]
fn many_sentences_are_as_each_alone() {
    let rows: String = (0..700).map(|row| format!("{{\"tokens\": {}}}\n", ["null", "[\"York\"]", "[\"Oh\", \"no\"]"][row % 3])).collect();
    let (dataset, _) = encode(&table(&rows), EncodeOptions::default());
    let batch = |rows: &[usize]| match dataset.batch(rows).unwrap().inputs.remove(0).values {
        InputValues::Tokens(tokens) => tokens,
        other => panic!("{other:?}"),
    };
    let first = batch(&[0, 1, 2]);
    assert_eq!(first.offsets, [0, 0, 1, 3]);
    assert!((0..232).all(|row| batch(&[3 * row, 3 * row + 1, 3 * row + 2]) == first));
}

#[test]
fn labels_of_rows_count_one() {
    let table = csv("x,y\n1,a\n2,\n3,b\n");
    let schema =
        Schema::fit(&table, &all(&table), &inputs(&[("x", InputKind::Number)]), &targets(&[("y", TaskKind::Binary)]), OnBadRow::Missing);
    let (dataset, _) = Dataset::encode(&table, &all(&table), &schema.unwrap(), EncodeOptions::default()).unwrap();
    assert_eq!((0..3).map(|row| (dataset.labels(0, row), dataset.tokens(row))).collect::<Vec<_>>(), [(1, 0), (0, 0), (1, 0)]);
}

#[test]
fn what_training_lacks_is_unknown() {
    let rows = r#"{"tokens": ["a", "b", "c", "d"], "upos": ["X", "VERB", "X", "PUNCT"], "ner": ["B-ORG", "I-ORG", "O", "B-PER"]}
{"tokens": ["a"], "upos": ["X"], "ner": ["S-ORG"]}
"#;
    let (dataset, report) = encode(&table(rows), EncodeOptions::default());
    let batch = dataset.batch(&[0, 1]).unwrap();
    assert_eq!((tags(&batch, 0).list(0), tags(&batch, 0).list(1)), (&[UNKNOWN_TAG, 2, UNKNOWN_TAG, 1][..], &[][..]));
    assert_eq!(tags(&batch, 1).list(0), [UNKNOWN_TAG, UNKNOWN_TAG, 0, tag(1, Part::Single)]);
    assert_eq!((batch.tasks[0].known[1], batch.tasks[1].known[1], dataset.labels(1, 0)), (false, false, 2));
    assert_eq!((report.tasks[0].unseen, report.tasks[1].unseen), (3, 2));
    assert_eq!(
        (&report.tasks[0].unseen_examples[..], &report.tasks[1].unseen_examples[..]),
        (&["X".to_owned()][..], &["ORG".to_owned()][..])
    );
}

#[test]
fn without_their_words_labels_are_unknown() {
    let none = ["genre".to_owned()];
    let (dataset, report) = encode(&table(ROWS), EncodeOptions { inputs: Some(&none), ..EncodeOptions::default() });
    let batch = dataset.batch(&[0, 1]).unwrap();
    let InputValues::Tokens(tokens) = &batch.inputs[0].values else { panic!() };
    assert_eq!((&tokens.offsets[..], dataset.known(0), dataset.known(1), dataset.tokens(0)), (&[0, 0, 0][..], 0, 0, 0));
    assert_eq!((tags(&batch, 0).len(), report.tasks[0].wordless), (2, 0));
    let bare = table("{\"tokens\": [\"Ann\"]}\n{\"tokens\": []}\n");
    let (dataset, report) = encode(&bare, EncodeOptions::default());
    assert_eq!((&dataset.present_mask(0).to_vec()[..], report.tasks[0].absent.as_deref()), (&[true, false][..], Some("upos")));
    assert_eq!(tags(&dataset.batch(&[0, 1, 0]).unwrap(), 1).len(), 3);
}

#[test]
fn labels_must_be_as_many_as_words() {
    let message = |rows: &str| {
        let (table, schema) = (table(rows), schema());
        let error = Dataset::encode(&table, &all(&table), &schema, EncodeOptions::default()).unwrap_err().to_string();
        error[error.find("t.jsonl").unwrap()..].to_owned()
    };
    assert_eq!(
        message("{\"tokens\": [\"a\"]}\n{\"tokens\": [\"a\", \"b\"], \"upos\": [\"VERB\"]}"),
        "t.jsonl, line 2, column \"upos\": 1 label where column \"tokens\" has 2 words; give each word a label, or null where it has none"
    );
    assert_eq!(
        message("{\"tokens\": \"It's so.\", \"ner\": [\"O\", \"O\"]}"),
        "t.jsonl, line 1, column \"ner\": 2 labels where column \"tokens\" has 4 words; give the words as a list, so that each has its label"
    );
    assert_eq!(
        message("{\"tokens\": [\"a\"], \"ner\": [\"VERB\"]}"),
        "t.jsonl, line 1, column \"ner\": \"VERB\" is not the label of a span, as O, B-PER and I-PER are; task \"ner\" learned another kind of label"
    );
    assert!(message("{\"tokens\": [\"a\"], \"upos\": true}").contains("true is not a list of labels"));
    let odd = "{\"tokens\": [\"a\", \"b\"], \"y\": [\"p\", \"q\"]}\n{\"tokens\": [\"a\"], \"y\": [\"p\", \"q\"]}\n";
    assert_eq!(
        fit(&table(odd), &[("tokens", InputKind::Tokens)], &[task("y", TaskKind::Tagging)]).unwrap_err(),
        "t.jsonl, line 2, column \"y\": 2 labels where column \"tokens\" has 1 word; give each word a label, or null where it has none"
    );
}
