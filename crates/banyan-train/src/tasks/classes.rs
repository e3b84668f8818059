//! What tasks with one class a row share.

use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;

use super::{ErrorAnalysis, Rows};
use crate::error_analysis::{Confusion, Pairs, TaskErrors};
use crate::metrics::classes::{ClassCounts, most_probable};
use crate::report::matrix;

/// The predicted class of each row, and the probability of each class under `task=class`.
pub(super) fn columns(target: &TargetSchema, probabilities: impl ExactSizeIterator<Item = Vec<f32>> + Clone) -> Vec<OutputColumn> {
    let (name, classes) = (&target.name, target.classes());
    let answers = probabilities.clone().map(|row| classes[most_probable(&row)].clone()).collect();
    let mut columns = vec![OutputColumn { name: name.clone(), values: OutputValues::Texts(answers) }];
    columns.extend(classes.iter().enumerate().map(|(place, class)| {
        let values = probabilities.clone().map(|row| f64::from(row[place])).collect();
        OutputColumn { name: format!("{name}={class}"), values: OutputValues::Numbers(values) }
    }));
    columns
}

/// Counts predicted classes, as long as every probability is a number: a model whose outputs are none has no metrics.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    counts: ClassCounts,
    are_finite: bool,
}

impl Counts {
    pub(super) fn new(classes: usize) -> Self {
        Self { counts: ClassCounts::new(classes), are_finite: true }
    }

    /// Adds a row with the probability of each class; returns the predicted class where the probabilities are numbers.
    pub(super) fn add(&mut self, truth: usize, probabilities: &[f32]) -> Option<usize> {
        if !probabilities.iter().all(|value| value.is_finite()) {
            self.are_finite = false;
            return None;
        }
        let predicted = most_probable(probabilities);
        self.counts.add(truth, predicted);
        Some(predicted)
    }

    pub(super) fn finish(&self) -> Option<&ClassCounts> {
        self.are_finite.then_some(&self.counts)
    }
}

/// Which class is taken for which.
pub(super) struct ConfusionAnalysis {
    pairs: Pairs,
    names: Vec<String>,
    /// The predicted class of a row's probabilities.
    predicted: fn(&[f32]) -> usize,
}

impl ConfusionAnalysis {
    pub(super) fn new(target: &TargetSchema, predicted: fn(&[f32]) -> usize) -> Self {
        Self { pairs: Pairs::default(), names: target.classes().to_vec(), predicted }
    }
}

impl ErrorAnalysis for ConfusionAnalysis {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, (width, values)) = (rows.labels.indices_at(0), rows.predictions.numbers_at(0));
        for row in rows.known() {
            let predicted = (self.predicted)(&values[row * width..][..width]);
            self.pairs.add(truth[row] as usize, predicted, || None);
        }
    }

    fn finish(self: Box<Self>) -> TaskErrors {
        TaskErrors::new("classes", &self.pairs.finish(&self.names))
    }
}

/// The report's section on confused classes.
pub(super) fn report(errors: &TaskErrors) -> Option<String> {
    errors.read::<Confusion>("classes").map(|confusion| matrix::confusion(&confusion, "rows", matrix::Cells::Counts))
}
