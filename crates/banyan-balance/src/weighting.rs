//! The two families: weightings that see losses, and weightings that see gradients.

use crate::{Error, Gramian, LossNeeds, StepContext};

/// Chooses the tasks' weights from their losses alone.
///
/// The gradient that is descended is `Σ_i weights[i] ∇L_i`, for the shared parameters and for the heads alike.
pub trait LossWeighting: Send {
    /// When the weights can be known.
    fn needs(&self) -> LossNeeds;

    /// The weights of this step, one for each task; 0 where `step.known` is false.
    ///
    /// # Errors
    /// Losses that are needed and missing, not finite for a known task, or below a method's bound.
    fn weights(&mut self, step: &StepContext<'_>, losses: Option<&[f64]>) -> Result<Vec<f64>, Error>;

    /// Tells the losses of the step that was just made, so that the method can learn from them: `before` the
    /// update, and, for [`LossNeeds::LossesBeforeAndAfter`], of the same batch `after` it.
    ///
    /// # Errors
    /// As for [`weights`](LossWeighting::weights).
    fn after(&mut self, _step: &StepContext<'_>, _before: &[f64], _after: Option<&[f64]>) -> Result<(), Error> {
        Ok(())
    }

    /// Tells that an epoch ended.
    fn end_epoch(&mut self) {}

    /// Everything needed to continue bit for bit, as finite numbers. Most methods remember nothing.
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Puts back what [`state`](LossWeighting::state) gave.
    ///
    /// # Errors
    /// [`Error::State`] if it was saved by another method or for another number of tasks.
    fn restore(&mut self, state: &[f64]) -> Result<(), Error> {
        expect_state(0, state)
    }
}

/// Chooses the tasks' weights from the Gramian of their gradients (and, for some, their losses).
///
/// The shared parameters descend `d = Jᵀ w`, where row `i` of `J` is task `i`'s gradient.
pub trait GramianWeighting: Send {
    /// The weights of this step, one for each task; 0 where `step.known` is false. Entries of `gramian` and
    /// `losses` that belong to such a task are never read.
    ///
    /// # Errors
    /// Lengths that do not fit, and losses that are not finite for a method that reads them.
    fn weights(&mut self, step: &StepContext<'_>, gramian: &Gramian, losses: &[f64]) -> Result<Vec<f64>, Error>;

    /// Everything needed to continue bit for bit, as finite numbers. Most methods remember nothing.
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Puts back what [`state`](GramianWeighting::state) gave.
    ///
    /// # Errors
    /// [`Error::State`] if it was saved by another method or for another number of tasks.
    fn restore(&mut self, state: &[f64]) -> Result<(), Error> {
        expect_state(0, state)
    }
}

/// A balancing method, ready to use.
pub enum Balancer {
    /// Needs losses only: one backward pass a step, whatever the number of tasks.
    Loss(Box<dyn LossWeighting>),
    /// Needs the Gramian of the tasks' gradients.
    Gramian(Box<dyn GramianWeighting>),
}

impl Balancer {
    /// The method's memory, whichever the family.
    #[must_use]
    pub fn state(&self) -> Vec<f64> {
        match self {
            Balancer::Loss(weighting) => weighting.state(),
            Balancer::Gramian(weighting) => weighting.state(),
        }
    }

    /// Puts back what [`state`](Balancer::state) gave.
    ///
    /// # Errors
    /// [`Error::State`] if it was saved by another method or for another number of tasks.
    pub fn restore(&mut self, state: &[f64]) -> Result<(), Error> {
        match self {
            Balancer::Loss(weighting) => weighting.restore(state),
            Balancer::Gramian(weighting) => weighting.restore(state),
        }
    }
}

impl std::fmt::Debug for Balancer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Balancer::Loss(_) => "Balancer::Loss(..)",
            Balancer::Gramian(_) => "Balancer::Gramian(..)",
        })
    }
}

/// Refuses a saved state of another length.
pub(crate) fn expect_state(expected: usize, state: &[f64]) -> Result<(), Error> {
    if state.len() == expected { Ok(()) } else { Err(Error::State { expected, found: state.len() }) }
}
