//! How well scores put positive rows before negative ones.

use super::classes::mean;

/// Accumulates scores, each of a positive or a negative row.
///
/// Rows with the same score are counted together, so that what is kept grows with the number of different scores, not with that of rows, and the
/// results are exact.
///
/// - Area under the receiver operating characteristic: the probability that a random positive row has a higher
///   score than a random negative one, half of a tie counting (Mann-Whitney's U over `P·N`), from the mean ranks `r_i` of the positives:
///   `(Σ r_i − P(P+1)/2) / (P·N)` (J. A. Hanley, B. J. McNeil: The Meaning and Use of the Area under a ROC Curve, Radiology 143(1), 1982).
/// - Average precision: `Σ_k (R_k − R_{k−1}) · P_k` over the distinct scores from the highest down, where `P_k` and
///   `R_k` are precision and recall among the rows with at least that score. No interpolation.
#[derive(Debug, Clone, Default)]
pub struct Ranking {
    /// The distinct scores, from the highest down.
    ties: Vec<Tie>,
    /// Rows since the last time that ties were counted.
    further: Vec<(f32, bool)>,
}

/// Rows that are counted one by one before ties among them are; more where more different scores are kept already.
const ROWS: usize = 8192;

/// Rows with the same score.
#[derive(Debug, Clone, Copy)]
struct Tie {
    score: f32,
    positives: u64,
    negatives: u64,
}

/// What a ranking is worth; `None` where there are only positive or only negative rows, or where a score is NaN.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ranked {
    /// Area under the receiver operating characteristic.
    pub auroc: Option<f64>,
    /// Average precision.
    pub average_precision: Option<f64>,
}

impl Ranking {
    /// Adds a row.
    pub fn add(&mut self, score: f32, positive: bool) {
        // -0 and 0 are a tie.
        self.further.push((score + 0.0, positive));
        if self.further.len() >= ROWS.max(self.ties.len()) {
            self.count_ties();
        }
    }

    /// Area and precision of all rows so far.
    pub fn finish(&self) -> Ranked {
        let mut all = self.clone();
        all.count_ties();
        all.ranked()
    }

    fn count_ties(&mut self) {
        let tie = |(score, positive): (f32, bool)| Tie { score, positives: u64::from(positive), negatives: u64::from(!positive) };
        self.ties.extend(self.further.drain(..).map(tie));
        self.ties.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
        self.ties.dedup_by(|next, kept| {
            let same = next.score == kept.score;
            if same {
                kept.positives += next.positives;
                kept.negatives += next.negatives;
            }
            same
        });
    }

    fn ranked(&self) -> Ranked {
        let positives: u64 = self.ties.iter().map(|tie| tie.positives).sum();
        let negatives: u64 = self.ties.iter().map(|tie| tie.negatives).sum();
        if positives == 0 || negatives == 0 || self.ties.iter().any(|tie| tie.score.is_nan()) {
            return Ranked::default();
        }
        let (mut below, mut doubled) = (0_u64, 0_u128);
        // Twice the area in units of pairs, so that the half of a tie is an integer and nothing is rounded.
        for tie in self.ties.iter().rev() {
            doubled += u128::from(tie.positives) * u128::from(2 * below + tie.negatives);
            below += tie.negatives;
        }
        let (mut found, mut rows, mut sum) = (0_u64, 0_u64, 0.0);
        for tie in &self.ties {
            found += tie.positives;
            rows += tie.positives + tie.negatives;
            sum += tie.positives as f64 * (found as f64 / rows as f64);
        }
        Ranked {
            auroc: Some(doubled as f64 / (2.0 * positives as f64 * negatives as f64)),
            average_precision: Some(sum / positives as f64),
        }
    }
}

/// The means over the rankings that have a value.
pub(crate) fn mean_of_rankings(rankings: &[Ranking]) -> Ranked {
    let ranked: Vec<Ranked> = rankings.iter().map(Ranking::finish).collect();
    Ranked {
        auroc: mean(ranked.iter().filter_map(|ranked| ranked.auroc)),
        average_precision: mean(ranked.iter().filter_map(|ranked| ranked.average_precision)),
    }
}

/// The area under the receiver operating characteristic of some rows: see [`Ranking`].
///
/// # Panics
/// Where the slices differ in length.
pub fn auroc(scores: &[f32], positive: &[bool]) -> Option<f64> {
    of_rows(scores, positive).auroc
}

/// The average precision of some rows: see [`Ranking`].
///
/// # Panics
/// Where the slices differ in length.
pub fn average_precision(scores: &[f32], positive: &[bool]) -> Option<f64> {
    of_rows(scores, positive).average_precision
}

fn of_rows(scores: &[f32], positive: &[bool]) -> Ranked {
    assert_eq!(scores.len(), positive.len(), "one score per row");
    let mut ranking = Ranking::default();
    scores.iter().zip(positive).for_each(|(&score, &positive)| ranking.add(score, positive));
    ranking.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_grows_with_the_different_scores_only() {
        let mut ranking = Ranking::default();
        for row in 0..200_000_u32 {
            ranking.add((row % 100) as f32, row % 3 == 0);
        }
        assert!(ranking.ties.len() <= 100 && ranking.further.len() < ROWS);
        assert!(ranking.finish().auroc.is_some_and(|area| (area - 0.5).abs() < 1e-3));
    }

    #[test]
    fn zero_and_minus_zero_are_a_tie() {
        assert_eq!(auroc(&[0.0, -0.0], &[true, false]), Some(0.5));
    }
}
