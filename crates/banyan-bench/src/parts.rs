//! How the time of a step divides: the same calls as [`banyan_train::TrainStep`] makes, one by one, with a clock between them.

use crate::failure::Failure;
use crate::session::Session;
use banyan_balance::{Before, Gramian, Shown, StepContext};
use banyan_engine::Program;
use std::time::{Duration, Instant};

/// The names of a step's parts, in the order of [`Parts`].
pub(crate) const NAMES: [&str; 5] = ["sweeps", "gramian", "weights", "combination", "optimizer"];

/// How long each part of a step took: forward pass and sweeps back, Gramian, weights, combined gradient, and the optimizer.
/// A plain step's gradient is added up with its sweeps, and it has no Gramian, weights or combination.
pub(crate) type Parts = [Duration; 5];

impl Session {
    /// Makes one step, and tells its losses and how long its parts took.
    ///
    /// # Errors
    /// A Gramian that is not finite, or what the balancing method refuses.
    pub(crate) fn step_in_parts(&mut self, program: &dyn Program) -> Result<(Vec<f64>, Parts), Failure> {
        let tasks = self.known.len();
        let mut parts = Parts::default();
        let mut before = Instant::now();
        let mut end = |part: usize| {
            let now = Instant::now();
            parts[part] = now - before;
            before = now;
        };
        let step = StepContext { step: self.steps, epoch: 0, seed: 1, known: &self.known };
        let losses = match self.balancer.needs().before {
            Before::Gramian(_) => {
                let losses = self.engine.stacked(&self.parameters, program, tasks);
                end(0);
                let values = self.engine.gramian(&self.parameters);
                end(1);
                let gramian = Gramian::new(tasks, values).map_err(Failure::failed)?;
                let shown = Shown { losses: Some(&losses), gramian: Some(&gramian), ..Shown::default() };
                let weights = narrow(&self.balancer.balance(&step, &shown).map_err(Failure::failed)?.weights);
                end(2);
                self.engine.combine(&self.parameters, &weights);
                end(3);
                losses
            }
            Before::Nothing | Before::Losses | Before::Jacobian | Before::CrossGramian => {
                let weights = narrow(&self.balancer.balance(&step, &Shown::default()).map_err(Failure::failed)?.weights);
                let losses = self.engine.weighted(&self.parameters, program, &weights);
                end(0);
                losses
            }
        };
        self.engine.update_state(&mut self.parameters);
        self.optimizer.step(self.engine.workers(), &mut self.parameters, self.engine.gradient(), self.learning_rate);
        end(4);
        self.steps += 1;
        Ok((losses, parts))
    }
}

fn narrow(weights: &[f64]) -> Vec<f32> {
    weights.iter().map(|&weight| weight as f32).collect()
}
