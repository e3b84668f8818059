//! The step that a method balances.

/// One training step, as a balancing method sees it.
#[derive(Debug, Clone, Copy)]
pub struct StepContext<'a> {
    /// The step's number since training began. Randomness is a function of `seed` and `step` alone.
    pub step: u64,
    /// The epoch's number, from 0.
    pub epoch: u64,
    /// The run's seed.
    pub seed: u64,
    /// One flag for each task: whether any of the batch's rows carries the task's label. A task without one gets
    /// weight 0, and whatever a method remembers about it stays as it was.
    pub known: &'a [bool],
}

impl StepContext<'_> {
    /// The indices of the tasks that have labels in this batch, in order.
    #[must_use]
    pub fn known_tasks(&self) -> Vec<usize> {
        (0..self.known.len()).filter(|&task| self.known[task]).collect()
    }
}
