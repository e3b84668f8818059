//! `transformer`: self-attention.

use super::{CHARACTERS, Context, Layout, TokensEncoder, WORD_DROPOUT, of_features};
use crate::blocks::Blocks;
use crate::encoders::EncoderMethod;
use banyan_engine::{Graph, Var};
use banyan_method::Method;
use banyan_nn::{LayerNorm, TransformerBlock};

pub(in crate::encoders) const METHOD: EncoderMethod = of_features(
    Method::new("transformer", "tokens: hashed features of each word, self-attention with sinusoids for the positions")
        .paper("Vaswani et al., NeurIPS 2017")
        .options(&[CHARACTERS, WORD_DROPOUT]),
    |builder, plan| {
        TokensEncoder::build(builder, plan, |builder, width| {
            let heads = (1..=HEADS).rev().find(|heads| width.is_multiple_of(*heads)).unwrap_or(1);
            let blocks = (0..BLOCKS).map(|number| builder.transformer_block(&format!("block{number}"), width, heads, 4 * width));
            Attention { blocks: blocks.collect(), norm: builder.layer_norm("blocks.norm", width) }
        })
    },
);

const BLOCKS: usize = 3;
const HEADS: usize = 4;

/// Self-attention with sinusoids for the positions (Vaswani et al., 2017).
#[derive(Debug)]
struct Attention {
    blocks: Vec<TransformerBlock>,
    norm: LayerNorm,
}

impl Context for Attention {
    fn forward(&self, graph: &mut Graph<'_>, input: Var, layout: &Layout, dropout: f32, blocks: &mut Blocks<'_>) -> [Var; 2] {
        let (rows, length) = (layout.rows, layout.length);
        let width = graph.shape(input).last();
        let places = graph.input_with([rows, length, width], |values| sinusoids(values, length, width));
        let mut x = graph.sum(&[input, places], 1.0);
        let kept = layout.kept();
        for block in &self.blocks {
            let y = block.forward(graph, x, &kept);
            let y = graph.dropout(y, dropout);
            x = blocks.after(graph, y);
        }
        let normed = self.norm.forward(graph, x);
        x = layout.cleared(graph, normed);
        [x, x]
    }

    fn blocks(&self) -> usize {
        self.blocks.len()
    }
}

/// Sines and cosines of a position's number, of wave lengths from 2π to 10000 · 2π, at a scale at which a token's own vector is not lost.
fn sinusoids(values: &mut [f32], length: usize, width: usize) {
    for (index, vector) in values.chunks_exact_mut(width).enumerate() {
        let position = (index % length) as f32;
        for (pair, numbers) in vector.chunks_mut(2).enumerate() {
            let angle = position * 10_000f32.powf(-2.0 * pair as f32 / width as f32);
            for (number, value) in numbers.iter_mut().zip([angle.sin(), angle.cos()]) {
                *number = 0.5 * value;
            }
        }
    }
}
