//! Kinds of task: how each is measured, scored, reported and written. One kind is one file.
//!
//! To add one: a file with a type that is a [`Task`], its module line, and its line in `TASKS`. The kind's labels are in `banyan-data`'s
//! `labels` folder, its outputs and losses in `banyan-model`'s `heads`.
//!
//! Everything here is accumulated: a [`Scorer`] and an [`ErrorAnalysis`] see the rows of a data set in order, some at a time, and keep
//! counts, not rows.

mod binary;
mod classes;
mod classification;
mod count;
mod dense;
mod dependencies;
mod detection;
mod lemmas;
mod multilabel;
mod ordinal;
mod quantiles;
mod regression;
mod segmentation;
mod spans;
mod srl;
mod tagging;

use banyan_data::labels::TaskKind;
use banyan_data::output::OutputColumn;
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use crate::error_analysis::{Images, TaskErrors};
use crate::metrics::{Metric, TaskMetrics};

/// What one kind of task means for training and evaluation, and for those who read the results.
pub trait Task: Sync {
    /// The kind.
    fn kind(&self) -> TaskKind;

    /// The metrics, in the order in which they are shown. `loss` follows them.
    fn metrics(&self) -> &'static [Metric];

    /// The metric that tables show first.
    fn primary(&self) -> Metric;

    /// The metric that chooses the best checkpoint, where the configuration names none.
    fn score_metric(&self) -> Metric {
        self.primary()
    }

    /// A metric of this kind, whose value is `value`, as a score: at most 1, which is perfect, and higher is better. Only metrics that are no
    /// such number already have to be named.
    fn score(&self, metric: &str, value: f64, _metrics: &TaskMetrics, _target: &TargetSchema) -> Option<f64> {
        Some(crate::metrics::plain_score(metric, value))
    }

    /// Measures predictions.
    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer>;

    /// Finds which errors a model makes; `None` for a kind that there is nothing more to tell of.
    fn error_analysis(&self, _target: &TargetSchema) -> Option<Box<dyn ErrorAnalysis>> {
        None
    }

    /// The report's section on the errors that [`error_analysis`](Self::error_analysis) found, as HTML; `None` for errors that it cannot read, as
    /// those of a newer version.
    fn report(&self, _errors: &TaskErrors) -> Option<String> {
        None
    }

    /// Predictions as columns of a table.
    fn columns(&self, target: &TargetSchema, predictions: &Values, beside: Beside<'_>) -> Vec<OutputColumn>;
}

/// The kinds of task.
static TASKS: &[&dyn Task] = &[
    &regression::Regression,
    &count::Count,
    &quantiles::Quantiles,
    &binary::Binary,
    &classification::Classification,
    &multilabel::Multilabel,
    &ordinal::Ordinal,
    &tagging::Tagging,
    &spans::Spans,
    &dependencies::Dependencies,
    &srl::Srl,
    &lemmas::Lemmas,
    &detection::Detection,
    &segmentation::Segmentation,
    &dense::Dense,
];

/// What a kind of task means.
pub fn of(kind: TaskKind) -> &'static dyn Task {
    *TASKS.iter().find(|task| task.kind() == kind).expect("every kind of task is in the table")
}

/// All kinds of task.
pub fn all() -> impl Iterator<Item = &'static dyn Task> {
    TASKS.iter().copied()
}

/// What stands beside the predictions of rows, where it is at hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// The words of each row, for a task on words.
    pub words: Option<&'a [Vec<String>]>,
    /// The height and width of each row's image in pixels, for a task on images; none of a row whose image cannot be read.
    pub images: Option<&'a [Option<[usize; 2]>]>,
}

/// Rows with what is true and what was predicted.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// The labels.
    pub labels: &'a Values,
    /// Which rows have one; the others count nowhere.
    pub known: &'a [bool],
    /// The predictions.
    pub predictions: &'a Values,
    /// The words of each row, for a task on words, where they are at hand.
    pub words: Option<&'a [Vec<String>]>,
}

impl<'a> Rows<'a> {
    /// The rows that have a label.
    pub fn known(self) -> impl Iterator<Item = usize> + 'a {
        (0..self.known.len()).filter(move |&row| self.known[row])
    }

    /// The words of a row; none where they are not at hand.
    pub fn words(self, row: usize) -> &'a [String] {
        self.words.and_then(|words| words.get(row)).map_or(&[], Vec::as_slice)
    }
}

/// Measures one task, some rows at a time.
pub trait Scorer {
    /// Adds rows.
    fn update(&mut self, rows: Rows<'_>);

    /// The metrics of all rows so far; those that are left out have no value.
    fn finish(&self) -> Vec<(&'static str, Option<f64>)>;
}

/// Finds the errors of one task, some rows at a time.
pub trait ErrorAnalysis {
    /// Adds rows.
    fn update(&mut self, rows: Rows<'_>);

    /// Looks up the images of the rows that it chose to show, once all were added; only those of tasks on images have any.
    fn illustrate(&mut self, _images: Images<'_>) {}

    /// The errors of all rows so far.
    fn finish(self: Box<Self>) -> TaskErrors;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_task_is_in_the_table_once() {
        for &kind in TaskKind::ALL {
            assert_eq!(all().filter(|task| task.kind() == kind).count(), 1, "{kind:?}");
        }
    }

    #[test]
    fn first_metrics_are_among_a_kind_s_own() {
        for task in all() {
            for metric in [task.primary(), task.score_metric()] {
                assert!(task.metrics().contains(&metric), "{:?}: {}", task.kind(), metric.name);
            }
        }
    }
}
