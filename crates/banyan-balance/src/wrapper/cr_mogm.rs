//! CR-MOGM: Zhou, Zhang, Jiang, Zhong, Gu & Zhu, "On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond",
//! NeurIPS 2022.
//!
//! Weights computed from the gradients of one batch are biased estimates of those that all data would give, so that methods which
//! converge with exact gradients need not with stochastic ones. Smoothed over the steps, `λ_k = α λ_{k-1} + (1 - α) λ̂_k` with `λ̂_k` the
//! weights of the method within and `λ_1 = λ̂_1`, they do.
//!
//! Works around any method that gives weights: it needs what that needs, and a task's average begins with the first batch that has its
//! labels. Batches without them leave the average as it was.

use crate::method::{BalanceMethod, Family, build_from, scale};
use crate::{Balance, Balancer, Error, Gives, Needs, Shown, StepContext, Tensor};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("cr-mogm", "a moving average over the steps of the weights of another method")
        .paper("Zhou, Zhang, Jiang, Zhong, Gu & Zhu, NeurIPS 2022")
        .options(&[
            OptionSpec::method(WITHIN, "the method whose weights are averaged", "mgda"),
            OptionSpec::number("alpha", "how much of the last step's average stays", 0.9, Range::ANY.at_least(0.0).below(1.0)),
        ])
        .remarks(&[scale("that of the method within")]),
    family: Family::Aggregator,
    build: |settings, tasks, methods| {
        let choice = settings.method(WITHIN);
        let within = build_from(methods, choice, tasks)?;
        match within.needs().gives {
            Gives::LossWeights | Gives::GradientWeights => {}
            Gives::Direction => return Err(Error::NoWeights { method: METHOD.name(), within: choice.name.clone() }),
        }
        let (average, begun) = (vec![0.0; tasks], vec![0.0; tasks]);
        Ok(Box::new(CrMogm { within, alpha: settings.number("alpha"), average, begun }))
    },
};

/// The option that names the method within, and the name that its memory has here.
const WITHIN: &str = "method";

struct CrMogm {
    within: Box<dyn Balancer>,
    alpha: f64,
    /// `λ` of each task.
    average: Vec<f64>,
    /// 1 for tasks that have an average.
    begun: Vec<f64>,
}

impl Balancer for CrMogm {
    fn needs(&self) -> Needs {
        self.within.needs()
    }

    fn balance(&mut self, step: &StepContext<'_>, shown: &Shown<'_>) -> Result<Balance, Error> {
        let mut weights = self.within.balance(step, shown)?.weights;
        for task in step.known_tasks() {
            if self.begun[task] == 0.0 {
                (self.average[task], self.begun[task]) = (weights[task], 1.0);
            } else {
                self.average[task] = self.alpha * self.average[task] + (1.0 - self.alpha) * weights[task];
            }
            weights[task] = self.average[task];
        }
        Ok(Balance::weights(weights))
    }

    fn after(&mut self, step: &StepContext<'_>, before: &[f64], after: Option<&[f64]>) -> Result<(), Error> {
        self.within.after(step, before, after)
    }

    fn end_epoch(&mut self) {
        self.within.end_epoch();
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        let mut memory: Vec<Tensor<'_>> = self.within.memory().into_iter().map(|tensor| tensor.within(WITHIN)).collect();
        memory.push(Tensor::per_task("average", &mut self.average));
        memory.push(Tensor::per_task("begun", &mut self.begun));
        memory
    }
}
