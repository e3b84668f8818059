//! Sentences: files, tokens and labels of tokens, from a table to a batch.

mod files;
mod labels;
mod recognized;
mod refused;
mod trees;

use banyan_data::batch::{Batch, Ragged};
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions, Report};
use banyan_data::inputs::InputKind;
use banyan_data::labels::{LabelSettings, SpansSettings, TargetConfig, TaskKind};
use banyan_data::schema::Schema;
use banyan_data::table::Table;

use crate::support::{Folder, all, inputs};

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
