//! Whether a model is as sure as it is right.

/// The number of bins of the expected calibration error.
pub const BINS: usize = 15;

/// The expected calibration error, accumulated row by row.
///
/// A row's confidence is the probability of its predicted class. Rows are put into 15 bins of equal width
/// `(0, 1/15], (1/15, 2/15], …` by confidence; with `n_b` rows in bin `b`,
///
/// `ece = Σ_b n_b/n · | accuracy_b − mean confidence_b |`.
///
/// C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger: On Calibration of Modern Neural Networks, ICML 2017.
#[derive(Debug, Clone, Default)]
pub struct Calibration {
    rows: [u64; BINS],
    right: [u64; BINS],
    confidence: [f64; BINS],
}

/// Whether a prediction was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The predicted class is the true one.
    Right,
    /// It is not.
    Wrong,
}

impl Outcome {
    /// Of a row's true and predicted class.
    pub fn of(truth: usize, predicted: usize) -> Self {
        if truth == predicted { Self::Right } else { Self::Wrong }
    }
}

impl Calibration {
    /// Counts one row with the probability of its predicted class.
    pub fn add(&mut self, confidence: f64, outcome: Outcome) {
        let bin = ((confidence * BINS as f64).ceil() as usize).clamp(1, BINS) - 1;
        self.rows[bin] += 1;
        self.right[bin] += u64::from(outcome == Outcome::Right);
        self.confidence[bin] += confidence;
    }

    /// The expected calibration error in 0..=1; `None` without rows.
    pub fn ece(&self) -> Option<f64> {
        let rows: u64 = self.rows.iter().sum();
        let gap: f64 = (0..BINS).map(|bin| (self.right[bin] as f64 - self.confidence[bin]).abs()).sum();
        (rows > 0).then(|| gap / rows as f64)
    }
}
