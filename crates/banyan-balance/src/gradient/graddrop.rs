//! GradDrop: Chen, Ngiam, Huang, Luong, Kretzschmar, Chai & Anguelov, "Just Pick a Sign: Optimizing Deep Multitask Models with Gradient
//! Sign Dropout", NeurIPS 2020.
//!
//! At each entry of the gradients the tasks vote on a sign: `P = ½ (1 + Σ_i g_i / Σ_i |g_i|)` is the probability of plus. One draw decides
//! for all tasks, and gradients of the other sign are dropped there: `d = Σ_i (l_i + (1 - l_i) m_i) g_i` with `m_i` 1 where `g_i` has the
//! sign that was drawn. `leak` is how much of a dropped gradient passes all the same: 0 for pure dropout, 1 for the sum of the gradients.
//! In expectation `d` points as the sum does, where tasks agree it is the sum, and at its stable points no task's gradient has entries
//! left that others do not share.
//!
//! The draws are a function of (seed, step, entry). The paper drops the gradients of the shared representation, sample by sample; here, as
//! in TorchJD, it is those of the shared parameters.

use crate::known::{JacobianRule, OfJacobian};
use crate::method::{BalanceMethod, Family, scale};
use crate::random::Draws;
use crate::{Error, StepContext};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("graddrop", "the sum of the gradients; where their signs differ, of those with a sign drawn by their sizes")
        .paper("Chen, Ngiam, Huang, Luong, Kretzschmar, Chai & Anguelov, NeurIPS 2020")
        .options(&[OptionSpec::per_task("leak", "how much of a dropped entry passes all the same", 0.0, Range::between(0.0, 1.0))])
        .remarks(&[scale("sum: where signs agree every weight is 1")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| Ok(Box::new(OfJacobian { tasks, rule: GradDrop { leak: settings.per_task("leak") } })),
};

struct GradDrop {
    leak: Vec<f64>,
}

/// The one stream of draws of a step.
const SIGNS: usize = 0;

impl JacobianRule for GradDrop {
    fn direction(&mut self, step: &StepContext<'_>, tasks: &[usize], rows: &[&[f32]]) -> Result<Vec<f32>, Error> {
        let draws = Draws::new(METHOD.name(), step.seed, step.step);
        let entry = |place: usize| {
            let entries = || rows.iter().map(|row| f64::from(row[place]));
            let (sum, size) = (entries().sum::<f64>(), entries().map(f64::abs).sum::<f64>());
            if sum.abs() == size {
                // All of one sign, or all zero: nothing is drawn.
                return sum as f32;
            }
            let positive = 0.5 * (1.0 + sum / size);
            let drawn = if draws.uniform(SIGNS, place) < positive { 1.0 } else { -1.0 };
            let kept = entries().zip(tasks).map(|(value, &task)| if value * drawn > 0.0 { value } else { self.leak[task] * value });
            kept.sum::<f64>() as f32
        };
        Ok((0..rows[0].len()).map(entry).collect())
    }
}
