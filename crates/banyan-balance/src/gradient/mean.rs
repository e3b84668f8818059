//! The mean of the gradients, `w = 1/T`, over the tasks that have labels in the batch.

use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::Method;

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("mean", "the mean of the gradients").common_options(COMMON).remarks(&[scale("mean: the weights sum to 1")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| Ok(balancer(settings, tasks, Mean)),
};

struct Mean;

impl GramianRule for Mean {
    fn weights(&mut self, _: &StepContext<'_>, _: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(vec![1.0 / gramian.tasks() as f64; gramian.tasks()])
    }
}
