//! Sentences as tokens.

mod characters;
mod context;
mod vectors;
mod words;

use super::{Encoder, EncoderMethod, EncoderPlan};
use crate::plan::InputPlan;
use crate::view::{Sequence, ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::config::TokenEncoder;
use banyan_data::schema::{InputDetails, VectorsSchema};
use banyan_engine::{Activation, Graph, Var};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, LayerNorm, Linear};
use banyan_text::tokens::TokenValues;
use banyan_text::{Ragged, UNKNOWN_TAG};
use characters::Characters;
use context::Context;
use vectors::Vectors;
use words::Words;

pub(super) const CNN: EncoderMethod = EncoderMethod {
    method: Method::new(
        "cnn",
        "tokens: hashed features of each word (itself, prefixes, suffixes, shape), residual windows over neighbours",
    )
    .paper("Miranda et al., 2022"),
    build: |builder, plan| TokensEncoder::build(builder, plan, TokenEncoder::Cnn),
};

pub(super) const LSTM: EncoderMethod = EncoderMethod {
    method: Method::new(
        "lstm",
        "tokens: hashed features and characters of each word, recurrent layers in both directions, all of which the heads read",
    )
    .paper("Lample et al., NAACL 2016"),
    build: |builder, plan| TokensEncoder::build(builder, plan, TokenEncoder::Lstm),
};

pub(super) const TRANSFORMER: EncoderMethod = EncoderMethod {
    method: Method::new("transformer", "tokens: hashed features of each word, self-attention with sinusoids for the positions")
        .paper("Vaswani et al., NeurIPS 2017"),
    build: |builder, plan| TokensEncoder::build(builder, plan, TokenEncoder::Transformer),
};

/// Each token's hashed features (and characters, and word vector) become a vector of its own, which then reads the sentence around it; the pooled view
/// is the tokens' mean.
#[derive(Debug)]
pub(super) struct TokensEncoder {
    words: Words,
    characters: Option<Characters>,
    vectors: Option<Vectors>,
    /// Features, characters and word vectors to the model's width.
    mix: Linear,
    norm: LayerNorm,
    context: Context,
    project: Linear,
    width: usize,
    dropout: f32,
}

/// Which positions of a chunk, `[rows, length]`, hold a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The rows of the chunk.
    pub rows: usize,
    /// The tokens of the longest sentence, at least 1.
    pub length: usize,
    /// The tokens of each row.
    pub lengths: Vec<u32>,
}

impl Layout {
    /// Of the tokens of a chunk.
    pub fn new(tokens: &TokenValues) -> Self {
        let lengths: Vec<u32> = tokens.offsets.windows(2).map(|ends| ends[1] - ends[0]).collect();
        Self { rows: lengths.len(), length: lengths.iter().copied().max().unwrap_or(0).max(1) as usize, lengths }
    }

    /// The place of every token among the positions, in order.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.lengths.iter().enumerate().flat_map(|(row, &length)| row * self.length..row * self.length + length as usize)
    }

    /// For each position whether it holds a token.
    pub(super) fn kept(&self) -> Vec<bool> {
        let mut kept = vec![false; self.rows * self.length];
        self.places().for_each(|place| kept[place] = true);
        kept
    }

    /// The same as factors.
    pub(super) fn mask(&self) -> Vec<f32> {
        self.kept().into_iter().map(|kept| if kept { 1.0 } else { 0.0 }).collect()
    }

    /// Labels of tokens at their positions, and none in the padding. A row whose labels are not known has an empty list.
    pub fn padded(&self, labels: &Ragged) -> Vec<u32> {
        let mut padded = vec![UNKNOWN_TAG; self.rows * self.length];
        for row in 0..self.rows {
            let own = labels.list(row);
            padded[row * self.length..][..own.len()].copy_from_slice(own);
        }
        padded
    }

    /// Makes padding zero, as what lies beyond the longest sentence is: else what is said of a sentence would depend on the lengths of the
    /// others in its chunk.
    pub(super) fn cleared(&self, graph: &mut Graph<'_>, values: Var) -> Var {
        if self.lengths.iter().all(|&length| length as usize == self.length) {
            return values;
        }
        let shape = graph.shape(values);
        let width = shape.last();
        let mask = self.mask();
        let keep = graph.input_with(shape, |values| {
            for (vector, &keep) in values.chunks_exact_mut(width).zip(&mask) {
                vector.fill(keep);
            }
        });
        graph.multiply(values, keep)
    }
}

/// What a token can be read by.
#[derive(Debug, Clone, Copy)]
struct Reading<'a> {
    /// Rows of the table of each hashed feature.
    buckets: usize,
    /// The size of the characters' vocabulary.
    characters: usize,
    vectors: Option<&'a VectorsSchema>,
}

impl TokensEncoder {
    /// Makes it where the plan asks for `encoder` on hashed features.
    fn build(builder: &mut LayerBuilder, plan: EncoderPlan<'_>, encoder: TokenEncoder) -> Option<Box<dyn Encoder>> {
        let InputDetails::Tokens { buckets, characters, vectors, pretrained: None, .. } = plan.details() else { return None };
        let reading = Reading { buckets: *buckets, characters: characters.len(), vectors: vectors.as_ref() };
        let is_asked = plan.input.encoder == encoder;
        is_asked.then(|| -> Box<dyn Encoder> { Box::new(Self::new(builder, plan.input, reading, plan.width, plan.dropout)) })
    }

    /// The pooled view has `width` features, the sequence as many for each layer that the heads are shown.
    fn new(builder: &mut LayerBuilder, plan: InputPlan, reading: Reading<'_>, width: usize, dropout: f32) -> Self {
        let kind = plan.encoder;
        let words = Words::new(builder, reading.buckets, plan.word_dropout);
        let spells = plan.characters.unwrap_or(kind == TokenEncoder::Lstm);
        let characters = spells.then(|| Characters::new(builder, reading.characters));
        let vectors = reading.vectors.map(|vectors| Vectors::new(builder, vectors, width));
        let read = words.width() + characters.as_ref().map_or(0, Characters::width) + vectors.as_ref().map_or(0, Vectors::width);
        Self {
            mix: builder.linear("mix", read, width, Activation::Gelu),
            norm: builder.layer_norm("norm", width),
            context: Context::new(builder, kind, width),
            project: builder.linear("project", width, width, Activation::Relu),
            words,
            characters,
            vectors,
            width,
            dropout,
        }
    }
}

impl Encoder for TokensEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>]) -> Views {
        let InputValues::Tokens(tokens) = &inputs[0].values else { panic!("a tokens encoder reads tokens") };
        let layout = Layout::new(tokens);
        let mut parts = vec![self.words.forward(graph, tokens, &layout)];
        parts.extend(self.characters.as_ref().map(|characters| characters.forward(graph, tokens, &layout)));
        parts.extend(self.vectors.as_ref().map(|vectors| vectors.forward(graph, tokens, &layout)));
        let read = if let [words] = *parts { words } else { graph.concat(&parts) };
        let mixed = self.mix.forward(graph, read);
        let normed = self.norm.forward(graph, mixed);
        let dropped = graph.dropout(normed, self.dropout);
        let cleared = layout.cleared(graph, dropped);
        let [last, values] = self.context.forward(graph, cleared, &layout, self.dropout);
        let mask = layout.mask();
        let mean = graph.mean_pool(last, &mask);
        let mean = graph.dropout(mean, self.dropout);
        Views { pooled: self.project.forward(graph, mean), sequence: Some(Sequence { values, mask }), grids: Vec::new() }
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes { sequence: Some(self.context.shown() * self.width), grids: Vec::new() }
    }
}
