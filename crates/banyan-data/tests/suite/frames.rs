//! Predicates and their roles, from both ways to write them to a batch and back.

use banyan_data::audit::{AuditPart, audit};
use banyan_data::batch::UNKNOWN_TAG;
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::frames::{Argument, Frame, Frames};
use banyan_data::infer::{infer_input, infer_task};
use banyan_data::inputs::InputKind;
use banyan_data::labels::{FrameValues, Srl};
use banyan_data::labels::{TargetConfig, TaskKind};
use banyan_data::output::{OutputColumn, OutputFormat, OutputValues, write_to};
use banyan_data::schema::Schema;
use banyan_data::spans::{Span, spans_of};
use banyan_data::table::Table;
use banyan_data::values::Values;

use crate::support::{Folder, all, inputs, target};

/// Two predicates, none, and a sentence that nobody annotated.
const LABELS: &str = "# global.columns = ID FORM PREDICATE SRL
1\tAnn\t_\tB-ARG0|O
2\twants\twant.01\tB-V|O
3\tto\t_\tB-ARG1|O
4\tsing\tsing.01\tI-ARG1|B-V
5\tsongs\t_\tI-ARG1|B-ARG1

1\tOh\t_\t_
2\tno\t_\t_

1\tSings\t?\t_
2\twell\t?\t_

1\tAnn\t_\tB-ARG0|B-ARG0
2\tsings\tsing.01\tB-V|O
3\tand\t_\tO|O
4\twants\twant.01\tO|B-V
";

const OBJECTS: &str = r#"{"tokens": ["Ann", "wants", "to", "sing", "songs"], "srl": [{"predicate": 3, "sense": "sing.01", "args": [{"role": "ARG1", "head": 4}]}, {"predicate": 1, "lemma": "want", "sense": "want.01", "args": [{"role": "ARG1", "start": 2, "end": 5}, {"role": "ARG0", "start": 0, "end": 1}]}]}
{"tokens": ["Oh", "no"], "srl": []}
{"tokens": ["Sings", "well"], "srl": null}
{"tokens": ["Ann", "sings", "and", "wants"], "srl": [{"predicate": 1, "sense": "sing.01", "args": [{"role": "ARG0", "start": 0, "end": 1}]}, {"predicate": 3, "sense": "want.01", "args": [{"role": "ARG0", "start": 0, "end": 1}]}]}
"#;

fn task() -> Vec<(String, TargetConfig)> {
    vec![("srl".to_owned(), target("srl", TaskKind::Srl))]
}

fn fit(table: &Table) -> Result<Schema, String> {
    Schema::fit(table, &all(table), &inputs(&[("tokens", InputKind::Tokens)]), &task(), OnBadRow::Missing)
        .map_err(|error| error.to_string())
}

fn encode(table: &Table, schema: &Schema) -> (Vec<bool>, Values, Vec<usize>) {
    let (dataset, _) = Dataset::encode(table, &all(table), schema, EncodeOptions::default()).unwrap();
    let labels = dataset.batch(&all(table)).unwrap().tasks.remove(0);
    (labels.known, labels.values, all(table).into_iter().map(|row| dataset.labels(0, row)).collect())
}

#[test]
fn both_ways_say_the_same() {
    let folder = Folder::new();
    let (labels, objects) = (folder.table("t.conllup", LABELS), folder.table("t.jsonl", OBJECTS));
    let (schema, of_objects) = (fit(&labels).unwrap(), fit(&objects).unwrap());
    let Srl { predicate, roles, counts, senses, predicates, rows, .. } = schema.targets[0].labels();
    assert_eq!(
        (predicate.as_deref(), &roles[..], &counts[..]),
        (Some("predicate"), &["ARG0".to_owned(), "ARG1".to_owned()][..], &[3, 2][..])
    );
    assert_eq!((&senses[..], *predicates, *rows), (&["sing.01".to_owned(), "want.01".to_owned()][..], 4, 3));
    assert_eq!(of_objects.targets[0].classes(), roles);

    let (known, values, labels_of_rows) = encode(&labels, &schema);
    let frames = FrameValues::of(&values);
    assert_eq!(known, [true, true, false, true]);
    assert_eq!(labels_of_rows, [10, 1, 0, 8]);
    assert_eq!((frames.predicates.list(0), frames.predicates.list(1), frames.predicates.list(3)), (&[1, 3][..], &[][..], &[1, 3][..]));
    assert_eq!((frames.senses.list(0), frames.senses.list(3)), (&[1, 0][..], &[0, 1][..]));
    let span = |begin, end, kind| Span { begin, end, kind };
    assert_eq!(spans_of(frames.roles.list(0, 0)), [span(0, 1, 0), span(2, 5, 1)]);
    assert_eq!(spans_of(frames.roles.list(0, 1)), [span(4, 5, 1)]);
    // A table of the one kind is read by what was learned from the other.
    for (table, schema) in [(&objects, &of_objects), (&objects, &schema), (&labels, &of_objects)] {
        let with_predicates = schema.targets[0].labels::<Srl>().predicate.is_some() || table.find("predicate").is_none();
        if with_predicates {
            assert_eq!(encode(table, schema), (known.clone(), values.clone(), labels_of_rows.clone()));
        }
    }
}

#[test]
fn rows_are_picked_with_their_frames() {
    let folder = Folder::new();
    let table = folder.table("t.jsonl", OBJECTS);
    let (dataset, _) = Dataset::encode(&table, &all(&table), &fit(&table).unwrap(), EncodeOptions::default()).unwrap();
    let batch = dataset.batch(&[3, 1, 0]).unwrap();
    let frames = FrameValues::of(&batch.tasks[0].values);
    assert_eq!(frames.predicates.len(), 3);
    assert_eq!([0, 1, 2].map(|row| frames.roles.row(row).len()), [2, 0, 2]);
    assert_eq!(spans_of(frames.roles.list(2, 1)), [Span { begin: 4, end: 5, kind: 1 }]);
}

#[test]
fn what_training_lacks_has_numbers_of_its_own() {
    let folder = Folder::new();
    let schema = fit(&folder.table("t.jsonl", OBJECTS)).unwrap();
    let new = r#"{"tokens": ["a", "b"], "srl": [{"predicate": 0, "sense": "a.01", "args": [{"role": "ARG9", "start": 1, "end": 2}]}]}
{"tokens": ["a", "b"], "srl": [{"predicate": 0}]}
"#;
    let (known, values, _) = encode(&folder.table("new.jsonl", new), &schema);
    let frames = FrameValues::of(&values);
    assert_eq!((&known[..], frames.unseen_roles), (&[true, true][..], ["ARG9".to_owned()].as_slice()));
    assert_eq!(spans_of(frames.roles.list(0, 0)), [Span { begin: 1, end: 2, kind: 2 }]);
    assert_eq!(
        (frames.senses.list(0), frames.senses.list(1), frames.roles.list(1, 0)),
        (&[2][..], &[UNKNOWN_TAG][..], &[][..]),
        "given without its roles"
    );
}

#[test]
fn predicates_alone_are_given() {
    let folder = Folder::new();
    let schema = fit(&folder.table("t.conllup", LABELS)).unwrap();
    let new = folder.table("new.conllup", "# global.columns = ID FORM PREDICATE\n1\ta\t_\n2\tb\tY\n");
    let (known, values, labels) = encode(&new, &schema);
    let frames = FrameValues::of(&values);
    assert_eq!((&known[..], frames.predicates.list(0), frames.roles.list(0, 0), &labels[..]), (&[true][..], &[1][..], &[][..], &[1][..]));
}

#[test]
fn what_is_wrong_is_said() {
    let problem = |file: &str, text: &str| {
        // Training takes two rows; the other is not annotated.
        let other = if file.ends_with('l') { "{\"tokens\": [\"a\"], \"srl\": null}\n" } else { "\n1\ta\t?\t?\n" };
        let message = fit(&Folder::new().table(file, &(text.to_owned() + other))).unwrap_err();
        message.find("/t.").map_or(message.clone(), |at| message[at + 1..].to_owned())
    };
    let objects = |srl: &str| problem("t.jsonl", &format!("{{\"tokens\": [\"a\", \"b\"], \"srl\": {srl}}}\n"));
    assert_eq!(
        objects(r#"[{"predicate": 5, "args": []}]"#),
        "t.jsonl, line 1, column \"srl\": predicate 5 is in a sentence of 2 words; words are counted from 0, and \"end\" is the word after the last"
    );
    assert_eq!(
        objects(r#"[{"predicate": 0, "args": [{"role": "A", "start": 1, "end": 3}]}]"#),
        "t.jsonl, line 1, column \"srl\": \"A\" of predicate 0 is 1 to 3 in a sentence of 2 words; words are counted from 0, and \"end\" is the word after the last"
    );
    assert_eq!(
        objects(r#"[{"predicate": 0, "args": [{"role": "A", "start": 0, "end": 2}, {"role": "B", "head": 1}]}]"#),
        "t.jsonl, line 1, column \"srl\": \"A\" and \"B\" of predicate 0 overlap; a word plays one role of a predicate"
    );
    assert_eq!(
        objects(r#"[{"predicate": 0, "args": [{"role": "A"}]}]"#),
        "t.jsonl, line 1, column \"srl\": the A of predicate 0 has neither \"start\" and \"end\" nor \"head\"; write each as {\"predicate\": 3, \"args\": [{\"role\": \"ARG0\", \"start\": 0, \"end\": 2}]}"
    );
    assert!(
        objects(r#"[{"word": 0}]"#).contains("its objects are not predicates: missing field `predicate`"),
        "{}",
        objects(r#"[{"word": 0}]"#)
    );
    assert_eq!(
        objects(r#"[{"predicate": 0, "args": []}, {"predicate": 0, "args": []}]"#),
        "t.jsonl, line 1, column \"srl\": the word at 0 is a predicate twice; give each predicate once"
    );
    let labels = problem("t.conllup", "# global.columns = ID FORM PREDICATE SRL\n1\ta\tX\tO|O\n2\tb\t_\tO\n");
    assert!(labels.contains("word 1 has 2 labels and the sentence 1 predicates"), "{labels}");
    let without = problem("t.conllup", "# global.columns = ID FORM OTHER SRL\n1\ta\tx\tO|B-X\n2\tb\ty\tB-Y|O\n");
    assert!(without.ends_with("there is no column \"predicate\"; name it with columns = { predicate = \"…\" }"), "{without}");
    assert!(
        problem("t.jsonl", "{\"tokens\": [\"a\"], \"srl\": [{\"predicate\": 0, \"args\": []}]}\n")
            .contains("no predicate of 1 training rows has a role")
    );
}

#[test]
fn they_are_recognized_and_counted() {
    let folder = Folder::new();
    for table in [folder.table("t.conllup", LABELS), folder.table("t.jsonl", OBJECTS)] {
        assert_eq!(infer_input(&table, table.column("tokens").unwrap()).kind, Some(InputKind::Tokens));
        let found = infer_task(&table, "srl").unwrap();
        assert_eq!(
            (found.kind, &found.classes[..], found.on.as_deref()),
            (TaskKind::Srl, &["ARG0".to_owned(), "ARG1".to_owned()][..], Some("tokens"))
        );
        let rows = all(&table);
        let audited =
            audit(&[AuditPart { name: "train", table: &table, rows: &rows }], &inputs(&[("tokens", InputKind::Tokens)]), &task()).unwrap();
        let counts: Vec<(&str, usize)> = audited.tasks[0].classes.iter().map(|class| (class.name.as_str(), class.counts[0])).collect();
        assert_eq!(counts, [("ARG0", 3), ("ARG1", 2)]);
    }
}

#[test]
fn what_is_written_is_read_again() {
    let argument = |role: &str, begin, end| Argument { role: role.to_owned(), begin, end };
    let frame = |predicate, sense: &str, arguments| Frame { predicate, sense: sense.to_owned(), arguments: Some(arguments) };
    let rows = vec![
        Frames {
            words: 3,
            frames: vec![frame(1, "eat.01", vec![argument("ARG0", 0, 1), argument("ARG1", 2, 3)]), frame(2, "go.01", vec![])],
        },
        Frames { words: 1, frames: Vec::new() },
        Frames { words: 2, frames: vec![frame(0, "eat.01", Vec::new()), frame(1, "go.01", vec![argument("ARG1", 0, 1)])] },
    ];
    let words = vec![vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], vec!["d".to_owned()], vec!["e".to_owned(), "f".to_owned()]];
    let columns = [OutputColumn::new("tokens", OutputValues::Lists(words)), OutputColumn::new("srl", OutputValues::Frames(rows))];
    let folder = Folder::new();
    let mut encoded = Vec::new();
    for (file, format) in [("t.conllup", OutputFormat::ConllUPlus), ("t.jsonl", OutputFormat::JsonLines)] {
        let mut text = Vec::new();
        write_to(&mut text, format, &columns).unwrap();
        let table = folder.table(file, String::from_utf8(text).unwrap());
        encoded.push(encode(&table, &fit(&table).unwrap()));
    }
    assert_eq!(encoded[0], encoded[1]);
    let frames = FrameValues::of(&encoded[0].1);
    assert_eq!((frames.predicates.list(0), [0, 1, 2].map(|row| frames.roles.row(row).len())), (&[1, 2][..], [2, 0, 2]));
}
