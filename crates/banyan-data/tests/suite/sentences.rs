//! Sentences: files, tokens and labels of tokens, from a table to a batch.

use banyan_data::audit::{AuditPart, audit};
use banyan_data::batch::{Batch, InputValues, Ragged, TargetValues, UNKNOWN_TAG};
use banyan_data::config::{InputConfig, InputKind, OnBadRow, SplitConfig, TargetConfig, TaskKind};
use banyan_data::dataset::{Dataset, EncodeOptions, Report};
use banyan_data::infer::{infer_input, infer_inputs, infer_task};
use banyan_data::schema::{InputDetails, Schema, TargetDetails};
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

fn on(task: &str, kind: TaskKind, on: Option<&str>) -> (String, TargetConfig) {
    (task.to_owned(), TargetConfig { on: on.map(str::to_owned), ..target(task, kind) })
}

fn fit(table: &Table, wanted: &[(&str, InputKind)], tasks: &[(String, TargetConfig)]) -> Result<Schema, String> {
    Schema::fit(table, &all(table), &inputs(wanted), tasks, OnBadRow::Missing).map_err(|error| {
        let message = error.to_string();
        message.find("t.jsonl").map_or(message.clone(), |at| message[at..].to_owned())
    })
}

fn schema() -> Schema {
    let tasks = [on("upos", TaskKind::Tagging, None), on("ner", TaskKind::Spans, Some("tokens"))];
    fit(&table(ROWS), &[("tokens", InputKind::Tokens), ("genre", InputKind::Category)], &tasks).unwrap()
}

fn encode(table: &Table, options: EncodeOptions<'_>) -> (Dataset, Report) {
    Dataset::encode(table, &all(table), &schema(), options).unwrap()
}

fn tags(batch: &Batch, task: usize) -> &Ragged {
    if let TargetValues::Tags(tags) = &batch.tasks[task].values { tags } else { panic!("{:?}", batch.tasks[task]) }
}

#[test]
fn labels_and_characters_are_learned() {
    let schema = schema();
    let InputDetails::Tokens { buckets: 5000, characters } = &schema.inputs[0].details else { panic!("{:?}", schema.inputs[0]) };
    // What comes less often than thrice is not kept.
    assert_eq!(characters[..], ['o']);
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
    let tagging =
        TargetDetails::Tagging { on: "tokens".to_owned(), labels: names(&["PROPN", "PUNCT", "VERB"]), counts: vec![4, 2, 1], rows: 2 };
    let spans = TargetDetails::Spans { on: "tokens".to_owned(), types: names(&["LOC", "PER"]), counts: vec![2, 1], rows: 3 };
    assert_eq!((&schema.targets[0].details, &schema.targets[1].details), (&tagging, &spans));
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
    assert!(report.tasks[1].broken_example.ends_with("t.jsonl, line 2"), "{}", report.tasks[1].broken_example);
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
    assert_eq!((dataset.present_mask(0), report.tasks[0].absent.as_deref()), (&[true, false][..], Some("upos")));
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
    assert!(message("{\"tokens\": [\"a\"], \"upos\": 3}").contains("3 is not a list of labels"));
    let odd = "{\"tokens\": [\"a\", \"b\"], \"y\": [\"p\", \"q\"]}\n{\"tokens\": [\"a\"], \"y\": [\"p\", \"q\"]}\n";
    assert_eq!(
        fit(&table(odd), &[("tokens", InputKind::Tokens)], &[on("y", TaskKind::Tagging, None)]).unwrap_err(),
        "t.jsonl, line 2, column \"y\": 2 labels where column \"tokens\" has 1 word; give each word a label, or null where it has none"
    );
}

#[test]
fn tasks_that_cannot_be_learned() {
    let error = |wanted: &[(&str, InputKind)], task| fit(&table(ROWS), wanted, &[task]).unwrap_err();
    let tokens = ("tokens", InputKind::Tokens);
    let tagging = |name: Option<&str>| on("upos", TaskKind::Tagging, name);
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
        error(&[tokens], on("upos", TaskKind::Spans, None)),
        "t.jsonl, line 1, column \"upos\": \"PROPN\" is not the label of a span, as O, B-PER and I-PER are; a task whose labels are not \
         those of spans is type = \"tagging\""
    );
    assert!(
        error(&[tokens], on("genre", TaskKind::Tagging, None)).contains("column \"genre\": 1 label where column \"tokens\" has 5 words")
    );
    let rows = |labels: [&str; 2]| {
        format!("{{\"tokens\": [\"a\", \"b\"], \"y\": {}}}\n{{\"tokens\": [\"c\"], \"y\": {}}}\n", labels[0], labels[1])
    };
    let task = |kind, labels| fit(&table(&rows(labels)), &[tokens], &[on("y", kind, None)]).unwrap_err();
    assert_eq!(
        task(TaskKind::Tagging, ["[\"X\", \"X\"]", "null"]),
        "task \"y\": all 2 training labels are \"X\"; there is nothing to learn; leave the task out"
    );
    assert!(
        task(TaskKind::Tagging, ["[\"X\", \"Y\"]", "[\"Z\"]"])
            .starts_with("task \"y\": each of the 3 training labels is a class of its own")
    );
    assert!(task(TaskKind::Tagging, ["null", "[null]"]).starts_with("task \"y\": column \"y\" is empty in every training row"));
    assert_eq!(
        task(TaskKind::Spans, ["[\"O\", \"O\"]", "[\"O\"]"]),
        "task \"y\": no training row has a span: every label is O; there is nothing to learn; leave the task out"
    );
    let classes = |classes: &[&str]| {
        let config =
            TargetConfig { classes: Some(classes.iter().map(|class| (*class).to_owned()).collect()), ..on("ner", TaskKind::Spans, None).1 };
        fit(&table(ROWS), &[tokens], &[("ner".to_owned(), config)])
    };
    assert_eq!(classes(&["PER", "LOC"]).unwrap().targets[0].classes(), ["PER", "LOC"]);
    assert_eq!(
        classes(&["PER"]).unwrap_err(),
        "t.jsonl, line 1, column \"ner\": \"LOC\" is none of the classes of task \"ner\"; the classes are PER"
    );
    let none = InputConfig { buckets: Some(0), ..InputConfig::new(InputKind::Tokens) };
    let error = Schema::fit(&table(ROWS), &[0, 1], &[("tokens".to_owned(), none)], &[], OnBadRow::Missing).unwrap_err();
    assert_eq!(error.to_string(), "input \"tokens\": buckets must be at least 1; the default is 5000");
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
fn columns_of_sentences_are_recognised() {
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
    let tasks = [on("upos", TaskKind::Tagging, None), on("ner", TaskKind::Spans, None)];
    let found = audit(&parts, &inputs(&[("tokens", InputKind::Tokens)]), &tasks).unwrap();
    let sentences = &found.sentences[0];
    assert_eq!((&sentences.sentences[..], &sentences.tokens[..], &sentences.longest[..]), (&[3, 1][..], &[10, 2][..], &[5, 2][..]));
    assert_eq!(sentences.unseen, [0, 1]);
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
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<banyan_data::audit::Audit>(&json).unwrap(), found);
}

#[test]
fn sentences_are_split_by_the_other_tasks() {
    let rows: String = (0..40)
        .map(|row| format!("{{\"tokens\": [\"a\", \"b\"], \"upos\": [\"X\", \"{}\"], \"genre\": \"{}\"}}\n", row % 7, row % 2))
        .collect();
    let table = table(&rows);
    let config = SplitConfig { valid: 0.25, test: 0.25, ..SplitConfig::default() };
    let (tagging, genre) = (on("upos", TaskKind::Tagging, None), ("genre".to_owned(), target("genre", TaskKind::Binary)));
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
    let schema = fit(&both, &[("tokens", InputKind::Tokens)], &[on("ner", TaskKind::Spans, None)]).unwrap();
    assert_eq!((schema.targets[0].counts(), schema.targets[0].known_rows()), (&[2, 2][..], 5));
}
