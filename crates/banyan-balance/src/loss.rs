//! Weightings that see losses only.

pub(crate) mod dwa;
pub(crate) mod equal;
pub(crate) mod famo;
pub(crate) mod fixed;
pub(crate) mod rlw;
pub(crate) mod scale_invariant;
pub(crate) mod uncertainty;

use crate::known::CheckedLosses;
use crate::{Balancer, LossWeighting};

/// A weighting behind the checks that all share.
fn balancer(tasks: usize, weighting: impl LossWeighting + 'static) -> Balancer {
    Balancer::Loss(Box::new(CheckedLosses { tasks, weighting }))
}
