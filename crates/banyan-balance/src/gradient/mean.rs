//! The mean of the gradients, `w = 1/T`, over the tasks that have labels in the batch.

use super::balancer;
use crate::known::GramianRule;
use crate::methods::{Kind, Method};
use crate::{Error, Gramian, StepContext};

pub(crate) const METHOD: Method = Method {
    name: "mean",
    kind: Kind::Gramian,
    summary: "the mean of the gradients",
    paper: None,
    scale: "mean: the weights sum to 1",
    options: &[],
    build: |_, tasks| Ok(balancer(tasks, Mean)),
};

struct Mean;

impl GramianRule for Mean {
    fn weights(&mut self, _: &StepContext<'_>, _: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(vec![1.0 / gramian.tasks() as f64; gramian.tasks()])
    }
}
