//! A trunk for each task, mixed after every layer.

use super::{Reached, Sharing, SharingMethod, SharingPlan, block::Block};
use banyan_engine::{Graph, ParameterId, Var};
use banyan_method::{Method, OptionSpec, Range, Settings};
use banyan_nn::LayerBuilder;

pub(super) const METHOD: SharingMethod = SharingMethod {
    method: Method::new("cross-stitch", "a trunk for each task; after each layer the trunks are mixed by learned factors")
        .paper("Misra et al., CVPR 2016")
        .options(&[OptionSpec::number("own", "the initial share of a task's own trunk", 0.9, Range::between(0.0, 1.0))]),
    build,
};

/// `x̃_i = Σ_j A_ij x_j` after each layer, with one factor a pair of tasks and layer; the diagonal begins
/// at `own`, the rest share what is left. Every trunk reaches every task, so all of it is shared.
#[derive(Debug)]
struct CrossStitch {
    /// For each layer, each task's block.
    layers: Vec<Vec<Block>>,
    /// For each layer `[tasks, tasks]`.
    factors: Vec<ParameterId>,
}

fn build(builder: &mut LayerBuilder, plan: SharingPlan<'_>, settings: &Settings) -> Box<dyn Sharing> {
    let own = settings.number("own") as f32;
    let tasks = plan.tasks;
    let (mut layers, mut factors) = (Vec::new(), Vec::new());
    for layer in 0..plan.layers {
        layers.push((0..tasks).map(|task| Block::new(builder, &format!("task{task}.layer{layer}"), plan.width, plan.dropout)).collect());
        let other = if tasks > 1 { (1.0 - own) / (tasks - 1) as f32 } else { 0.0 };
        let own = if tasks > 1 { own } else { 1.0 };
        let initial = (0..tasks * tasks).map(|at| if at / tasks == at % tasks { own } else { other }).collect();
        factors.push(builder.values(&format!("stitch{layer}"), &[tasks, tasks], initial));
    }
    Box::new(CrossStitch { layers, factors })
}

impl Sharing for CrossStitch {
    fn forward(&self, graph: &mut Graph<'_>, Reached { fused, .. }: Reached<'_>, wanted: &[bool]) -> Vec<Option<Var>> {
        let mut streams: Vec<Var> = (0..wanted.len()).map(|task| fused.of_task(task)).collect();
        for (index, (blocks, &factors)) in self.layers.iter().zip(&self.factors).enumerate() {
            let last = index + 1 == self.layers.len();
            let run: Vec<Var> = blocks.iter().zip(&streams).map(|(block, &stream)| block.forward(graph, stream)).collect();
            for (task, stream) in streams.iter_mut().enumerate() {
                if !last || wanted[task] {
                    *stream = graph.combine(&run, factors, task);
                }
            }
        }
        streams.into_iter().zip(wanted).map(|(stream, wanted)| wanted.then_some(stream)).collect()
    }
}
