//! `dependencies`: the head of each word, and its relation to it.

use banyan_data::labels::TaskKind;
use banyan_data::labels::{self, TreeValues};
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;
use banyan_text::Ragged;

use super::{Beside, ErrorAnalysis, Rows, Scorer, Task};
use crate::error_analysis::{TaskErrors, TreeCounter};
use crate::metrics::Metric;
use crate::metrics::tokens::TreeCounts;
use crate::report::tables;

/// A tree over the words of each sentence.
pub(super) struct Dependencies;

const METRICS: [Metric; 2] = [Metric::higher("uas"), Metric::higher("las")];

impl Task for Dependencies {
    fn kind(&self) -> TaskKind {
        TaskKind::Dependencies
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[1]
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        Box::new(TreeScorer { counts: TreeCounts::default(), relations: target.classes().to_vec() })
    }

    fn error_analysis(&self, target: &TargetSchema) -> Option<Box<dyn ErrorAnalysis>> {
        Some(Box::new(TreeAnalysis { counter: TreeCounter::new(target.classes()) }))
    }

    fn report(&self, errors: &TaskErrors) -> Option<String> {
        errors.read("trees").map(|trees| tables::relations(&trees))
    }

    /// Heads and relations, under the names of the columns that the labels had.
    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        let labels: &labels::Dependencies = target.labels();
        let TreeValues { heads, relations } = TreeValues::of(predictions);
        let lists = |all: &Ragged, word: &dyn Fn(u32) -> String| {
            OutputValues::Lists((0..all.len()).map(|row| all.list(row).iter().map(|&value| word(value)).collect()).collect())
        };
        vec![
            OutputColumn { name: target.column.clone(), values: lists(heads, &|head| head.to_string()) },
            OutputColumn {
                name: labels.relation.clone(),
                values: lists(relations, &|relation| labels.relations[relation as usize].clone()),
            },
        ]
    }
}

struct TreeScorer {
    counts: TreeCounts,
    relations: Vec<String>,
}

impl Scorer for TreeScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, predicted) = (TreeValues::of(rows.labels), TreeValues::of(rows.predictions));
        for row in rows.known() {
            self.counts.add(predicted.row(row), truth.row(row), &self.relations);
        }
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        vec![("uas", self.counts.uas()), ("las", self.counts.las())]
    }
}

struct TreeAnalysis {
    counter: TreeCounter,
}

impl ErrorAnalysis for TreeAnalysis {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, predicted) = (TreeValues::of(rows.labels), TreeValues::of(rows.predictions));
        for row in rows.known() {
            self.counter.add(predicted.row(row), truth.row(row), rows.words(row));
        }
    }

    fn finish(self: Box<Self>) -> TaskErrors {
        TaskErrors::new("trees", &self.counter.finish())
    }
}
