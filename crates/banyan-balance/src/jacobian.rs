//! The tasks' gradients of the shared parameters.

use crate::Error;

/// The Jacobian `J` of the tasks' losses, `T × P`: one gradient for each task, of `P` shared parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jacobian<'a> {
    tasks: usize,
    /// Row-major.
    values: &'a [f32],
}

impl<'a> Jacobian<'a> {
    /// Takes `tasks` rows of the same length, one after the other.
    ///
    /// # Errors
    /// No task, or values that do not divide into so many rows.
    pub fn new(tasks: usize, values: &'a [f32]) -> Result<Self, Error> {
        match tasks {
            0 => Err(Error::NoTasks),
            tasks if !values.len().is_multiple_of(tasks) => Err(Error::JacobianLength { tasks, found: values.len() }),
            tasks => Ok(Self { tasks, values }),
        }
    }

    /// The number of tasks `T`.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.tasks
    }

    /// The number of shared parameters `P`.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.values.len() / self.tasks
    }

    /// A task's gradient.
    #[must_use]
    pub fn row(&self, task: usize) -> &'a [f32] {
        let parameters = self.parameters();
        &self.values[task * parameters..(task + 1) * parameters]
    }
}
