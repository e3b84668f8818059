//! A trunk for each task, drawn together by a penalty.

use super::{Reached, Sharing, SharingMethod, SharingPlan, block::Block};
use banyan_engine::{Graph, Scope, Var};
use banyan_method::{Method, OptionSpec, Range, Settings};
use banyan_nn::LayerBuilder;

pub(super) const METHOD: SharingMethod = SharingMethod {
    method: Method::new("soft", "a trunk for each task; the squared distance between them is penalized")
        .paper("Duong et al., ACL 2015")
        .options(&[OptionSpec::number("strength", "the factor of the penalty", 0.001, Range::ANY.at_least(0.0))]),
    build,
};

/// The loss `Σ_{i<j} ‖W_i - W_j‖²` over all parameters of the tasks' trunks.
const DISTANCE: &str = "trunk_distance";

#[derive(Debug)]
struct Soft {
    /// For each task its layers.
    trunks: Vec<Vec<Block>>,
    strength: f64,
}

fn build(builder: &mut LayerBuilder, plan: SharingPlan<'_>, settings: &Settings) -> Box<dyn Sharing> {
    let strength = settings.number("strength");
    let trunks = (0..plan.tasks)
        .map(|task| {
            builder.scope(Scope::Task(task), |b| {
                (0..plan.layers).map(|layer| Block::new(b, &format!("task{task}.layer{layer}"), plan.width, plan.dropout)).collect()
            })
        })
        .collect();
    Box::new(Soft { trunks, strength })
}

impl Sharing for Soft {
    fn forward(&self, graph: &mut Graph<'_>, Reached { fused, .. }: Reached<'_>, wanted: &[bool]) -> Vec<Option<Var>> {
        let mut run = |task: usize| self.trunks[task].iter().fold(fused.of_task(task), |x, block| block.forward(graph, x));
        wanted.iter().enumerate().map(|(task, wanted)| wanted.then(|| run(task))).collect()
    }

    fn penalties(&self, graph: &mut Graph<'_>) {
        let per_task: Vec<Vec<_>> = self.trunks.iter().map(|trunk| trunk.iter().flat_map(Block::parameters).collect()).collect();
        for place in 0..per_task.first().map_or(0, Vec::len) {
            let counterparts: Vec<_> = per_task.iter().map(|parameters| parameters[place]).collect();
            let distance = graph.parameter_distance(&counterparts);
            graph.declare_auxiliary(DISTANCE, distance, self.strength as f32);
        }
    }

    fn auxiliary_losses(&self) -> Vec<String> {
        vec![DISTANCE.to_owned()]
    }
}
