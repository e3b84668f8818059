//! What a token reads of its sentence.

use super::Layout;
use banyan_data::config::TokenEncoder;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{BiLstm, Conv2d, LayerBuilder, LayerNorm, TransformerBlock};

/// Windows one upon the other: each token reads as many to either side.
const WINDOWS: usize = 4;
/// Recurrent layers, in both directions.
const RECURRENT_LAYERS: usize = 2;
/// Blocks of self-attention.
const BLOCKS: usize = 3;
const HEADS: usize = 4;

/// From a token's own vector to one that knows its sentence, `[rows, length, width]` to the same shape with zeros in padding. Where layers do not
/// add to what they read, the heads are shown them all.
#[derive(Debug)]
pub(super) enum Context {
    /// `x + norm(gelu(window(x)))`, a few times (as in Honnibal and Montani's spaCy).
    Windows(Vec<(Conv2d, LayerNorm)>),
    /// Recurrent layers in both directions (Huang, Xu and Yu, 2015).
    Recurrent(Vec<BiLstm>),
    /// Self-attention with sinusoids for the positions (Vaswani et al., 2017).
    Attention(Vec<TransformerBlock>, LayerNorm),
}

impl Context {
    pub(super) fn new(builder: &mut LayerBuilder, kind: TokenEncoder, width: usize) -> Self {
        match kind {
            TokenEncoder::Cnn => Self::Windows(
                (0..WINDOWS)
                    .map(|number| {
                        let window = builder.conv2d(&format!("window{number}"), (1, 3), width, width, Activation::Gelu);
                        (window, builder.layer_norm(&format!("window{number}.norm"), width))
                    })
                    .collect(),
            ),
            TokenEncoder::Lstm => Self::Recurrent(
                (0..RECURRENT_LAYERS).map(|number| builder.bi_lstm(&format!("recurrent{number}"), width, width / 2)).collect(),
            ),
            TokenEncoder::Transformer => {
                let heads = (1..=HEADS).rev().find(|heads| width.is_multiple_of(*heads)).unwrap_or(1);
                let blocks = (0..BLOCKS).map(|number| builder.transformer_block(&format!("block{number}"), width, heads, 4 * width));
                let blocks = blocks.collect();
                Self::Attention(blocks, builder.layer_norm("blocks.norm", width))
            }
            TokenEncoder::Bert => unreachable!("a model is not built unless a pretrained encoder takes the place of this one"),
        }
    }

    /// How many vectors of the input's width the heads are shown for each token.
    pub(super) fn shown(&self) -> usize {
        match self {
            Self::Recurrent(layers) => 1 + layers.len(),
            Self::Windows(_) | Self::Attention(..) => 1,
        }
    }

    /// The last layer's vectors, and [those that the heads are shown](Self::shown), side by side.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, input: Var, layout: &Layout, dropout: f32) -> [Var; 2] {
        let (rows, length) = (layout.rows, layout.length);
        let width = graph.shape(input).last();
        let mut x = input;
        match self {
            Self::Windows(windows) => {
                for (window, norm) in windows {
                    let line = graph.reshape(x, [rows, 1, length, width]);
                    let beside = window.forward(graph, line);
                    let beside = graph.reshape(beside, [rows, length, width]);
                    let normed = norm.forward(graph, beside);
                    let dropped = graph.dropout(normed, dropout);
                    let sum = graph.sum(&[x, dropped], 1.0);
                    x = layout.cleared(graph, sum);
                }
            }
            Self::Recurrent(layers) => {
                // A task takes from each layer what serves it: names are told by the words themselves, roles by the whole sentence. (Layers for
                // each level of task: Søgaard and Goldberg, ACL 2016; heads that read all layers: Peters et al., NAACL 2018.)
                let mut shown = vec![x];
                for layer in layers {
                    let states = layer.forward(graph, x, &layout.lengths);
                    x = graph.dropout(states, dropout);
                    shown.push(x);
                }
                return [x, graph.concat(&shown)];
            }
            Self::Attention(blocks, norm) => {
                let places = graph.input_with([rows, length, width], |values| sinusoids(values, length, width));
                x = graph.sum(&[x, places], 1.0);
                let kept = layout.kept();
                for block in blocks {
                    let y = block.forward(graph, x, &kept);
                    x = graph.dropout(y, dropout);
                }
                let normed = norm.forward(graph, x);
                x = layout.cleared(graph, normed);
            }
        }
        [x, x]
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
