//! What is known about a method.

use crate::OptionSpec;

/// A method: everything that a listing, a document, a schema and a check say about it.
///
/// ```
/// use banyan_method::{Method, OptionSpec, Range};
/// const SOFT: Method = Method::new("soft", "a trunk for each task; the squared distance between them is penalized")
///     .paper("Duong et al., ACL 2015")
///     .options(&[OptionSpec::number("strength", "the factor of the penalty", 0.001, Range::ANY.at_least(0.0))]);
/// assert_eq!(SOFT.all_options().count(), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Method {
    /// The name that a configuration chooses it by.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Authors, venue and year; `None` for what needs no paper.
    pub paper: Option<&'static str>,
    /// The options that are its own.
    pub options: &'static [OptionSpec],
    /// Options that it has in common with others of its group; a document explains them once.
    pub common_options: &'static [OptionSpec],
    /// What else is worth knowing about it.
    pub remarks: &'static [Remark],
}

/// A remark on a method under a heading, such as the scale of a balancing method's step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remark {
    /// The heading, in one word.
    pub about: &'static str,
    /// The remark.
    pub text: &'static str,
}

impl Method {
    /// A method without a paper, options or remarks.
    #[must_use]
    pub const fn new(name: &'static str, summary: &'static str) -> Self {
        Self { name, summary, paper: None, options: &[], common_options: &[], remarks: &[] }
    }

    /// The same with a paper: authors, venue and year.
    #[must_use]
    pub const fn paper(self, paper: &'static str) -> Self {
        Self { paper: Some(paper), ..self }
    }

    /// The same with options of its own.
    #[must_use]
    pub const fn options(self, options: &'static [OptionSpec]) -> Self {
        Self { options, ..self }
    }

    /// The same with options that others of its group have as well.
    #[must_use]
    pub const fn common_options(self, common_options: &'static [OptionSpec]) -> Self {
        Self { common_options, ..self }
    }

    /// The same with remarks.
    #[must_use]
    pub const fn remarks(self, remarks: &'static [Remark]) -> Self {
        Self { remarks, ..self }
    }

    /// Its own options, then the common ones.
    pub fn all_options(&self) -> impl Iterator<Item = &'static OptionSpec> + use<> {
        self.options.iter().chain(self.common_options)
    }
}

/// What a [`Registry`](crate::Registry) holds: a method and, beside it, how it is built.
pub trait Described {
    /// The method.
    fn method(&self) -> &Method;
}

/// For registries that only list and check.
impl Described for Method {
    fn method(&self) -> &Method {
        self
    }
}
