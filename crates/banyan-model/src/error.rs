//! What can be wrong with a plan or with saved weights.

/// Why a model cannot be made or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// No method of this name.
    #[error("there is no {kind} named `{name}`{}; known: {known}", hint(.nearest))]
    UnknownMethod {
        /// "fusion" or "sharing".
        kind: &'static str,
        /// The name asked for.
        name: String,
        /// The known name that is nearest.
        nearest: Option<String>,
        /// All known names.
        known: String,
    },
    /// An option that the method does not have.
    #[error("{kind} `{method}` has no option `{option}`{}", hint(.nearest))]
    UnknownOption {
        /// "fusion" or "sharing".
        kind: &'static str,
        /// The method's name.
        method: String,
        /// The option asked for.
        option: String,
        /// The known option that is nearest.
        nearest: Option<String>,
    },
    /// An option's value that makes no sense.
    #[error("option `{option}` of {kind} `{method}` is {value}; it must be {expected}")]
    BadOption {
        /// "fusion" or "sharing".
        kind: &'static str,
        /// The method's name.
        method: String,
        /// The option.
        option: String,
        /// What was given.
        value: String,
        /// What is allowed.
        expected: String,
    },
    /// A head reads a view that its input does not offer.
    #[error("task `{task}` reads the {view} of input `{input}`, which {offers}")]
    NoSuchView {
        /// The task.
        task: String,
        /// "sequence" or "grid".
        view: &'static str,
        /// The input.
        input: String,
        /// What is there instead.
        offers: String,
    },
    /// A plan that asks for a pretrained encoder where the schema has none, or the other way round.
    #[error("input \"{input}\": the encoder \"bert\" and a pretrained encoder belong together")]
    NoPretrained {
        /// The input.
        input: String,
    },
    /// A pretrained encoder whose weights cannot be read.
    #[error("the pretrained encoder in {folder}: {problem}")]
    Pretrained {
        /// Its folder.
        folder: String,
        /// What is wrong.
        problem: String,
    },
    /// More labels than a chain can be made of.
    #[error("task `{task}` has {labels} labels, and those of a chain (decoder \"crf\") are at most {most}; decode each label by itself")]
    TooManyLabels {
        /// The task.
        task: String,
        /// Its labels.
        labels: usize,
        /// The most there may be.
        most: usize,
    },
    /// A file of weights that cannot be read.
    #[error("the weights cannot be read: {0}")]
    Unreadable(String),
    /// Weights of another model.
    #[error("the weights do not fit the configuration: {0}")]
    OtherModel(String),
}

fn hint(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// The candidate most like `name`, if any is like it at all.
pub(crate) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 3)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}
