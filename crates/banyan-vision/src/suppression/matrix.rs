//! Matrix suppression: all scores are lowered at once (X. Wang et al.: SOLOv2, NeurIPS 2020).

use crate::Coordinate;

use super::{Candidate, Scope};

/// How much an overlap costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MatrixDecay<F = f32> {
    /// `f(IoU) = 1 − IoU`.
    Linear,
    /// `f(IoU) = exp(−σ IoU²)`.
    Gaussian {
        /// σ, 2 in the paper's code: the larger, the more an overlap costs.
        sigma: F,
    },
}

impl<F: Coordinate> MatrixDecay<F> {
    fn factor(self, iou: F) -> F {
        match self {
            Self::Linear => F::of(1.0) - iou,
            Self::Gaussian { sigma } => (-sigma * iou * iou).power_of_e(),
        }
    }
}

/// What is left of each candidate's score, in their order.
///
/// From the highest score down, with the IoU `D_ij` of `i` and `j` of the same group, and `m_i = max_{k<i} D_ki`, the score of `j` is multiplied
/// by the least of `f(D_ij) / f(m_i)` over all `i < j`: what is suppressed itself suppresses less.
///
/// Takes time with the square of the candidates of one group.
pub fn matrix<F: Coordinate>(candidates: &[Candidate<F>], decay: MatrixDecay<F>, scope: Scope) -> Vec<F> {
    let mut scores: Vec<F> = candidates.iter().map(|candidate| candidate.score).collect();
    for group in scope.groups(candidates) {
        // What each costs those after it: f(m_i).
        let mut compensations: Vec<F> = Vec::with_capacity(group.len());
        for (rank, &place) in group.iter().enumerate() {
            let (mut most, mut factor) = (F::default(), F::of(1.0));
            for (&better, &compensation) in group[..rank].iter().zip(&compensations) {
                let iou = candidates[better].rectangle.iou(&candidates[place].rectangle);
                most = most.larger(iou);
                // What is apart costs nothing. A copy of something better, which counts for nothing itself, suppresses nothing.
                if iou > F::default() && compensation > F::default() {
                    factor = factor.smaller(decay.factor(iou) / compensation);
                }
            }
            compensations.push(decay.factor(most));
            scores[place] = scores[place] * factor;
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::super::tests::seven;
    use super::*;

    #[track_caller]
    fn assert_matrix(decay: MatrixDecay<f64>, expected: [f64; 7]) {
        let scores = matrix(&seven(), decay, Scope::SameClass);
        assert!(scores.iter().zip(expected).all(|(score, expected)| (score - expected).abs() < 5e-9), "{scores:?}");
    }

    #[test]
    fn the_table() {
        assert_matrix(MatrixDecay::Gaussian { sigma: 2.0 }, [0.9, 0.21981903, 0.3639184, 0.7, 0.21276366, 0.28502659, 0.85]);
        assert_matrix(MatrixDecay::Linear, [0.9, 0.15102506, 0.3, 0.7, 0.15984252, 0.252, 0.85]);
    }

    #[test]
    fn copies_of_a_detection_are_worth_nothing() {
        let best = seven()[0];
        let mut copies = vec![best; 3];
        copies.push(seven()[2]);
        assert_eq!(matrix(&copies, MatrixDecay::Linear, Scope::SameClass), [0.9, 0.0, 0.0, 0.3]);
    }
}
