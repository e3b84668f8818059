//! One trunk for all tasks.

use super::{Sharing, TrunkSizes, block::Block};
use crate::error::ModelError;
use crate::method::{Choice, MethodInfo};
use banyan_engine::{Graph, Var};
use banyan_nn::LayerBuilder;

pub(super) const INFO: MethodInfo =
    MethodInfo { name: "hard", summary: "one trunk for all tasks", paper: "Caruana, ICML 1993", options: &[] };

#[derive(Debug)]
struct Hard {
    blocks: Vec<Block>,
}

pub(super) fn build(builder: &mut LayerBuilder, sizes: TrunkSizes, _: &Choice<'_>) -> Result<Box<dyn Sharing>, ModelError> {
    let blocks = (0..sizes.layers).map(|layer| Block::new(builder, &format!("layer{layer}"), sizes.width, sizes.dropout)).collect();
    Ok(Box::new(Hard { blocks }))
}

impl Sharing for Hard {
    fn forward(&self, graph: &mut Graph<'_>, fused: Var, wanted: &[bool]) -> Vec<Option<Var>> {
        if !wanted.contains(&true) {
            return vec![None; wanted.len()];
        }
        let shared = self.blocks.iter().fold(fused, |x, block| block.forward(graph, x));
        wanted.iter().map(|wanted| wanted.then_some(shared)).collect()
    }
}
