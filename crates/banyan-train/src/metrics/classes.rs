//! How often the predicted class is the true one.

/// Counts per class, filled row by row.
///
/// Formulas:
///
/// - accuracy: the share of rows whose predicted class is the true one;
/// - `F1_c = 2·TP / (2·TP + FP + FN)`; macro F1 is its mean over the classes that occur in the truth or in
///   the predictions (scikit-learn's `f1_score(average="macro")`): a class that no row has and no row was
///   given is neither right nor wrong;
/// - mean step error: the mean of `|true class − predicted class|`, for classes with an order.
#[derive(Debug, Clone)]
pub struct ClassCounts {
    actual: Vec<u64>,
    predicted: Vec<u64>,
    right: Vec<u64>,
    steps: u64,
}

impl ClassCounts {
    /// No rows yet, for classes `0..classes`.
    pub fn new(classes: usize) -> Self {
        let zeros = vec![0; classes];
        Self { actual: zeros.clone(), predicted: zeros.clone(), right: zeros, steps: 0 }
    }

    /// Counts one row.
    ///
    /// # Panics
    /// Where a class is not below the number of classes.
    pub fn add(&mut self, truth: usize, predicted: usize) {
        self.actual[truth] += 1;
        self.predicted[predicted] += 1;
        self.right[truth] += u64::from(truth == predicted);
        self.steps += truth.abs_diff(predicted) as u64;
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.actual.iter().sum()
    }

    /// The share of rows whose class is right; `None` without rows.
    pub fn accuracy(&self) -> Option<f64> {
        ratio(self.right.iter().sum::<u64>() as f64, self.rows())
    }

    /// The mean F1 over the classes that occur; `None` without rows.
    pub fn macro_f1(&self) -> Option<f64> {
        mean((0..self.actual.len()).filter_map(|class| self.f1(class)))
    }

    /// The F1 of one class; `None` where the class is in neither the truth nor the predictions.
    pub fn f1(&self, class: usize) -> Option<f64> {
        // 2·TP + FP + FN: each row of the class and each row that was given the class, once.
        let given = self.actual[class] + self.predicted[class];
        ratio(2.0 * self.right[class] as f64, given)
    }

    /// The mean number of classes between truth and prediction; `None` without rows.
    pub fn mean_step_error(&self) -> Option<f64> {
        ratio(self.steps as f64, self.rows())
    }
}

/// The most probable class of a row; the first one on a tie.
pub fn most_probable(row: &[f32]) -> usize {
    let mut best = 0;
    for (class, probability) in row.iter().enumerate() {
        if *probability > row[best] {
            best = class;
        }
    }
    best
}

/// Whether a label with this probability is predicted: above one half. One half itself is "no", as the
/// first class wins a tie in [`most_probable`].
pub fn is_predicted(probability: f32) -> bool {
    probability > 0.5
}

pub(crate) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sum = 0.0;
    let mut count = 0;
    for value in values {
        sum += value;
        count += 1;
    }
    ratio(sum, count)
}

pub(crate) fn ratio(sum: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}
