//! `cnn`: windows over a token's neighbors.

use super::{CHARACTERS, Context, Layout, TokensEncoder, WORD_DROPOUT, of_features};
use crate::blocks::Blocks;
use crate::encoders::EncoderMethod;
use banyan_engine::{Activation, Graph, Var};
use banyan_method::Method;
use banyan_nn::{Conv2d, LayerNorm};

pub(in crate::encoders) const METHOD: EncoderMethod = of_features(
    Method::new("cnn", "tokens: hashed features of each word (itself, prefixes, suffixes, shape), residual windows over neighbors")
        .paper("Miranda et al., 2022")
        .options(&[CHARACTERS, WORD_DROPOUT]),
    |builder, plan| {
        TokensEncoder::build(builder, plan, |builder, width| {
            let window = |number: usize| {
                let window = builder.conv2d(&format!("window{number}"), (1, 3), width, width, Activation::Gelu);
                (window, builder.layer_norm(&format!("window{number}.norm"), width))
            };
            Windows((0..WINDOWS).map(window).collect())
        })
    },
);

/// Windows one upon the other: each token reads as many to either side.
const WINDOWS: usize = 4;

/// `x + norm(gelu(window(x)))`, a few times (as in Honnibal and Montani's spaCy).
#[derive(Debug)]
struct Windows(Vec<(Conv2d, LayerNorm)>);

impl Context for Windows {
    fn forward(&self, graph: &mut Graph<'_>, input: Var, layout: &Layout, dropout: f32, blocks: &mut Blocks<'_>) -> [Var; 2] {
        let (rows, length) = (layout.rows, layout.length);
        let width = graph.shape(input).last();
        let mut x = input;
        for (window, norm) in &self.0 {
            let line = graph.reshape(x, [rows, 1, length, width]);
            let beside = window.forward(graph, line);
            let beside = graph.reshape(beside, [rows, length, width]);
            let normed = norm.forward(graph, beside);
            let dropped = graph.dropout(normed, dropout);
            let sum = graph.sum(&[x, dropped], 1.0);
            let sum = blocks.after(graph, sum);
            x = layout.cleared(graph, sum);
        }
        [x, x]
    }

    fn blocks(&self) -> usize {
        self.0.len()
    }
}
