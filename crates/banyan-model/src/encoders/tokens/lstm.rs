//! `lstm`: recurrent layers in both directions.

use super::{CHARACTERS, Context, Layout, TokensEncoder, WORD_DROPOUT, of_features};
use crate::blocks::Blocks;
use crate::encoders::EncoderMethod;
use banyan_engine::{Graph, Var};
use banyan_method::Method;
use banyan_nn::BiLstm;

pub(in crate::encoders) const METHOD: EncoderMethod = of_features(
    Method::new(
        "lstm",
        "tokens: hashed features and characters of each word, recurrent layers in both directions, all of which the heads read",
    )
    .paper("Lample et al., NAACL 2016")
    .options(&[CHARACTERS.on_by_default(), WORD_DROPOUT]),
    |builder, plan| {
        TokensEncoder::build(builder, plan, |builder, width| {
            Recurrent((0..LAYERS).map(|number| builder.bi_lstm(&format!("recurrent{number}"), width, width / 2)).collect())
        })
    },
);

/// Recurrent layers, in both directions.
const LAYERS: usize = 2;

/// Recurrent layers in both directions (Huang, Xu and Yu, 2015).
#[derive(Debug)]
struct Recurrent(Vec<BiLstm>);

impl Context for Recurrent {
    fn shown(&self) -> usize {
        1 + self.0.len()
    }

    fn forward(&self, graph: &mut Graph<'_>, input: Var, layout: &Layout, dropout: f32, blocks: &mut Blocks<'_>) -> [Var; 2] {
        // A task takes from each layer what serves it: names are found by the words themselves, roles by the whole sentence. (Layers for
        // each level of task: Søgaard and Goldberg, ACL 2016; heads that read all layers: Peters et al., NAACL 2018.)
        let (mut x, mut shown) = (input, vec![input]);
        for layer in &self.0 {
            let states = layer.forward(graph, x, &layout.lengths);
            let states = graph.dropout(states, dropout);
            x = blocks.after(graph, states);
            shown.push(x);
        }
        [x, graph.concat(&shown)]
    }

    fn blocks(&self) -> usize {
        self.0.len()
    }
}
