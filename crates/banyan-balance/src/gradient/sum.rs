//! The sum of the gradients, `w = 1`: what plain training does, at the price of a Gramian. For comparisons, where the
//! cosines and norms shall be recorded and nothing changed.

use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::Method;

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("sum", "the sum of the gradients").common_options(COMMON).remarks(&[scale("sum: every weight is 1")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| Ok(balancer(settings, tasks, Sum)),
};

struct Sum;

impl GramianRule for Sum {
    fn weights(&mut self, _: &StepContext<'_>, _: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(vec![1.0; gramian.tasks()])
    }
}
