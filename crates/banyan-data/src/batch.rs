//! A batch: what an encoder and a loss receive, everything with its mask.
//!
//! A batch holds the rows it was asked for in the order it was asked. `present` says which rows have
//! the input, `known` which rows have the label; values behind a `false` are zeros and mean nothing.

use banyan_text::lemmas::LemmaTags;
pub use banyan_text::tokens::{NO_VECTOR, TokenValues};
pub use banyan_text::{Ragged, UNKNOWN_TAG};

/// Rows of a data set, ready for a model.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// A stable number for each row (its place in the data set), the key of all per-row randomness.
    pub rows: Vec<u64>,
    /// One entry per input, in the order of the configuration.
    pub inputs: Vec<InputBatch>,
    /// One entry per task, in the order of the configuration.
    pub tasks: Vec<TargetBatch>,
}

/// One input of a batch.
#[derive(Debug, Clone)]
pub struct InputBatch {
    /// Whether a row has this input.
    pub present: Vec<bool>,
    /// The values, row after row.
    pub values: InputValues,
}

/// The values of one input, row-major.
#[derive(Debug, Clone)]
pub enum InputValues {
    /// `number`: one standardised value a row.
    Number(Vec<f32>),
    /// `category`: an index a row; 0 is "not seen in training", 1.. follow the vocabulary.
    Category(Vec<u32>),
    /// `set`: the indices of a row's members (0 is "not seen in training").
    Set(Ragged),
    /// `date` and `vector`: `width` standardised values a row.
    Dense {
        /// Values a row.
        width: usize,
        /// `rows × width` values.
        values: Vec<f32>,
    },
    /// `text`: tokens, each of which is a bag of hashed features.
    Text(TextValues),
    /// `tokens`: words with their features and characters.
    Tokens(TokenValues),
    /// `image`: `rows × height × width × channels`, channels last, standardised.
    Image {
        /// Height in pixels.
        height: usize,
        /// Width in pixels.
        width: usize,
        /// 1 (grey) or 3 (colour).
        channels: usize,
        /// The pixels.
        pixels: Vec<f32>,
    },
    /// `audio`: `rows × frames × bands` of standardised log-mel energy, padded at the end.
    Audio {
        /// Frames a row, padding included.
        frames: usize,
        /// Mel bands a frame.
        bands: usize,
        /// The energies.
        values: Vec<f32>,
        /// The frames of each row that are not padding.
        lengths: Vec<u32>,
    },
}

/// Texts as tokens of hashed features.
#[derive(Debug, Clone, Default)]
pub struct TextValues {
    /// The tokens of each row: list `r` holds as many entries as the text has tokens, each the index
    /// of a list in `features`.
    pub tokens: Ragged,
    /// The hashed features (word, neighbours' n-grams, character n-grams) of each token, as buckets
    /// `0..buckets`.
    pub features: Ragged,
}

/// The labels of one task.
#[derive(Debug, Clone)]
pub struct TargetBatch {
    /// Whether a row has this label.
    pub known: Vec<bool>,
    /// The labels.
    pub values: TargetValues,
}

/// The labels of one task, row-major.
#[derive(Debug, Clone)]
pub enum TargetValues {
    /// `regression`: the value, standardised by the training mean and deviation.
    Number(Vec<f32>),
    /// `binary` (0 or 1), `classification` and `ordinal`: an index into the classes.
    Class(Vec<u32>),
    /// `multilabel`: `rows × classes` zeros and ones.
    Labels {
        /// Number of labels.
        classes: usize,
        /// Zeros and ones.
        values: Vec<f32>,
    },
    /// `tagging`: for each row an index into the labels a token. `spans`: a tag of [`crate::spans`]. A token without a label has
    /// [`UNKNOWN_TAG`], and a row without any has an empty list.
    Tags(Ragged),
    /// `dependencies`: for each row the head of each token (0 for the root of its sentence, else 1 for the first token and so on)
    /// and the index of its relation to it. A token without a label has [`UNKNOWN_TAG`] in both, one whose relation
    /// was never seen in training in the relation only, and a row without any label has empty lists.
    Trees {
        /// The heads.
        heads: Ragged,
        /// The relations.
        relations: Ragged,
    },
    /// `srl`: the predicates of each row and the tags of their roles.
    Frames(FrameValues),
    /// `lemmas`: for each row the scripts that make those of its tokens.
    Lemmas(LemmaTags),
}

/// Predicates and their roles.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FrameValues {
    /// For each row the tokens, from 0, that are predicates, from left to right.
    pub predicates: Ragged,
    /// The sense of each of these, an index, of which one past the last stands for all that training lacks; [`UNKNOWN_TAG`] where it is not known.
    pub senses: Ragged,
    /// For each predicate of all rows in turn a tag of [`crate::spans`] for each token of its row; an empty list where its roles are not known.
    pub roles: Ragged,
    /// The roles that training lacks, which are numbered after those that it has.
    pub unseen_roles: Vec<String>,
}

impl FrameValues {
    /// The places of a row's predicates among those of all rows.
    pub fn frames_of(&self, row: usize) -> std::ops::Range<usize> {
        self.predicates.offsets[row] as usize..self.predicates.offsets[row + 1] as usize
    }

    /// What a role is called: one of `roles`, those that training has, or of those that it lacks.
    pub fn role<'a>(&'a self, kind: usize, roles: &'a [String]) -> &'a str {
        roles.iter().chain(&self.unseen_roles).nth(kind).map_or("", String::as_str)
    }

    /// The frames of some rows, in the order asked.
    pub(crate) fn pick(&self, rows: &[usize]) -> Self {
        let mut picked = Self { unseen_roles: self.unseen_roles.clone(), ..Self::default() };
        for &row in rows {
            picked.predicates.push(self.predicates.list(row).iter().copied());
            picked.senses.push(self.senses.list(row).iter().copied());
            self.frames_of(row).for_each(|frame| picked.roles.push(self.roles.list(frame).iter().copied()));
        }
        picked
    }
}
