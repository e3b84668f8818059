//! The arguments of given predicates as labelled spans.

use banyan_data::batch::FrameValues;
use banyan_model::{Frames, GIVEN};
use banyan_text::frames::VERB;
use banyan_text::spans;

use super::{NamedSpan, SpanErrors, SpanExample, span_errors};

/// The errors in the arguments of given predicates, a list of spans for each predicate whose roles are known. Those of `roles` come first among
/// the names of roles, and those that training lacks follow; the predicate's own span counts nowhere, as in the metrics.
///
/// Parts of an argument are spans of their own here, `C-A1` behind `A1`, so that a part that is wrong can be shown where it is. The metrics join
/// them: their counts are the same only where no argument has more than one part.
pub(super) fn role_errors(predicted: &Frames, truth: &FrameValues, roles: &[String], rows: &[usize], words: &[Vec<String>]) -> SpanErrors {
    let arguments = |tags: &[u32]| -> Vec<NamedSpan> {
        let named = spans::spans_of(tags).into_iter().map(|span| NamedSpan {
            begin: span.begin,
            end: span.end,
            kind: truth.role(span.kind, roles).to_owned(),
        });
        named.filter(|span| span.kind != VERB).collect()
    };
    let mut all = Vec::new();
    for &row in rows {
        let own_words = words.get(row).map_or(&[][..], Vec::as_slice);
        for (token, _, frame) in predicted.of_row(row, GIVEN) {
            let place = truth.predicates.list(row).iter().position(|given| *given == token);
            let Some(tags) = place.map(|place| truth.roles.list(truth.frames_of(row).start + place)).filter(|tags| !tags.is_empty()) else {
                continue;
            };
            all.push(SpanExample {
                title: own_words.get(token as usize).map(|word| super::shortened(word)),
                highlighted: vec![token as usize],
                words: own_words.to_vec(),
                truth: arguments(tags),
                predicted: arguments(predicted.roles.list(frame)),
            });
        }
    }
    span_errors(all)
}

#[cfg(test)]
mod tests {
    use super::super::TypeErrors;
    use super::*;
    use banyan_text::spans::Span;
    use banyan_text::{Ragged, UNKNOWN_TAG};

    fn tags(spans: &[(usize, usize, usize)]) -> Vec<u32> {
        spans::tags_of(&spans.iter().map(|&(begin, end, kind)| Span { begin, end, kind }).collect::<Vec<Span>>(), 5)
    }

    fn lists(lists: &[&[u32]]) -> Ragged {
        let mut all = Ragged::default();
        lists.iter().for_each(|list| all.push(list.iter().copied()));
        all
    }

    #[test]
    fn only_given_predicates_with_known_roles_are_told_of() {
        let roles = ["A0", "V"].map(str::to_owned);
        // Three predicates, of which the second has no known roles; the last one's role is one that training lacks.
        let truth = FrameValues {
            predicates: lists(&[&[1, 2, 3]]),
            senses: lists(&[&[UNKNOWN_TAG; 3]]),
            roles: lists(&[&tags(&[(0, 1, 0), (1, 2, 1)]), &[], &tags(&[(4, 5, 2)])]),
            unseen_roles: vec!["A5".to_owned()],
        };
        let predicted = Frames {
            predicates: lists(&[&[0, 1, 2, 3]]),
            origins: lists(&[&[banyan_model::FOUND, GIVEN, GIVEN, GIVEN]]),
            senses: lists(&[&[0; 4]]),
            roles: lists(&[&tags(&[(3, 4, 0)]), &tags(&[(0, 1, 0), (1, 2, 1)]), &tags(&[(0, 1, 0)]), &tags(&[(4, 5, 0)])]),
            given: vec![true],
            words: vec![5],
        };
        let words = [["They", "say", "it", "rains", "today"].map(str::to_owned).to_vec()];
        let errors = role_errors(&predicted, &truth, &roles, &[0], &words);
        let one = TypeErrors { truth: 1, predicted: 2, right: 1, ..TypeErrors::default() };
        assert_eq!(errors.types["A0"], one);
        assert_eq!(errors.types["A5"], TypeErrors { truth: 1, wrong_type: 1, ..TypeErrors::default() });
        assert_eq!(errors.types.len(), 2, "the predicate's own span is no argument");
        let titles: Vec<_> = errors.examples.iter().map(|example| (example.title.as_deref(), example.highlighted.as_slice())).collect();
        assert_eq!(titles, [(Some("rains"), &[3][..]), (Some("say"), &[1][..])], "errors come first");
    }
}
