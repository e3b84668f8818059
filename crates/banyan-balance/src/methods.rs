//! The table of all methods, and building one by its name.

use crate::method::{BalanceMethod, build_from};
use crate::{Balancer, Error, gradient, loss, wrapper};
use banyan_method::{Choice, Registry};

/// All methods. Adding one is one file and one line here.
pub static METHODS: Registry<BalanceMethod> = Registry::new(
    "balancers",
    "balancing method",
    "Make one objective of the tasks' losses or gradients.",
    &[
        loss::equal::METHOD,
        loss::fixed::METHOD,
        loss::uncertainty::METHOD,
        loss::dwa::METHOD,
        loss::rlw::METHOD,
        loss::scale_invariant::METHOD,
        loss::famo::METHOD,
        gradient::mean::METHOD,
        gradient::sum::METHOD,
        gradient::mgda::METHOD,
        gradient::modo::METHOD,
        gradient::pcgrad::METHOD,
        gradient::graddrop::METHOD,
        gradient::gradvac::METHOD,
        gradient::imtl_g::METHOD,
        gradient::cagrad::METHOD,
        gradient::nash_mtl::METHOD,
        gradient::fairgrad::METHOD,
        gradient::aligned_mtl::METHOD,
        gradient::upgrad::METHOD,
        gradient::dualproj::METHOD,
        wrapper::cr_mogm::METHOD,
    ],
);

/// Builds a method for a number of tasks: by its name, or with options. Options that are not set have their defaults.
///
/// # Errors
/// No task; a name or an option that does not exist (with the nearest one that does); a value that does not fit.
///
/// ```
/// use banyan_balance::{build, Choice};
/// assert!(build("upgrad", 3).is_ok());
/// let error = build(Choice::named("cagrad").with("c", -1), 3).unwrap_err();
/// assert_eq!(error.to_string(), "option \"c\" of \"cagrad\" must be a number between 0 and 100, not -1");
/// ```
pub fn build(choice: impl Into<Choice>, tasks: usize) -> Result<Box<dyn Balancer>, Error> {
    build_from(&METHODS, choice, tasks)
}
