//! What is known about a balancing method, and how one is built.

use crate::{Balancer, Error};
use banyan_method::{Choice, Described, Method, Registry, Remark, Settings};

/// Which of the two great families a method belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// It sees losses only, and costs one backward pass a step, whatever the number of tasks.
    Weighting,
    /// It sees gradients of the shared parameters, and resolves conflicts between them.
    Aggregator,
}

/// One method: what a listing, a schema and [`build`](crate::build) know about it.
#[derive(Debug, Clone, Copy)]
pub struct BalanceMethod {
    /// Name, summary, paper and options; a remark on how long its step is (`scale`), so that learning rates can be compared.
    pub method: Method,
    /// What it looks at, for a listing; what exactly it needs, a built method says itself.
    pub family: Family,
    /// Makes it.
    pub build: BuildBalancer,
}

/// Makes a method of checked options, for a number of tasks. The registry has the methods that it may be put around.
pub type BuildBalancer = fn(&Settings, usize, &Registry<BalanceMethod>) -> Result<Box<dyn Balancer>, Error>;

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

/// As [`build`](crate::build), from a registry that holds a program's own methods too: [`METHODS`](crate::METHODS)`.with(…)`.
///
/// # Errors
/// Those of [`build`](crate::build).
pub fn build_from(methods: &Registry<BalanceMethod>, choice: impl Into<Choice>, tasks: usize) -> Result<Box<dyn Balancer>, Error> {
    if tasks == 0 {
        return Err(Error::NoTasks);
    }
    let (entry, settings) = methods.check(&choice.into(), tasks)?;
    (entry.build)(&settings, tasks, methods)
}
