//! The part of the configuration that this crate reads: `[data]`, `[inputs.*]` and the data side of `[tasks.*]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use crate::labels::{TargetConfig, TaskKind};

/// `[data]`: where the tables are and how they are split.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// The training table, or a list of tables with different columns that train one model.
    /// Paths are relative to the configuration's folder.
    pub train: OneOrMany,
    /// The table that early stopping and the choice of the best checkpoint look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid: Option<OneOrMany>,
    /// The table for the final figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<OneOrMany>,
    /// How to cut validation and test rows out of `train` where no file is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitConfig>,
    /// How rows of several tables share an epoch.
    #[serde(default)]
    pub sampling: Sampling,
    /// What to do with a row whose image or sound cannot be read.
    #[serde(default)]
    pub on_bad_row: OnBadRow,
    /// The most memory that decoded images and sounds may take, in megabytes. Those that do not fit are decoded again, beside the
    /// training, whenever they are needed. The result does not depend on it.
    #[serde(default = "default_media_megabytes")]
    pub media_megabytes: usize,
    /// Cells that count as missing besides the empty one.
    #[serde(default = "default_missing")]
    pub missing: Vec<String>,
}

/// The room for decoded images and sounds, unless the configuration says otherwise.
fn default_media_megabytes() -> usize {
    2000
}

/// The cells that count as missing unless the configuration says otherwise.
pub fn default_missing() -> Vec<String> {
    ["NA", "N/A", "NaN", "nan", "null", "None", "?"].map(str::to_owned).to_vec()
}

/// One path or a list of paths.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One path.
    One(String),
    /// Several paths.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The paths as a slice.
    pub fn paths(&self) -> &[String] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Many(paths) => paths,
        }
    }
}

/// How to cut a table into training, validation and test rows.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SplitConfig {
    /// The fraction of rows for validation.
    #[serde(default = "default_fraction")]
    pub valid: f64,
    /// The fraction of rows for the test.
    #[serde(default = "default_fraction")]
    pub test: f64,
    /// The rule.
    #[serde(default)]
    pub by: SplitRule,
    /// The column for `grouped`, `time` and `hash` (a `stratified` split balances all tasks at once
    /// unless a column is named).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The seed of the shuffle.
    #[serde(default)]
    pub seed: u64,
}

fn default_fraction() -> f64 {
    0.1
}

impl Default for SplitConfig {
    fn default() -> Self {
        Self { valid: 0.1, test: 0.1, by: SplitRule::default(), column: None, seed: 0 }
    }
}

/// The rule of a split.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SplitRule {
    /// Shuffled rows.
    Random,
    /// Each part has the classes of all tasks in equal proportion (Sechidis et al. 2011 for several tasks).
    #[default]
    Stratified,
    /// All rows with the same value of `column` are in one part.
    Grouped,
    /// The latest rows by `column` are the test, those before them validation.
    Time,
    /// By a hash of `column` (of the whole row without one): a row keeps its part when the table grows.
    Hash,
}

/// How rows of several tables share an epoch.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    /// Every row once: a table counts by its rows.
    #[default]
    Proportional,
    /// A table counts by the square root of its rows.
    SquareRoot,
    /// Every table counts the same.
    Uniform,
}

/// What to do with a row whose image or sound cannot be read.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum OnBadRow {
    /// Stop with the row, the column and the cause.
    Error,
    /// The input counts as missing; the count and the first names are reported. An error where
    /// nothing is left of the row.
    #[default]
    Missing,
    /// The row is left out; the count and the first names are reported.
    Skip,
}

/// `[inputs.NAME]`: one column that the model reads.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct InputConfig {
    /// The kind of input.
    #[serde(rename = "type")]
    pub kind: InputKind,
    /// The column, where it is not the table's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// `image`: height and width in pixels after resizing. Default: the median of the training
    /// images, at most 64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<[usize; 2]>,
    /// `image`: 1 for grey, 3 for colour. Default: grey if all training images are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<usize>,
    /// `audio`: samples a second after resampling. Default: the training files' most frequent rate, at most 16000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_rate: Option<u32>,
    /// `audio`: seconds that are kept; longer sounds are cut at the end. Default: the 98th percentile
    /// of the training sounds, at most 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// `audio`: mel bands. Default 40.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bands: Option<usize>,
    /// `tokens`: what reads the words. Default `cnn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<TokenEncoder>,
    /// `tokens`: a file of word vectors in the text format of word2vec, GloVe and fastText (`.gz` too), which are read beside each word's
    /// features and stay as they are. Relative to the configuration's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors: Option<String>,
    /// `tokens`: words kept of `vectors`, the first of the file, which are the most frequent in files of that kind. Default 200000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vectors_limit: Option<usize>,
    /// `tokens` with `encoder = "bert"`: the folder of a pretrained encoder of BERT's family as the Hugging Face hub gives it (`config.json`,
    /// `vocab.txt` or `tokenizer.json`, `model.safetensors`). Relative to the configuration's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pretrained: Option<String>,
    /// `pretrained`: how the vectors of a word's pieces become one. Default `mean`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pooling: Option<Pooling>,
    /// `pretrained`: whether its weights stay as they are. Default `false`: they are trained with all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<bool>,
    /// `pretrained`: its learning rate as a share of `training.learning_rate`. Default 0.05.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate_factor: Option<f64>,
    /// `tokens`: whether words are spelt out, too, a character after the other. Default: `true` for `lstm`, else `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub characters: Option<bool>,
    /// `tokens`: the share of words that training hides, so that what is learned of their parts and neighbours serves for words never seen.
    /// Default 0.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word_dropout: Option<f64>,
    /// `text`: buckets of the hashed features. Default 16384. `tokens`: rows of the table of each feature, of
    /// which a word reads several. Default 5000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buckets: Option<usize>,
    /// `text`: tokens that are kept. Default 256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<usize>,
    /// `category` and `set`: values kept in the vocabulary, most frequent first. Default 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_values: Option<usize>,
    /// `set`: what separates the members in a text cell. Default: the one of `;`, `|` and `,` that occurs
    /// most, the space where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
}

impl InputConfig {
    /// An input of a kind with every setting at its default.
    pub fn new(kind: InputKind) -> Self {
        Self {
            kind,
            column: None,
            size: None,
            channels: None,
            sample_rate: None,
            seconds: None,
            bands: None,
            encoder: None,
            characters: None,
            word_dropout: None,
            vectors: None,
            vectors_limit: None,
            pretrained: None,
            pooling: None,
            frozen: None,
            learning_rate_factor: None,
            buckets: None,
            max_tokens: None,
            max_values: None,
            separator: None,
        }
    }
}

/// The kinds of input.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum InputKind {
    Number,
    Category,
    Set,
    Date,
    Vector,
    Text,
    Tokens,
    Image,
    Audio,
}

impl InputKind {
    /// The kind as the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Category => "category",
            Self::Set => "set",
            Self::Date => "date",
            Self::Vector => "vector",
            Self::Text => "text",
            Self::Tokens => "tokens",
            Self::Image => "image",
            Self::Audio => "audio",
        }
    }
}

/// What reads the words of a `tokens` input.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum TokenEncoder {
    /// Hashed features of each word through residual windows over its neighbours.
    #[default]
    Cnn,
    /// Hashed features and characters through bidirectional recurrent layers.
    Lstm,
    /// Hashed features through self-attention.
    Transformer,
    /// Pieces of words through a pretrained encoder of BERT's family.
    Bert,
}

/// How the vectors of a word's pieces become one.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// The mean of all pieces.
    #[default]
    Mean,
    /// The first piece.
    First,
}

/// What chooses the labels of a sentence.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum TagDecoder {
    /// Each label by itself.
    #[default]
    Softmax,
    /// All together, by a conditional random field that scores which label follows which.
    Crf,
}
