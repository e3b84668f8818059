//! The table of all methods, and building one by its name.

use crate::options::{Settings, nearest};
use crate::{Balancer, Error, OptionSpec, OptionValue, gradient, loss};
use std::collections::BTreeMap;

/// What a method looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The losses: [`Balancer::Loss`].
    Loss,
    /// The Gramian of the tasks' gradients: [`Balancer::Gramian`].
    Gramian,
}

/// One method: what a listing, a schema and [`build`] know about it.
#[derive(Debug, Clone, Copy)]
pub struct Method {
    /// The name in a configuration.
    pub name: &'static str,
    /// What it looks at.
    pub kind: Kind,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Authors, venue and year; `None` for what needs no paper.
    pub paper: Option<&'static str>,
    /// How long its step is, so that learning rates can be compared.
    pub scale: &'static str,
    /// Its options, with defaults and ranges.
    pub options: &'static [OptionSpec],
    pub(crate) build: fn(&Settings, usize) -> Result<Balancer, Error>,
}

/// Adding a method is one file and one line here.
static METHODS: [Method; 19] = [
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
    gradient::pcgrad::METHOD,
    gradient::gradvac::METHOD,
    gradient::imtl_g::METHOD,
    gradient::cagrad::METHOD,
    gradient::nash_mtl::METHOD,
    gradient::fairgrad::METHOD,
    gradient::aligned_mtl::METHOD,
    gradient::upgrad::METHOD,
    gradient::dualproj::METHOD,
];

/// All methods.
#[must_use]
pub fn methods() -> &'static [Method] {
    &METHODS
}

/// Builds the method `name` for a number of tasks. Options that are not given take their defaults.
///
/// # Errors
/// No task; a name or an option that does not exist (with the nearest one that does); a value that does not fit.
pub fn build(name: &str, options: &BTreeMap<String, OptionValue>, tasks: usize) -> Result<Balancer, Error> {
    if tasks == 0 {
        return Err(Error::NoTasks);
    }
    let Some(method) = METHODS.iter().find(|method| method.name == name) else {
        let nearest = nearest(name, METHODS.iter().map(|method| method.name)).unwrap_or_default();
        return Err(Error::UnknownMethod { name: name.to_owned(), nearest });
    };
    let settings = Settings::new(method.name, method.options, options, tasks)?;
    (method.build)(&settings, tasks)
}
