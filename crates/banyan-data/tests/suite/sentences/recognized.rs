//! Sentences are recognized, audited and split.

use banyan_data::audit::{AuditPart, Role, audit};
use banyan_data::config::SplitConfig;
use banyan_data::infer::{infer_input, infer_inputs, infer_task};
use banyan_data::inputs::InputKind;
use banyan_data::labels::{TargetConfig, TaskKind};
use banyan_data::split::split;
use banyan_data::table::Table;

use super::trees::{TREES, trees};
use super::{ROWS, table, task};
use crate::support::{Folder, all, inputs, target};

#[test]
fn columns_of_sentences_are_recognized() {
    let table = table(ROWS);
    let found: Vec<(String, Option<InputKind>, String)> =
        infer_inputs(&table, &["upos".to_owned()]).into_iter().map(|input| (input.column, input.kind, input.reason)).collect();
    let expected = [
        ("text", None, "the text of the words in \"tokens\""),
        ("tokens", Some(InputKind::Tokens), "lists of words, with lists of labels beside"),
        ("ner", None, "one for each word of \"tokens\": labels for a task"),
        ("genre", Some(InputKind::Category), "2 different values"),
    ];
    assert_eq!(found, expected.map(|(column, kind, reason)| (column.to_owned(), kind, reason.to_owned())));
    let task = |column: &str| infer_task(&table, column).unwrap();
    let (upos, ner) = (task("upos"), task("ner"));
    assert_eq!(
        (upos.kind, upos.on.as_deref(), &upos.classes[..]),
        (TaskKind::Tagging, Some("tokens"), &["PROPN", "PUNCT", "VERB"].map(str::to_owned)[..])
    );
    assert_eq!((ner.kind, ner.on.as_deref(), &ner.classes[..]), (TaskKind::Spans, Some("tokens"), &["LOC", "PER"].map(str::to_owned)[..]));
    assert_eq!(
        (upos.reason.as_str(), ner.reason.as_str()),
        ("labels of the words in \"tokens\"; 3 different ones", "spans of the words in \"tokens\"; 2 types")
    );
    assert_eq!(infer_task(&table, "genre").unwrap().on, None);
    let outside = self::table("{\"tokens\": [\"a\", \"b\"], \"ner\": [\"O\", \"O\"]}\n{\"tokens\": [\"a\"], \"ner\": [\"O\"]}\n");
    assert!(infer_task(&outside, "ner").unwrap_err().to_string().starts_with("task \"ner\": all labels are \"O\" in "));
}

#[test]
fn words_are_told_from_labels_by_their_number_where_no_name_does() {
    let rows = "{\"a\": [\"X\", \"Y\", \"X\"], \"b\": [\"one\", \"two\", \"three\"], \"n\": [0, 1, 0]}\n{\"a\": [\"Y\"], \"b\": [\"four\"], \"n\": [1]}\n";
    let found = table(rows);
    let kind = |table: &Table, name: &str| infer_input(table, table.column(name).unwrap()).kind;
    assert_eq!((kind(&found, "a"), kind(&found, "b")), (None, Some(InputKind::Tokens)));
    let numbers = infer_task(&found, "n").unwrap();
    assert_eq!(
        (numbers.kind, numbers.on.as_deref(), numbers.classes),
        (TaskKind::Tagging, Some("b"), vec!["0".to_owned(), "1".to_owned()])
    );
    // Two members in every row are as many as in another set by chance.
    let sets = table("{\"a\": [\"X\", \"Y\"], \"b\": [\"p\", \"q\"]}\n{\"a\": [\"Y\", \"Z\"], \"b\": [\"q\", \"r\"]}\n");
    assert_eq!((kind(&sets, "a"), infer_task(&sets, "b").unwrap().kind), (Some(InputKind::Set), TaskKind::Multilabel));
}

#[test]
fn the_audit_counts_sentences_words_and_labels() {
    let (train, test) =
        (table(ROWS), table("{\"tokens\": [\"ann\", \"left\"], \"upos\": [\"PROPN\", \"X\"], \"ner\": [\"S-PER\", null]}\n"));
    let (train_rows, test_rows) = (all(&train), all(&test));
    let parts = [AuditPart { name: "train", table: &train, rows: &train_rows }, AuditPart { name: "test", table: &test, rows: &test_rows }];
    let tasks = [task("upos", TaskKind::Tagging), task("ner", TaskKind::Spans)];
    let found = audit(&parts, &inputs(&[("tokens", InputKind::Tokens)]), &tasks).unwrap();
    let sentences = &found.inputs["sentences"][0];
    let counts = ["sentences", "tokens", "longest", "unseen"].map(|name| sentences.counts(name));
    assert_eq!(counts, [[3, 1], [10, 2], [5, 2], [0, 1]]);
    let json = serde_json::to_value(&found).unwrap();
    let expected = serde_json::json!([{ "input": "tokens", "sentences": [3, 1], "tokens": [10, 2], "longest": [5, 2], "unseen": [0, 1] }]);
    assert_eq!(json["sentences"], expected);
    assert_eq!((&found.tasks[0].known[..], &found.tasks[0].tokens[..], found.tasks[0].imbalance), (&[3, 1][..], &[8, 2][..], None));
    assert_eq!(found.tasks[0].unseen, ["X"]);
    let spans: Vec<(&str, &[usize])> = found.tasks[1].classes.iter().map(|class| (class.name.as_str(), &class.counts[..])).collect();
    assert_eq!(spans, [("LOC", &[2, 0][..]), ("PER", &[1, 1])]);
    let text = found.to_string();
    for line in [
        "Sentences of tokens                   train     test\n  sentences                               3        1\n",
        "\n  words that training lacks                    50.0%\n",
        "\n  words with a label                      8        2\n",
        "- task \"upos\": no training row has the class X",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn sentences_are_split_by_the_other_tasks() {
    let rows: String = (0..40)
        .map(|row| format!("{{\"tokens\": [\"a\", \"b\"], \"upos\": [\"X\", \"{}\"], \"genre\": \"{}\"}}\n", row % 7, row % 2))
        .collect();
    let table = table(&rows);
    let config = SplitConfig { valid: 0.25, test: 0.25, ..SplitConfig::default() };
    let (tagging, genre) = (task("upos", TaskKind::Tagging), ("genre".to_owned(), target("genre", TaskKind::Binary)));
    let parts = |tasks: &[(String, TargetConfig)]| split(&table, &config, tasks).unwrap();
    assert_eq!(parts(&[tagging.clone(), genre.clone()]), parts(&[genre]));
    let random = parts(&[tagging]);
    assert_eq!((random.train.len(), random.valid.len(), random.test.len()), (20, 10, 10));
}

#[test]
fn trees_are_recognized_audited_and_split_around() {
    let rows = Folder::new().table("t.conllup", TREES);
    let found = infer_task(&rows, "head").unwrap();
    let relations = ["nsubj:pass", "punct", "root"].map(str::to_owned).to_vec();
    assert_eq!((found.kind, found.on.as_deref(), found.relation.as_deref()), (TaskKind::Dependencies, Some("tokens"), Some("deprel")));
    assert_eq!(
        (found.classes, found.reason.as_str()),
        (relations, "heads of the words in \"tokens\", with relations in \"deprel\"; 3 different ones")
    );
    let relation = infer_task(&rows, "deprel").unwrap();
    assert_eq!((relation.kind, relation.relation), (TaskKind::Tagging, None));
    // Numbers that are no heads, and heads without relations.
    for other in [TREES.replace("Ann\t2", "Ann\t1"), TREES.replace("DEPREL", "HOW")] {
        assert_eq!(infer_task(&Folder::new().table("t.conllup", other), "head").unwrap().kind, TaskKind::Tagging);
    }

    let test = table(
        "{\"tokens\": [\"a\", \"b\"], \"head\": [2, 0], \"deprel\": [\"dep\", \"root\"]}\n{\"tokens\": [\"a\"], \"head\": [0], \"deprel\": null}\n",
    );
    let (train_rows, test_rows) = (all(&rows), all(&test));
    let parts = [AuditPart { name: "train", table: &rows, rows: &train_rows }, AuditPart { name: "test", table: &test, rows: &test_rows }];
    let audit = audit(&parts, &inputs(&[("tokens", InputKind::Tokens)]), &[trees(None)]).unwrap();
    let task = &audit.tasks[0];
    assert_eq!((&task.known[..], &task.tokens[..], task.imbalance), (&[2, 1][..], &[5, 2][..], None));
    assert_eq!((&task.unseen[..], audit.parts[1].no_labels), (&["dep".to_owned()][..], 1));
    let counts: Vec<(&str, &[usize])> = task.classes.iter().map(|class| (class.name.as_str(), &class.counts[..])).collect();
    assert_eq!(counts, [("root", &[2, 1][..]), ("punct", &[2, 0]), ("nsubj:pass", &[1, 0]), ("dep", &[0, 1])]);
    assert!(audit.columns.iter().filter(|column| column.name != "tokens").all(|column| column.role == Role::Task), "{:?}", audit.columns);

    let config = SplitConfig { valid: 0.25, test: 0.25, ..SplitConfig::default() };
    let many = table(&"{\"tokens\": [\"a\"], \"head\": [0], \"deprel\": [\"root\"]}\n".repeat(40));
    let parts = split(&many, &config, &[trees(None)]).unwrap();
    assert_eq!((parts.train.len(), parts.valid.len(), parts.test.len()), (20, 10, 10));
}
