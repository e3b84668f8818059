//! Sentences: files, tokens and labels of tokens, from a table to a batch.

use banyan_data::audit::{AuditPart, Role, audit};
use banyan_data::batch::{Batch, InputValues, Ragged, UNKNOWN_TAG};
use banyan_data::config::{OnBadRow, SplitConfig};
use banyan_data::dataset::{Dataset, EncodeOptions, Loaded, Report};
use banyan_data::infer::{infer_input, infer_inputs, infer_task};
use banyan_data::inputs::{InputConfig, InputDetails, InputKind, TokensSchema, TokensSettings};
use banyan_data::labels::{
    Dependencies, DependenciesColumns, DependenciesSettings, LabelSchema, LabelSettings, Spans, SpansSettings, Tagging, TaggingSettings,
    TargetConfig, TaskKind, TreeValues,
};
use banyan_data::schema::Schema;
use banyan_data::spans::{Part, Span, spans_of, tag};
use banyan_data::split::split;
use banyan_data::table::{Cell, ReadOptions, Table};
use banyan_data::tokens::{FEATURES, features, words};

use crate::support::{Folder, all, csv, inputs, target, targets};

/// Four sentences: with all labels, with gaps, without labels of a task, and without words.
const ROWS: &str = r#"{"text": "Ann saw New York.", "tokens": ["Ann", "saw", "New", "York", "."], "upos": ["PROPN", "VERB", "PROPN", "PROPN", "PUNCT"], "ner": ["B-PER", "O", "B-LOC", "I-LOC", "O"], "genre": "a"}
{"text": "Oh York?", "tokens": ["Oh", "York", "?"], "upos": [null, "PROPN", "PUNCT"], "ner": ["O", "I-LOC", null], "genre": "b"}
{"text": "No!", "tokens": ["No", "!"], "upos": null, "ner": ["O", "O"], "genre": "a"}
{"text": "Ann", "tokens": null, "upos": ["PROPN"], "ner": null, "genre": "b"}
"#;

fn table(rows: &str) -> Table {
    Folder::new().table("t.jsonl", rows)
}

fn task(name: &str, settings: impl Into<LabelSettings>) -> (String, TargetConfig) {
    (name.to_owned(), TargetConfig::new(settings, name))
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn fit(table: &Table, wanted: &[(&str, InputKind)], tasks: &[(String, TargetConfig)]) -> Result<Schema, String> {
    Schema::fit(table, &all(table), &inputs(wanted), tasks, OnBadRow::Missing).map_err(|error| {
        let message = error.to_string();
        message.find("t.jsonl").map_or(message.clone(), |at| message[at..].to_owned())
    })
}

fn schema() -> Schema {
    let tasks = [task("upos", TaskKind::Tagging), task("ner", SpansSettings { on: Some("tokens".to_owned()), classes: None })];
    fit(&table(ROWS), &[("tokens", InputKind::Tokens), ("genre", InputKind::Category)], &tasks).unwrap()
}

fn encode(table: &Table, options: EncodeOptions<'_>) -> (Dataset, Report) {
    Dataset::encode(table, &all(table), &schema(), options).unwrap()
}

fn tags(batch: &Batch, task: usize) -> &Ragged {
    batch.tasks[task].values.lists_at(0)
}

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

#[test]
fn texts_are_cut_into_words() {
    let table = csv("s,y\n\"It's so.\",1\n\"No, it is not!\",0\n,1\n");
    let schema =
        Schema::fit(&table, &all(&table), &inputs(&[("s", InputKind::Tokens)]), &targets(&[("y", TaskKind::Binary)]), OnBadRow::Missing);
    let (dataset, _) = Dataset::encode(&table, &all(&table), &schema.unwrap(), EncodeOptions::default()).unwrap();
    assert_eq!((0..3).map(|row| dataset.tokens(row)).collect::<Vec<_>>(), [4, 6, 0]);
    assert_eq!(words(table.column("s").unwrap().cell(0)).unwrap().unwrap(), ["It", "'s", "so", "."]);
    assert_eq!(words(Cell::Missing), Ok(None));
}

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
fn files_of_sentences_are_read_by_their_endings() {
    let folder = Folder::new();
    let columns = "Ann\tB-PER\nsaw\tO\n\nOh\tO\n";
    let plus = "# global.columns = ID FORM NER\n1\tAnn\tB-PER\n2\tsaw\tO\n\n1\tOh\tO\n";
    let full = "1\tAnn\tAnn\tPROPN\t_\t_\t2\tnsubj\t_\t_\n2\tsaw\tsee\tVERB\t_\t_\t0\troot\t_\t_\n\n1\tOh\toh\tINTJ\t_\t_\t0\troot\t_\t_\n";
    for (name, content) in
        [("a.conll", columns), ("a.iob2", columns), ("a.bio", columns), ("a.BIOES", columns), ("a.conllup", plus), ("a.conllu", full)]
    {
        let table = folder.table(name, content);
        let tokens = table.column("tokens").unwrap();
        assert_eq!((table.rows(), tokens.cell(0)), (2, Cell::Texts(&["Ann".to_owned(), "saw".to_owned()])), "{name}");
        assert!(folder.strip(table.place(1, None)).starts_with(&format!("{name}, line ")));
        assert_eq!(infer_input(&table, tokens).kind, Some(InputKind::Tokens), "{name}");
    }
    let message = folder.strip(Table::read(&folder.file("empty.conllu", "\n"), &ReadOptions::default()).unwrap_err());
    assert_eq!(message, "empty.conllu has no sentence; a table needs at least one row");
    let both = Table::concatenate(vec![folder.table("a.conll", columns), table(ROWS)]).unwrap();
    let schema = fit(&both, &[("tokens", InputKind::Tokens)], &[task("ner", TaskKind::Spans)]).unwrap();
    assert_eq!((schema.targets[0].counts(), schema.targets[0].known_rows()), (&[2, 2][..], 5));
}

/// Two sentences with trees; of the second a word lacks its head and another its relation.
const TREES: &str = "# global.columns = ID FORM HEAD DEPREL\n1\tAnn\t2\tnsubj:pass\n2\tleft\t0\troot\n3\t.\t2\tpunct\n\n1\tOh\t_\tintj\n2\tno\t0\troot\n3\t,\t2\t_\n4\t!\t2\tpunct\n";

fn trees(relation: Option<&str>) -> (String, TargetConfig) {
    trees_with(relation, None)
}

fn trees_with(relation: Option<&str>, classes: Option<Vec<String>>) -> (String, TargetConfig) {
    let columns = DependenciesColumns { relation: relation.map(str::to_owned), ..DependenciesColumns::default() };
    ("syntax".to_owned(), TargetConfig::new(DependenciesSettings { columns, classes, on: None }, "head"))
}

fn tree_schema() -> Schema {
    fit(&Folder::new().table("t.conllup", TREES), &[("tokens", InputKind::Tokens)], &[trees(None)]).unwrap()
}

#[test]
fn heads_and_relations_are_learned() {
    let schema = tree_schema();
    let expected = LabelSchema::Dependencies(Dependencies {
        on: "tokens".to_owned(),
        relation: "deprel".to_owned(),
        relations: ["nsubj:pass", "punct", "root"].map(str::to_owned).to_vec(),
        counts: vec![1, 2, 2],
        rows: 2,
    });
    let target = &schema.targets[0];
    assert_eq!((&target.details, target.column.as_str(), target.on()), (&expected, "head", Some("tokens")));
    assert_eq!(target.columns().collect::<Vec<_>>(), ["head", "deprel"]);
    let folder = Folder::new();
    schema.save(folder.path()).unwrap();
    assert_eq!(Schema::load(folder.path()).unwrap(), schema);

    // Heads as texts, relations under another name and in an order of their own.
    let rows = "{\"tokens\": [\"a\", \"b\", \"c\"], \"head\": [\"2\", \"0.0\", \"2\"], \"how\": [\"x\", \"root\", \"x\"]}\n{\"tokens\": [\"a\"], \"head\": \"0\", \"how\": \"root\"}\n{\"tokens\": [\"a\"], \"head\": null, \"how\": [\"x\"]}\n{\"tokens\": null, \"head\": [0], \"how\": [\"x\"]}\n";
    let task = trees_with(Some("how"), Some(names(&["root", "x", "y"])));
    let schema = fit(&table(rows), &[("tokens", InputKind::Tokens)], &[task]).unwrap();
    let target = &schema.targets[0];
    assert_eq!((target.classes(), target.counts(), target.known_rows()), (&["root", "x", "y"].map(str::to_owned)[..], &[2, 2, 0][..], 2));
    assert_eq!(target.labels::<Dependencies>().relation, "how");
}

#[test]
fn batches_hold_trees() {
    let schema = tree_schema();
    let encode = |table: &Table, options: EncodeOptions<'_>| {
        let (dataset, report) = Dataset::encode(table, &all(table), &schema, options).unwrap();
        (dataset, report.tasks[0].clone())
    };
    let lists = |dataset: &Dataset, rows: &[usize]| {
        let batch = dataset.batch(rows).unwrap();
        let TreeValues { heads, relations } = TreeValues::of(&batch.tasks[0].values);
        let lists = |all: &Ragged| (0..all.len()).map(|row| all.list(row).to_vec()).collect::<Vec<_>>();
        (batch.tasks[0].known.clone(), lists(heads), lists(relations))
    };
    const NONE: u32 = UNKNOWN_TAG;
    let (dataset, _) = encode(&Folder::new().table("t.conllup", TREES), EncodeOptions::default());
    // A token with a gap in either column is unknown in both.
    let second = (vec![NONE, 0, NONE, 2], vec![NONE, 2, NONE, 1]);
    assert_eq!(
        lists(&dataset, &[1, 0, 1]),
        (vec![true; 3], vec![second.0.clone(), vec![2, 0, 2], second.0], vec![second.1.clone(), vec![0, 2, 1], second.1])
    );
    assert_eq!(((dataset.labels(0, 0), dataset.labels(0, 1)), dataset.known(0)), ((3, 2), 2));

    // A subtype that was never seen is its relation; where that was never seen either, the relation is unknown.
    let finer = "{\"tokens\": [\"a\", \"b\"], \"head\": [2, 0], \"deprel\": [\"punct:odd\", \"list:odd\"]}\n";
    let (dataset, report) = encode(&table(finer), EncodeOptions::default());
    assert_eq!(lists(&dataset, &[0]), (vec![true], vec![vec![2, 0]], vec![vec![1, NONE]]));
    assert_eq!((report.unseen, report.unseen_examples), (1, vec!["list:odd".to_owned()]));

    let other = r#"{"tokens": ["a", "b"], "head": [2, 0], "deprel": ["nsubj", "root"]}
{"tokens": ["a"], "head": [0], "deprel": ["list"]}
{"tokens": ["a"], "head": [0], "deprel": null}
{"tokens": ["a", "b"], "head": [null, 1], "deprel": ["root", null]}
{"tokens": null, "head": [0], "deprel": ["root"]}
{"tokens": null, "head": [0], "deprel": null}
"#;
    let (dataset, report) = encode(&table(other), EncodeOptions::default());
    // The head of a token whose relation was never seen is known all the same.
    assert_eq!(
        lists(&dataset, &[0, 1, 2, 3, 4, 5]),
        (
            vec![true, true, false, false, false, false],
            vec![vec![2, 0], vec![0], vec![], vec![], vec![], vec![]],
            vec![vec![NONE, 2], vec![NONE], vec![], vec![], vec![], vec![]]
        )
    );
    assert_eq!((0..6).map(|row| dataset.labels(0, row)).collect::<Vec<_>>(), [2, 1, 0, 0, 0, 0]);
    assert_eq!(
        (report.known, report.unseen, report.wordless, report.unseen_examples),
        (2, 2, 1, vec!["nsubj".to_owned(), "list".to_owned()])
    );

    assert_eq!(report.notes, []);
    let line =
        |heads: &str| format!("{{\"tokens\": [\"a\", \"b\", \"c\"], \"head\": [{heads}], \"deprel\": [\"root\", \"obj\", \"obj\"]}}\n");
    let rows: String =
        ["0, 1, 1", "0, 0, 1", "2, 1, 0", "2, 3, 1", "null, 3, 2", "null, 1, 1", "null, 0, 0"].iter().map(|heads| line(heads)).collect();
    let (_, odd) = encode(&table(&rows), EncodeOptions::default());
    let [note] = odd.notes.as_slice() else { panic!("{odd:?}") };
    let (start, end) = ("5 rows have heads that are no tree with one root and are taken as they are (the first in ", "line 2)");
    assert!(note.to_string().starts_with(start) && note.to_string().ends_with(end), "{note}");

    let none = Vec::new();
    for options in [
        EncodeOptions { tasks: Some(&none), ..EncodeOptions::default() },
        EncodeOptions { inputs: Some(&none), ..EncodeOptions::default() },
    ] {
        let (dataset, report) = encode(&table(other), options);
        assert_eq!(lists(&dataset, &[0, 1]), (vec![false; 2], vec![vec![]; 2], vec![vec![]; 2]));
        assert_eq!((report.absent, dataset.labels(0, 0), report.unseen), (None, 0, 0));
    }
    for (row, lacking) in [("\"head\": [0]", "deprel"), ("\"deprel\": [\"root\"]", "head"), ("\"x\": 1", "head")] {
        let (dataset, report) = encode(&table(&format!("{{\"tokens\": [\"a\"], {row}}}\n")), EncodeOptions::default());
        assert_eq!((lists(&dataset, &[0]).0, report.absent.as_deref(), report.read), (vec![false], Some(lacking), false));
    }
}

#[test]
fn trees_that_are_none_are_told_with_their_place() {
    let row = |heads: &str, relations: &str| format!("{{\"tokens\": [\"a\", \"b\"], \"head\": {heads}, \"deprel\": {relations}}}\n");
    let good = row("[2, 0]", "[\"x\", \"root\"]");
    let tokens = [("tokens", InputKind::Tokens)];
    let schema = fit(&table(&good.repeat(2)), &tokens, &[trees(None)]).unwrap();
    let both = "[\"x\", \"root\"]";
    let counted = "heads count the words from 1, and 0 is the root";
    for (heads, relations, message) in [
        ("[2]", both, "\"head\": 1 label where column \"tokens\" has 2 words; give each word a label, or null where it has none".to_owned()),
        ("[2, 0]", "[\"x\", \"root\", null]", "\"deprel\": 3 labels where column \"tokens\" has 2 words; give each word a label, or null where it has none".to_owned()),
        ("null", "[\"x\"]", "\"deprel\": 1 label where column \"tokens\" has 2 words; give each word a label, or null where it has none".to_owned()),
        ("[1.5, 0]", both, format!("\"head\": the head of word 1 is \"1.5\", which is no whole number; {counted}")),
        ("[\"x\", \"root\"]", both, "\"head\": the head of word 1 is \"x\", which is no whole number; a task's column has the heads, and its relation the other column".to_owned()),
        ("[2, -1]", both, format!("\"head\": the head of word 2 is -1 in a sentence of 2 words; {counted}")),
        ("[3, 0]", both, format!("\"head\": the head of word 1 is 3 in a sentence of 2 words; {counted}")),
        ("[2, 2]", both, "\"head\": word 2 is its own head; write 0 for the root, and null where the head is not known".to_owned()),
        ("true", both, "\"head\": true is not a list of labels; write the heads of a row as a list, one for each word, and so the relations".to_owned()),
    ] {
        let table = table(&(good.clone() + &row(heads, relations)));
        let expected = format!("t.jsonl, line 2, column {message}");
        assert_eq!(fit(&table, &tokens, &[trees(None)]).unwrap_err(), expected);
        let error = Dataset::encode(&table, &all(&table), &schema, EncodeOptions::default()).unwrap_err().to_string();
        assert_eq!(error[error.find("t.jsonl").unwrap()..], expected);
    }
}

#[test]
fn trees_that_cannot_be_learned() {
    let tokens = [("tokens", InputKind::Tokens)];
    let error = |rows: &str, task| fit(&table(rows), &tokens, &[task]).unwrap_err();
    let twice = |labels: &str| format!("{{\"tokens\": [\"a\", \"b\"], {labels}}}\n").repeat(2);
    assert_eq!(
        error(&twice("\"head\": [2, 0]"), trees(None)),
        "task \"syntax\": it needs a column of relations beside that of the heads, and there is no column \"deprel\"; name it with columns = { relation = \"…\" }"
    );
    let good = twice("\"head\": [2, 0], \"deprel\": [\"x\", \"root\"]");
    assert!(error(&good, trees(Some("deprels"))).ends_with("did you mean \"deprel\"?"));
    assert!(
        error(&good, trees(Some("head")))
            .starts_with("task \"syntax\": \"head\" cannot be both its column of heads and that of relations; ")
    );
    let of_classes = |classes: &[&str]| trees_with(None, Some(names(classes)));
    assert_eq!(
        error(&good, of_classes(&["x", "y"])),
        "t.jsonl, line 1, column \"deprel\": \"root\" is none of the classes of task \"syntax\"; the classes are x and y"
    );
    assert_eq!(
        error(&twice("\"head\": [2, 0], \"deprel\": [\"x\", \"x\"]"), trees(None)),
        "task \"syntax\": all 4 training labels are \"x\"; there is nothing to learn; leave the task out"
    );
    for (labels, message) in [
        ("\"head\": null, \"deprel\": [\"x\", \"y\"]", "column \"head\" is empty in every training row"),
        ("\"head\": [2, 0], \"deprel\": [null, null]", "column \"deprel\" is empty in every training row"),
        (
            "\"head\": [2, null], \"deprel\": [null, \"y\"]",
            "no training row has a word with both a head and a relation (column \"deprel\")",
        ),
    ] {
        assert!(error(&twice(labels), trees(None)).starts_with(&format!("task \"syntax\": {message}; leave the task out")), "{labels}");
    }
    let (table, tasks) = (table(&good), [trees(None)]);
    let error = fit(&table, &[], &tasks).unwrap_err();
    assert_eq!(error, "task \"syntax\": its labels are those of words, and no input has words; add one with type = \"tokens\"");
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

#[test]
fn the_example_has_trees() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sentences/train.conllup");
    let table = Table::read(&path, &ReadOptions::default()).unwrap();
    assert_eq!(infer_task(&table, "head").unwrap().kind, TaskKind::Dependencies);
    let schema = fit(&table, &[("tokens", InputKind::Tokens)], &[trees(None)]).unwrap();
    let (dataset, report) = Dataset::encode(&table, &all(&table), &schema, EncodeOptions::default()).unwrap();
    assert_eq!((dataset.known(0), schema.targets[0].known_rows(), report.warnings()), (table.rows(), table.rows(), Vec::new()));
    let tokens: usize = (0..dataset.len()).map(|row| dataset.labels(0, row)).sum();
    assert_eq!(tokens, schema.targets[0].counts().iter().sum::<usize>());
    let targets = dataset.targets(&[0], &Loaded::default());
    let TreeValues { heads, relations } = TreeValues::of(&targets[0].values);
    assert_eq!(heads.list(0)[..7], [0, 1, 1, 1, 6, 7, 1]);
    let names: Vec<&str> = relations.list(0)[..7].iter().map(|index| schema.targets[0].classes()[*index as usize].as_str()).collect();
    assert_eq!(names, ["root", "punct", "flat", "punct", "amod", "nsubj", "parataxis"]);
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
