//! The plain sum of the losses, `L = Σ_i L_i`: the baseline that others must beat. Kurin et al. (NeurIPS 2022) and
//! Xin et al. (NeurIPS 2022) find that it is hard to beat once learning rate and regularization are tuned.

use super::balancer;
use super::fixed::Fixed;
use crate::method::{BalanceMethod, Family, scale};
use banyan_method::Method;

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("equal", "the plain sum of the losses").remarks(&[scale("sum: every weight is 1")]),
    family: Family::Weighting,
    build: |_, tasks, _| Ok(balancer(tasks, Fixed { weights: vec![1.0; tasks] })),
};
