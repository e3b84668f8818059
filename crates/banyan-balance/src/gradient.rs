//! Weightings that see the Gramian of the tasks' gradients.

pub(crate) mod aligned_mtl;
pub(crate) mod cagrad;
mod dual_cone;
pub(crate) mod dualproj;
pub(crate) mod fairgrad;
pub(crate) mod gradvac;
pub(crate) mod imtl_g;
pub(crate) mod mean;
pub(crate) mod mgda;
pub(crate) mod nash_mtl;
mod order;
pub(crate) mod pcgrad;
mod preference;
pub(crate) mod sum;
pub(crate) mod upgrad;

use crate::Balancer;
use crate::known::{GramianRule, OverKnownTasks};

/// A rule behind the handling of unknown tasks that all share.
fn balancer(tasks: usize, rule: impl GramianRule + 'static) -> Balancer {
    Balancer::Gramian(Box::new(OverKnownTasks { tasks, rule }))
}
