//! Encoders: from one input's values, or from all columns of a table, to views.
//!
//! To add one: a file, its module line, and its entry in [`METHODS`]. An encoder never sees whether a value is
//! missing unless it has tokens of its own (the table's columns): rows without the input come as zeros, and the model puts the
//! modality's token in the place of their pooled view.

#[cfg(test)]
mod alone;
mod audio;
mod bert;
mod chosen;
pub(crate) mod conv;
mod convolutions;
mod image;
mod pretrained;
mod table;
mod text;
mod tokens;
mod vector;

pub use tokens::Layout;

pub(crate) use chosen::{ModalityPlan, choose, modalities};

use crate::blocks::Blocks;
use crate::error::ModelError;
use crate::view::{ViewSizes, Views};
use banyan_data::SettingError;
use banyan_data::batch::InputBatch;
use banyan_data::inputs::{InputKind, InputSettings};
use banyan_data::schema::InputSchema;
use banyan_engine::{Graph, Parameters};
use banyan_method::{Choice, Described, Method, Registry, Settings};
use banyan_nn::LayerBuilder;
use std::fmt::Debug;
use std::path::Path;

/// Reads one modality.
pub trait Encoder: Debug + Send + Sync {
    /// The views of one chunk. `inputs` are the encoder's own, in the order it was built with; `present`
    /// says for each of them which rows have it (after selection and modality dropout). The output of each block goes through `blocks`, so that
    /// a sharing may see and change it.
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], present: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views;

    /// The sizes of the views besides the pooled one, and of the blocks.
    fn sizes(&self) -> ViewSizes;

    /// Cells of a row's largest grid or sequence, of which there are activations of every layer: rows are cut into chunks by it.
    fn cells(&self) -> usize {
        16
    }

    /// Reads pretrained weights from the folder that the input's settings name into the parameters of the encoder, whose names begin with `prefix`.
    ///
    /// # Errors
    /// If the folder has none, or others than it says itself.
    fn load_pretrained(&self, _parameters: &mut Parameters, _prefix: &str, _folder: &Path) -> Result<(), ModelError> {
        Ok(())
    }
}

/// What an encoder is made from.
#[derive(Debug, Clone, Copy)]
pub struct EncoderPlan<'a> {
    /// The inputs that meet in it: all columns of the table, or one input.
    pub inputs: &'a [&'a InputSchema],
    /// Its options.
    pub settings: &'a Settings,
    /// Features of the pooled view.
    pub width: usize,
    /// Dropout in training.
    pub dropout: f32,
    /// Whether a head reads its pyramid, which costs layers of its own.
    pub is_pyramid_read: bool,
}

impl<'a> EncoderPlan<'a> {
    /// What was learned of its only input, or of the first.
    ///
    /// # Panics
    /// For an input of another kind than the encoder reads.
    pub fn schema<S: 'static>(&self) -> &'a S {
        let input = self.inputs[0];
        input.details.downcast().unwrap_or_else(|| panic!("the input \"{}\" is of another kind than its encoder reads", input.name))
    }
}

/// An encoder by name.
#[derive(Debug, Clone, Copy)]
pub struct EncoderMethod {
    /// Name, summary, paper and options.
    pub method: Method,
    /// The kinds of input that it reads. The first encoder of a kind is the one that reads it unless another is chosen.
    pub reads: &'static [InputKind],
    /// How many inputs it reads at once.
    pub meeting: Meeting,
    /// Whether it can read an input with these settings, with these options.
    pub check: fn(&InputSettings, &Choice) -> Result<(), SettingError>,
    /// Makes it.
    pub build: BuildEncoder,
}

/// How an encoder is made.
pub type BuildEncoder = fn(&mut LayerBuilder, &EncoderPlan<'_>) -> Result<Box<dyn Encoder>, ModelError>;

/// How many inputs an encoder reads at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// One: each is a modality of its own.
    One,
    /// All that it can read, as the columns of a table.
    All,
}

impl EncoderMethod {
    /// An encoder of one input of a kind, without options to be checked against the input's settings.
    pub const fn of_one(method: Method, reads: &'static [InputKind], build: BuildEncoder) -> Self {
        Self { method, reads, meeting: Meeting::One, check: |_, _| Ok(()), build }
    }
}

impl Described for EncoderMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// All encoders.
pub static METHODS: Registry<EncoderMethod> = Registry::new(
    "encoders",
    "encoder",
    "Read an input, or all columns of a table together, into one vector a row.",
    &[
        table::METHOD,
        vector::METHOD,
        text::METHOD,
        tokens::CNN,
        tokens::LSTM,
        tokens::TRANSFORMER,
        bert::METHOD,
        image::METHOD,
        conv::residual::METHOD,
        conv::resnet::RESNET18,
        conv::resnet::RESNET34,
        conv::resnet::RESNET50,
        conv::convnext::ATTO,
        conv::convnext::FEMTO,
        conv::convnext::PICO,
        conv::convnext::NANO,
        conv::convnext::TINY,
        conv::convnext::SMALL,
        conv::convnext::BASE,
        conv::efficientnet_lite::LITE0,
        conv::efficientnet_lite::LITE1,
        conv::efficientnet_lite::LITE2,
        conv::efficientnet_lite::LITE3,
        conv::efficientnet_lite::LITE4,
        audio::METHOD,
    ],
);

/// The encoders that read a kind of input; the first is the default.
pub fn encoders_of(kind: InputKind) -> impl Iterator<Item = &'static EncoderMethod> {
    METHODS.iter().filter(move |encoder| encoder.reads.contains(&kind))
}

/// The encoder that reads a kind of input unless another is chosen.
pub fn default_encoder(kind: InputKind) -> &'static EncoderMethod {
    encoders_of(kind).next().expect("every kind of input has an encoder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_input_has_an_encoder() {
        for &kind in InputKind::ALL {
            assert!(encoders_of(kind).count() > 0, "{kind:?}");
        }
    }
}
