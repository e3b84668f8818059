//! In what way a predicted span is wrong.

use super::NamedSpan;

/// In what way a span is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanError {
    /// A true span that no predicted one lies on.
    Missed,
    /// A predicted span that lies on no true one.
    Invented,
    /// The right words, another type.
    Type,
    /// The right type, overlapping words.
    Ends,
    /// Another type and overlapping words.
    Both,
}

/// What is wrong with each true and each predicted span; none where it is right. A wrong span is paired with at most one of the other
/// side: with one on the same words before one of the same type, and with that before any that overlaps; of these the longest overlap.
pub fn judge(truth: &[NamedSpan], predicted: &[NamedSpan]) -> (Vec<Option<SpanError>>, Vec<Option<SpanError>>) {
    let mut of_truth: Vec<_> = truth.iter().map(|span| (!predicted.contains(span)).then_some(SpanError::Missed)).collect();
    let mut of_predicted: Vec<_> = predicted.iter().map(|span| (!truth.contains(span)).then_some(SpanError::Invented)).collect();
    for error in [SpanError::Type, SpanError::Ends, SpanError::Both] {
        for (own, span) in predicted.iter().enumerate() {
            if of_predicted[own] != Some(SpanError::Invented) {
                continue;
            }
            let fits = |other: &NamedSpan| match error {
                SpanError::Type => (other.begin, other.end) == (span.begin, span.end),
                SpanError::Ends => other.kind == span.kind,
                _ => true,
            };
            let free = (0..truth.len()).filter(|&at| of_truth[at] == Some(SpanError::Missed) && fits(&truth[at]));
            let best = free.rev().max_by_key(|&at| truth[at].overlap(span)).filter(|&at| truth[at].overlap(span) > 0);
            if let Some(at) = best {
                (of_truth[at], of_predicted[own]) = (Some(error), Some(error));
            }
        }
    }
    (of_truth, of_predicted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(begin: usize, end: usize, kind: &str) -> NamedSpan {
        NamedSpan { begin, end, kind: kind.to_owned() }
    }

    #[test]
    fn every_kind_of_error_is_told_apart() {
        let cases = [
            (vec![span(0, 2, "A")], vec![], Some(SpanError::Missed), None),
            (vec![], vec![span(0, 2, "A")], None, Some(SpanError::Invented)),
            (vec![span(0, 2, "A")], vec![span(0, 2, "B")], Some(SpanError::Type), Some(SpanError::Type)),
            (vec![span(0, 2, "A")], vec![span(1, 3, "A")], Some(SpanError::Ends), Some(SpanError::Ends)),
            (vec![span(0, 2, "A")], vec![span(1, 3, "B")], Some(SpanError::Both), Some(SpanError::Both)),
            (vec![span(0, 2, "A")], vec![span(2, 3, "A")], Some(SpanError::Missed), Some(SpanError::Invented)),
            (vec![span(0, 2, "A")], vec![span(0, 2, "A")], None, None),
        ];
        for (truth, predicted, of_truth, of_predicted) in cases {
            let (own, other) = judge(&truth, &predicted);
            assert_eq!((own.first().copied().flatten(), other.first().copied().flatten()), (of_truth, of_predicted));
        }
    }

    #[test]
    fn a_true_span_excuses_one_predicted_span_only() {
        let (truth, predicted) = judge(&[span(0, 4, "A")], &[span(0, 1, "A"), span(1, 4, "A")]);
        assert_eq!(truth, [Some(SpanError::Ends)]);
        assert_eq!(predicted, [Some(SpanError::Ends), Some(SpanError::Invented)]);
    }
}
