//! A trunk for each task, drawn together by a penalty.

use super::{Sharing, Tie, TrunkSizes, block::Block};
use crate::error::ModelError;
use crate::method::{Choice, MethodInfo, OptionInfo};
use banyan_engine::{Graph, Scope, Var};
use banyan_nn::LayerBuilder;

pub(super) const INFO: MethodInfo = MethodInfo {
    name: "soft",
    summary: "a trunk for each task; the squared distance between them is penalised",
    paper: "Duong et al., ACL 2015",
    options: &[OptionInfo { name: "strength", default: "0.001", expected: "a number of 0 or more" }],
};

#[derive(Debug)]
struct Soft {
    /// For each task its layers.
    trunks: Vec<Vec<Block>>,
    strength: f64,
}

pub(super) fn build(builder: &mut LayerBuilder, sizes: TrunkSizes, choice: &Choice<'_>) -> Result<Box<dyn Sharing>, ModelError> {
    let strength = choice.number("strength", |x| x >= 0.0)?;
    let trunks = (0..sizes.tasks)
        .map(|task| {
            builder.scope(Scope::Task(task), |b| {
                (0..sizes.layers).map(|layer| Block::new(b, &format!("task{task}.layer{layer}"), sizes.width, sizes.dropout)).collect()
            })
        })
        .collect();
    Ok(Box::new(Soft { trunks, strength }))
}

impl Sharing for Soft {
    fn forward(&self, graph: &mut Graph<'_>, fused: Var, wanted: &[bool]) -> Vec<Option<Var>> {
        let run = |(trunk, wanted): (&Vec<Block>, &bool)| wanted.then(|| trunk.iter().fold(fused, |x, block| block.forward(graph, x)));
        self.trunks.iter().zip(wanted).map(run).collect()
    }

    fn ties(&self) -> Vec<Tie> {
        let per_task: Vec<Vec<_>> = self.trunks.iter().map(|trunk| trunk.iter().flat_map(Block::parameters).collect()).collect();
        let count = per_task.first().map_or(0, Vec::len);
        (0..count)
            .map(|place| Tie { parameters: per_task.iter().map(|parameters| parameters[place]).collect(), strength: self.strength })
            .collect()
    }
}
