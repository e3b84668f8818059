//! What preprocessing learned from the training rows: the dimensions that a model is built with, and the
//! constants that turn a cell into numbers.
//!
//! A [`Schema`] is all that is needed to encode new rows as the training rows were encoded. It is made by
//! [`Schema::fit`] and kept with a run as JSON (`inputs.json` and `targets.json` in the run's `vocabulary/`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::{InputKind, TaskKind};
use crate::date::DateOrder;
pub use crate::labels::LabelSchema;
pub use crate::pretrained::PretrainedSchema;
use crate::values::Values;
use banyan_text::tokens::WordVectors;

/// All inputs and all tasks, in the order of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The inputs.
    pub inputs: Vec<InputSchema>,
    /// The tasks.
    pub targets: Vec<TargetSchema>,
}

/// One input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputSchema {
    /// The input's name in the configuration.
    pub name: String,
    /// The column it reads.
    pub column: String,
    /// The kind, with its dimensions and constants.
    pub details: InputDetails,
}

/// The kind of an input, with what was learned about it. Deviations are never zero (1 where all values are
/// the same), so that they can be divided by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum InputDetails {
    /// One number a row, batched as [`InputValues::Number`](crate::batch::InputValues::Number).
    Number {
        /// Mean of the training rows, in the column's unit.
        mean: f64,
        /// Standard deviation of the training rows, in the column's unit.
        deviation: f64,
        /// Edges of quantile bins for a piecewise-linear encoding (Gorishniy et al. 2022), in *standardised*
        /// units as the batches are: strictly ascending, the training rows' least and greatest value
        /// included; `n` edges bound `n - 1` bins, at most 128. One edge alone for a constant column.
        edges: Vec<f32>,
    },
    /// One of a vocabulary, batched as [`InputValues::Category`](crate::batch::InputValues::Category):
    /// index 0 is "not seen in training", index `i + 1` is `values[i]`.
    Category {
        /// The vocabulary, most frequent first.
        values: Vec<String>,
    },
    /// Several of a vocabulary, batched as [`InputValues::Set`](crate::batch::InputValues::Set): indices as for
    /// a category.
    Set {
        /// The vocabulary, most frequent first.
        values: Vec<String>,
        /// What separates the members in a text cell (lists need none).
        separator: String,
    },
    /// A date, batched as [`InputValues::Dense`](crate::batch::InputValues::Dense) with [`DATE_WIDTH`] or
    /// [`DATE_TIME_WIDTH`] values.
    Date {
        /// Mean time of the training rows, in seconds since 1970 (UTC where no zone is given).
        mean: f64,
        /// Standard deviation in seconds.
        deviation: f64,
        /// Whether the hour is part of the encoding: any training row had a time of day.
        hours: bool,
        /// Which part of a date comes first.
        order: DateOrder,
    },
    /// A list of `width` numbers, batched as [`InputValues::Dense`](crate::batch::InputValues::Dense).
    Vector {
        /// Mean of each place; there are as many as the vector is wide.
        mean: Vec<f64>,
        /// Standard deviation of each place.
        deviation: Vec<f64>,
    },
    /// A text, batched as [`InputValues::Text`](crate::batch::InputValues::Text).
    Text {
        /// Number of buckets of the hashed features.
        buckets: usize,
        /// Tokens kept of a text; the rest is cut.
        max_tokens: usize,
    },
    /// Sentences of tokens, batched as [`InputValues::Tokens`](crate::batch::InputValues::Tokens).
    Tokens {
        /// Rows of the table of each hashed feature.
        buckets: usize,
        /// The characters of the training rows, most frequent first.
        characters: Vec<char>,
        /// The features that came more than once in the training rows, in rising order.
        known: Vec<u32>,
        /// The word vectors, where the configuration names a file of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        vectors: Option<VectorsSchema>,
        /// The pretrained encoder that reads the words, where the configuration names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pretrained: Option<PretrainedSchema>,
    },
    /// An image, batched as [`InputValues::Image`](crate::batch::InputValues::Image).
    Image {
        /// Height in pixels after resizing.
        height: usize,
        /// Width in pixels after resizing.
        width: usize,
        /// 1 (grey) or 3 (red, green, blue).
        channels: usize,
        /// Mean of each channel, on the scale 0 to 1.
        mean: Vec<f64>,
        /// Standard deviation of each channel, on the scale 0 to 1.
        deviation: Vec<f64>,
    },
    /// A sound, batched as [`InputValues::Audio`](crate::batch::InputValues::Audio).
    Audio {
        /// Samples a second after resampling.
        sample_rate: u32,
        /// Frames kept (one every 10 ms); longer sounds are cut, shorter ones padded.
        frames: usize,
        /// Mel bands a frame.
        bands: usize,
        /// Mean log energy of each band.
        mean: Vec<f64>,
        /// Standard deviation of the log energy of each band.
        deviation: Vec<f64>,
    },
}

/// The word vectors of an input of sentences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorsSchema {
    /// Words that have one.
    pub words: usize,
    /// Numbers of each.
    pub width: usize,
    /// The vectors themselves, which a run keeps in a file of their own.
    #[serde(skip)]
    pub table: Arc<WordVectors>,
}

/// Values a date without a time of day is encoded as: standardised time, sine and cosine of the place in
/// the year and of the day of the week.
pub const DATE_WIDTH: usize = 5;

/// Values a date with a time of day is encoded as: those of [`DATE_WIDTH`], and sine and cosine of the hour.
pub const DATE_TIME_WIDTH: usize = 7;

impl InputSchema {
    /// The kind of input.
    pub fn kind(&self) -> InputKind {
        match self.details {
            InputDetails::Number { .. } => InputKind::Number,
            InputDetails::Category { .. } => InputKind::Category,
            InputDetails::Set { .. } => InputKind::Set,
            InputDetails::Date { .. } => InputKind::Date,
            InputDetails::Vector { .. } => InputKind::Vector,
            InputDetails::Text { .. } => InputKind::Text,
            InputDetails::Tokens { .. } => InputKind::Tokens,
            InputDetails::Image { .. } => InputKind::Image,
            InputDetails::Audio { .. } => InputKind::Audio,
        }
    }
}

impl InputDetails {
    /// Whether its values are files that are decoded.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::Image { .. } | Self::Audio { .. })
    }

    /// Number of indices that a `category` or `set` batch can hold, the 0 for "not seen in training" included.
    /// `None` for the other kinds.
    pub fn vocabulary_size(&self) -> Option<usize> {
        match self {
            Self::Category { values } | Self::Set { values, .. } => Some(values.len() + 1),
            _ => None,
        }
    }

    /// Values a row of a dense batch (`date`, `vector`). `None` for the other kinds.
    pub fn dense_width(&self) -> Option<usize> {
        match self {
            Self::Date { hours: true, .. } => Some(DATE_TIME_WIDTH),
            Self::Date { hours: false, .. } => Some(DATE_WIDTH),
            Self::Vector { mean, .. } => Some(mean.len()),
            _ => None,
        }
    }
}

/// One task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetSchema {
    /// The task's name in the configuration.
    pub name: String,
    /// The column that holds the label.
    pub column: String,
    /// The kind, with its classes and constants.
    pub details: LabelSchema,
}

impl TargetSchema {
    /// The kind of task.
    pub fn kind(&self) -> TaskKind {
        self.details.kind()
    }

    /// What was learned about the labels, if they are of this kind.
    pub fn labels_as<T: 'static>(&self) -> Option<&T> {
        self.details.downcast()
    }

    /// What was learned about the labels.
    ///
    /// # Panics
    /// If they are of another kind: for code that is about one kind of task.
    pub fn labels<T: 'static>(&self) -> &T {
        self.labels_as().unwrap_or_else(|| panic!("the labels of task \"{}\" are of another kind", self.name))
    }

    /// The input whose words are labeled, for tasks on words.
    pub fn on(&self) -> Option<&str> {
        self.details.label().on()
    }

    /// The columns that hold the labels.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.column.as_str()).chain(self.details.label().further_columns())
    }

    /// The classes or labels in their order; empty for numbers.
    pub fn classes(&self) -> &[String] {
        self.details.label().classes()
    }

    /// Training rows (tokens, spans) of each class or label; empty for numbers.
    pub fn counts(&self) -> &[usize] {
        self.details.label().counts()
    }

    /// Training rows that have the label at all.
    pub fn known_rows(&self) -> usize {
        self.details.label().known_rows()
    }

    /// Whether labels say what is to be predicted, as given predicates do, so that they are read for predictions too.
    pub fn guides_predictions(&self) -> bool {
        self.details.label().guides_predictions()
    }

    /// So many rows without a label.
    pub fn unknown_labels(&self, rows: usize) -> Values {
        self.details.label().unknown(rows)
    }
}
