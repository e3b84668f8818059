//! What is learned of an input, in two steps where the second one takes long.

use super::{InputDetails, Problem};

/// What was learned of the training rows of an input.
pub(crate) enum Fitting<'a> {
    /// All of it.
    Whole(InputDetails),
    /// What a model is built with, known before a file is decoded.
    Sizes(BeforeDecoding<'a>),
}

/// An input of files of which none was decoded yet.
pub(crate) struct BeforeDecoding<'a> {
    /// The sizes, with scales that leave numbers as they are.
    pub(crate) sizes: InputDetails,
    /// Decodes files and learns the scales.
    pub(crate) finish: Box<dyn FnOnce() -> Result<InputDetails, Problem> + Send + 'a>,
}

impl<'a> Fitting<'a> {
    /// An input of which `finish` learns the rest.
    pub(super) fn sizes(sizes: impl Into<InputDetails>, finish: impl FnOnce() -> Result<InputDetails, Problem> + Send + 'a) -> Self {
        Self::Sizes(BeforeDecoding { sizes: sizes.into(), finish: Box::new(finish) })
    }

    /// What is known by now.
    pub(crate) fn details(&self) -> &InputDetails {
        match self {
            Self::Whole(details) => details,
            Self::Sizes(before) => &before.sizes,
        }
    }

    /// Whether files are to be decoded yet.
    pub(crate) fn decodes(&self) -> bool {
        matches!(self, Self::Sizes(_))
    }

    /// Learns what is left.
    pub(crate) fn finish(self) -> Result<InputDetails, Problem> {
        match self {
            Self::Whole(details) => Ok(details),
            Self::Sizes(before) => (before.finish)(),
        }
    }
}
