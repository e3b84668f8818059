//! Semantic roles: predicates found, senses told apart, and arguments right.
//!
//! Arguments count as the scorer of the CoNLL 2005 shared task counts them (Carreras and Màrquez, CoNLL 2005): an argument is right with its role
//! and the ends of all its parts; a part of the role `C-X` continues the last argument of the role `X` before it, and is an argument of that role
//! where there is none; the predicate's own span, `V`, counts nowhere.

use banyan_data::batch::FrameValues;
use banyan_model::{FOUND, Frames, GIVEN};
use banyan_text::UNKNOWN_TAG;
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

/// Counts over rows whose predicates are known; those of `roles` come first among the names of kinds, and those that training lacks follow.
pub(super) fn frames(predicted: &Frames, truth: &FrameValues, roles: &[String], rows: &[usize]) -> FrameCounts {
    let mut counts = FrameCounts::default();
    let name = |kind: usize| truth.role(kind, roles);
    for &row in rows {
        let gold: Vec<(u32, u32, usize)> = (truth.predicates.list(row).iter().zip(truth.senses.list(row)))
            .zip(truth.frames_of(row))
            .map(|((&token, &sense), frame)| (token, sense, frame))
            .collect();
        let gold_arguments = |frame: usize| arguments(truth.roles.list(frame), &name);
        let has_roles = |frame: usize| !truth.roles.list(frame).is_empty();
        counts.predicates.truth += gold.len();
        for (token, sense, frame) in predicted.of_row(row, GIVEN) {
            let Some(&(_, true_sense, own)) = gold.iter().find(|(given, ..)| *given == token) else { continue };
            if has_roles(own) {
                add(&mut counts.arguments, &gold_arguments(own), &arguments(predicted.roles.list(frame), &name));
            }
            if true_sense != UNKNOWN_TAG {
                counts.senses += 1;
                counts.right_senses += usize::from(true_sense == sense);
            }
        }
        if gold.iter().any(|&(_, _, frame)| !has_roles(frame)) {
            continue;
        }
        counts.end_to_end.truth += gold.iter().map(|&(_, _, frame)| gold_arguments(frame).len()).sum::<usize>();
        for (token, _, frame) in predicted.of_row(row, FOUND) {
            counts.predicates.predicted += 1;
            let own = arguments(predicted.roles.list(frame), &name);
            let found = gold.iter().find(|(given, ..)| *given == token).map(|&(_, _, frame)| gold_arguments(frame));
            counts.predicates.right += usize::from(found.is_some());
            let mut of_frame = SpanCounts::default();
            add(&mut of_frame, &found.unwrap_or_default(), &own);
            counts.end_to_end.predicted += of_frame.predicted;
            counts.end_to_end.right += of_frame.right;
        }
    }
    counts
}

fn add(counts: &mut SpanCounts, truth: &[Argument<'_>], predicted: &[Argument<'_>]) {
    counts.truth += truth.len();
    counts.predicted += predicted.len();
    counts.right += predicted.iter().filter(|argument| truth.contains(argument)).count();
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_text::Ragged;

    const ROLES: [&str; 4] = ["ARG0", "ARG1", "C-ARG1", "V"];

    fn tags(spans: &[(usize, usize, usize)], words: usize) -> Vec<u32> {
        spans::tags_of(&spans.iter().map(|&(begin, end, kind)| Span { begin, end, kind }).collect::<Vec<Span>>(), words)
    }

    fn lists(lists: &[&[u32]]) -> Ragged {
        let mut all = Ragged::default();
        lists.iter().for_each(|list| all.push(list.iter().copied()));
        all
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
        let truth = FrameValues {
            predicates: lists(&[&[1, 3]]),
            senses: lists(&[&[0, 7]]),
            roles: lists(&[&tags(&[(0, 1, 0), (2, 5, 1)], 5), &tags(&[(4, 5, 1)], 5)]),
            unseen_roles: Vec::new(),
        };
        let predicted = Frames {
            predicates: lists(&[&[1, 3, 4]]),
            origins: lists(&[&[GIVEN | FOUND, GIVEN, FOUND]]),
            senses: lists(&[&[0, 0, 0]]),
            roles: lists(&[&tags(&[(0, 1, 0), (2, 4, 1)], 5), &tags(&[(4, 5, 1)], 5), &tags(&[(0, 1, 0)], 5)]),
            given: vec![true],
            words: vec![5],
        };
        let counts = frames(&predicted, &truth, &ROLES.map(str::to_owned), &[0]);
        assert_eq!(counts.arguments, SpanCounts { truth: 3, predicted: 3, right: 2 });
        assert_eq!(counts.end_to_end, SpanCounts { truth: 3, predicted: 3, right: 1 });
        assert_eq!(counts.predicates, SpanCounts { truth: 2, predicted: 2, right: 1 });
        assert_eq!(counts.sense_accuracy(), Some(0.5));
    }

    #[test]
    fn a_role_that_training_lacks_is_missed() {
        let truth = FrameValues {
            predicates: lists(&[&[0]]),
            senses: lists(&[&[UNKNOWN_TAG]]),
            roles: lists(&[&tags(&[(1, 2, 4)], 2)]),
            unseen_roles: vec!["ARG5".to_owned()],
        };
        let predicted = Frames {
            predicates: lists(&[&[0]]),
            origins: lists(&[&[GIVEN]]),
            senses: lists(&[&[0]]),
            roles: lists(&[&[0, 0]]),
            given: vec![true],
            words: vec![2],
        };
        let counts = frames(&predicted, &truth, &ROLES.map(str::to_owned), &[0]);
        assert_eq!(counts.arguments, SpanCounts { truth: 1, predicted: 0, right: 0 });
        assert_eq!(counts.sense_accuracy(), None);
    }
}
