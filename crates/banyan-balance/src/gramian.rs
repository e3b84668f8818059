//! The tasks × tasks matrix of inner products of the tasks' gradients.

use crate::Error;
use crate::math::Matrix;

/// How far two mirrored entries may lie apart, relative to the product of the two gradients' norms: what single
/// precision loses when it sums millions of products in two different orders.
const SYMMETRY_TOLERANCE: f64 = 1e-4;

/// The Gramian `G = J Jᵀ`, `T × T`, symmetric, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Gramian {
    tasks: usize,
    values: Vec<f64>,
}

impl Gramian {
    /// Takes `tasks × tasks` row-major values. Mirrored entries that differ by rounding are averaged.
    ///
    /// # Errors
    /// No task, a wrong length, an entry that is not finite, a negative diagonal, or asymmetry beyond rounding.
    pub fn new(tasks: usize, values: Vec<f64>) -> Result<Self, Error> {
        if tasks == 0 {
            return Err(Error::NoTasks);
        }
        if values.len() != tasks * tasks {
            return Err(Error::GramianLength { tasks, found: values.len() });
        }
        if let Some(position) = values.iter().position(|value| !value.is_finite()) {
            let (row, column) = (position / tasks, position % tasks);
            return Err(Error::GramianNotFinite { row, column, value: values[position] });
        }
        let mut gramian = Gramian { tasks, values };
        for task in 0..tasks {
            let value = gramian.get(task, task);
            if value < 0.0 {
                return Err(Error::GramianDiagonal { task, value });
            }
        }
        for row in 0..tasks {
            for column in 0..row {
                let (value, mirror) = (gramian.get(row, column), gramian.get(column, row));
                let size = gramian.get(row, row).sqrt() * gramian.get(column, column).sqrt();
                if (value - mirror).abs() > SYMMETRY_TOLERANCE * size.max(value.abs()).max(mirror.abs()) {
                    return Err(Error::GramianAsymmetric { row, column, value, mirror });
                }
                let mean = 0.5 * value + 0.5 * mirror;
                gramian.values[row * tasks + column] = mean;
                gramian.values[column * tasks + row] = mean;
            }
        }
        Ok(gramian)
    }

    /// Multiplies out a Jacobian given by its rows (one gradient for each task), summing in double precision.
    ///
    /// # Errors
    /// No row, rows of different lengths, or a value that is not finite.
    pub fn from_rows(rows: &[&[f32]]) -> Result<Self, Error> {
        let tasks = rows.len();
        let expected = rows.first().ok_or(Error::NoTasks)?.len();
        if let Some(row) = rows.iter().position(|row| row.len() != expected) {
            return Err(Error::RowLength { row, expected, found: rows[row].len() });
        }
        let mut values = vec![0.0; tasks * tasks];
        for i in 0..tasks {
            for j in 0..=i {
                let product = rows[i].iter().zip(rows[j]).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
                values[i * tasks + j] = product;
                values[j * tasks + i] = product;
            }
        }
        Gramian::new(tasks, values)
    }

    /// The inner product of the gradients of tasks `i` and `j`.
    #[must_use]
    pub fn get(&self, i: usize, j: usize) -> f64 {
        self.values[i * self.tasks + j]
    }

    /// The number of tasks `T`.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.tasks
    }

    /// All entries, row-major.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The gradients' norms.
    #[must_use]
    pub fn norms(&self) -> Vec<f64> {
        (0..self.tasks).map(|task| self.get(task, task).sqrt()).collect()
    }

    /// The cosines between the gradients, `T × T` row-major, within [-1, 1]. A zero gradient has cosine 0 with all,
    /// itself included.
    #[must_use]
    pub fn cosines(&self) -> Vec<f64> {
        let norms = self.norms();
        let mut cosines = vec![0.0; self.values.len()];
        for i in 0..self.tasks {
            for j in 0..self.tasks {
                // Divided one norm at a time: the product of two small norms could underflow.
                cosines[i * self.tasks + j] = match (i == j, norms[i] > 0.0 && norms[j] > 0.0) {
                    (_, false) => 0.0,
                    (true, true) => 1.0,
                    (false, true) => (self.get(i, j) / norms[i] / norms[j]).clamp(-1.0, 1.0),
                };
            }
        }
        cosines
    }

    /// `G w`: the inner product of each task's gradient with the direction `d = Jᵀ w`. A negative entry is a task
    /// whose loss a small step along `-d` would raise.
    ///
    /// # Panics
    /// If `weights` has not one entry for each task.
    #[must_use]
    pub fn projections(&self, weights: &[f64]) -> Vec<f64> {
        assert_eq!(weights.len(), self.tasks, "one weight for each task");
        self.matrix().times(weights)
    }

    /// The norm of `d = Jᵀ w`.
    ///
    /// # Panics
    /// If `weights` has not one entry for each task.
    #[must_use]
    pub fn direction_norm(&self, weights: &[f64]) -> f64 {
        let square: f64 = self.projections(weights).iter().zip(weights).map(|(p, w)| p * w).sum();
        square.max(0.0).sqrt()
    }

    /// The sum of the squared norms.
    pub(crate) fn trace(&self) -> f64 {
        (0..self.tasks).map(|task| self.get(task, task)).sum()
    }

    /// A copy for the solvers.
    pub(crate) fn matrix(&self) -> Matrix {
        Matrix::from_values(self.tasks, self.values.clone())
    }

    /// The Gramian of some of the tasks.
    pub(crate) fn restrict(&self, tasks: &[usize]) -> Gramian {
        let values = tasks.iter().flat_map(|&i| tasks.iter().map(move |&j| self.get(i, j))).collect();
        Gramian { tasks: tasks.len(), values }
    }
}

/// The direction `d = Jᵀ w` from the Jacobian's rows.
///
/// # Errors
/// Rows of different lengths, or not one weight for each row.
pub fn combine(rows: &[&[f32]], weights: &[f64]) -> Result<Vec<f32>, Error> {
    let expected = rows.first().ok_or(Error::NoTasks)?.len();
    if weights.len() != rows.len() {
        return Err(Error::TaskCount { what: "weights", expected: rows.len(), found: weights.len() });
    }
    if let Some(row) = rows.iter().position(|row| row.len() != expected) {
        return Err(Error::RowLength { row, expected, found: rows[row].len() });
    }
    Ok((0..expected)
        .map(|column| rows.iter().zip(weights).map(|(row, &weight)| weight * f64::from(row[column])).sum::<f64>() as f32)
        .collect())
}
