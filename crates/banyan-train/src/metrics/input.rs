//! What a metric is computed from.

use banyan_data::batch::FrameValues;
use banyan_model::Frames;
use banyan_text::Ragged;
use banyan_text::lemmas::LemmaTags;

/// What a head predicted, row-major, one entry per row of the table (labelled or not).
#[derive(Debug, Clone, Copy)]
pub enum Predictions<'a> {
    /// `classification` and `ordinal`: `rows × classes` probabilities that sum to 1 in each row.
    /// `binary`: `classes` is 1 and a row's value is the probability of class 1.
    Probabilities {
        /// Values a row.
        classes: usize,
        /// The probabilities.
        values: &'a [f32],
    },
    /// `multilabel`: `rows × classes` probabilities, each of one label by itself.
    Labels {
        /// Number of labels.
        classes: usize,
        /// The probabilities.
        values: &'a [f32],
    },
    /// `regression`: one number a row, in the unit of the table.
    Numbers(&'a [f32]),
    /// `tagging`, `spans` and `lemmas`: for each row the tag, or the script, of each token.
    Tags(&'a Ragged),
    /// `dependencies`: for each row the head and the relation of each token.
    Trees {
        /// The heads.
        heads: &'a Ragged,
        /// The relations.
        relations: &'a Ragged,
    },
    /// `srl`: for each row predicates and their roles.
    Frames(&'a Frames),
}

impl Predictions<'_> {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        match *self {
            Self::Probabilities { classes, values } | Self::Labels { classes, values } => values.len() / classes.max(1),
            Self::Numbers(values) => values.len(),
            Self::Tags(rows) | Self::Trees { heads: rows, .. } => rows.len(),
            Self::Frames(frames) => frames.predicates.len(),
        }
    }
}

/// What is true, row-major; values of rows whose label is not known mean nothing.
#[derive(Debug, Clone, Copy)]
pub enum Truth<'a> {
    /// `binary`, `classification` and `ordinal`: a class a row.
    Classes(&'a [u32]),
    /// `multilabel`: `rows × classes` zeros and ones.
    Labels {
        /// Number of labels.
        classes: usize,
        /// Zeros and ones.
        values: &'a [f32],
    },
    /// `regression`: one number a row, in the unit of the table.
    Numbers(&'a [f32]),
    /// `tagging` and `spans`: for each row the tag of each token, as [`TargetValues::Tags`](banyan_data::batch::TargetValues::Tags).
    Tags {
        /// Number of labels, or of types of spans.
        classes: usize,
        /// The tags.
        rows: &'a Ragged,
    },
    /// `dependencies`: for each row heads and relations, as [`TargetValues::Trees`](banyan_data::batch::TargetValues::Trees).
    Trees {
        /// The heads.
        heads: &'a Ragged,
        /// The relations.
        relations: &'a Ragged,
        /// What relations are called.
        names: &'a [String],
    },
    /// `srl`: for each row predicates and their roles.
    Frames {
        /// The frames.
        values: &'a FrameValues,
        /// What roles are called.
        roles: &'a [String],
    },
    /// `lemmas`: for each row and token the scripts that make its lemma.
    Lemmas(&'a LemmaTags),
}

impl Truth<'_> {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        match *self {
            Self::Classes(values) => values.len(),
            Self::Labels { classes, values } => values.len() / classes.max(1),
            Self::Numbers(values) => values.len(),
            Self::Tags { rows, .. } | Self::Trees { heads: rows, .. } => rows.len(),
            Self::Frames { values, .. } => values.predicates.len(),
            Self::Lemmas(rows) => rows.len(),
        }
    }
}
