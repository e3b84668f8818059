//! `spans`: the tags of whole spans, learned and chosen together.

use super::chain::Chain;
use super::tokens::empty_lists;
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::labels::Spans;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Var};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, Linear};
use banyan_text::spans;

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod =
    HeadMethod::new(Method::new("spans", "labeled spans of tokens, such as named entities").paper("Ratinov & Roth, CoNLL 2009"), build);

#[derive(Debug)]
struct SpansHead {
    output: Linear,
    chain: Chain,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let types = plan.labels::<Spans>().types.len();
    let output = builder.linear("output", plan.width, spans::tags(types), Activation::None);
    Ok(Box::new(SpansHead { output, chain: Chain::new(builder, spans::tags(types), spans::allowed(types)) }))
}

impl Head for SpansHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        vec![self.chain.loss(graph, outputs[0], chunk, chunk.target.values.lists_at(0), share)]
    }

    /// The tag of each token, of whole spans.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Values {
        Values::lists(self.chain.best(graph, outputs[0], &chunk.layout().lengths))
    }

    fn predict_nothing(&self, chunk: &Chunk<'_>) -> Values {
        Values::lists(empty_lists(chunk))
    }
}
