//! What every balancing method is: what it needs to see, what it gives, and what it remembers.

use crate::{CrossGramian, Error, Gramian, Jacobian, State, StepContext, Tensor};

/// A balancing method, ready to use.
///
/// A step goes like this: whoever trains asks for the [`needs`](Self::needs), computes what they name in the cheapest way, shows it to
/// [`balance`](Self::balance), descends what that gives, and tells the method [`after`](Self::after) it.
pub trait Balancer: Send {
    /// What the method must be shown, and what it gives. The same at every step.
    fn needs(&self) -> Needs;

    /// What this step descends.
    ///
    /// Tasks for which `step.known` is false have no part in it: their losses and gradients are never read, and their weight is 0.
    ///
    /// # Errors
    /// What is needed and not shown, lists of a wrong length, and losses that are not finite or below a method's bound.
    fn balance(&mut self, step: &StepContext<'_>, shown: &Shown<'_>) -> Result<Balance, Error>;

    /// Tells the losses of the step that was just made, so that the method can learn from them: `before` the update and, for
    /// [`Again::Losses`], those of the same batch `after` it.
    ///
    /// # Errors
    /// As for [`balance`](Self::balance).
    fn after(&mut self, step: &StepContext<'_>, before: &[f64], after: Option<&[f64]>) -> Result<(), Error> {
        let _ = (step, before, after);
        Ok(())
    }

    /// Tells that an epoch ended.
    fn end_epoch(&mut self) {}

    /// Everything that the method remembers from step to step, by name: finite numbers, always of the same names and shapes. Most
    /// methods remember nothing.
    fn memory(&mut self) -> Vec<Tensor<'_>> {
        Vec::new()
    }
}

impl dyn Balancer + '_ {
    /// A copy of everything that is needed to continue bit for bit.
    pub fn state(&mut self) -> State {
        State::of(&self.memory())
    }

    /// Puts back what `state` gave.
    ///
    /// # Errors
    /// [`Error::State`] if it was saved by another method or for another number of tasks. The memory is then as it was.
    pub fn restore(&mut self, state: &State) -> Result<(), Error> {
        state.put_into(&mut self.memory())
    }
}

impl std::fmt::Debug for dyn Balancer + '_ {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Balancer").field("needs", &self.needs()).finish_non_exhaustive()
    }
}

/// What a method must be shown, and what it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Needs {
    /// Before the parameters move.
    pub before: Before,
    /// After they moved.
    pub again: Again,
    /// What comes of it.
    pub gives: Gives,
}

/// What a method must be shown before the parameters move; more than that may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Before {
    /// Nothing of this batch: the weights are known before its forward pass, and one pass back is enough.
    Nothing,
    /// The losses: one pass back, after all of the batch went forward.
    Losses,
    /// The losses, and the products of the tasks' gradients.
    Gramian(GradientOf),
    /// The losses, and every task's gradient of the shared parameters.
    Jacobian,
    /// The losses, and the products of the tasks' gradients in one part of the batch with those in another; what comes of it applies to
    /// the gradients of a third.
    CrossGramian,
}

impl Before {
    /// Into how many parts, each with rows of its own, a batch is divided.
    #[must_use]
    pub const fn parts(self) -> usize {
        match self {
            Self::Nothing | Self::Losses | Self::Gramian(_) | Self::Jacobian => 1,
            Self::CrossGramian => 3,
        }
    }
}

/// Which gradients a Gramian is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GradientOf {
    /// Those of the shared parameters: exact.
    #[default]
    Parameters,
    /// Those of the shared representation: cheaper, and an upper bound of the conflict (Sener & Koltun, NeurIPS 2018).
    Representation,
}

/// What a method must be told after the parameters moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Again {
    /// Nothing more.
    #[default]
    Nothing,
    /// The losses of the same batch, with the new parameters: another forward pass.
    Losses,
}

/// What a method gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gives {
    /// Weights of the losses: all parameters descend `Σ_i w_i ∇L_i`, those of a single task included.
    LossWeights,
    /// Weights of the gradients of the shared parameters, which descend `d = Jᵀ w`; the parameters of a single task follow its own
    /// loss.
    GradientWeights,
    /// The direction `d` itself; the parameters of a single task follow its own loss.
    Direction,
}

/// What is shown to a method at one step; whatever was computed, whether the method needs it or not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shown<'a> {
    /// Each task's loss.
    pub losses: Option<&'a [f64]>,
    /// The products of the tasks' gradients.
    pub gramian: Option<&'a Gramian>,
    /// The tasks' gradients.
    pub jacobian: Option<Jacobian<'a>>,
    /// The products of the tasks' gradients in two parts of the batch.
    pub cross_gramian: Option<&'a CrossGramian>,
}

impl<'a> Shown<'a> {
    /// The losses.
    ///
    /// # Errors
    /// [`Error::NotShown`].
    pub fn losses(&self) -> Result<&'a [f64], Error> {
        self.losses.ok_or(Error::NotShown { what: "the batch's losses" })
    }

    /// The Gramian.
    ///
    /// # Errors
    /// [`Error::NotShown`].
    pub fn gramian(&self) -> Result<&'a Gramian, Error> {
        self.gramian.ok_or(Error::NotShown { what: "the Gramian of the tasks' gradients" })
    }

    /// The Jacobian's rows.
    ///
    /// # Errors
    /// [`Error::NotShown`].
    pub fn jacobian(&self) -> Result<Jacobian<'a>, Error> {
        self.jacobian.ok_or(Error::NotShown { what: "the tasks' gradients" })
    }

    /// The products of gradients in two parts of the batch.
    ///
    /// # Errors
    /// [`Error::NotShown`].
    pub fn cross_gramian(&self) -> Result<&'a CrossGramian, Error> {
        self.cross_gramian.ok_or(Error::NotShown { what: "the products of the tasks' gradients in two parts of the batch" })
    }
}

/// What a step descends.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance {
    /// One weight for each task; beside a direction, how much of each task's gradient is in it, for a log.
    pub weights: Vec<f64>,
    /// The direction, for methods that give one.
    pub direction: Option<Vec<f32>>,
}

impl Balance {
    /// Weights alone.
    #[must_use]
    pub fn weights(weights: Vec<f64>) -> Self {
        Self { weights, direction: None }
    }
}
