//! One trunk for all tasks.

use super::{Sharing, SharingMethod, TrunkSizes, block::Block};
use banyan_engine::{Graph, Var};
use banyan_method::{Method, Settings};
use banyan_nn::LayerBuilder;

pub(super) const METHOD: SharingMethod =
    SharingMethod { method: Method::new("hard", "one trunk for all tasks").paper("Caruana, ICML 1993"), build };

#[derive(Debug)]
struct Hard {
    blocks: Vec<Block>,
}

fn build(builder: &mut LayerBuilder, sizes: TrunkSizes, _: &Settings) -> Box<dyn Sharing> {
    let blocks = (0..sizes.layers).map(|layer| Block::new(builder, &format!("layer{layer}"), sizes.width, sizes.dropout)).collect();
    Box::new(Hard { blocks })
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
