//! What can be wrong with a choice, each as one sentence with a hint.

/// Why a method, or an option of it, cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No method has this name.
    #[error("there is no {kind} named \"{name}\"; {hint}")]
    UnknownMethod {
        /// What the registry's methods are: "fusion".
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// The nearest name, or all there are.
        hint: String,
    },
    /// The method has no option of this name.
    #[error("unknown option \"{option}\" of \"{method}\"; {hint}")]
    UnknownOption {
        /// The method.
        method: &'static str,
        /// The option that was set.
        option: String,
        /// The nearest option, or all there are.
        hint: String,
    },
    /// An option's value has the wrong type, length or size.
    #[error("option \"{option}\" of \"{method}\" must be {expected}, not {found}{}", clause(.hint.as_deref()))]
    Value {
        /// The method.
        method: &'static str,
        /// The option.
        option: &'static str,
        /// What it takes, in words.
        expected: String,
        /// What it was set to.
        found: String,
        /// The nearest word, where one is near.
        hint: Option<String>,
    },
    /// Something is wrong with a method that is the value of an option.
    #[error("{source}")]
    Within {
        /// The option.
        option: &'static str,
        /// What is wrong.
        source: Box<Error>,
    },
}

impl Error {
    /// Where the fault is: the keys that lead from the choice to it; none where the method's name is at fault.
    #[must_use]
    pub fn path(&self) -> Vec<&str> {
        match self {
            Self::UnknownMethod { .. } => Vec::new(),
            Self::UnknownOption { option, .. } => vec![option],
            Self::Value { option, .. } => vec![option],
            Self::Within { option, source } => std::iter::once(*option).chain(source.path()).collect(),
        }
    }

    /// The error itself, out of the options around it.
    #[must_use]
    pub fn innermost(&self) -> &Self {
        match self {
            Self::Within { source, .. } => source.innermost(),
            Self::UnknownMethod { .. } | Self::UnknownOption { .. } | Self::Value { .. } => self,
        }
    }
}

fn clause(hint: Option<&str>) -> String {
    hint.map(|hint| format!("; {hint}")).unwrap_or_default()
}
