//! Soft suppression: what overlaps with something better loses some of its score (N. Bodla et al.: Soft-NMS, ICCV 2017).

use crate::Coordinate;

use super::{Candidate, Scope};

/// What an overlap with a better detection multiplies a score by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SoftDecay<F = f32> {
    /// `1 − IoU` where the IoU is more than the threshold.
    Linear {
        /// The largest IoU that costs nothing.
        threshold: F,
    },
    /// `exp(−IoU² / σ)`.
    Gaussian {
        /// σ: the smaller, the more an overlap costs.
        sigma: F,
    },
}

impl<F: Coordinate> SoftDecay<F> {
    fn factor(self, iou: F) -> F {
        match self {
            Self::Linear { threshold } if iou > threshold => F::of(1.0) - iou,
            Self::Linear { .. } => F::of(1.0),
            Self::Gaussian { sigma } => (-(iou * iou) / sigma).power_of_e(),
        }
    }
}

/// The places of the candidates and what is left of their scores, from the highest down: the best one lowers the scores of the others, then
/// the best of those does, until the scores are below the least one that is of use (0.001 in the paper's code).
///
/// Takes time with the square of the candidates of one group.
pub fn soft<F: Coordinate>(candidates: &[Candidate<F>], decay: SoftDecay<F>, scope: Scope, least_score: F) -> Vec<(usize, F)> {
    let mut all = Vec::new();
    for group in scope.groups(candidates) {
        // The order of the candidates decides among scores that become equal.
        let mut rest: Vec<(usize, F)> = group.into_iter().map(|place| (place, candidates[place].score)).collect();
        rest.sort_unstable_by_key(|&(place, _)| place);
        while let Some(best) = (0..rest.len()).min_by(|&a, &b| rest[a].1.descending(rest[b].1)) {
            let (place, score) = rest.remove(best);
            if score.descending(least_score).is_gt() {
                break;
            }
            all.push((place, score));
            let rectangle = &candidates[place].rectangle;
            for (other, score) in &mut rest {
                let iou = rectangle.iou(&candidates[*other].rectangle);
                if iou > F::default() {
                    *score = *score * decay.factor(iou);
                }
            }
        }
    }
    all.sort_by(|a, b| a.1.descending(b.1).then(a.0.cmp(&b.0)));
    all
}

#[cfg(test)]
mod tests {
    use super::super::tests::seven;
    use super::*;

    #[track_caller]
    fn assert_soft(decay: SoftDecay<f64>, expected: [(usize, f64); 7]) {
        let left = soft(&seven(), decay, Scope::AllClasses, 0.001);
        assert_eq!(left.len(), expected.len());
        for (left, expected) in left.iter().zip(expected) {
            assert!(left.0 == expected.0 && (left.1 - expected.1).abs() < 5e-9, "{left:?} for {expected:?}");
        }
    }

    #[test]
    fn the_table() {
        let linear = [(0, 0.9), (3, 0.7), (2, 0.3), (5, 0.3), (4, 0.15984252), (1, 0.09082626), (6, 0.00416512)];
        assert_soft(SoftDecay::Linear { threshold: 0.3 }, linear);
        let gaussian = [(0, 0.9), (3, 0.7), (2, 0.3639184), (5, 0.27687952), (4, 0.20934465), (1, 0.1519936), (6, 0.02033702)];
        assert_soft(SoftDecay::Gaussian { sigma: 0.5 }, gaussian);
    }

    #[test]
    fn other_classes_cost_nothing_and_low_scores_are_left_out() {
        let left = soft(&seven(), SoftDecay::Gaussian { sigma: 0.5 }, Scope::SameClass, 0.25);
        let scores: Vec<usize> = left.iter().map(|&(place, _)| place).collect();
        assert_eq!(scores, [0, 6, 3, 2, 5]);
        assert_eq!(left[1].1, 0.85, "the detection of the other class keeps its score");
    }
}
