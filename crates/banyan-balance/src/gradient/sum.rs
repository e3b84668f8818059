//! The sum of the gradients, `w = 1`: what plain training does, at the price of a Gramian. For comparisons, where the
//! cosines and norms shall be recorded and nothing changed.

use super::balancer;
use crate::known::GramianRule;
use crate::methods::{Kind, Method};
use crate::{Error, Gramian, StepContext};

pub(crate) const METHOD: Method = Method {
    name: "sum",
    kind: Kind::Gramian,
    summary: "the sum of the gradients",
    paper: None,
    scale: "sum: every weight is 1",
    options: &[],
    build: |_, tasks| Ok(balancer(tasks, Sum)),
};

struct Sum;

impl GramianRule for Sum {
    fn weights(&mut self, _: &StepContext<'_>, _: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(vec![1.0; gramian.tasks()])
    }
}
