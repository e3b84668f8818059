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
use banyan_method::OptionSpec;

/// The option of every method that looks at a Gramian: whose gradients it is made of.
///
/// Those of the shared parameters are exact. Those of the shared representation are cheaper, and an upper bound of the conflict
/// (Sener & Koltun, NeurIPS 2018).
pub const GRADIENT: OptionSpec = OptionSpec::word(
    "gradient",
    "whose gradients: those of the shared parameters, or the cheaper ones of the shared representation",
    &["parameters", "representation"],
);

/// The options that all have.
const COMMON: &[OptionSpec] = &[GRADIENT];

/// A rule behind the handling of unknown tasks that all share.
fn balancer(tasks: usize, rule: impl GramianRule + 'static) -> Balancer {
    Balancer::Gramian(Box::new(OverKnownTasks { tasks, rule }))
}
