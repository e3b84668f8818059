//! Encoders: from one input's values, or from all columns of a table, to views.
//!
//! To add one: a file, its module line, and its arm in [`build`]. An encoder never sees whether a value is
//! missing unless it has tokens of its own (the table's columns): rows without the input come as zeros, and the model puts the
//! root's token in the place of their pooled view.

mod audio;
pub(crate) mod bert;
mod cnn;
mod image;
mod table;
mod text;
mod tokens;
mod vector;

use crate::method::MethodInfo;
use crate::plan::InputPlan;
use crate::view::{ViewSizes, Views};
use banyan_data::batch::InputBatch;
use banyan_data::schema::{InputDetails, InputSchema};
use banyan_engine::Graph;
use banyan_nn::LayerBuilder;
use std::fmt::Debug;

pub use tokens::Layout;

/// Reads one modality.
pub trait Encoder: Debug + Send + Sync {
    /// The views of one chunk. `inputs` are the encoder's own, in the order it was built with; `present`
    /// says for each of them which rows have it (after selection and modality dropout).
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], present: &[Vec<bool>]) -> Views;

    /// The sizes of the views besides the pooled one.
    fn sizes(&self) -> ViewSizes;
}

/// The inputs that meet in one encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootPlan {
    /// The input's name, or "table" for all scalar columns together.
    pub name: String,
    /// Places in the schema's inputs.
    pub inputs: Vec<usize>,
}

/// Groups inputs into roots: numbers, categories, sets and dates are the columns of one table; every
/// other input is a modality of its own.
pub fn roots(inputs: &[InputSchema]) -> Vec<RootPlan> {
    let mut table: Option<RootPlan> = None;
    let mut roots = Vec::new();
    for (place, input) in inputs.iter().enumerate() {
        if is_column(&input.details) {
            table.get_or_insert_with(|| RootPlan { name: "table".to_owned(), inputs: Vec::new() }).inputs.push(place);
        } else {
            roots.push(RootPlan { name: input.name.clone(), inputs: vec![place] });
        }
    }
    table.into_iter().chain(roots).collect()
}

fn is_column(details: &InputDetails) -> bool {
    matches!(details, InputDetails::Number { .. } | InputDetails::Category { .. } | InputDetails::Set { .. } | InputDetails::Date { .. })
}

/// Makes the encoder of a root, whose pooled view has `width` features. `plan` says what reads tokens, where they are its input.
pub(crate) fn build(builder: &mut LayerBuilder, inputs: &[&InputSchema], plan: InputPlan, width: usize, dropout: f32) -> Box<dyn Encoder> {
    match &inputs[0].details {
        InputDetails::Text { buckets, .. } => Box::new(text::TextEncoder::new(builder, *buckets, width, dropout)),
        InputDetails::Tokens { pretrained: Some(pretrained), .. } => {
            Box::new(bert::BertEncoder::new(builder, pretrained, plan, width, dropout))
        }
        InputDetails::Tokens { buckets, characters, vectors, pretrained: None, .. } => {
            let reading = tokens::Reading { buckets: *buckets, characters: characters.len(), vectors: vectors.as_ref() };
            Box::new(tokens::TokensEncoder::new(builder, plan, reading, width, dropout))
        }
        InputDetails::Image { height, width: columns, channels, .. } => {
            Box::new(image::ImageEncoder::new(builder, [*height, *columns, *channels], width, dropout))
        }
        InputDetails::Audio { frames, bands, .. } => Box::new(audio::AudioEncoder::new(builder, *frames, *bands, width, dropout)),
        InputDetails::Vector { mean, .. } => Box::new(vector::VectorEncoder::new(builder, mean.len(), width, dropout)),
        _ => Box::new(table::TableEncoder::new(builder, inputs, width, dropout)),
    }
}

/// The encoders, for `banyan methods`.
pub const METHODS: &[MethodInfo] = &[
    MethodInfo {
        name: "table",
        summary: "number (piecewise-linear), category, set and date columns, each with a token for a missing cell, then a layer over all",
        paper: "Gorishniy et al., NeurIPS 2022",
        options: &[],
    },
    MethodInfo { name: "vector", summary: "a list of numbers through two layers", paper: "", options: &[] },
    MethodInfo {
        name: "text",
        summary: "hashed word and character n-grams of each token, a window over tokens, their mean",
        paper: "Weinberger et al., ICML 2009; Bojanowski et al., TACL 2017",
        options: &[],
    },
    MethodInfo {
        name: "cnn",
        summary: "tokens: hashed features of each word (itself, prefixes, suffixes, shape), residual windows over neighbours",
        paper: "Miranda et al., 2022",
        options: &[],
    },
    MethodInfo {
        name: "lstm",
        summary: "tokens: hashed features and characters of each word, recurrent layers in both directions, all of which the heads read",
        paper: "Lample et al., NAACL 2016",
        options: &[],
    },
    MethodInfo {
        name: "transformer",
        summary: "tokens: hashed features of each word, self-attention with sinusoids for the positions",
        paper: "Vaswani et al., NeurIPS 2017",
        options: &[],
    },
    MethodInfo {
        name: "bert",
        summary: "tokens: pieces of words through a pretrained encoder of BERT's family, trained on or frozen, and back to words",
        paper: "Devlin et al., NAACL 2019",
        options: &[],
    },
    MethodInfo {
        name: "image",
        summary: "3x3 convolutions with pooling, then a layer over the last grid",
        paper: "LeCun et al., Proc. IEEE 1998",
        options: &[],
    },
    MethodInfo {
        name: "audio",
        summary: "log-mel energies as a grid of time and frequency through 3x3 convolutions",
        paper: "Hershey et al., ICASSP 2017",
        options: &[],
    },
];
