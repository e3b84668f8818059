//! Semantic roles: predicates found, senses told apart, and arguments right.
//!
//! Arguments count as the scorer of the CoNLL 2005 shared task counts them (Carreras and Màrquez, CoNLL 2005): an argument is right with its role
//! and the ends of all its parts; a part of the role `C-X` continues the last argument of the role `X` before it, and is an argument of that role
//! where there is none; the predicate's own span, `V`, counts nowhere.

use banyan_data::batch::UNKNOWN_TAG;
use banyan_data::labels::FrameValues;
use banyan_model::{FOUND, GIVEN, PredictedFrames};
use banyan_text::frames::VERB;
use banyan_text::spans::{self, Span};

use super::tokens::SpanCounts;

/// An argument: its role and where its parts begin and end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Argument<'a> {
    role: &'a str,
    parts: Vec<(usize, usize)>,
}

/// The arguments that tags say.
fn arguments<'a>(tags: &[u32], name: &impl Fn(usize) -> &'a str) -> Vec<Argument<'a>> {
    let mut arguments: Vec<Argument<'a>> = Vec::new();
    for Span { begin, end, kind } in spans::spans_of(tags) {
        let role = name(kind);
        let continued = role.strip_prefix("C-");
        let before = continued.and_then(|role| arguments.iter_mut().rev().find(|argument| argument.role == role));
        match before {
            Some(argument) => argument.parts.push((begin, end)),
            None => arguments.push(Argument { role: continued.unwrap_or(role), parts: vec![(begin, end)] }),
        }
    }
    arguments.retain(|argument| argument.role != VERB);
    arguments
}

/// What is right of the frames of some rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FrameCounts {
    /// Arguments of given predicates.
    pub arguments: SpanCounts,
    /// Arguments where the model finds the predicates itself, too: those of a predicate that is none are wrong.
    pub end_to_end: SpanCounts,
    /// Predicates.
    pub predicates: SpanCounts,
    /// Given predicates whose sense is known.
    pub senses: usize,
    /// Those of them with the right sense.
    pub right_senses: usize,
}

impl FrameCounts {
    /// The share of given predicates with the right sense; none where no sense is known.
    pub fn sense_accuracy(&self) -> Option<f64> {
        (self.senses > 0).then(|| self.right_senses as f64 / self.senses as f64)
    }
}

impl FrameCounts {
    /// Adds a row whose predicates are known; those of `roles` come first among the names of kinds, and those that training lacks follow.
    pub fn add(&mut self, row: usize, predicted: PredictedFrames<'_>, truth: FrameValues<'_>, roles: &[String]) {
        let name = |kind: usize| truth.role(kind, roles);
        let gold: Vec<(u32, u32, &[u32])> = (truth.predicates.list(row).iter().zip(truth.senses.list(row)))
            .zip(truth.roles.row(row))
            .map(|((&token, &sense), tags)| (token, sense, tags))
            .collect();
        // A predicate whose roles are not known has no tags.
        let has_roles = |tags: &[u32]| !tags.is_empty();
        self.predicates.truth += gold.len();
        for (token, sense, tags) in predicted.of_row(row, GIVEN) {
            let Some(&(_, true_sense, own)) = gold.iter().find(|(given, ..)| *given == token) else { continue };
            if has_roles(own) {
                add(&mut self.arguments, &arguments(own, &name), &arguments(tags, &name));
            }
            if true_sense != UNKNOWN_TAG {
                self.senses += 1;
                self.right_senses += usize::from(true_sense == sense);
            }
        }
        if gold.iter().any(|&(_, _, tags)| !has_roles(tags)) {
            return;
        }
        self.end_to_end.truth += gold.iter().map(|&(_, _, tags)| arguments(tags, &name).len()).sum::<usize>();
        for (token, _, tags) in predicted.of_row(row, FOUND) {
            self.predicates.predicted += 1;
            let own = arguments(tags, &name);
            let found = gold.iter().find(|(given, ..)| *given == token).map(|&(_, _, tags)| arguments(tags, &name));
            self.predicates.right += usize::from(found.is_some());
            let mut of_frame = SpanCounts::default();
            add(&mut of_frame, &found.unwrap_or_default(), &own);
            self.end_to_end.predicted += of_frame.predicted;
            self.end_to_end.right += of_frame.right;
        }
    }
}

fn add(counts: &mut SpanCounts, truth: &[Argument<'_>], predicted: &[Argument<'_>]) {
    counts.truth += truth.len();
    counts.predicted += predicted.len();
    counts.right += predicted.iter().filter(|argument| truth.contains(argument)).count();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::one_row::{list, nested, predicted, tags};
    use banyan_data::values::Values;

    const ROLES: [&str; 4] = ["ARG0", "ARG1", "C-ARG1", "V"];

    /// What is right of one row's frames.
    fn counts(truth: &Values, predicted: &Values) -> FrameCounts {
        let mut counts = FrameCounts::default();
        counts.add(0, PredictedFrames::of(predicted), FrameValues::of(truth), &ROLES.map(str::to_owned));
        counts
    }

    fn arguments_of(spans: &[(usize, usize, usize)]) -> Vec<(String, Vec<(usize, usize)>)> {
        let found = arguments(&tags(spans, 9), &|kind| ROLES[kind]);
        found.into_iter().map(|argument| (argument.role.to_owned(), argument.parts)).collect()
    }

    #[test]
    fn parts_are_joined_and_the_verb_left_out() {
        let joined = arguments_of(&[(0, 1, 0), (1, 2, 3), (2, 4, 1), (5, 6, 2), (7, 9, 2)]);
        assert_eq!(joined, [("ARG0".to_owned(), vec![(0, 1)]), ("ARG1".to_owned(), vec![(2, 4), (5, 6), (7, 9)])]);
        assert_eq!(arguments_of(&[(5, 6, 2)]), [("ARG1".to_owned(), vec![(5, 6)])]);
    }

    #[test]
    fn given_and_found_predicates() {
        // Two predicates, at 1 and 3, of five words; the model finds those at 1 and 4.
        let roles = nested(&[&tags(&[(0, 1, 0), (2, 5, 1)], 5), &tags(&[(4, 5, 1)], 5)]);
        let truth = FrameValues::values(list(&[1, 3]), list(&[0, 7]), roles);
        let predicted = predicted(
            &[1, 3, 4],
            &[0, 0, 0],
            &[&tags(&[(0, 1, 0), (2, 4, 1)], 5), &tags(&[(4, 5, 1)], 5), &tags(&[(0, 1, 0)], 5)],
            &[GIVEN | FOUND, GIVEN, FOUND],
            5,
        );
        let counts = counts(&truth, &predicted);
        assert_eq!(counts.arguments, SpanCounts { truth: 3, predicted: 3, right: 2 });
        assert_eq!(counts.end_to_end, SpanCounts { truth: 3, predicted: 3, right: 1 });
        assert_eq!(counts.predicates, SpanCounts { truth: 2, predicted: 2, right: 1 });
        assert_eq!(counts.sense_accuracy(), Some(0.5));
    }

    #[test]
    fn a_role_that_training_lacks_is_missed() {
        let roles = nested(&[&tags(&[(1, 2, 4)], 2)]);
        let truth = FrameValues::values(list(&[0]), list(&[UNKNOWN_TAG]), roles).with_names(vec!["ARG5".to_owned()]);
        let predicted = predicted(&[0], &[0], &[&[0, 0]], &[GIVEN], 2);
        let counts = counts(&truth, &predicted);
        assert_eq!(counts.arguments, SpanCounts { truth: 1, predicted: 0, right: 0 });
        assert_eq!(counts.sense_accuracy(), None);
    }
}
