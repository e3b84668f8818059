//! What holds for every kind of input and of label, each tried on a column of its own. A new kind adds a column here and is held to the same.

use banyan_data::audit::{AuditPart, audit};
use banyan_data::batch::{InputBatch, TargetBatch};
use banyan_data::config::{OnBadRow, SplitConfig, SplitRule};
use banyan_data::dataset::{Dataset, EncodeOptions, Report};
use banyan_data::inputs::InputKind;
use banyan_data::labels::{Subject, TaskKind};
use banyan_data::schema::Schema;
use banyan_data::split::split;
use banyan_data::table::Table;

use crate::cells::{Cells, input_cells, write_media};
use crate::support::{Folder, all, inputs, targets};

/// The row without a value.
const LACKING: usize = 2;

/// The keys of a row that a kind of label is read from, and a row that such labels cannot be read from, if there is one. Labels of words are of
/// those of `input_cells(InputKind::Tokens)`.
fn label_cells(kind: TaskKind) -> (Cells, Option<&'static str>) {
    match kind {
        TaskKind::Binary => ([r#""y": "no""#, r#""y": "yes""#, r#""y": null"#, r#""y": "no""#], None),
        TaskKind::Classification => ([r#""y": "p""#, r#""y": "q""#, r#""y": null"#, r#""y": "p""#], None),
        TaskKind::Multilabel => ([r#""y": ["u", "v"]"#, r#""y": ["v"]"#, r#""y": null"#, r#""y": ["w"]"#], None),
        TaskKind::Ordinal => ([r#""y": 1"#, r#""y": 3"#, r#""y": null"#, r#""y": 1"#], None),
        TaskKind::Regression => ([r#""y": 0.5"#, r#""y": -4"#, r#""y": null"#, r#""y": 12"#], Some(r#""y": "much""#)),
        TaskKind::Count => ([r#""y": 0"#, r#""y": 4"#, r#""y": null"#, r#""y": 12"#], Some(r#""y": -1"#)),
        TaskKind::Quantiles => ([r#""y": 0.5"#, r#""y": -4"#, r#""y": null"#, r#""y": 12"#], Some(r#""y": "much""#)),
        TaskKind::Tagging => ([r#""y": ["D", "N"]"#, r#""y": ["N"]"#, r#""y": null"#, r#""y": ["P", null, "A"]"#], Some(r#""y": ["D"]"#)),
        TaskKind::Spans => {
            ([r#""y": ["B-X", "I-X"]"#, r#""y": ["O"]"#, r#""y": null"#, r#""y": ["O", "B-Y", "B-X"]"#], Some(r#""y": ["B-X"]"#))
        }
        TaskKind::Dependencies => (
            [
                r#""y": [2, 0], "deprel": ["det", "root"]"#,
                r#""y": [0], "deprel": ["root"]"#,
                r#""y": null, "deprel": null"#,
                r#""y": [3, 3, 0], "deprel": ["nsubj", "cop", "root"]"#,
            ],
            Some(r#""y": [9, 0], "deprel": ["det", "root"]"#),
        ),
        TaskKind::Lemmas => {
            ([r#""y": ["a", "day"]"#, r#""y": ["rain"]"#, r#""y": null"#, r#""y": ["it", "be", "late"]"#], Some(r#""y": ["a"]"#))
        }
        TaskKind::Srl => (
            [
                r#""y": [{"predicate": 1, "sense": "day.01", "args": [{"role": "A0", "start": 0, "end": 1}]}]"#,
                r#""y": []"#,
                r#""y": null"#,
                r#""y": [{"predicate": 1, "sense": "be.01", "args": [{"role": "A1", "start": 0, "end": 1}]}]"#,
            ],
            Some(r#""y": [{"predicate": 9, "sense": "day.01", "args": []}]"#),
        ),
        TaskKind::Detection => (
            [
                r#""y": [{"label": "cat", "box": [0, 1, 3, 5]}, {"label": "dog", "box": [2, 2, 6, 8]}]"#,
                r#""y": []"#,
                r#""y": null"#,
                r#""y": [[1, 1, 4, 4, "cat"]]"#,
            ],
            Some(r#""y": [{"label": "cat", "box": [5, 1, 3, 5]}]"#),
        ),
        // A bad file is an error only where it is asked for; see the tests of masks.
        TaskKind::Segmentation => ([r#""y": "m0.png""#, r#""y": "m1.png""#, r#""y": null"#, r#""y": "m2.png""#], None),
        TaskKind::Dense => ([r#""y": "a.png""#, r#""y": "b.png""#, r#""y": null"#, r#""y": "c.png""#], None),
    }
}

/// A folder with the files that cells of media name.
fn media() -> Folder {
    let folder = Folder::new();
    write_media(folder.path());
    folder
}

fn input_table(folder: &Folder, cells: &[&str]) -> Table {
    let rows: String = cells.iter().enumerate().map(|(row, cell)| format!("{{\"id\": {row}, \"x\": {cell}}}\n")).collect();
    folder.table("rows.jsonl", rows)
}

fn label_table(folder: &Folder, rows: &[&str]) -> Table {
    // The words of the row that lacks labels are there all the same.
    let words = input_cells(InputKind::Tokens).0.map(|cell| if cell == "null" { "[\"Oh\"]" } else { cell });
    let images = ["a.png", "b.png", "c.png", "a.png"];
    let row = |((labels, words), image): ((&&str, &str), &str)| format!("{{\"tokens\": {words}, \"image\": \"{image}\", {labels}}}\n");
    let rows: String = rows.iter().zip(words).zip(images).map(row).collect();
    folder.table("rows.jsonl", rows)
}

fn fit_input(kind: InputKind, table: &Table) -> Result<Schema, String> {
    let wanted = inputs(&[("x", kind), ("id", InputKind::Number)]);
    Schema::fit(table, &all(table), &wanted, &[], OnBadRow::Error).map_err(|error| error.to_string())
}

fn fit_labels(kind: TaskKind, table: &Table) -> Result<Schema, String> {
    let (wanted, tasks) = (inputs(&[beside(kind)]), targets(&[("y", kind)]));
    Schema::fit(table, &all(table), &wanted, &tasks, OnBadRow::Error).map_err(|error| error.to_string())
}

/// The input that labels of a kind belong to.
fn beside(kind: TaskKind) -> (&'static str, InputKind) {
    if kind.subject() == Subject::Image { ("image", InputKind::Image) } else { ("tokens", InputKind::Tokens) }
}

fn encode(table: &Table, rows: &[usize], schema: &Schema, bad: OnBadRow) -> Result<(Dataset, Report), String> {
    Dataset::encode(table, rows, schema, EncodeOptions { bad, ..EncodeOptions::default() }).map_err(|error| error.to_string())
}

fn input_of(dataset: &Dataset, rows: &[usize]) -> InputBatch {
    dataset.batch(rows).unwrap().inputs.remove(0)
}

fn labels_of(dataset: &Dataset, rows: &[usize]) -> TargetBatch {
    dataset.batch(rows).unwrap().tasks.remove(0)
}

#[test]
fn what_was_learned_is_read_back_as_it_was_written() {
    let folder = media();
    let inputs = InputKind::ALL.iter().map(|&kind| fit_input(kind, &input_table(&folder, &input_cells(kind).0)));
    let labels = TaskKind::ALL.iter().map(|&kind| fit_labels(kind, &label_table(&folder, &label_cells(kind).0)));
    for schema in inputs.chain(labels).map(Result::unwrap) {
        let vocabulary = Folder::new();
        schema.save(vocabulary.path()).unwrap();
        assert_eq!(Schema::load(vocabulary.path()).unwrap(), schema);
    }
}

/// A row is encoded alike whatever rows stand beside it, when it is encoded and when it is gathered.
#[test]
fn an_input_of_a_row_depends_on_that_row_alone() {
    let folder = media();
    for &kind in InputKind::ALL {
        let table = input_table(&folder, &input_cells(kind).0);
        let schema = fit_input(kind, &table).unwrap();
        let (whole, report) = encode(&table, &all(&table), &schema, OnBadRow::Error).unwrap();
        assert_eq!(whole.present_mask(0), [true, true, false, true], "{kind:?}");
        assert_eq!((report.inputs[0].missing, report.inputs[0].unreadable), (1, 0), "{kind:?}");
        for row in 0..4 {
            let (alone, _) = encode(&table, &[row], &schema, OnBadRow::Error).unwrap();
            let (from_whole, from_alone) = (input_of(&whole, &[row]), input_of(&alone, &[0]));
            assert_eq!(format!("{from_whole:?}"), format!("{from_alone:?}"), "{kind:?}, row {row}");
        }
        let twice = input_of(&whole, &[3, 0, 3]);
        assert_eq!(twice.present, [true; 3]);
    }
}

#[test]
fn labels_of_a_row_depend_on_that_row_alone() {
    let folder = media();
    for &kind in TaskKind::ALL {
        let table = label_table(&folder, &label_cells(kind).0);
        let schema = fit_labels(kind, &table).unwrap();
        let (whole, report) = encode(&table, &all(&table), &schema, OnBadRow::Error).unwrap();
        assert_eq!(whole.known_mask(0), [true, true, false, true], "{kind:?}");
        assert_eq!(report.tasks[0].unseen, 0, "{kind:?}");
        assert_eq!(schema.targets[0].known_rows(), 3, "{kind:?}");
        let of_all = labels_of(&whole, &all(&table)).values;
        let mut one_by_one = schema.targets[0].unknown_labels(0);
        for row in 0..4 {
            let (alone, _) = encode(&table, &[row], &schema, OnBadRow::Error).unwrap();
            let own = labels_of(&alone, &[0]);
            assert_eq!(own.values, labels_of(&whole, &[row]).values, "{kind:?}, row {row}");
            assert_eq!(own.known, [row != LACKING], "{kind:?}, row {row}");
            assert_eq!(alone.labels(0, 0), whole.labels(0, row), "{kind:?}, row {row}");
            if row != LACKING {
                one_by_one.append(&own.values);
            }
        }
        // Blocks of rows are put together again as they were, and rows are found in any order.
        assert_eq!(one_by_one, of_all.select(&[0, 1, 3]), "{kind:?}");
        assert_eq!(labels_of(&whole, &[3, 0, 1]).values, of_all.select(&[3, 0, 1]), "{kind:?}");
    }
}

#[test]
fn a_table_without_the_column_has_neither_input_nor_labels() {
    let folder = media();
    let bare = folder.table("bare.jsonl", "{\"other\": 1}\n{\"other\": 2}\n");
    for &kind in InputKind::ALL {
        let schema = fit_input(kind, &input_table(&folder, &input_cells(kind).0)).unwrap();
        let (dataset, report) = encode(&bare, &[0, 1], &schema, OnBadRow::Error).unwrap();
        assert_eq!((report.inputs[0].read, report.inputs[0].missing, report.empty_rows), (false, 2, 2), "{kind:?}");
        assert_eq!(input_of(&dataset, &[1, 0]).present, [false, false], "{kind:?}");
    }
    for &kind in TaskKind::ALL {
        let schema = fit_labels(kind, &label_table(&folder, &label_cells(kind).0)).unwrap();
        let (dataset, _) = encode(&bare, &[0, 1], &schema, OnBadRow::Error).unwrap();
        let labels = labels_of(&dataset, &[0, 1]);
        assert_eq!((dataset.known(0), labels.known), (0, vec![false, false]), "{kind:?}");
        assert_eq!(labels.values, schema.targets[0].unknown_labels(2), "{kind:?}");
    }
}

/// A cell that is not of its kind is an error that names the column and the line. A file that cannot be read may be missing instead, or its row skipped.
#[test]
fn a_bad_cell_is_an_error_and_a_bad_file_what_is_asked_for() {
    let folder = media();
    for &kind in InputKind::ALL {
        let (cells, bad) = input_cells(kind);
        let Some(bad) = bad else { continue };
        let schema = fit_input(kind, &input_table(&folder, &cells)).unwrap();
        let table = input_table(&folder, &[cells[0], bad, cells[3]]);
        let encoded = |bad| encode(&table, &[0, 1, 2], &schema, bad);
        let refused = encoded(OnBadRow::Error).unwrap_err();
        assert!(refused.contains("\"x\"") && refused.contains("line 2"), "{kind:?}: {refused}");
        if !matches!(kind, InputKind::Image | InputKind::Audio) {
            for bad in [OnBadRow::Missing, OnBadRow::Skip] {
                assert_eq!(encoded(bad).unwrap_err(), refused, "{kind:?}");
            }
            continue;
        }
        let (dataset, report) = encoded(OnBadRow::Missing).unwrap();
        assert_eq!((&dataset.present_mask(0).to_vec()[..], report.inputs[0].unreadable), ([true, false, true].as_slice(), 1), "{kind:?}");
        assert_eq!(report.warnings().len(), 1, "{kind:?}: {:?}", report.warnings());
        let (dataset, _) = encoded(OnBadRow::Skip).unwrap();
        assert_eq!((dataset.len(), dataset.table_row(1)), (2, 2), "{kind:?}");
    }
}

#[test]
fn bad_labels_are_an_error_where_they_are_learned_and_where_they_are_encoded() {
    let folder = media();
    for &kind in TaskKind::ALL {
        let (cells, bad) = label_cells(kind);
        let Some(bad) = bad else { continue };
        let schema = fit_labels(kind, &label_table(&folder, &cells)).unwrap();
        let table = label_table(&folder, &[bad, cells[1], cells[2], cells[3]]);
        let learned = fit_labels(kind, &table).map(|_| "no error".to_owned());
        let encoded = encode(&table, &[0, 1, 2, 3], &schema, OnBadRow::Error).map(|_| "no error".to_owned());
        for refused in [learned, encoded].map(|result| result.unwrap_or_else(|message| message)) {
            assert!(refused.contains("\"y\"") && refused.contains("line 1"), "{kind:?}: {refused}");
        }
    }
}

/// An audit counts what the dataset does.
#[test]
fn an_audit_counts_the_same_labels() {
    let folder = media();
    for &kind in TaskKind::ALL {
        let table = label_table(&folder, &label_cells(kind).0);
        let schema = fit_labels(kind, &table).unwrap();
        let rows = all(&table);
        let parts = [AuditPart { name: "train", table: &table, rows: &rows }];
        let found = audit(&parts, &inputs(&[beside(kind)]), &targets(&[("y", kind)])).unwrap();
        assert_eq!(found.tasks[0].known, [3], "{kind:?}");
        let target = &schema.targets[0];
        for class in &found.tasks[0].classes {
            let place = target.classes().iter().position(|name| *name == class.name);
            let learned = place.map(|place| target.counts()[place]);
            assert_eq!(learned, Some(class.counts[0]), "{kind:?}, {}", class.name);
        }
    }
}

#[test]
fn rows_are_stratified_by_labels_of_every_kind() {
    let folder = media();
    for &kind in TaskKind::ALL {
        let (cells, words) = (label_cells(kind).0, input_cells(InputKind::Tokens).0);
        let row = |row: usize| format!("{{\"tokens\": {}, {}}}\n", words[row % 4], cells[row % 4]);
        let table = folder.table("many.jsonl", (0..60).map(row).collect::<String>());
        let config = SplitConfig { valid: 0.2, test: 0.2, by: SplitRule::Stratified, column: None, seed: 3 };
        let parts = split(&table, &config, &targets(&[("y", kind)])).unwrap();
        let mut rows = [&parts.train, &parts.valid, &parts.test].into_iter().flatten().copied().collect::<Vec<_>>();
        rows.sort_unstable();
        assert_eq!(rows, (0..60).collect::<Vec<_>>(), "{kind:?}");
        assert!(parts.valid.len().abs_diff(12) <= 2 && parts.test.len().abs_diff(12) <= 2, "{kind:?}: {parts:?}");
    }
}
