//! One trunk for all tasks.

use super::{Reached, Sharing, SharingMethod, SharingPlan, block::Block};
use banyan_engine::{Graph, Var};
use banyan_method::{Method, Settings};
use banyan_nn::LayerBuilder;

pub(super) const METHOD: SharingMethod =
    SharingMethod { method: Method::new("hard", "one trunk for all tasks").paper("Caruana, ICML 1993"), build };

#[derive(Debug)]
struct Hard {
    blocks: Vec<Block>,
}

fn build(builder: &mut LayerBuilder, plan: SharingPlan<'_>, _: &Settings) -> Box<dyn Sharing> {
    let blocks = (0..plan.layers).map(|layer| Block::new(builder, &format!("layer{layer}"), plan.width, plan.dropout)).collect();
    Box::new(Hard { blocks })
}

impl Sharing for Hard {
    fn forward(&self, graph: &mut Graph<'_>, Reached { fused, .. }: Reached<'_>, wanted: &[bool]) -> Vec<Option<Var>> {
        if !wanted.contains(&true) {
            return vec![None; wanted.len()];
        }
        let mut through = |x| self.blocks.iter().fold(x, |x, block| block.forward(graph, x));
        if fused.per_task.is_empty() {
            let shared = through(fused.context);
            return wanted.iter().map(|wanted| wanted.then_some(shared)).collect();
        }
        wanted.iter().enumerate().map(|(task, wanted)| wanted.then(|| through(fused.of_task(task)))).collect()
    }
}
