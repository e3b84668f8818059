//! MoDo: Chen, Fernando, Ying & Chen, "Three-Way Trade-Off in Multi-Objective Learning: Optimization, Generalization and
//! Conflict-Avoidance", NeurIPS 2023.
//!
//! MGDA's weights, followed by projected gradient steps rather than solved for anew at every step: with the gradients `J_1`, `J_2`, `J_3` of
//! three independent parts of the batch, `w ← Π(w - γ (J_1 J_2ᵀ w + ρ w))`, `Π` the projection onto the simplex, and the step descends
//! `J_3ᵀ w`. The product of gradients of one and the same batch is a biased estimate of that of their means; with two batches it is not. `γ`
//! is for gradients as long as they are: where they are long it must be small. `ρ` pulls towards equal weights.
//!
//! The weights, `T` from `1/T`, are the method's memory. Among tasks with labels in the batch they are scaled to sum to 1.

use crate::known::{CrossRule, OfParts};
use crate::math::project_to_simplex;
use crate::method::{BalanceMethod, Family, scale};
use crate::{CrossGramian, Error, StepContext, Tensor};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("modo", "MGDA's weights, followed step by step by the gradients of three parts of each batch")
        .paper("Chen, Fernando, Ying & Chen, NeurIPS 2023")
        .options(&[
            OptionSpec::number("gamma", "how far the weights move in a step", 0.001, Range::ANY.at_least(0.0)),
            OptionSpec::number("rho", "how much they are pulled towards equal weights", 0.1, Range::ANY.at_least(0.0)),
        ])
        .remarks(&[scale("mean: the weights sum to 1")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| {
        let (gamma, rho) = (settings.number("gamma"), settings.number("rho"));
        Ok(Box::new(OfParts { tasks, rule: MoDo { gamma, rho, weights: vec![1.0 / tasks as f64; tasks] } }))
    },
};

struct MoDo {
    gamma: f64,
    rho: f64,
    weights: Vec<f64>,
}

impl CrossRule for MoDo {
    fn weights(&mut self, _: &StepContext<'_>, tasks: &[usize], products: &CrossGramian) -> Result<Vec<f64>, Error> {
        let share: f64 = tasks.iter().map(|&task| self.weights[task]).sum();
        // All of the weight may be on tasks that are not here.
        let among = |weight: f64| if share > 0.0 { weight / share } else { 1.0 / tasks.len() as f64 };
        let before: Vec<f64> = tasks.iter().map(|&task| among(self.weights[task])).collect();
        let slopes = products.times(&before);
        let moved: Vec<f64> = before.iter().zip(slopes).map(|(w, slope)| w - self.gamma * (slope + self.rho * w)).collect();
        let after = project_to_simplex(&moved);
        for (&task, weight) in tasks.iter().zip(&after) {
            self.weights[task] = weight * share;
        }
        Ok(after)
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        vec![Tensor::per_task("weights", &mut self.weights)]
    }
}
