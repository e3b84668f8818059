//! `spans`: named entities, and whatever else are stretches of words of a type.

use banyan_data::labels::TaskKind;
use banyan_data::output::OutputColumn;
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;
use banyan_text::spans::Span;

use super::tagging::tag_names;
use super::{Beside, ErrorAnalysis, Rows, Scorer, Task};
use crate::error_analysis::{NamedSpan, SpanCounter, SpanErrors, SpanExample, TaskErrors};
use crate::metrics::Metric;
use crate::metrics::tokens::{SpanCounts, known_spans};
use crate::report::{examples, tables};

/// Spans of words, each of a type.
pub(super) struct Spans;

const METRICS: [Metric; 3] = [Metric::higher("span_f1"), Metric::higher("span_precision"), Metric::higher("span_recall")];

impl Task for Spans {
    fn kind(&self) -> TaskKind {
        TaskKind::Spans
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[0]
    }

    fn scorer(&self, _: &TargetSchema) -> Box<dyn Scorer> {
        Box::new(SpanScorer::default())
    }

    fn error_analysis(&self, target: &TargetSchema) -> Option<Box<dyn ErrorAnalysis>> {
        Some(Box::new(SpanAnalysis { types: target.classes().to_vec(), counter: SpanCounter::default() }))
    }

    fn report(&self, errors: &TaskErrors) -> Option<String> {
        let spans: SpanErrors = errors.read("spans")?;
        Some(tables::types(&spans, "Type") + &examples::sentences(&spans.examples, &spans.names()))
    }

    /// Tags `B-`, `I-` (as IOB2 has it, which every tool reads) and `O`.
    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        let of_type = |kind: &String| ["B", "I", "I", "B"].map(|part| format!("{part}-{kind}"));
        let names: Vec<String> = std::iter::once("O".to_owned()).chain(target.classes().iter().flat_map(of_type)).collect();
        vec![OutputColumn { name: target.name.clone(), values: tag_names(predictions, &names) }]
    }
}

#[derive(Default)]
struct SpanScorer {
    counts: SpanCounts,
}

impl Scorer for SpanScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, predicted) = (rows.labels.lists_at(0), rows.predictions.lists_at(0));
        rows.known().for_each(|row| self.counts.add(truth.list(row), predicted.list(row)));
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        let counts = &self.counts;
        vec![("span_f1", counts.f1()), ("span_precision", counts.precision()), ("span_recall", counts.recall())]
    }
}

struct SpanAnalysis {
    types: Vec<String>,
    counter: SpanCounter,
}

impl ErrorAnalysis for SpanAnalysis {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, predicted) = (rows.labels.lists_at(0), rows.predictions.lists_at(0));
        let named = |spans: Vec<Span>| {
            let named = |span: Span| NamedSpan { begin: span.begin, end: span.end, kind: self.types[span.kind].clone() };
            spans.into_iter().map(named).collect::<Vec<_>>()
        };
        for row in rows.known() {
            let (truth, predicted) = known_spans(truth.list(row), predicted.list(row));
            let words = rows.words(row).to_vec();
            self.counter.add(SpanExample { words, truth: named(truth), predicted: named(predicted), ..SpanExample::default() });
        }
    }

    fn finish(self: Box<Self>) -> TaskErrors {
        TaskErrors::new("spans", &self.counter.finish())
    }
}
