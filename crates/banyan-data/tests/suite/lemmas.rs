//! Lemmas, from a table to a batch.

use banyan_data::batch::UNKNOWN_TAG;
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions, Loaded};
use banyan_data::infer::infer_task;
use banyan_data::inputs::InputKind;
use banyan_data::labels::TaskKind;
use banyan_data::labels::{LemmaValues, Lemmas};
use banyan_data::schema::Schema;
use banyan_data::table::Table;

use crate::support::{Folder, all, inputs, targets};

const ROWS: &str = "{\"tokens\": [\"The\", \"cats\", \"_\", \"1.0\"], \"lemmas\": [\"the\", \"cat\", \"_\", \"1.0\"]}\n\
                    {\"tokens\": [\"dogs\", \"are\", \"big\"], \"lemmas\": [\"dog\", \"_\", null]}\n\
                    {\"tokens\": [\"No\"], \"lemmas\": null}\n";

fn fit(table: &Table) -> Result<Schema, String> {
    let tasks = targets(&[("lemmas", TaskKind::Lemmas)]);
    Schema::fit(table, &all(table), &inputs(&[("tokens", InputKind::Tokens)]), &tasks, OnBadRow::Missing).map_err(|error| {
        let message = error.to_string();
        message.find("t.jsonl").map_or(message.clone(), |at| message[at..].to_owned())
    })
}

fn table(rows: &str) -> Table {
    Folder::new().table("t.jsonl", rows)
}

#[test]
fn scripts_are_learned_and_unseen_lemmas_stay_known() {
    let schema = fit(&table(ROWS)).unwrap();
    let scripts = ["lower *", "lower *-1"].map(str::to_owned).to_vec();
    assert_eq!(schema.targets[0].details, Lemmas { on: "tokens".to_owned(), scripts, counts: vec![3, 2], rows: 2 }.into());
    let folder = Folder::new();
    schema.save(folder.path()).unwrap();
    assert_eq!(Schema::load(folder.path()).unwrap(), schema);

    let new = table("{\"tokens\": [\"Is\", \"Cats\", \"a\"], \"lemmas\": [\"be\", \"cat\", null]}\n");
    let (dataset, report) = Dataset::encode(&new, &[0], &schema, EncodeOptions::default()).unwrap();
    let targets = dataset.targets(&[0], &Loaded::default());
    let lemmas = LemmaValues::of(&targets[0].values);
    assert_eq!((lemmas.scripts.list(0), dataset.labels(0, 0)), (&[UNKNOWN_TAG, 1, UNKNOWN_TAG][..], 1));
    assert_eq!(lemmas.makers(0).collect::<Vec<_>>(), [Some(&[][..]), Some(&[1][..]), None]);
    assert_eq!(
        report.warnings(),
        ["task \"lemmas\": 1 lemma is made as none was in training and can only be predicted wrong (\"be of Is\")"]
    );
}

#[test]
fn what_is_wrong_is_said() {
    let message = |row: &str| fit(&table(&format!("{row}{{\"tokens\": [\"c\"]}}\n"))).unwrap_err();
    let counted = message("{\"tokens\": [\"a\", \"b\"], \"lemmas\": [\"a\"]}\n");
    assert_eq!(
        counted,
        "t.jsonl, line 1, column \"lemmas\": 1 label where column \"tokens\" has 2 words; give each word a label, or null where it has none"
    );
    assert!(message("{\"tokens\": [\"a\", \"b\"]}\n").contains("lemmas"));
    let one = message("{\"tokens\": [\"a\", \"b\"], \"lemmas\": [\"a\", \"b\"]}\n");
    assert!(one.contains("all 2 training lemmas are made in one way, \"lower *\""), "{one}");
    let own = message("{\"tokens\": [\"a\", \"b\", \"c\"], \"lemmas\": [\"x\", \"y\", \"z\"]}\n");
    assert!(own.contains("each of the 3 training lemmas is made in a way of its own"), "{own}");
}

#[test]
fn a_column_of_lemmas_is_recognized() {
    assert_eq!(infer_task(&table(ROWS), "lemmas").unwrap().kind, TaskKind::Lemmas);
    let other = ROWS.replace("\"lemmas\"", "\"base\"");
    let found = infer_task(&table(&other), "base").unwrap();
    assert_eq!((found.kind, found.on.as_deref()), (TaskKind::Lemmas, Some("tokens")));
}
