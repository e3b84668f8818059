//! What can be wrong with a plan or with saved weights.

/// Why a model cannot be made or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A fusion or a way of sharing that does not exist, or an option of it that does not fit.
    #[error(transparent)]
    Method(#[from] banyan_method::Error),
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
    /// A head reads the tokens of a fusion that makes none.
    #[error("task `{task}` reads the tokens that the fusion makes, and it makes none")]
    NoFusedTokens {
        /// The task.
        task: String,
    },
    /// An encoder that was chosen for an input of a kind that it does not read.
    #[error("input \"{input}\": the encoder \"{encoder}\" does not read inputs of the type \"{kind}\"")]
    OtherKind {
        /// The input.
        input: String,
        /// The encoder.
        encoder: &'static str,
        /// The kind of the input.
        kind: &'static str,
    },
    /// An encoder that makes grids too coarse for small images.
    #[error(
        "input \"{input}\": the encoder \"{encoder}\" reads images of at least {least} × {least} pixels; set size = [{least}, {least}] or more"
    )]
    SmallImages {
        /// The input.
        input: String,
        /// The encoder.
        encoder: &'static str,
        /// Pixels of a side.
        least: usize,
    },
    /// A plan that asks for a pretrained encoder where the schema has none, or the other way round.
    #[error("input \"{input}\": the encoder \"bert\" and a pretrained encoder belong together")]
    NoPretrained {
        /// The input.
        input: String,
    },
    /// A pretrained encoder that cannot be computed.
    #[error("input \"{input}\": the pretrained encoder's config.json: {problem}; name the folder of an encoder of BERT's family")]
    Unsuited {
        /// The input.
        input: String,
        /// What is wrong.
        problem: String,
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
