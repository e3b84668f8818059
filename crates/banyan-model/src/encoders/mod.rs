//! Encoders: from one input's values, or from all columns of a table, to views.
//!
//! To add one: a file, its module line, and its entry in [`METHODS`]. An encoder never sees whether a value is
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

use crate::plan::InputPlan;
use crate::view::{ViewSizes, Views};
use banyan_data::batch::InputBatch;
use banyan_data::schema::{InputDetails, InputSchema};
use banyan_engine::Graph;
use banyan_method::{Described, Method, Registry};
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

/// What an encoder is made from.
#[derive(Debug, Clone, Copy)]
pub struct EncoderPlan<'a> {
    /// The inputs that meet in it: all columns of the table, or one input.
    pub inputs: &'a [&'a InputSchema],
    /// The model's side of the first of them.
    pub input: InputPlan,
    /// Features of the pooled view.
    pub width: usize,
    /// Dropout in training.
    pub dropout: f32,
}

impl<'a> EncoderPlan<'a> {
    /// What the first input holds.
    pub fn details(&self) -> &'a InputDetails {
        &self.inputs[0].details
    }
}

/// An encoder by name.
#[derive(Debug, Clone, Copy)]
pub struct EncoderMethod {
    /// Name, summary and paper.
    pub method: Method,
    /// Makes it; `None` for inputs that it does not read.
    pub build: fn(&mut LayerBuilder, EncoderPlan<'_>) -> Option<Box<dyn Encoder>>,
}

impl Described for EncoderMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// All encoders. Those that read other inputs build nothing, so that their order says nothing.
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
        audio::METHOD,
    ],
);

/// Makes the encoder of a root.
pub(crate) fn build(builder: &mut LayerBuilder, plan: EncoderPlan<'_>) -> Box<dyn Encoder> {
    let built = METHODS.iter().find_map(|entry| (entry.build)(builder, plan));
    built.unwrap_or_else(|| unreachable!("every kind of input has an encoder, and a plan that fits none is refused before"))
}
