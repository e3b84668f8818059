//! Trees, from a table to a batch.

use banyan_data::batch::{Ragged, UNKNOWN_TAG};
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::inputs::InputKind;
use banyan_data::labels::{Dependencies, DependenciesColumns, DependenciesSettings, LabelSchema, TargetConfig, TreeValues};
use banyan_data::schema::Schema;
use banyan_data::table::Table;

use super::{fit, names, table};
use crate::support::{Folder, all};

/// Two sentences with trees; of the second a word lacks its head and another its relation.
pub(super) const TREES: &str = "# global.columns = ID FORM HEAD DEPREL\n1\tAnn\t2\tnsubj:pass\n2\tleft\t0\troot\n3\t.\t2\tpunct\n\n1\tOh\t_\tintj\n2\tno\t0\troot\n3\t,\t2\t_\n4\t!\t2\tpunct\n";

pub(super) fn trees(relation: Option<&str>) -> (String, TargetConfig) {
    trees_with(relation, None)
}

pub(super) fn trees_with(relation: Option<&str>, classes: Option<Vec<String>>) -> (String, TargetConfig) {
    let columns = DependenciesColumns { relation: relation.map(str::to_owned), ..DependenciesColumns::default() };
    ("syntax".to_owned(), TargetConfig::new(DependenciesSettings { columns, classes, on: None }, "head"))
}

pub(super) fn tree_schema() -> Schema {
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
