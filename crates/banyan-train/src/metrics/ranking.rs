//! How well scores put positive rows before negative ones.

/// Area under the receiver operating characteristic: the probability that a random positive row has a higher
/// score than a random negative one, half of a tie counting (Mann-Whitney's U over `P·N`).
///
/// Computed from the mean ranks `r_i` of the positives: `(Σ r_i − P(P+1)/2) / (P·N)`.
/// `None` where one of the two kinds is missing or a score is NaN.
///
/// J. A. Hanley, B. J. McNeil: The Meaning and Use of the Area under a ROC Curve, Radiology 143(1), 1982.
///
/// # Panics
/// Where the slices differ in length.
pub fn auroc(scores: &[f32], positive: &[bool]) -> Option<f64> {
    let (positives, negatives) = both_kinds(scores, positive)?;
    let mut below = 0u64;
    // Twice the area in units of pairs, so that the half of a tie is an integer and nothing is rounded.
    let mut doubled = 0u128;
    for tie in ties(scores, positive).into_iter().rev() {
        doubled += u128::from(tie.positives) * u128::from(2 * below + tie.negatives);
        below += tie.negatives;
    }
    Some(doubled as f64 / (2.0 * positives as f64 * negatives as f64))
}

/// Average precision: `Σ_k (R_k − R_{k−1}) · P_k` over the distinct scores from the highest down, where `P_k` and
/// `R_k` are precision and recall among the rows with at least that score. No interpolation.
///
/// `None` where one of the two kinds is missing or a score is NaN.
///
/// # Panics
/// Where the slices differ in length.
pub fn average_precision(scores: &[f32], positive: &[bool]) -> Option<f64> {
    let (positives, _) = both_kinds(scores, positive)?;
    let mut found = 0u64;
    let mut rows = 0u64;
    let mut sum = 0.0;
    for tie in ties(scores, positive) {
        found += tie.positives;
        rows += tie.positives + tie.negatives;
        sum += tie.positives as f64 * (found as f64 / rows as f64);
    }
    Some(sum / positives as f64)
}

/// Rows with the same score.
#[derive(Default)]
struct Tie {
    positives: u64,
    negatives: u64,
}

/// The distinct scores from the highest down.
fn ties(scores: &[f32], positive: &[bool]) -> Vec<Tie> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut groups: Vec<Tie> = Vec::new();
    let mut last = None;
    for row in order {
        // Compared as numbers, so that 0 and -0 are a tie.
        if last != Some(scores[row]) {
            groups.push(Tie::default());
            last = Some(scores[row]);
        }
        if let Some(group) = groups.last_mut() {
            if positive[row] {
                group.positives += 1;
            } else {
                group.negatives += 1;
            }
        }
    }
    groups
}

fn both_kinds(scores: &[f32], positive: &[bool]) -> Option<(u64, u64)> {
    assert_eq!(scores.len(), positive.len(), "one score per row");
    let positives = positive.iter().filter(|positive| **positive).count();
    let negatives = positive.len() - positives;
    let usable = positives > 0 && negatives > 0 && !scores.iter().any(|score| score.is_nan());
    usable.then_some((positives as u64, negatives as u64))
}
