//! The part that every method shares: tasks without labels in the batch, and checks of what comes in.

use crate::weighting::{GramianWeighting, LossWeighting};
use crate::{Error, Gramian, LossNeeds, StepContext};

/// A Gramian method's mathematics, over tasks that all have labels. [`OverKnownTasks`] makes a
/// [`GramianWeighting`] of it.
pub(crate) trait GramianRule: Send {
    /// Weights for the Gramian's tasks. `tasks[i]` is the number that row `i` has among all tasks, for methods that
    /// remember something about each.
    fn weights(&mut self, step: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, losses: &[f64]) -> Result<Vec<f64>, Error>;

    /// As [`GramianWeighting::state`].
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// As [`GramianWeighting::restore`].
    fn restore(&mut self, state: &[f64]) -> Result<(), Error> {
        crate::weighting::expect_state(0, state)
    }
}

/// Restricts the Gramian to the known tasks, applies the rule, and gives the others weight 0.
pub(crate) struct OverKnownTasks<R> {
    pub(crate) tasks: usize,
    pub(crate) rule: R,
}

impl<R: GramianRule> GramianWeighting for OverKnownTasks<R> {
    fn weights(&mut self, step: &StepContext<'_>, gramian: &Gramian, losses: &[f64]) -> Result<Vec<f64>, Error> {
        expect_tasks("known", self.tasks, step.known.len())?;
        expect_tasks("Gramian rows", self.tasks, gramian.tasks())?;
        expect_tasks("losses", self.tasks, losses.len())?;
        let known = step.known_tasks();
        let mut weights = vec![0.0; self.tasks];
        if known.is_empty() {
            return Ok(weights);
        }
        let known_losses: Vec<f64> = known.iter().map(|&task| losses[task]).collect();
        let chosen = self.rule.weights(step, &known, &gramian.restrict(&known), &known_losses)?;
        for (&task, weight) in known.iter().zip(chosen) {
            weights[task] = weight;
        }
        Ok(weights)
    }

    fn state(&self) -> Vec<f64> {
        self.rule.state()
    }

    fn restore(&mut self, state: &[f64]) -> Result<(), Error> {
        self.rule.restore(state)
    }
}

/// Checks lengths and losses before a loss weighting sees them, and gives unknown tasks weight 0 after it.
pub(crate) struct CheckedLosses<W> {
    pub(crate) tasks: usize,
    pub(crate) weighting: W,
}

impl<W> CheckedLosses<W> {
    fn check(&self, step: &StepContext<'_>, losses: &[f64]) -> Result<(), Error> {
        expect_tasks("losses", self.tasks, losses.len())?;
        match (0..self.tasks).find(|&task| step.known[task] && !losses[task].is_finite()) {
            Some(task) => Err(Error::LossNotFinite { task, value: losses[task] }),
            None => Ok(()),
        }
    }
}

impl<W: LossWeighting> LossWeighting for CheckedLosses<W> {
    fn needs(&self) -> LossNeeds {
        self.weighting.needs()
    }

    fn weights(&mut self, step: &StepContext<'_>, losses: Option<&[f64]>) -> Result<Vec<f64>, Error> {
        expect_tasks("known", self.tasks, step.known.len())?;
        if self.needs() != LossNeeds::Nothing {
            let losses = losses.ok_or(Error::LossesMissing { which: "the batch's losses" })?;
            self.check(step, losses)?;
        }
        let mut weights = self.weighting.weights(step, losses)?;
        for (weight, _) in weights.iter_mut().zip(step.known).filter(|(_, known)| !**known) {
            *weight = 0.0;
        }
        Ok(weights)
    }

    fn after(&mut self, step: &StepContext<'_>, before: &[f64], after: Option<&[f64]>) -> Result<(), Error> {
        expect_tasks("known", self.tasks, step.known.len())?;
        self.check(step, before)?;
        if self.needs() == LossNeeds::LossesBeforeAndAfter {
            let after = after.ok_or(Error::LossesMissing { which: "the batch's losses after the update" })?;
            self.check(step, after)?;
        }
        self.weighting.after(step, before, after)
    }

    fn end_epoch(&mut self) {
        self.weighting.end_epoch();
    }

    fn state(&self) -> Vec<f64> {
        self.weighting.state()
    }

    fn restore(&mut self, state: &[f64]) -> Result<(), Error> {
        self.weighting.restore(state)
    }
}

fn expect_tasks(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::TaskCount { what, expected, found }) }
}
