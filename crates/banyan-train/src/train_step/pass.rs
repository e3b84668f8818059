//! What the engine is asked for, so that a balancing method sees what it needs, and no more.

use super::{Inspect, StepError, StepResult};
use banyan_balance::{Balance, Balancer, Before, CrossGramian, Gives, GradientOf, Gramian, Jacobian, Needs, Shown, StepContext};
use banyan_engine::{AuxiliaryLoss, Engine, Parameters, Program};

/// One way through a batch, from the cheapest to the dearest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// The weights are known beforehand: each chunk runs forward and back at once, with one cotangent.
    Weighted,
    /// All chunks run forward, then all back, with one cotangent.
    WeightedByLosses,
    /// The heads run back for each task, the layers before the representation once.
    AtTheRepresentation,
    /// All layers run back for each task.
    Stacked,
    /// All layers run back for each task, in each part of the batch.
    InParts,
}

impl Pass {
    /// The cheapest pass for what a method needs and gives, and for what else is to be inspected.
    pub(super) fn cheapest(needs: Needs, inspect: Inspect) -> Self {
        match (needs.before, needs.gives, inspect) {
            (Before::Nothing, Gives::LossWeights, Inspect::AsNeeded) => Self::Weighted,
            (Before::Losses, Gives::LossWeights, Inspect::AsNeeded) => Self::WeightedByLosses,
            (Before::Gramian(GradientOf::Representation), Gives::GradientWeights, _) => Self::AtTheRepresentation,
            (Before::CrossGramian, _, _) => Self::InParts,
            (Before::Nothing | Before::Losses | Before::Gramian(_) | Before::Jacobian, _, _) => Self::Stacked,
        }
    }
}

/// A batch that is to be differentiated.
pub(super) struct Differentiation<'a> {
    pub(super) engine: &'a mut Engine,
    pub(super) parameters: &'a Parameters,
    pub(super) balancer: &'a mut dyn Balancer,
    pub(super) step: &'a StepContext<'a>,
    /// How many of the step's rows are tasks': the others are balanced losses of no task.
    pub(super) tasks: usize,
    pub(super) inspect: Inspect,
}

impl Differentiation<'_> {
    /// Finds losses and weights, and the Gramian where it is looked at; the gradient is in the engine. The batch is in as many parts as
    /// the method needs.
    pub(super) fn run(mut self, parts: &[&dyn Program]) -> Result<StepResult, StepError> {
        let program = parts[0];
        match Pass::cheapest(self.balancer.needs(), self.inspect) {
            Pass::Weighted => self.weighted(program),
            Pass::WeightedByLosses => self.weighted_by_losses(program),
            Pass::AtTheRepresentation => self.at_the_representation(program),
            Pass::Stacked => self.stacked(program),
            Pass::InParts => self.in_parts(parts),
        }
    }

    fn rows(&self) -> usize {
        self.step.known.len()
    }

    fn weighted(&mut self, program: &dyn Program) -> Result<StepResult, StepError> {
        let weights = self.balancer.balance(self.step, &Shown::default())?.weights;
        let losses = self.engine.weighted(self.parameters, program, &narrow(&weights));
        Ok(self.result(losses, weights, None))
    }

    fn weighted_by_losses(&mut self, program: &dyn Program) -> Result<StepResult, StepError> {
        let rows = self.rows();
        let (balancer, step) = (&mut self.balancer, self.step);
        let mut weights = vec![0.0; rows];
        let losses = self.engine.weighted_by_losses(self.parameters, program, rows, |losses| -> Result<Vec<f32>, StepError> {
            if finite(losses) {
                weights = balancer.balance(step, &Shown { losses: Some(losses), ..Shown::default() })?.weights;
            }
            Ok(narrow(&weights))
        })?;
        Ok(self.result(losses, weights, None))
    }

    fn at_the_representation(&mut self, program: &dyn Program) -> Result<StepResult, StepError> {
        let (rows, tasks) = (self.rows(), self.tasks);
        let (balancer, step) = (&mut self.balancer, self.step);
        let mut weights = vec![0.0; rows];
        let weigh = |losses: &[f64], gramian: &[f64]| -> Result<Vec<f32>, StepError> {
            if finite(gramian) && finite(losses) {
                let gramian = Gramian::new(rows, gramian.to_vec())?;
                let shown = Shown { losses: Some(losses), gramian: Some(&gramian), ..Shown::default() };
                let known = with_gradients(step, tasks, |row| gramian.get(row, row) > 0.0);
                weights = balancer.balance(&StepContext { known: &known, ..*step }, &shown)?.weights;
            }
            Ok(narrow(&weights))
        };
        let (losses, gramian) = self.engine.weighted_by_representation(self.parameters, program, rows, weigh)?;
        let gramian = finite(&gramian).then(|| Gramian::new(rows, gramian)).transpose()?;
        Ok(self.result(losses, weights, gramian))
    }

    fn stacked(&mut self, program: &dyn Program) -> Result<StepResult, StepError> {
        let rows = self.rows();
        let losses = self.engine.stacked(self.parameters, program, rows);
        if !finite(&losses) {
            return Ok(self.plain_sum(losses));
        }
        let before = self.balancer.needs().before;
        let gramian = match (before, self.inspect) {
            (Before::Gramian(_), _) | (_, Inspect::EveryTask) => match self.gramian()? {
                Some(gramian) => Some(gramian),
                None => return Ok(self.plain_sum(losses)),
            },
            (_, Inspect::AsNeeded) => None,
        };
        let jacobian = match before {
            Before::Jacobian => Some(Jacobian::new(rows, self.engine.jacobian(self.parameters))?),
            Before::Nothing | Before::Losses | Before::Gramian(_) | Before::CrossGramian => None,
        };
        let known = match (before, &gramian, jacobian) {
            (Before::Gramian(_), Some(gramian), _) => with_gradients(self.step, self.tasks, |row| gramian.get(row, row) > 0.0),
            (_, _, Some(jacobian)) => with_gradients(self.step, self.tasks, |row| points_anywhere(jacobian, row)),
            _ => self.step.known.to_vec(),
        };
        let shown = Shown { losses: Some(&losses), gramian: gramian.as_ref(), jacobian, cross_gramian: None };
        let balance = self.balancer.balance(&StepContext { known: &known, ..*self.step }, &shown)?;
        self.combine(&balance);
        Ok(self.result(losses, balance.weights, gramian))
    }

    fn in_parts(&mut self, parts: &[&dyn Program]) -> Result<StepResult, StepError> {
        let rows = self.rows();
        let [first, second, third] = *parts else { return Err(StepError::Parts { needed: 3, found: parts.len() }) };
        let (mut losses, mut auxiliary) = (vec![0.0; rows], Vec::new());
        self.stacked_part(first, &mut losses, &mut auxiliary);
        let of_first = self.engine.jacobian(self.parameters).to_vec();
        let of_first = Jacobian::new(rows, &of_first)?;
        self.stacked_part(second, &mut losses, &mut auxiliary);
        let of_second = Jacobian::new(rows, self.engine.jacobian(self.parameters))?;
        let known = with_gradients(self.step, self.tasks, |row| points_anywhere(of_first, row) && points_anywhere(of_second, row));
        let products = CrossGramian::of(of_first, of_second);
        self.stacked_part(third, &mut losses, &mut auxiliary);
        let count = parts.len() as f64;
        losses.iter_mut().for_each(|loss| *loss /= count);
        for loss in &mut auxiliary {
            (loss.value, loss.weighted) = (loss.value / count, loss.weighted / count);
        }
        let products = match products {
            Ok(products) if finite(&losses) => products,
            Ok(_) | Err(banyan_balance::Error::GramianNotFinite { .. }) => return Ok(StepResult { auxiliary, ..self.plain_sum(losses) }),
            Err(error) => return Err(error.into()),
        };
        let gramian = match self.inspect {
            Inspect::EveryTask => self.gramian()?,
            Inspect::AsNeeded => None,
        };
        let shown = Shown { losses: Some(&losses), gramian: gramian.as_ref(), jacobian: None, cross_gramian: Some(&products) };
        let balance = self.balancer.balance(&StepContext { known: &known, ..*self.step }, &shown)?;
        self.combine(&balance);
        Ok(StepResult { losses, weights: balance.weights, auxiliary, gramian })
    }

    /// The stacked pass of one part of several, its losses added to those of the parts before it.
    fn stacked_part(&mut self, part: &dyn Program, losses: &mut [f64], auxiliary: &mut Vec<AuxiliaryLoss>) {
        let found = self.engine.stacked(self.parameters, part, losses.len());
        losses.iter_mut().zip(found).for_each(|(sum, loss)| *sum += loss);
        for loss in self.engine.auxiliary_losses() {
            match auxiliary.binary_search_by(|sum| sum.name.cmp(&loss.name)) {
                Ok(place) => {
                    auxiliary[place].value += loss.value;
                    auxiliary[place].weighted += loss.weighted;
                }
                Err(place) => auxiliary.insert(place, loss.clone()),
            }
        }
    }

    /// The Gramian of the last stacked pass; `None` if it is not finite.
    fn gramian(&mut self) -> Result<Option<Gramian>, StepError> {
        let values = self.engine.gramian(self.parameters);
        Ok(finite(&values).then(|| Gramian::new(self.rows(), values)).transpose()?)
    }

    /// Makes what a method gave the gradient of the last stacked pass. Losses of no task that have no row are in it, unweighted.
    fn combine(&mut self, balance: &Balance) {
        let weights = narrow(&balance.weights);
        match (self.balancer.needs().gives, &balance.direction) {
            (Gives::LossWeights, _) => self.engine.combine_losses(self.parameters, &weights),
            (Gives::GradientWeights, _) | (Gives::Direction, None) => self.engine.combine(self.parameters, &weights),
            (Gives::Direction, Some(direction)) => {
                self.engine.combine(self.parameters, &vec![0.0; weights.len()]);
                self.engine.gradient_mut().iter_mut().zip(direction).for_each(|(sum, value)| *sum += value);
            }
        }
    }

    /// The plain sum, for a step that will be refused: the caller names what is not finite.
    fn plain_sum(&mut self, losses: Vec<f64>) -> StepResult {
        let weights = vec![1.0; losses.len()];
        self.engine.combine(self.parameters, &narrow(&weights));
        self.result(losses, weights, None)
    }

    /// What a pass found, with the losses of no task that it declared.
    fn result(&self, losses: Vec<f64>, weights: Vec<f64>, gramian: Option<Gramian>) -> StepResult {
        StepResult { losses, weights, auxiliary: self.engine.auxiliary_losses().cloned().collect(), gramian }
    }
}

/// What a method that looks at gradients balances: tasks that have labels, and losses of no task that have a gradient. One that no shared
/// parameter enters (a penalty on single tasks' parameters) has none, and would be a task that cannot be improved.
fn with_gradients(step: &StepContext<'_>, tasks: usize, has_gradient: impl Fn(usize) -> bool) -> Vec<bool> {
    step.known.iter().enumerate().map(|(row, &known)| known && (row < tasks || has_gradient(row))).collect()
}

/// Whether a row of a Jacobian is not zero.
fn points_anywhere(jacobian: Jacobian<'_>, row: usize) -> bool {
    jacobian.row(row).iter().any(|&value| value != 0.0)
}

fn finite(values: &[f64]) -> bool {
    values.iter().all(|x| x.is_finite())
}

fn narrow(weights: &[f64]) -> Vec<f32> {
    weights.iter().map(|&weight| weight as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_balance::{METHODS, build};

    fn pass(name: &str, inspect: Inspect) -> Pass {
        Pass::cheapest(build(name, 2).unwrap().needs(), inspect)
    }

    #[test]
    fn every_method_has_its_pass() {
        for (name, expected) in [
            ("equal", Pass::Weighted),
            ("dwa", Pass::Weighted),
            ("uncertainty", Pass::Weighted),
            ("scale-invariant", Pass::WeightedByLosses),
            ("famo", Pass::WeightedByLosses),
            ("upgrad", Pass::Stacked),
            ("graddrop", Pass::Stacked),
            ("modo", Pass::InParts),
            ("cr-mogm", Pass::Stacked),
        ] {
            assert_eq!(pass(name, Inspect::AsNeeded), expected, "{name}");
        }
        let representation = banyan_balance::Choice::named("upgrad").with("gradient", "representation");
        let needs = build(representation, 2).unwrap().needs();
        assert_eq!(Pass::cheapest(needs, Inspect::EveryTask), Pass::AtTheRepresentation);
    }

    /// Every pass with a Gramian can be logged: none that is inspected runs back with one cotangent.
    #[test]
    fn what_is_inspected_runs_back_for_each_task() {
        for name in METHODS.names() {
            assert!(!matches!(pass(name, Inspect::EveryTask), Pass::Weighted | Pass::WeightedByLosses), "{name}");
        }
    }
}
