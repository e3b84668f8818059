//! The loss of the pixels of a chunk of images.

use super::super::classification::softmax;
use banyan_data::batch::UNKNOWN_CELL;

/// Added to numerator and denominator of a class's Dice coefficient, so that a class of few pixels counts little.
const SMOOTH: f64 = 1.0;

/// What pixels cost: how much each of the parts counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Costs {
    /// Of the soft Dice loss (Milletari et al., "V-Net", 3DV 2016), a mean over the classes that are there.
    pub(super) dice: f32,
    /// Of the Lovász-Softmax loss (Berman et al., CVPR 2018), likewise.
    pub(super) lovasz: f32,
    /// The power of the focal loss (Lin et al., ICCV 2017); 0 for a plain cross-entropy.
    pub(super) focus: f32,
}

/// The loss of some pixels, a mean over those with a label, and its derivatives by their logits. `logits` are `[pixels, classes]`; `weights` are
/// those of the classes, empty where all count the same. Dice and Lovász are those of these pixels together.
pub(super) fn of_pixels(logits: &[f32], labels: &[u8], classes: usize, weights: &[f32], costs: Costs) -> (f64, Vec<f32>) {
    let known = labels.iter().filter(|label| **label != UNKNOWN_CELL).count();
    let mut slopes = vec![0.0; logits.len()];
    if known == 0 {
        return (0.0, slopes);
    }
    let mut probabilities = logits.to_vec();
    probabilities.chunks_exact_mut(classes).for_each(softmax);
    let mut loss = entropy(&probabilities, labels, classes, weights, costs.focus, known, &mut slopes);
    // By the probabilities first; the softmax's own derivative follows once for both.
    let mut by_probability = vec![0.0; if costs.dice > 0.0 || costs.lovasz > 0.0 { logits.len() } else { 0 }];
    if costs.dice > 0.0 {
        loss += f64::from(costs.dice) * dice(&probabilities, labels, classes, costs.dice, &mut by_probability);
    }
    if costs.lovasz > 0.0 {
        loss += f64::from(costs.lovasz) * lovasz(&probabilities, labels, classes, costs.lovasz, &mut by_probability);
    }
    let pixels =
        slopes.chunks_exact_mut(classes).zip(probabilities.chunks_exact(classes)).zip(by_probability.chunks_exact(classes)).zip(labels);
    for (((slopes, p), by_p), label) in pixels {
        if *label == UNKNOWN_CELL {
            continue;
        }
        let mean: f32 = p.iter().zip(by_p).map(|(p, slope)| p * slope).sum();
        for ((slope, p), by_p) in slopes.iter_mut().zip(p).zip(by_p) {
            *slope += p * (by_p - mean);
        }
    }
    (loss, slopes)
}

fn entropy(probabilities: &[f32], labels: &[u8], classes: usize, weights: &[f32], focus: f32, known: usize, slopes: &mut [f32]) -> f64 {
    let (mut loss, share) = (0.0, 1.0 / known as f32);
    for ((p, slopes), &label) in probabilities.chunks_exact(classes).zip(slopes.chunks_exact_mut(classes)).zip(labels) {
        if label == UNKNOWN_CELL {
            continue;
        }
        let label = usize::from(label);
        let weight = share * weights.get(label).copied().unwrap_or(1.0);
        let own = p[label].max(1e-12);
        let rest = 1.0 - own;
        let (factor, log) = (if focus == 0.0 { 1.0 } else { rest.powf(focus) }, own.ln());
        loss -= f64::from(weight * factor * log);
        // d/dp of -(1 - p)^f ln p, times p, which the softmax's derivative has as a factor.
        let by_log = -factor + if focus == 0.0 { 0.0 } else { focus * rest.max(1e-12).powf(focus - 1.0) * own * log };
        for (class, (slope, p)) in slopes.iter_mut().zip(p).enumerate() {
            *slope += weight * by_log * (f32::from(u8::from(class == label)) - p);
        }
    }
    loss
}

/// `1 - (2 Σ P Y + 1) / (Σ P + Σ Y + 1)`, a mean over the classes that are there.
fn dice(probabilities: &[f32], labels: &[u8], classes: usize, weight: f32, by_probability: &mut [f32]) -> f64 {
    let (mut both, mut sums, mut there) = (vec![0.0_f64; classes], vec![0.0_f64; classes], vec![0.0_f64; classes]);
    let pixels = || probabilities.chunks_exact(classes).zip(labels).filter(|(_, label)| **label != UNKNOWN_CELL);
    for (p, &label) in pixels() {
        sums.iter_mut().zip(p).for_each(|(sum, p)| *sum += f64::from(*p));
        both[usize::from(label)] += f64::from(p[usize::from(label)]);
        there[usize::from(label)] += 1.0;
    }
    let present = there.iter().filter(|count| **count > 0.0).count() as f64;
    let (mut loss, mut factors) = (0.0, vec![[0.0_f32; 2]; classes]);
    for class in (0..classes).filter(|class| there[*class] > 0.0) {
        let (above, below) = (2.0 * both[class] + SMOOTH, sums[class] + there[class] + SMOOTH);
        loss += (1.0 - above / below) / present;
        // The derivative by a probability, outside of the class and within it.
        let outside = above / (below * below) / present;
        factors[class] = [outside as f32 * weight, (outside - 2.0 / below / present) as f32 * weight];
    }
    for (slopes, &label) in by_probability.chunks_exact_mut(classes).zip(labels).filter(|(_, label)| **label != UNKNOWN_CELL) {
        for (class, (slope, factor)) in slopes.iter_mut().zip(&factors).enumerate() {
            *slope += factor[usize::from(class == usize::from(label))];
        }
    }
    loss
}

/// The Lovász extension of the Jaccard index of each class that is there, a mean over them.
fn lovasz(probabilities: &[f32], labels: &[u8], classes: usize, weight: f32, by_probability: &mut [f32]) -> f64 {
    let known: Vec<usize> = (0..labels.len()).filter(|pixel| labels[*pixel] != UNKNOWN_CELL).collect();
    let present: Vec<usize> = (0..classes).filter(|class| known.iter().any(|pixel| usize::from(labels[*pixel]) == *class)).collect();
    let mut loss = 0.0;
    for &class in &present {
        let mut errors: Vec<(f32, usize, bool)> = known
            .iter()
            .map(|&pixel| {
                let (p, is_own) = (probabilities[pixel * classes + class], usize::from(labels[pixel]) == class);
                (if is_own { 1.0 - p } else { p }, pixel, is_own)
            })
            .collect();
        errors.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let all = errors.iter().filter(|(.., is_own)| *is_own).count() as f64;
        let (mut own, mut others, mut before) = (0.0, 0.0, 0.0);
        for (error, pixel, is_own) in errors {
            if is_own {
                own += 1.0
            } else {
                others += 1.0
            }
            let jaccard = 1.0 - (all - own) / (all + others);
            let slope = (jaccard - before) / present.len() as f64;
            before = jaccard;
            loss += f64::from(error) * slope;
            by_probability[pixel * classes + class] += weight * slope as f32 * if is_own { -1.0 } else { 1.0 };
        }
    }
    loss
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 18] = [2.0, -1.0, 0.5, 0.2, 0.1, -0.3, -1.0, 2.0, 0.0, 0.0, 0.0, 3.0, 1.0, 1.0, 1.0, -2.0, 0.5, 0.5];
    const LABELS: [u8; 6] = [0, 1, 1, 2, 255, 2];
    const NONE: Costs = Costs { dice: 0.0, lovasz: 0.0, focus: 0.0 };

    fn assert_near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
    }

    #[test]
    fn losses_are_those_of_the_reference() {
        let of = |costs| of_pixels(&LOGITS, &LABELS, 3, &[], costs).0;
        let entropy = of(NONE);
        assert_near(entropy, 0.452_055_544_6);
        assert_near(of(Costs { dice: 1.0, ..NONE }) - entropy, 0.246_854_731_3);
        assert_near(of(Costs { lovasz: 1.0, ..NONE }) - entropy, 0.365_600_457_1);
    }

    #[test]
    fn slopes_are_those_of_the_reference() {
        let plain = of_pixels(&LOGITS, &LABELS, 3, &[], NONE).1;
        let without =
            |costs| -> Vec<f32> { of_pixels(&LOGITS, &LABELS, 3, &[], costs).1.iter().zip(&plain).map(|(all, own)| all - own).collect() };
        let dice = [
            -0.029_446_898,
            0.005_305_565_3,
            0.024_141_333,
            0.026_626_034,
            -0.036_454_13,
            0.009_828_097,
            0.006_082_435,
            -0.019_627_254,
            0.013_544_818,
            0.006_714_589_2,
            0.005_435_587_6,
            -0.012_150_177,
            0.0,
            0.0,
            0.0,
            0.003_595_821_9,
            0.030_239_18,
            -0.033_835,
        ];
        let lovasz = [
            -0.031_897_6,
            0.004_930_674,
            0.026_966_926,
            0.058_507_459,
            -0.067_159_13,
            0.008_651_674,
            0.003_858_696_7,
            -0.016_250_975,
            0.012_392_278,
            0.002_745_214_4,
            0.002_745_214_4,
            -0.005_490_429,
            0.0,
            0.0,
            0.0,
            0.002_103_896_5,
            0.052_313_36,
            -0.054_417_258,
        ];
        for (found, expected) in [(without(Costs { dice: 1.0, ..NONE }), dice), (without(Costs { lovasz: 1.0, ..NONE }), lovasz)] {
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
            }
        }
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let costs = Costs { dice: 0.5, lovasz: 0.25, focus: 2.0 };
        let weights = [1.0, 0.5, 2.0];
        let (_, slopes) = of_pixels(&LOGITS, &LABELS, 3, &weights, costs);
        for place in 0..LOGITS.len() {
            let moved = |by: f32| {
                let mut logits = LOGITS;
                logits[place] += by;
                of_pixels(&logits, &LABELS, 3, &weights, costs).0
            };
            let difference = (moved(1e-3) - moved(-1e-3)) / 2e-3;
            assert!((difference - f64::from(slopes[place])).abs() < 1e-3, "{place}: {difference} for {}", slopes[place]);
        }
    }

    #[test]
    fn pixels_without_a_label_cost_nothing() {
        let (loss, slopes) = of_pixels(&LOGITS[..6], &[255, 255], 3, &[], Costs { dice: 1.0, lovasz: 1.0, focus: 0.0 });
        assert_eq!((loss, slopes), (0.0, vec![0.0; 6]));
    }
}
