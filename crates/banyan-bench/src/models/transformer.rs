//! A table of tokens and pre-norm blocks, without a norm after the last.

use crate::plan::{ATTENTION_HEADS, Plan};
use banyan_engine::{Graph, Var};
use banyan_nn::{Embedding, LayerBuilder, TransformerBlock};

#[derive(Debug)]
pub(crate) struct Transformer {
    length: usize,
    width: usize,
    embedding: Embedding,
    blocks: Vec<TransformerBlock>,
}

impl Transformer {
    pub(crate) fn new(builder: &mut LayerBuilder, plan: &Plan) -> Self {
        let embedding = builder.embedding("embedding", plan.inputs, plan.width, 1.0);
        let block = |layer: usize| builder.transformer_block(&layer.to_string(), plan.width, ATTENTION_HEADS, 4 * plan.width);
        let blocks = (0..plan.layers).map(block).collect();
        Self { length: plan.length, width: plan.width, embedding, blocks }
    }

    /// `[samples, length, width]`
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, items: &[u32], offsets: &[u32]) -> Var {
        let tokens = self.embedding.forward(graph, offsets, items);
        let tokens = graph.reshape(tokens, [items.len() / self.length, self.length, self.width]);
        self.blocks.iter().fold(tokens, |value, block| block.forward(graph, value, &[]))
    }
}
