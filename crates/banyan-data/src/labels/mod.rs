//! Kinds of label: how each is inferred, fitted, encoded, audited and split by. One kind is one file.
//!
//! To add one: a file with what is learned about its labels (a `Label`) and with its `KIND` (a `LabelKind`), its module line, and its line in
//! the table below. What its head computes is in `banyan-model`'s `heads` folder, how it is measured in `banyan-train`'s `tasks`.

mod binary;
mod boxes;
mod candidate;
pub(crate) mod canvas;
mod classes;
mod classification;
mod config;
mod count;
mod dense;
mod dependencies;
mod detection;
pub(crate) mod grid;
mod lemmas;
mod multilabel;
mod numbers;
mod ordinal;
mod paint;
mod quantiles;
mod regression;
mod said_sizes;
mod segmentation;
mod settings;
pub(crate) mod shapes;
mod source;
mod spans;
mod srl;
mod stored;
mod tagging;
mod task;
mod words;

pub use binary::BinarySettings;
pub use boxes::BoxFormat;
pub use candidate::InferredTask;
pub use canvas::Canvas;
pub use classification::ClassificationSettings;
pub use config::TargetConfig;
pub use count::CountSettings;
pub use dense::DenseSettings;
pub use dependencies::{DependenciesColumns, DependenciesSettings, LONGEST_TREE, TreeValues};
pub use detection::{BoxValues, COUNTED, CROWD, DetectionSettings, IGNORED};
pub use lemmas::{LemmaValues, LemmasSettings};
pub use multilabel::MultilabelSettings;
pub use ordinal::OrdinalSettings;
pub use quantiles::{QuantilesSettings, pinball};
pub use regression::RegressionSettings;
pub use segmentation::SegmentationSettings;
pub use spans::SpansSettings;
pub use srl::{FrameValues, SrlColumns, SrlSettings};
pub use tagging::TaggingSettings;

pub(crate) use candidate::{Candidate, Refusal};
pub(crate) use settings::Settings;
pub(crate) use source::{Encoded, ImageSizes, Source, SourceImages, SourceWords};
pub(crate) use stored::{LabelValues, StoredLabels};
pub(crate) use task::{Task, TaskInput};

use std::any::Any;
use std::fmt::Debug;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize};

use crate::augment::composition::Composition;
use crate::augment::transform::Transform;
use crate::error::Error;
use crate::report::TargetReport;
use crate::settings::SettingError;
use crate::table::{Cell, Column, Table};
use crate::values::Values;

/// What labels belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The row as a whole.
    Row,
    /// The words of an input of the type `tokens`.
    Words,
    /// Places on an input of the type `image`.
    Image,
}

/// What a kind of label can do before anything is learned.
pub(crate) trait LabelKind: Sync {
    /// The kind as the configuration writes it.
    fn name(&self) -> &'static str;

    /// What its labels belong to.
    fn subject(&self) -> Subject {
        Subject::Row
    }

    /// Whether a row has one label of the kind at most.
    fn is_one_a_row(&self) -> bool {
        self.subject() == Subject::Row
    }

    /// The columns without which a row has no labels.
    fn columns<'a>(&self, config: &'a TargetConfig) -> Vec<&'a str> {
        vec![&config.column]
    }

    /// Further columns that labels may be read from.
    fn optional_columns<'a>(&self, _config: &'a TargetConfig) -> Vec<&'a str> {
        Vec::new()
    }

    /// The configuration, with what is found in the cells of the label's column where it is silent.
    fn resolve(&self, config: &TargetConfig, _cells: &mut dyn Iterator<Item = Cell<'_>>) -> TargetConfig {
        config.clone()
    }

    /// The place of the kind in the order in which inference asks: those with the more particular rules first.
    fn asked_at(&self) -> u8 {
        9
    }

    /// The task that a column looks like, if it looks like one of this kind.
    fn infer(&self, _candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        Ok(None)
    }

    /// Learns from the training rows.
    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error>;

    /// What an audit counts of a row: its classes, labels of words, types of spans; nothing of numbers.
    fn audit(&self, _row: &AuditedRow<'_>) -> AuditedLabels {
        AuditedLabels::default()
    }

    /// How rows are stratified by the label.
    fn strata(&self, config: &TargetConfig) -> Strata;
}

/// What was learned about the labels of one task.
pub(crate) trait Label: Any + Debug {
    /// The classes or labels in their order; none for numbers.
    fn classes(&self) -> &[String] {
        &[]
    }

    /// Training rows (tokens, spans) of each class or label; none for numbers.
    fn counts(&self) -> &[usize] {
        &[]
    }

    /// The first number that cannot have been learned: what is read back from a file sizes a model and is computed with. That there are as
    /// many [`counts`](Self::counts) as [`classes`](Self::classes) is seen to for every kind.
    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }

    /// Training rows that have the label at all.
    fn known_rows(&self) -> usize {
        self.counts().iter().sum()
    }

    /// The input whose words are labeled, for a task on words, or on which the labels lie, for one on images.
    fn on(&self) -> Option<&str> {
        None
    }

    /// The columns that labels are read from besides the first.
    fn further_columns(&self) -> Vec<&str> {
        Vec::new()
    }

    /// The column for want of which no labels can be read from a table, which has those that `has` says.
    fn lacking<'a>(&'a self, column: &'a str, has: &dyn Fn(&str) -> bool) -> Option<&'a str> {
        std::iter::once(column).chain(self.further_columns()).find(|column| !has(column))
    }

    /// The most words of a row that is predicted, where the memory of a task on words grows faster than their number.
    fn most_words(&self) -> Option<usize> {
        None
    }

    /// Whether labels say what is to be predicted, so that they are read for predictions too.
    fn guides_predictions(&self) -> bool {
        false
    }

    /// Encodes labels. [`grid`] does it for those in image files.
    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error>;

    /// So many rows without a label.
    fn unknown(&self, rows: usize) -> Values;

    /// The same labels on images that are laid on another canvas, for those that lie on images.
    fn on_canvas(&self, _canvas: Canvas) -> Option<LabelSchema> {
        None
    }

    /// The smallest box around all that a row's labels show, in pixels of the canvas: what an augmentation may have to keep in sight.
    fn extent(&self, _values: &Values, _row: usize) -> Option<[f32; 4]> {
        None
    }

    /// Moves labels that lie on an input along with it, as each row of a batch was moved.
    fn transform(&self, _values: &mut Values, _transforms: &[Transform]) {}

    /// The boxes of the objects of row `from`, in pixels of the canvas, that may be pasted into the image of row `onto`: those of classes that are annotated there.
    /// None for kinds of label that have no boxes.
    fn objects(&self, _values: &Values, _from: usize, _onto: usize) -> Option<Vec<[f32; 4]>> {
        None
    }

    /// For each pixel of an image of `[height, width]` whether it belongs to an object, for kinds of label that tell it.
    fn object_pixels(&self, _values: &Values, _row: usize, _image: [usize; 2]) -> Option<Vec<bool>> {
        None
    }

    /// Whether a row's labels are still known where its image is put together like this.
    fn is_known_in(&self, _values: &Values, _composition: &Composition) -> bool {
        true
    }

    /// Puts labels that lie on an input together as the images of a batch are, where a row's labels are `known`.
    fn compose(&self, _values: &mut Values, _known: &[bool], _compositions: &[Option<Composition>]) {}

    /// The labels that a row has: those of its tokens, or the one of the row. (Labels in files count themselves.)
    fn count(&self, _values: &Values, known: &[bool], row: usize) -> usize {
        usize::from(known[row])
    }
}

/// A row as an audit looks at it.
pub(crate) struct AuditedRow<'a> {
    pub(crate) table: &'a Table,
    pub(crate) row: usize,
    pub(crate) column: &'a Column,
    /// [Resolved](LabelKind::resolve).
    pub(crate) config: &'a TargetConfig,
    /// The column of the words that are labeled, where the table has it.
    pub(crate) words: Option<&'a Column>,
}

impl<'a> AuditedRow<'a> {
    pub(crate) fn cell(&self) -> Cell<'a> {
        self.column.cell(self.row)
    }
}

/// What an audit counts of a row.
#[derive(Debug, Default)]
pub(crate) struct AuditedLabels {
    /// The classes that the row has, or its words or spans.
    pub(crate) names: Vec<String>,
    /// Its words with a label, for kinds that count them.
    pub(crate) tokens: Option<usize>,
}

impl AuditedLabels {
    /// A label for each of some words.
    fn of_tokens(names: Vec<String>) -> Self {
        Self { tokens: Some(names.len()), names }
    }

    fn of_row(names: Vec<String>) -> Self {
        Self { names, tokens: None }
    }
}

/// How rows are stratified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Strata {
    /// By the quantiles of a number.
    Quantiles,
    /// By the class.
    Classes,
    /// By each of several labels, with this between them in a text cell.
    Members(String),
    /// Not at all: a sentence has nearly all the labels there are.
    None,
}

macro_rules! kinds {
    ($($kind:ident in $module:ident: $settings:ident;)*) => {
        $(pub use $module::$kind;)*

        /// The kinds of task.
        #[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[serde(rename_all = "lowercase")]
        #[expect(missing_docs, reason = "the names are the field's own")]
        pub enum TaskKind {
            $($kind,)*
        }

        /// What was learned about the labels of one task. Counts are over the training rows that have the label.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "type", rename_all = "lowercase")]
        #[expect(missing_docs, reason = "each is described where it is defined")]
        pub enum LabelSchema {
            $($kind($kind),)*
        }

        /// A kind of task with the settings of its labels.
        #[derive(Debug, Clone, PartialEq, Serialize)]
        #[serde(tag = "type", rename_all = "lowercase")]
        #[expect(missing_docs, reason = "each is described where it is defined")]
        pub enum LabelSettings {
            $($kind($settings),)*
        }

        impl LabelSettings {
            /// The kind of task.
            pub fn kind(&self) -> TaskKind {
                match self {
                    $(Self::$kind(_) => TaskKind::$kind,)*
                }
            }

            pub(crate) fn settings(&self) -> &dyn Settings {
                match self {
                    $(Self::$kind(settings) => settings,)*
                }
            }
        }

        impl TaskKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The names of the settings of its labels.
            pub fn keys(self) -> &'static [&'static str] {
                match self {
                    $(Self::$kind => crate::settings::keys::<$settings>(),)*
                }
            }

            /// The settings of its labels at their defaults.
            pub fn settings(self) -> LabelSettings {
                match self {
                    $(Self::$kind => LabelSettings::$kind($settings::default()),)*
                }
            }

            /// Reads the settings of its labels.
            ///
            /// # Errors
            /// What the deserializer complains about: a setting that the kind does not have, or a value of another type.
            pub fn read_settings<'de, D: Deserializer<'de>>(self, from: D) -> Result<LabelSettings, D::Error> {
                match self {
                    $(Self::$kind => $settings::deserialize(from).map(LabelSettings::$kind),)*
                }
            }

            /// The JSON Schema of the settings of its labels.
            pub fn settings_schema(self, generator: &mut SchemaGenerator) -> Schema {
                match self {
                    $(Self::$kind => $settings::json_schema(generator),)*
                }
            }

            pub(crate) fn kind(self) -> &'static dyn LabelKind {
                match self {
                    $(Self::$kind => &$module::KIND,)*
                }
            }
        }

        impl LabelSchema {
            /// The kind of task.
            pub fn kind(&self) -> TaskKind {
                match self {
                    $(Self::$kind(_) => TaskKind::$kind,)*
                }
            }

            pub(crate) fn label(&self) -> &dyn Label {
                match self {
                    $(Self::$kind(label) => label,)*
                }
            }
        }

        $(impl From<$settings> for LabelSettings {
            fn from(settings: $settings) -> Self {
                Self::$kind(settings)
            }
        })*

        $(impl From<$kind> for LabelSchema {
            fn from(label: $kind) -> Self {
                Self::$kind(label)
            }
        })*
    };
}

// The table of kinds of label.
kinds! {
    Regression in regression: RegressionSettings;
    Count in count: CountSettings;
    Quantiles in quantiles: QuantilesSettings;
    Binary in binary: BinarySettings;
    Classification in classification: ClassificationSettings;
    Multilabel in multilabel: MultilabelSettings;
    Ordinal in ordinal: OrdinalSettings;
    Tagging in tagging: TaggingSettings;
    Spans in spans: SpansSettings;
    Dependencies in dependencies: DependenciesSettings;
    Srl in srl: SrlSettings;
    Lemmas in lemmas: LemmasSettings;
    Detection in detection: DetectionSettings;
    Segmentation in segmentation: SegmentationSettings;
    Dense in dense: DenseSettings;
}

impl TaskKind {
    /// The kind as the configuration writes it.
    pub fn name(self) -> &'static str {
        self.kind().name()
    }

    /// What its labels belong to.
    pub fn subject(self) -> Subject {
        self.kind().subject()
    }
}

impl LabelSchema {
    /// What was learned about labels, if they are of this kind.
    pub fn downcast<T: 'static>(&self) -> Option<&T> {
        let label: &dyn Any = self.label();
        label.downcast_ref()
    }
}

/// The kinds in the order in which inference asks them.
pub(crate) fn in_order_of_inference() -> Vec<&'static dyn LabelKind> {
    let mut kinds: Vec<&'static dyn LabelKind> = TaskKind::ALL.iter().map(|kind| kind.kind()).collect();
    kinds.sort_by_key(|kind| kind.asked_at());
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_configuration() {
        for kind in TaskKind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("a name"), kind.name());
        }
    }
}
