//! The table of all methods, and building one by its name.

use crate::{Balancer, Error, gradient, loss, wrapper};
use banyan_method::{Choice, Described, Method, Registry, Remark, Settings};

/// Which of the two great families a method belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// It sees losses only, and costs one backward pass a step, whatever the number of tasks.
    Weighting,
    /// It sees gradients of the shared parameters, and resolves conflicts between them.
    Aggregator,
}

/// One method: what a listing, a schema and [`build`] know about it.
#[derive(Debug, Clone, Copy)]
pub struct BalanceMethod {
    /// Name, summary, paper and options; a remark on how long its step is (`scale`), so that learning rates can be compared.
    pub method: Method,
    /// What it looks at, for a listing; what exactly it needs, a built method says itself.
    pub family: Family,
    /// Makes it for a number of tasks.
    pub build: BuildBalancer,
}

/// Makes a method of checked options, for a number of tasks.
pub type BuildBalancer = fn(&Settings, usize) -> Result<Box<dyn Balancer>, Error>;

impl BalanceMethod {
    /// The method's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.method.name
    }
}

impl Described for BalanceMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// The remark on how long a method's step is.
pub(crate) const fn scale(text: &'static str) -> Remark {
    Remark { about: "scale", text }
}

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
    if tasks == 0 {
        return Err(Error::NoTasks);
    }
    let (entry, settings) = METHODS.check(&choice.into(), tasks)?;
    (entry.build)(&settings, tasks)
}
