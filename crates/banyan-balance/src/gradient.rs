//! Aggregators: methods that see the tasks' gradients, most of them by their Gramian.

pub(crate) mod aligned_mtl;
pub(crate) mod cagrad;
mod dual_cone;
pub(crate) mod dualproj;
pub(crate) mod fairgrad;
pub(crate) mod graddrop;
pub(crate) mod gradvac;
pub(crate) mod imtl_g;
pub(crate) mod mean;
pub(crate) mod mgda;
pub(crate) mod modo;
pub(crate) mod nash_mtl;
mod order;
pub(crate) mod pcgrad;
mod preference;
pub(crate) mod sum;
pub(crate) mod upgrad;

use crate::known::{GramianRule, OfGramian};
use crate::{Balancer, GradientOf};
use banyan_method::{OptionSpec, Settings};

/// The option of every method that looks at a Gramian: whose gradients it is made of.
pub const GRADIENT: OptionSpec = OptionSpec::word(
    "gradient",
    "whose gradients: those of the shared parameters, or the cheaper ones of the shared representation",
    &["parameters", "representation"],
);

/// The options that all have.
const COMMON: &[OptionSpec] = &[GRADIENT];

/// A rule behind the handling of unknown tasks that all share.
fn balancer(settings: &Settings, tasks: usize, rule: impl GramianRule + 'static) -> Box<dyn Balancer> {
    let gradient = match settings.word(GRADIENT.name) {
        "representation" => GradientOf::Representation,
        _ => GradientOf::Parameters,
    };
    Box::new(OfGramian { tasks, gradient, rule })
}
