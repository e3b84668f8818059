//! Sentences through a pretrained encoder of BERT's family.

mod block;
#[cfg(test)]
mod tests;
mod weights;
mod windows;

pub(crate) use weights::load;

use super::{Encoder, EncoderMethod, Layout};
use crate::error::ModelError;
use crate::plan::{InputPlan, Tuning};
use crate::view::{Sequence, ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::config::{Pooling, TokenEncoder};
use banyan_data::schema::{InputDetails, InputSchema, PretrainedSchema};
use banyan_engine::{Activation, Graph, Scope, Var};
use banyan_method::Method;
use banyan_nn::{Embedding, LayerBuilder, LayerNorm, Linear};
use block::Block;
use windows::Windows;

pub(super) const METHOD: EncoderMethod = EncoderMethod {
    method: Method::new(
        "bert",
        "tokens: pieces of words through a pretrained encoder of BERT's family, trained on or frozen, and back to words",
    )
    .paper("Devlin et al., NAACL 2019"),
    build: |builder, plan| {
        let InputDetails::Tokens { pretrained: Some(pretrained), .. } = plan.details() else { return None };
        Some(Box::new(BertEncoder::new(builder, pretrained, plan.input, plan.width, plan.dropout)))
    },
};

/// Below the encoder's own name stands what is read from the pretrained weights.
const PRETRAINED: &str = "pretrained";

/// The pieces of each word through self-attention (Devlin et al., NAACL 2019), then back to one vector a word; the pooled view is their
/// mean, brought to the model's width.
#[derive(Debug)]
pub(super) struct BertEncoder {
    pieces: Embedding,
    places: Embedding,
    kinds: Embedding,
    norm: LayerNorm,
    blocks: Vec<Block>,
    project: Linear,
    plan: InputPlan,
    /// Pieces that are read at once.
    most: usize,
    ends: [u32; 2],
    width: usize,
    /// Within the pretrained layers, and after them.
    dropouts: [f32; 2],
}

/// Whether a plan asks for a pretrained encoder where the schema has one, and only there.
pub(crate) fn check(inputs: &[InputSchema], plans: &[InputPlan]) -> Result<(), ModelError> {
    for (place, input) in inputs.iter().enumerate() {
        let InputDetails::Tokens { pretrained, .. } = &input.details else { continue };
        let is_asked = plans.get(place).is_some_and(|plan| plan.encoder == TokenEncoder::Bert);
        if is_asked != pretrained.is_some() {
            return Err(ModelError::NoPretrained { input: input.name.clone() });
        }
    }
    Ok(())
}

impl BertEncoder {
    /// The pooled view has `width` features, the sequence those of the pretrained encoder.
    pub(super) fn new(builder: &mut LayerBuilder, schema: &PretrainedSchema, plan: InputPlan, width: usize, dropout: f32) -> Self {
        let own = schema.width;
        let layers = |b: &mut LayerBuilder| {
            let norm = |b: &mut LayerBuilder, name: &str| LayerNorm { epsilon: schema.epsilon, ..b.layer_norm(name, own) };
            let mut table = |name: &str, rows: usize| b.embedding(name, rows, own, 0.0);
            let tables = [table("words", schema.vocabulary), table("positions", schema.positions), table("types", schema.types)];
            let blocks = (0..schema.layers).map(|number| b.within(&format!("block{number}"), |b| Block::new(b, schema, norm))).collect();
            (tables, norm(b, "norm"), blocks)
        };
        let ([pieces, places, kinds], norm, blocks) = builder.within(PRETRAINED, |b| {
            b.blank(|b| match plan.tuning {
                Tuning::Trained { learning_rate_factor } => b.learning_rate_factor(learning_rate_factor, layers),
                Tuning::Frozen => b.scope(Scope::State, layers),
            })
        });
        let inner = if plan.tuning == Tuning::Frozen { 0.0 } else { schema.dropout };
        Self {
            pieces,
            places,
            kinds,
            norm,
            blocks,
            project: builder.linear("project", own, width, Activation::Relu),
            plan,
            most: schema.positions,
            ends: schema.pieces.ends(),
            width: own,
            dropouts: [inner, dropout],
        }
    }

    /// The sum of the vectors of each piece, its place and its kind, `[rows, positions of all windows, width]`.
    fn embed(&self, graph: &mut Graph<'_>, windows: &Windows) -> Var {
        let offsets = windows.offsets();
        let read = [(self.pieces, windows.items()), (self.places, windows.places()), (self.kinds, vec![0; windows.pieces()])];
        let vectors = read.map(|(table, items)| table.forward(graph, &offsets, &items));
        let sum = graph.sum(&vectors, 1.0);
        let normed = self.norm.forward(graph, sum);
        let shaped = graph.reshape(normed, windows.shape(self.width));
        graph.dropout(shaped, self.dropouts[0])
    }

    /// One vector a word, `[rows, length, width]`; padding is zero.
    fn pool(&self, graph: &mut Graph<'_>, read: Var, windows: &Windows, layout: &Layout) -> Var {
        let words = match self.plan.pooling {
            Pooling::First => graph.gather(read, &windows.first_pieces(layout)),
            Pooling::Mean => {
                let (places, weights) = windows.all_pieces(layout);
                let most = places.len() / (layout.rows * layout.length).max(1);
                let gathered = graph.gather(read, &places);
                let gathered = graph.reshape(gathered, [layout.rows * layout.length, most, self.width]);
                graph.mean_pool(gathered, &weights)
            }
        };
        graph.reshape(words, [layout.rows, layout.length, self.width])
    }
}

impl Encoder for BertEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>]) -> Views {
        let InputValues::Tokens(tokens) = &inputs[0].values else { panic!("a pretrained encoder reads tokens") };
        let layout = Layout::new(tokens);
        let windows = Windows::new(tokens, self.most, self.ends);
        let mut read = self.embed(graph, &windows);
        for block in &self.blocks {
            read = block.forward(graph, read, &windows, self.dropouts[0]);
        }
        if self.plan.tuning == Tuning::Frozen {
            read = graph.constant(read);
        }
        let words = self.pool(graph, read, &windows, &layout);
        let values = graph.dropout(words, self.dropouts[1]);
        let mask = layout.mask();
        let mean = graph.mean_pool(values, &mask);
        Views { pooled: self.project.forward(graph, mean), sequence: Some(Sequence { values, mask }), grids: Vec::new() }
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes { sequence: Some(self.width), grids: Vec::new() }
    }
}
