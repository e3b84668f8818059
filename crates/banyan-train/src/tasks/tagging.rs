//! `tagging`: a label for each token.

use banyan_data::batch::UNKNOWN_TAG;
use banyan_data::labels::TaskKind;
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;
use serde::{Deserialize, Serialize};

use super::{Beside, ErrorAnalysis, Rows, Scorer, Task};
use crate::error_analysis::{Confusion, Examples, Excerpt, NamedSpan, Pairs, SpanExample, TaskErrors, shortened};
use crate::metrics::Metric;
use crate::metrics::classes::ClassCounts;
use crate::report::{examples, matrix};

/// A label for each token.
pub(super) struct Tagging;

const METRICS: [Metric; 2] = [Metric::higher("token_accuracy"), Metric::higher("macro_f1")];

impl Task for Tagging {
    fn kind(&self) -> TaskKind {
        TaskKind::Tagging
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[0]
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        Box::new(TaggingScorer { counts: ClassCounts::new(target.classes().len()) })
    }

    fn error_analysis(&self, target: &TargetSchema) -> Option<Box<dyn ErrorAnalysis>> {
        Some(Box::new(TaggingAnalysis { names: target.classes().to_vec(), pairs: Pairs::default(), examples: Examples::default() }))
    }

    fn report(&self, errors: &TaskErrors) -> Option<String> {
        let TaggingErrors { confusion, examples } = errors.read("tags")?;
        Some(matrix::confusion(&confusion, "tokens", matrix::Cells::Counts) + &examples::sentences(&examples, &confusion.classes))
    }

    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        vec![OutputColumn { name: target.name.clone(), values: tag_names(predictions, target.classes()) }]
    }
}

/// The names of predicted tags, row after row.
pub(super) fn tag_names(predictions: &Values, names: &[String]) -> OutputValues {
    let tags = predictions.lists_at(0);
    let row = |row: usize| tags.list(row).iter().map(|&tag| names[tag as usize].clone()).collect();
    OutputValues::Lists((0..tags.len()).map(row).collect())
}

/// Of tokens whose label is known.
struct TaggingScorer {
    counts: ClassCounts,
}

impl Scorer for TaggingScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, predicted) = (rows.labels.lists_at(0), rows.predictions.lists_at(0));
        for row in rows.known() {
            let known = truth.list(row).iter().zip(predicted.list(row)).filter(|(label, _)| **label != UNKNOWN_TAG);
            known.for_each(|(&label, &predicted)| self.counts.add(label as usize, predicted as usize));
        }
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        vec![("token_accuracy", self.counts.accuracy()), ("macro_f1", self.counts.macro_f1())]
    }
}

/// Tokens by their true and their predicted label, and sentences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct TaggingErrors {
    /// Of the tokens whose label is known.
    confusion: Confusion,
    /// Sentences with errors, each token with a wrong label a span.
    examples: Vec<SpanExample>,
}

struct TaggingAnalysis {
    names: Vec<String>,
    pairs: Pairs,
    examples: Examples,
}

impl ErrorAnalysis for TaggingAnalysis {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, predicted) = (rows.labels.lists_at(0), rows.predictions.lists_at(0));
        for row in rows.known() {
            let words = rows.words(row);
            let mut example = SpanExample { words: words.iter().map(|word| shortened(word)).collect(), ..SpanExample::default() };
            let labels = truth.list(row).iter().zip(predicted.list(row)).enumerate();
            for (token, (&truth, &own)) in labels.filter(|(_, (truth, _))| **truth != UNKNOWN_TAG) {
                self.pairs.add(truth as usize, own as usize, || Excerpt::new(words, token));
                let span = |tag: u32| NamedSpan { begin: token, end: token + 1, kind: self.names[tag as usize].clone() };
                // Where every token has a label, those that are right would hide those that are not.
                if truth != own {
                    example.truth.push(span(truth));
                    example.predicted.push(span(own));
                }
            }
            self.examples.add(example);
        }
    }

    fn finish(self: Box<Self>) -> TaskErrors {
        TaskErrors::new("tags", &TaggingErrors { confusion: self.pairs.finish(&self.names), examples: self.examples.finish() })
    }
}
