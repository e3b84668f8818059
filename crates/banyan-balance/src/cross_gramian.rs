//! Products of the tasks' gradients in two parts of a batch.

use crate::{Error, Jacobian};

/// `J_1 J_2ᵀ`, `T × T`, row-major: entry `(i, j)` is the inner product of task `i`'s gradient in one part of a batch with task `j`'s in
/// another. In the mean over batches it is that of the two gradients' means, which the Gramian of one batch is not.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossGramian {
    tasks: usize,
    values: Vec<f64>,
}

impl CrossGramian {
    /// Multiplies two Jacobians, summing in double precision.
    ///
    /// # Errors
    /// Different numbers of tasks or of parameters, or a product that is not finite.
    pub fn of(first: Jacobian<'_>, second: Jacobian<'_>) -> Result<Self, Error> {
        let tasks = first.tasks();
        if second.tasks() != tasks {
            return Err(Error::TaskCount { what: "gradients of the second part", expected: tasks, found: second.tasks() });
        }
        if first.parameters() != second.parameters() {
            return Err(Error::RowLength { row: tasks, expected: first.parameters(), found: second.parameters() });
        }
        let product =
            |i: usize, j: usize| -> f64 { first.row(i).iter().zip(second.row(j)).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum() };
        let values: Vec<f64> = (0..tasks).flat_map(|i| (0..tasks).map(move |j| product(i, j))).collect();
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(Error::GramianNotFinite { row: at / tasks, column: at % tasks, value: values[at] }),
            None => Ok(Self { tasks, values }),
        }
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

    /// `J_1 J_2ᵀ w`.
    pub(crate) fn times(&self, weights: &[f64]) -> Vec<f64> {
        self.values.chunks_exact(self.tasks).map(|row| crate::math::dot(row, weights)).collect()
    }

    /// The products of some of the tasks.
    pub(crate) fn restrict(&self, tasks: &[usize]) -> Self {
        let values = tasks.iter().flat_map(|&i| tasks.iter().map(move |&j| self.values[i * self.tasks + j])).collect();
        Self { tasks: tasks.len(), values }
    }
}
