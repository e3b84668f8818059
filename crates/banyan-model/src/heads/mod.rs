//! Heads: from a task's representation to its outputs, their losses and its predictions. One kind of task is one file.
//!
//! To add one: a file with a type that is a [`Head`], its module line, and its line in [`HEADS`]. The kind's labels are in `banyan-data`'s
//! `labels` folder, its metrics in `banyan-train`'s `tasks`.

mod binary;
mod chain;
mod classification;
mod count;
mod dense;
mod dependencies;
mod detection;
mod lemmas;
mod multilabel;
mod options;
mod ordinal;
mod pixels;
mod quantiles;
mod reader;
mod regression;
mod segmentation;
mod slopes;
mod spans;
mod srl;
mod start;
mod tagging;
mod tokens;

pub use srl::{FOUND, GIVEN, PredictedFrames};

pub use reader::Read;
pub(crate) use reader::{Local, Place, Reader};

use crate::encoders::Layout;
use crate::error::ModelError;
use crate::plan::TaskPlan;
use crate::view::PyramidSizes;
use banyan_data::SettingError;
use banyan_data::batch::{TargetBatch, TokenValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;
use banyan_engine::{Graph, Parameters, Var};
use banyan_method::{Choice, Described, Method, Registry, Settings};
use banyan_nn::LayerBuilder;
use std::fmt::Debug;

/// A task's last layers.
///
/// One chunk of rows goes through [`forward`](Self::forward), where values are only ever written. Where nothing is learned, a head may have
/// a second stage, [`refine`](Self::refine): outputs that depend on a decision, as the relation does on the head that was chosen. It runs
/// once the pass over all tasks is complete, and may read what it computed. Then come [`losses`](Self::losses), where labels are known,
/// and [`predict`](Self::predict).
pub trait Head: Debug + Send + Sync {
    /// Computes the outputs of what the head reads. In training these
    /// are all outputs; those that depend on a decision take the labels' part.
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, chunk: &Chunk<'_>) -> Vec<Var>;

    /// Computes the outputs that depend on decisions, where nothing is learned. `outputs` are those of [`forward`](Self::forward).
    fn refine(&self, _graph: &mut Graph<'_>, _read: &Read, _outputs: &[Var], _chunk: &Chunk<'_>) -> Vec<Var> {
        Vec::new()
    }

    /// The losses of a chunk, scalars that add up, each label of which counts `share`.
    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var>;

    /// How many sums over the whole batch some losses depend on: a normalizer that predictions decide, a share of classes.
    fn batch_sums(&self) -> usize {
        0
    }

    /// A chunk's part of each of the [sums](Self::batch_sums), scalars.
    fn sums(&self, _graph: &mut Graph<'_>, _outputs: &[Var], _chunk: &Chunk<'_>) -> Vec<Var> {
        Vec::new()
    }

    /// The losses, scalars that add up, that depend on the [sums](Self::batch_sums) over the whole batch, besides those of each chunk.
    fn losses_of_sums(&self, _graph: &mut Graph<'_>, _sums: &[Var]) -> Vec<Var> {
        Vec::new()
    }

    /// What the outputs say of each row.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Values;

    /// What is predicted of rows whose part of an input, such as words, is not there, so that the head was not run.
    fn predict_nothing(&self, chunk: &Chunk<'_>) -> Values;

    /// Sets initial parameters to what the labels' frequencies say.
    fn start_from_frequencies(&self, _parameters: &mut Parameters) {}
}

/// What a head is made for.
#[derive(Debug, Clone, Copy)]
pub struct HeadPlan<'a> {
    /// What was learned about the labels.
    pub target: &'a TargetSchema,
    /// The head's options.
    pub settings: &'a Settings,
    /// Features of what the head reads.
    pub width: usize,
    /// Dropout within the head.
    pub dropout: f32,
    /// The sizes of the pyramid, for a head on places of an image.
    pub pyramid: Option<&'a PyramidSizes>,
}

impl<'a> HeadPlan<'a> {
    /// What was learned about labels of a kind.
    ///
    /// # Panics
    /// For labels of another kind: a head is made for its own.
    pub fn labels<T: 'static>(&self) -> &'a T {
        self.target.labels_as().unwrap_or_else(|| panic!("the labels of task `{}` are of another kind than its head's", self.target.name))
    }

    /// The weight of each class in the loss: inversely to its frequency where the options say so, else none.
    fn class_weights(&self) -> Vec<f32> {
        let counts = self.target.counts();
        let all = counts.iter().sum::<usize>() as f32;
        if !self.settings.flag(options::BALANCED.name) {
            return Vec::new();
        }
        counts.iter().map(|&count| all / (counts.len() as f32 * count.max(1) as f32)).collect()
    }
}

/// What a head sees of a chunk of rows besides its representation.
#[derive(Debug)]
pub struct Chunk<'a> {
    /// The key of each row's randomness.
    pub rows: &'a [u64],
    /// The task's labels, and which rows have them.
    pub target: &'a TargetBatch,
    /// The tokens that the task labels, and where they are, for a task on words.
    pub words: Option<Words<'a>>,
    /// Which rows have the image on which the labels lie, for a task on images.
    pub images: Option<&'a [bool]>,
}

/// The tokens that a task labels.
#[derive(Debug)]
pub struct Words<'a> {
    /// The tokens.
    pub tokens: &'a TokenValues,
    /// Where they are among the positions of a chunk.
    pub layout: Layout,
}

impl Chunk<'_> {
    /// Where the tokens of a task on words are.
    ///
    /// # Panics
    /// For a task that is not on words.
    pub fn layout(&self) -> &Layout {
        &self.words.as_ref().expect("a task on words has words").layout
    }

    /// Whether a row's labels are known and its image is there.
    fn is_learned(&self, row: usize) -> bool {
        self.target.known[row] && self.has_image(row)
    }

    /// Whether a row's image is there.
    fn has_image(&self, row: usize) -> bool {
        self.images.is_none_or(|images| images[row])
    }

    /// The weight of each row: `share`, times that of its class where classes have weights; 0 without a label.
    fn row_weights(&self, share: f32, class_weights: &[f32], classes: &[u32]) -> Vec<f32> {
        let own = |row: usize| classes.get(row).and_then(|&class| class_weights.get(class as usize)).copied().unwrap_or(1.0);
        (0..self.rows.len()).map(|row| if self.target.known[row] { share * own(row) } else { 0.0 }).collect()
    }
}

/// How a head is made.
pub type BuildHead = fn(&mut LayerBuilder, &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError>;

/// How the head of one kind of task is made.
#[derive(Debug, Clone, Copy)]
pub struct HeadMethod {
    /// The kind's name and summary, and the options of its head, which are keys of `[tasks.NAME]`.
    pub method: Method,
    /// Whether its options go together.
    pub check: fn(&Choice) -> Result<(), SettingError>,
    /// Makes it.
    pub build: BuildHead,
}

impl HeadMethod {
    /// A head whose options all go together.
    pub const fn new(method: Method, build: BuildHead) -> Self {
        Self { method, check: |_| Ok(()), build }
    }
}

impl Described for HeadMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// The heads, one for each kind of task.
pub static HEADS: Registry<HeadMethod> = Registry::new(
    "tasks",
    "task",
    "Predict a column; the type says what kind of label it holds.",
    &[
        regression::HEAD,
        count::HEAD,
        quantiles::HEAD,
        binary::HEAD,
        classification::HEAD,
        multilabel::HEAD,
        ordinal::HEAD,
        tagging::HEAD,
        spans::HEAD,
        dependencies::HEAD,
        srl::HEAD,
        lemmas::HEAD,
        detection::HEAD,
        segmentation::HEAD,
        dense::HEAD,
    ],
);

/// Makes the head of a task.
pub(crate) fn build(
    builder: &mut LayerBuilder,
    methods: &Registry<HeadMethod>,
    (target, task): (&TargetSchema, &TaskPlan),
    (width, dropout): (usize, f32),
    pyramid: Option<&PyramidSizes>,
) -> Result<Box<dyn Head>, ModelError> {
    let choice = Choice { name: target.kind().name().to_owned(), options: task.options.clone() };
    let (entry, settings) = methods.check(&choice, 1)?;
    (entry.build)(builder, &HeadPlan { target, settings: &settings, width, dropout, pyramid })
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_data::labels::TaskKind;

    #[test]
    fn every_kind_of_task_has_one_head() {
        let kinds: Vec<&str> = TaskKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(HEADS.names().collect::<Vec<_>>(), kinds);
    }
}
