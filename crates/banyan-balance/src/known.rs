//! The part that methods of one kind share: tasks without labels in the batch, and checks of what comes in.
//!
//! A method is written as a rule over tasks that all have labels; the adapters here make a [`Balancer`] of it.

use crate::{Again, Balance, Balancer, Before, CrossGramian, Error, Gives, GradientOf, Gramian, Needs, Shown, StepContext, Tensor};

/// A method that sees losses only.
pub(crate) trait LossRule: Send {
    /// [`Before::Nothing`] or [`Before::Losses`].
    fn before(&self) -> Before;

    /// As [`Needs::again`].
    fn again(&self) -> Again {
        Again::Nothing
    }

    /// Weights for all tasks; those of unknown tasks do not matter. `losses` is empty for a rule that needs none.
    fn weights(&mut self, step: &StepContext<'_>, losses: &[f64]) -> Result<Vec<f64>, Error>;

    /// As [`Balancer::after`]; `after` is empty for a rule that needs none.
    fn after(&mut self, step: &StepContext<'_>, before: &[f64], after: &[f64]) -> Result<(), Error> {
        let _ = (step, before, after);
        Ok(())
    }

    /// As [`Balancer::end_epoch`].
    fn end_epoch(&mut self) {}

    /// As [`Balancer::memory`].
    fn memory(&mut self) -> Vec<Tensor<'_>> {
        Vec::new()
    }
}

/// A method that sees the Gramian, and gives weights of the shared parameters' gradients.
pub(crate) trait GramianRule: Send {
    /// Weights for the Gramian's tasks. `tasks[i]` is the number that row `i` has among all tasks, for methods that
    /// remember something about each.
    fn weights(&mut self, step: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, losses: &[f64]) -> Result<Vec<f64>, Error>;

    /// As [`Balancer::memory`].
    fn memory(&mut self) -> Vec<Tensor<'_>> {
        Vec::new()
    }
}

/// A method that sees products of gradients in two parts of the batch, and gives weights for those of a third.
pub(crate) trait CrossRule: Send {
    /// As [`GramianRule::weights`].
    fn weights(&mut self, step: &StepContext<'_>, tasks: &[usize], products: &CrossGramian) -> Result<Vec<f64>, Error>;

    /// As [`Balancer::memory`].
    fn memory(&mut self) -> Vec<Tensor<'_>>;
}

/// A method that sees the gradients themselves, and gives a direction.
pub(crate) trait JacobianRule: Send {
    /// The direction for some tasks' gradients, all of one length. `tasks[i]` is the number that row `i` has among all tasks.
    fn direction(&mut self, step: &StepContext<'_>, tasks: &[usize], rows: &[&[f32]]) -> Result<Vec<f32>, Error>;
}

/// Checks lengths and losses before a rule sees them, and gives unknown tasks weight 0 after it.
pub(crate) struct OfLosses<R> {
    pub(crate) tasks: usize,
    pub(crate) rule: R,
}

impl<R> OfLosses<R> {
    fn check(&self, step: &StepContext<'_>, losses: &[f64]) -> Result<(), Error> {
        expect_tasks("losses", self.tasks, losses.len())?;
        match (0..self.tasks).find(|&task| step.known[task] && !losses[task].is_finite()) {
            Some(task) => Err(Error::LossNotFinite { task, value: losses[task] }),
            None => Ok(()),
        }
    }
}

impl<R: LossRule> Balancer for OfLosses<R> {
    fn needs(&self) -> Needs {
        Needs { before: self.rule.before(), again: self.rule.again(), gives: Gives::LossWeights }
    }

    fn balance(&mut self, step: &StepContext<'_>, shown: &Shown<'_>) -> Result<Balance, Error> {
        expect_tasks("known", self.tasks, step.known.len())?;
        let losses = match self.rule.before() {
            Before::Nothing => &[][..],
            Before::Losses | Before::Gramian(_) | Before::Jacobian | Before::CrossGramian => {
                let losses = shown.losses()?;
                self.check(step, losses)?;
                losses
            }
        };
        let mut weights = self.rule.weights(step, losses)?;
        for (weight, _) in weights.iter_mut().zip(step.known).filter(|(_, known)| !**known) {
            *weight = 0.0;
        }
        Ok(Balance::weights(weights))
    }

    fn after(&mut self, step: &StepContext<'_>, before: &[f64], after: Option<&[f64]>) -> Result<(), Error> {
        expect_tasks("known", self.tasks, step.known.len())?;
        self.check(step, before)?;
        let after = match self.rule.again() {
            Again::Nothing => &[][..],
            Again::Losses => {
                let after = after.ok_or(Error::NotShown { what: "the batch's losses after the update" })?;
                self.check(step, after)?;
                after
            }
        };
        self.rule.after(step, before, after)
    }

    fn end_epoch(&mut self) {
        self.rule.end_epoch();
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        self.rule.memory()
    }
}

/// Restricts the Gramian to the known tasks, applies the rule, and gives the others weight 0.
pub(crate) struct OfGramian<R> {
    pub(crate) tasks: usize,
    pub(crate) gradient: GradientOf,
    pub(crate) rule: R,
}

impl<R: GramianRule> Balancer for OfGramian<R> {
    fn needs(&self) -> Needs {
        Needs { before: Before::Gramian(self.gradient), again: Again::Nothing, gives: Gives::GradientWeights }
    }

    fn balance(&mut self, step: &StepContext<'_>, shown: &Shown<'_>) -> Result<Balance, Error> {
        let (gramian, losses) = (shown.gramian()?, shown.losses()?);
        expect_tasks("known", self.tasks, step.known.len())?;
        expect_tasks("Gramian rows", self.tasks, gramian.tasks())?;
        expect_tasks("losses", self.tasks, losses.len())?;
        let known = step.known_tasks();
        let mut weights = vec![0.0; self.tasks];
        if known.is_empty() {
            return Ok(Balance::weights(weights));
        }
        let known_losses: Vec<f64> = known.iter().map(|&task| losses[task]).collect();
        let chosen = self.rule.weights(step, &known, &gramian.restrict(&known), &known_losses)?;
        for (&task, weight) in known.iter().zip(chosen) {
            weights[task] = weight;
        }
        Ok(Balance::weights(weights))
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        self.rule.memory()
    }
}

/// As [`OfGramian`], for products in two parts of the batch.
pub(crate) struct OfParts<R> {
    pub(crate) tasks: usize,
    pub(crate) rule: R,
}

impl<R: CrossRule> Balancer for OfParts<R> {
    fn needs(&self) -> Needs {
        Needs { before: Before::CrossGramian, again: Again::Nothing, gives: Gives::GradientWeights }
    }

    fn balance(&mut self, step: &StepContext<'_>, shown: &Shown<'_>) -> Result<Balance, Error> {
        let products = shown.cross_gramian()?;
        expect_tasks("known", self.tasks, step.known.len())?;
        expect_tasks("rows of products", self.tasks, products.tasks())?;
        let known = step.known_tasks();
        let mut weights = vec![0.0; self.tasks];
        if known.is_empty() {
            return Ok(Balance::weights(weights));
        }
        let chosen = self.rule.weights(step, &known, &products.restrict(&known))?;
        for (&task, weight) in known.iter().zip(chosen) {
            weights[task] = weight;
        }
        Ok(Balance::weights(weights))
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        self.rule.memory()
    }
}

/// Shows a rule the gradients of the known tasks, and says how much of each is in the direction.
pub(crate) struct OfJacobian<R> {
    pub(crate) tasks: usize,
    pub(crate) rule: R,
}

impl<R: JacobianRule> Balancer for OfJacobian<R> {
    fn needs(&self) -> Needs {
        Needs { before: Before::Jacobian, again: Again::Nothing, gives: Gives::Direction }
    }

    fn balance(&mut self, step: &StepContext<'_>, shown: &Shown<'_>) -> Result<Balance, Error> {
        let jacobian = shown.jacobian()?;
        expect_tasks("known", self.tasks, step.known.len())?;
        expect_tasks("gradients", self.tasks, jacobian.tasks())?;
        let known = step.known_tasks();
        let mut weights = vec![0.0; self.tasks];
        if known.is_empty() {
            return Ok(Balance { weights, direction: Some(vec![0.0; jacobian.parameters()]) });
        }
        let rows: Vec<&[f32]> = known.iter().map(|&task| jacobian.row(task)).collect();
        let direction = self.rule.direction(step, &known, &rows)?;
        for (&task, row) in known.iter().zip(&rows) {
            weights[task] = share(row, &direction);
        }
        Ok(Balance { weights, direction: Some(direction) })
    }
}

/// `d · g / ‖g‖²`: the weight of a gradient alone that would move its loss as far as the direction does; 0 for a zero gradient.
fn share(gradient: &[f32], direction: &[f32]) -> f64 {
    let product = |other: &[f32]| gradient.iter().zip(other).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
    let square = product(gradient);
    if square > 0.0 { product(direction) / square } else { 0.0 }
}

fn expect_tasks(what: &'static str, expected: usize, found: usize) -> Result<(), Error> {
    if expected == found { Ok(()) } else { Err(Error::TaskCount { what, expected, found }) }
}
