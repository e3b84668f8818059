//! Greedy suppression: what overlaps with something better is removed.

use crate::Coordinate;

use super::{Candidate, Scope};

/// The places of the candidates that are kept, from the highest score down: the best one is kept, all whose IoU with it is **more** than the
/// threshold are removed, and so on with the rest. Cut the list afterward where only so many detections are wanted.
///
/// Takes time with the candidates times those kept of one group.
pub fn greedy<F: Coordinate>(candidates: &[Candidate<F>], threshold: F, scope: Scope) -> Vec<usize> {
    let mut kept_of_all = Vec::new();
    for group in scope.groups(candidates) {
        let begin = kept_of_all.len();
        for place in group {
            let rectangle = &candidates[place].rectangle;
            let is_removed = kept_of_all[begin..].iter().any(|&better: &usize| candidates[better].rectangle.iou(rectangle) > threshold);
            if !is_removed {
                kept_of_all.push(place);
            }
        }
    }
    kept_of_all.sort_by(|&a, &b| candidates[a].score.descending(candidates[b].score).then(a.cmp(&b)));
    kept_of_all
}

#[cfg(test)]
mod tests {
    use super::super::tests::{many, seven};
    use super::*;

    #[test]
    fn the_table() {
        let seven = seven();
        assert_eq!(greedy(&seven, 0.5, Scope::AllClasses), [0, 3, 2, 5]);
        assert_eq!(greedy(&seven, 0.5, Scope::SameClass), [0, 6, 3, 2, 5], "exactly one half is not more than one half");
        assert_eq!(greedy(&seven, 0.45, Scope::SameClass), [0, 6, 3, 5]);
        assert!(greedy::<f32>(&[], 0.5, Scope::SameClass).is_empty());
    }

    #[test]
    fn classes_are_as_if_each_was_alone() {
        let candidates = many(300, 10);
        let together = greedy(&candidates, 0.5, Scope::SameClass);
        for class in 0..10 {
            let (places, alone): (Vec<usize>, Vec<_>) =
                candidates.iter().copied().enumerate().filter(|(_, candidate)| candidate.class == class).unzip();
            let alone: Vec<usize> = greedy(&alone, 0.5, Scope::AllClasses).into_iter().map(|place| places[place]).collect();
            let of_class: Vec<usize> = together.iter().copied().filter(|&place| candidates[place].class == class).collect();
            assert_eq!(of_class, alone);
        }
    }

    #[test]
    fn a_score_that_is_not_a_number_suppresses_nothing_better() {
        let mut candidates = seven();
        candidates[0].score = f64::NAN;
        assert_eq!(greedy(&candidates, 0.5, Scope::SameClass), [1, 6, 3, 2, 5]);
    }
}
