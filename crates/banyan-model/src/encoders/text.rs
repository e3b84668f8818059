//! Texts as bags of hashed features of each token.

use super::{Encoder, EncoderMethod};
use crate::blocks::Blocks;
use crate::view::{Sequence, ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::{InputKind, TextSchema};
use banyan_engine::{Activation, Graph};
use banyan_method::Method;
use banyan_nn::{Conv2d, Embedding, LayerBuilder, LayerNorm, Linear};

pub(super) const METHOD: EncoderMethod = EncoderMethod::of_one(
    Method::new("text", "hashed word and character n-grams of each token, a window over tokens, their mean")
        .paper("Weinberger et al., ICML 2009; Bojanowski et al., TACL 2017"),
    &[InputKind::Text],
    |builder, plan| Ok(Box::new(TextEncoder::new(builder, plan.schema(), plan.width, plan.dropout))),
);

/// Features of a token before the window.
const TOKEN_WIDTH: usize = 64;

/// Each token is the sum of its hashed features' vectors, normalized; a window of three tokens adds what
/// stands beside it; the pooled view is the tokens' mean.
#[derive(Debug)]
struct TextEncoder {
    table: Embedding,
    norm: LayerNorm,
    window: Conv2d,
    project: Linear,
    max_tokens: usize,
    dropout: f32,
}

impl TextEncoder {
    fn new(builder: &mut LayerBuilder, schema: &TextSchema, width: usize, dropout: f32) -> Self {
        Self {
            table: builder.embedding("table", schema.buckets, TOKEN_WIDTH, 0.1),
            norm: builder.layer_norm("norm", TOKEN_WIDTH),
            window: builder.conv2d("window", (1, 3), TOKEN_WIDTH, TOKEN_WIDTH, Activation::Relu),
            project: builder.linear("project", TOKEN_WIDTH, width, Activation::Relu),
            max_tokens: schema.max_tokens,
            dropout,
        }
    }
}

impl Encoder for TextEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views {
        let InputValues::Text(text) = &inputs[0].values else { panic!("a text encoder reads texts") };
        let rows = inputs[0].present.len();
        let length = (0..rows).map(|row| text.tokens.list(row).len()).max().unwrap_or(0).max(1);
        let (mut offsets, mut items, mut mask) = (vec![0u32], Vec::new(), vec![0.0; rows * length]);
        for row in 0..rows {
            let tokens = text.tokens.list(row);
            for place in 0..length {
                if let Some(&token) = tokens.get(place) {
                    items.extend_from_slice(text.features.list(token as usize));
                    mask[row * length + place] = 1.0;
                }
                offsets.push(items.len() as u32);
            }
        }
        let summed = self.table.forward(graph, &offsets, &items);
        let normed = self.norm.forward(graph, summed);
        // Padding must be zero, as what lies beyond the longest text is: else a prediction would depend
        // on the lengths of the other texts in its chunk.
        let keep = graph.input_with([rows * length, TOKEN_WIDTH], |values| {
            for (vector, &keep) in values.chunks_exact_mut(TOKEN_WIDTH).zip(&mask) {
                vector.fill(keep);
            }
        });
        let tokens = graph.multiply(normed, keep);
        let line = graph.reshape(tokens, [rows, 1, length, TOKEN_WIDTH]);
        let beside = self.window.forward(graph, line);
        let both = graph.sum(&[line, beside], 1.0);
        let values = graph.reshape(both, [rows, length, TOKEN_WIDTH]);
        let values = blocks.after(graph, values);
        let mean = graph.mean_pool(values, &mask);
        let mean = graph.dropout(mean, self.dropout);
        Views { sequence: Some(Sequence { values, mask }), ..Views::pooled(self.project.forward(graph, mean)) }
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes { sequence: Some(TOKEN_WIDTH), blocks: vec![TOKEN_WIDTH], ..ViewSizes::default() }
    }

    fn cells(&self) -> usize {
        // Most texts are shorter than they may be.
        8 * self.max_tokens.min(64)
    }
}
