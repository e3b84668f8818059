//! Errors of predicted numbers.

/// Errors accumulated row by row, in the unit of the values.
///
/// Formulas over the rows `i = 1..n` with truth `y`, prediction `p` and mean truth `ȳ`:
///
/// - mean absolute error `mae = Σ|y − p| / n`;
/// - root mean squared error `rmse = √(Σ(y − p)² / n)`;
/// - coefficient of determination `r2 = 1 − Σ(y − p)² / Σ(y − ȳ)²`.
///
/// The spread of the truth is accumulated by Welford's update (B. P. Welford, Technometrics 4(3), 1962), so that
/// values with a large mean and a small spread lose no digits.
#[derive(Debug, Clone, Default)]
pub struct Errors {
    rows: u64,
    absolute: f64,
    squared: f64,
    mean: f64,
    spread: f64,
}

impl Errors {
    /// Counts one row.
    pub fn add(&mut self, truth: f64, predicted: f64) {
        let error = truth - predicted;
        self.rows += 1;
        self.absolute += error.abs();
        self.squared += error * error;
        let before = truth - self.mean;
        self.mean += before / self.rows as f64;
        self.spread += before * (truth - self.mean);
    }

    /// The rows that were counted.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Mean absolute error; `None` without rows.
    pub fn mae(&self) -> Option<f64> {
        (self.rows > 0).then(|| self.absolute / self.rows as f64)
    }

    /// Root mean squared error; `None` without rows.
    pub fn rmse(&self) -> Option<f64> {
        (self.rows > 0).then(|| (self.squared / self.rows as f64).sqrt())
    }

    /// Coefficient of determination; `None` where the truth is the same in all rows (or there is one row, or none).
    pub fn r2(&self) -> Option<f64> {
        (self.spread > 0.0).then(|| 1.0 - self.squared / self.spread)
    }
}
