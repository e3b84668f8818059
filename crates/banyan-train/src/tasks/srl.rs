//! `srl`: predicates, their senses, and the spans that play their roles.

use banyan_data::labels::TaskKind;
use banyan_data::labels::{self, FrameValues};
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;
use banyan_model::{FOUND, GIVEN, PredictedFrames};
use banyan_text::frames::{Argument, Frame, Frames, VERB};
use banyan_text::spans::{self, Span, spans_of};

use super::{Beside, ErrorAnalysis, Rows, Scorer, Task};
use crate::error_analysis::{NamedSpan, SpanCounter, SpanErrors, SpanExample, TaskErrors, shortened};
use crate::metrics::Metric;
use crate::metrics::frames::FrameCounts;
use crate::report::{examples, tables};

/// Predicates and their roles.
pub(super) struct Srl;

const METRICS: [Metric; 6] = [
    Metric::higher("span_f1"),
    Metric::higher("span_precision"),
    Metric::higher("span_recall"),
    Metric::higher("predicate_f1"),
    Metric::higher("sense_accuracy"),
    Metric::higher("end_to_end_f1"),
];

impl Task for Srl {
    fn kind(&self) -> TaskKind {
        TaskKind::Srl
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[0]
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        Box::new(FrameScorer { counts: FrameCounts::default(), roles: target.classes().to_vec() })
    }

    fn error_analysis(&self, target: &TargetSchema) -> Option<Box<dyn ErrorAnalysis>> {
        Some(Box::new(RoleAnalysis { counter: SpanCounter::default(), roles: target.classes().to_vec() }))
    }

    fn report(&self, errors: &TaskErrors) -> Option<String> {
        let roles: SpanErrors = errors.read("roles")?;
        let what = "<p class=\"note\">The arguments of given predicates. A part that continues an argument (C-…) counts as a span of its own.</p>\n";
        Some(what.to_owned() + &tables::types(&roles, "Role") + &examples::sentences(&roles.examples, &roles.names()))
    }

    /// The frames of each row, of the predicates that are given, or where none are said those that the model finds.
    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        let labels: &labels::Srl = target.labels();
        let predicted = PredictedFrames::of(predictions);
        let argument = |span: Span| Argument { role: labels.roles[span.kind].clone(), begin: span.begin, end: span.end };
        let of_row = |row: usize| {
            let origin = if predicted.given[row] == 1 { GIVEN } else { FOUND };
            let frame = |(token, sense, tags): (u32, u32, &[u32])| Frame {
                predicate: token as usize,
                sense: labels.senses.get(sense as usize).cloned().unwrap_or_default(),
                arguments: Some(spans_of(tags).into_iter().map(argument).collect()),
            };
            Frames { words: predicted.words[row] as usize, frames: predicted.of_row(row, origin).map(frame).collect() }
        };
        let values = OutputValues::Frames((0..predictions.len()).map(of_row).collect());
        vec![OutputColumn { name: target.column.clone(), values }]
    }
}

/// `span_precision`, `span_recall` and `span_f1` are those of given predicates.
struct FrameScorer {
    counts: FrameCounts,
    roles: Vec<String>,
}

impl Scorer for FrameScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, predicted) = (FrameValues::of(rows.labels), PredictedFrames::of(rows.predictions));
        rows.known().for_each(|row| self.counts.add(row, predicted, truth, &self.roles));
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        let FrameCounts { arguments, end_to_end, predicates, .. } = &self.counts;
        vec![
            ("span_f1", arguments.f1()),
            ("span_precision", arguments.precision()),
            ("span_recall", arguments.recall()),
            ("predicate_f1", predicates.f1()),
            ("sense_accuracy", self.counts.sense_accuracy()),
            ("end_to_end_f1", end_to_end.f1()),
        ]
    }
}

/// The errors in the arguments of given predicates, a list of spans for each predicate whose roles are known. Roles that training lacks count under
/// their names; the predicate's own span counts nowhere, as in the metrics.
///
/// Parts of an argument are spans of their own here, `C-A1` behind `A1`, so that a part that is wrong can be shown where it is. The metrics join
/// them: their counts are the same only where no argument has more than one part.
struct RoleAnalysis {
    counter: SpanCounter,
    roles: Vec<String>,
}

impl ErrorAnalysis for RoleAnalysis {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, predicted) = (FrameValues::of(rows.labels), PredictedFrames::of(rows.predictions));
        let arguments = |tags: &[u32]| -> Vec<NamedSpan> {
            let named = spans::spans_of(tags).into_iter().map(|span| NamedSpan {
                begin: span.begin,
                end: span.end,
                kind: truth.role(span.kind, &self.roles).to_owned(),
            });
            named.filter(|span| span.kind != VERB).collect()
        };
        for row in rows.known() {
            let words = rows.words(row);
            for (token, _, tags) in predicted.of_row(row, GIVEN) {
                let place = truth.predicates.list(row).iter().position(|given| *given == token);
                let Some(gold) = place.map(|place| truth.roles.list(row, place)).filter(|gold| !gold.is_empty()) else { continue };
                self.counter.add(SpanExample {
                    title: words.get(token as usize).map(|word| shortened(word)),
                    highlighted: vec![token as usize],
                    words: words.to_vec(),
                    truth: arguments(gold),
                    predicted: arguments(tags),
                });
            }
        }
    }

    fn finish(self: Box<Self>) -> TaskErrors {
        TaskErrors::new("roles", &self.counter.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error_analysis::TypeErrors;
    use crate::metrics::one_row::{self, list, nested};
    use banyan_data::batch::UNKNOWN_TAG;

    fn tags(spans: &[(usize, usize, usize)]) -> Vec<u32> {
        one_row::tags(spans, 5)
    }

    #[test]
    fn only_given_predicates_with_known_roles_are_told_of() {
        // Three predicates, of which the second has no known roles; the last one's role is one that training lacks.
        let roles = nested(&[&tags(&[(0, 1, 0), (1, 2, 1)]), &[], &tags(&[(4, 5, 2)])]);
        let labels = FrameValues::values(list(&[1, 2, 3]), list(&[UNKNOWN_TAG; 3]), roles).with_names(vec!["A5".to_owned()]);
        let predictions = one_row::predicted(
            &[0, 1, 2, 3],
            &[0; 4],
            &[&tags(&[(3, 4, 0)]), &tags(&[(0, 1, 0), (1, 2, 1)]), &tags(&[(0, 1, 0)]), &tags(&[(4, 5, 0)])],
            &[FOUND, GIVEN, GIVEN, GIVEN],
            5,
        );
        let words = [["They", "say", "it", "rains", "today"].map(str::to_owned).to_vec()];
        let mut analysis = Box::new(RoleAnalysis { counter: SpanCounter::default(), roles: ["A0", "V"].map(str::to_owned).to_vec() });
        analysis.update(Rows { labels: &labels, known: &[true], predictions: &predictions, words: Some(&words) });
        let errors: SpanErrors = analysis.finish().read("roles").expect("errors in roles");
        let one = TypeErrors { truth: 1, predicted: 2, right: 1, ..TypeErrors::default() };
        assert_eq!(errors.types["A0"], one);
        assert_eq!(errors.types["A5"], TypeErrors { truth: 1, wrong_type: 1, ..TypeErrors::default() });
        assert_eq!(errors.types.len(), 2, "the predicate's own span is no argument");
        let titles: Vec<_> = errors.examples.iter().map(|example| (example.title.as_deref(), example.highlighted.as_slice())).collect();
        assert_eq!(titles, [(Some("rains"), &[3][..]), (Some("say"), &[1][..])], "errors come first");
    }
}
