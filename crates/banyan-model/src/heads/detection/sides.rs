//! How outputs say the distances from a point to the sides of a box: left, top, right and bottom.

use super::super::classification::softmax;
use super::points::Point;

/// The weight of the loss of distributions beside the scores', which boxes have two of.
const DISTRIBUTIONS: f32 = 0.25;
/// Distances that are learned stay so much below the last bin.
const BELOW_LAST: f32 = 0.01;

/// What a point has for each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    /// One output, the logarithm of the distance in twos of cells.
    Logarithms,
    /// Logits of a distribution over 0, 1, …, `most` cells, whose mean is the distance (Li et al., "Generalized Focal Loss", NeurIPS 2020).
    Distributions {
        /// The greatest distance.
        most: usize,
    },
}

impl Sides {
    /// Distributions up to so many cells, or none.
    pub(super) fn new(most: u64) -> Self {
        if most == 0 { Self::Logarithms } else { Self::Distributions { most: most as usize } }
    }

    /// Outputs of a point.
    pub(super) fn outputs(self) -> usize {
        match self {
            Self::Logarithms => 4,
            Self::Distributions { most } => 4 * (most + 1),
        }
    }

    /// The distances in pixels.
    pub(super) fn distances(self, point: Point, outputs: &[f32]) -> [f32; 4] {
        match self {
            Self::Logarithms => std::array::from_fn(|side| point.distance(outputs[side]).0),
            Self::Distributions { most } => std::array::from_fn(|side| {
                let probabilities = probabilities(&outputs[side * (most + 1)..][..most + 1]);
                mean(&probabilities) * point.stride
            }),
        }
    }

    /// Adds the derivatives of a loss by the outputs, from those by the distances.
    pub(super) fn pull_back(self, point: Point, outputs: &[f32], by_distance: [f32; 4], slopes: &mut [f32]) {
        for (side, by_distance) in by_distance.into_iter().enumerate() {
            match self {
                Self::Logarithms => slopes[side] += by_distance * point.distance(outputs[side]).1,
                Self::Distributions { most } => {
                    let own = side * (most + 1)..(side + 1) * (most + 1);
                    let probabilities = probabilities(&outputs[own.clone()]);
                    let mean = mean(&probabilities);
                    for (bin, (slope, p)) in slopes[own].iter_mut().zip(&probabilities).enumerate() {
                        *slope += by_distance * point.stride * p * (bin as f32 - mean);
                    }
                }
            }
        }
    }

    /// `weight` times the distribution focal loss of the distances that are to be learned, a mean over the sides, whose derivatives are added; 0 without
    /// distributions.
    pub(super) fn loss(self, point: Point, outputs: &[f32], wanted: [f32; 4], weight: f32, slopes: &mut [f32]) -> f64 {
        let Self::Distributions { most } = self else { return 0.0 };
        let (mut loss, weight) = (0.0, weight * DISTRIBUTIONS / 4.0);
        for (side, wanted) in wanted.into_iter().enumerate() {
            let own = side * (most + 1)..(side + 1) * (most + 1);
            let distance = (wanted / point.stride).clamp(0.0, most as f32 - BELOW_LAST);
            loss += f64::from(weight) * distribution_focal(&outputs[own.clone()], distance, weight, &mut slopes[own]);
        }
        loss
    }
}

fn probabilities(logits: &[f32]) -> Vec<f32> {
    let mut probabilities = logits.to_vec();
    softmax(&mut probabilities);
    probabilities
}

fn mean(probabilities: &[f32]) -> f32 {
    probabilities.iter().enumerate().map(|(bin, p)| bin as f32 * p).sum()
}

/// The cross-entropies of the two bins around a distance, each weighted by how near it is; `weight` times their derivatives are added.
fn distribution_focal(logits: &[f32], distance: f32, weight: f32, slopes: &mut [f32]) -> f64 {
    let probabilities = probabilities(logits);
    let lower = (distance.floor() as usize).min(logits.len() - 2);
    let share = distance - lower as f32;
    let of = |bin: usize| -f64::from(probabilities[bin].max(1e-12)).ln();
    for (bin, (slope, p)) in slopes.iter_mut().zip(&probabilities).enumerate() {
        let wanted = if bin == lower {
            1.0 - share
        } else if bin == lower + 1 {
            share
        } else {
            0.0
        };
        *slope += weight * (p - wanted);
    }
    f64::from(1.0 - share) * of(lower) + f64::from(share) * of(lower + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 8] = [0.5, -0.2, 1.0, 2.0, 0.3, -1.0, 0.0, 0.1];
    const POINT: Point = Point { x: 10.0, y: 12.0, stride: 4.0 };

    #[test]
    fn distributions_cost_what_the_reference_says() {
        for (distance, expected) in [(0.0, 2.297_141_03), (2.25, 1.547_141_03), (3.0, 0.797_141_03), (6.9, 2.707_141_03)] {
            let found = distribution_focal(&LOGITS, distance, 1.0, &mut [0.0; 8]);
            assert!((found - expected).abs() < 1e-6, "{distance}: {found} for {expected}");
        }
        let mut slopes = [0.0; 8];
        distribution_focal(&LOGITS, 2.25, 1.0, &mut slopes);
        let expected = [0.100_545_89, 0.049_929_61, -0.584_227_85, 0.200_615_42, 0.082_320_01, 0.022_434_82, 0.060_984_17, 0.067_397_93];
        assert!(slopes.iter().zip(expected).all(|(slope, expected)| (slope - expected).abs() < 1e-6), "{slopes:?}");
        assert!((mean(&probabilities(&LOGITS)) - 3.012_464_8).abs() < 1e-5);
        assert!((mean(&probabilities(&[0.3; 16])) - 7.5).abs() < 1e-5);
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        for sides in [Sides::Logarithms, Sides::Distributions { most: 3 }] {
            let outputs: Vec<f32> = (0..sides.outputs()).map(|place| (place * 37 % 11) as f32 / 11.0 - 0.4).collect();
            let by_distance = [0.5, -1.0, 2.0, 0.25];
            let value = |outputs: &[f32], slopes: &mut [f32]| {
                let along: f32 = sides.distances(POINT, outputs).iter().zip(by_distance).map(|(distance, by)| distance * by).sum();
                f64::from(along) + sides.loss(POINT, outputs, [3.0, 9.5, 0.0, 100.0], 8.0, slopes)
            };
            let mut slopes = vec![0.0; outputs.len()];
            value(&outputs, &mut slopes);
            sides.pull_back(POINT, &outputs, by_distance, &mut slopes);
            for place in 0..outputs.len() {
                let moved = |by: f32| {
                    let mut outputs = outputs.clone();
                    outputs[place] += by;
                    value(&outputs, &mut vec![0.0; outputs.len()])
                };
                let difference = (moved(1e-2) - moved(-1e-2)) / 2e-2;
                assert!((difference - f64::from(slopes[place])).abs() < 5e-3, "{sides:?} {place}: {difference} for {}", slopes[place]);
            }
        }
    }
}
