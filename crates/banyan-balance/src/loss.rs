//! Weightings that see losses only.

pub(crate) mod dwa;
pub(crate) mod equal;
pub(crate) mod famo;
pub(crate) mod fixed;
pub(crate) mod rlw;
pub(crate) mod scale_invariant;
pub(crate) mod uncertainty;

use crate::Balancer;
use crate::known::{LossRule, OfLosses};

/// A rule behind the checks that all share.
fn balancer(tasks: usize, rule: impl LossRule + 'static) -> Box<dyn Balancer> {
    Box::new(OfLosses { tasks, rule })
}
