//! Experts that all tasks share, and a gate for each task.

use super::{Sharing, SharingMethod, TrunkSizes, block::Block};
use banyan_engine::{Activation, Graph, Scope, Var};
use banyan_method::{Method, OptionSpec, Settings};
use banyan_nn::{LayerBuilder, Linear};

pub(super) const METHOD: SharingMethod = SharingMethod {
    method: Method::new("mmoe", "experts shared by all tasks, mixed by a gate of each task (multi-gate mixture of experts)")
        .paper("Ma et al., KDD 2018")
        .options(&[OptionSpec::count("experts", "how many there are", 4, 1..=64)]),
    build,
};

/// `f_t = Σ_e softmax(W_t x)_e E_e(x)`
#[derive(Debug)]
struct Mmoe {
    experts: Vec<Vec<Block>>,
    gates: Vec<Linear>,
}

fn build(builder: &mut LayerBuilder, sizes: TrunkSizes, settings: &Settings) -> Box<dyn Sharing> {
    let experts = settings.count("experts") as usize;
    let make = |builder: &mut LayerBuilder, expert: usize| {
        (0..sizes.layers).map(|layer| Block::new(builder, &format!("expert{expert}.layer{layer}"), sizes.width, sizes.dropout)).collect()
    };
    let experts: Vec<Vec<Block>> = (0..experts).map(|expert| make(builder, expert)).collect();
    let gates = (0..sizes.tasks)
        .map(|task| {
            let gate = |b: &mut LayerBuilder| b.linear_without_bias(&format!("gate{task}"), sizes.width, experts.len(), Activation::None);
            builder.scope(Scope::Task(task), gate)
        })
        .collect();
    Box::new(Mmoe { experts, gates })
}

impl Sharing for Mmoe {
    fn forward(&self, graph: &mut Graph<'_>, fused: Var, wanted: &[bool]) -> Vec<Option<Var>> {
        if !wanted.contains(&true) {
            return vec![None; wanted.len()];
        }
        let outputs: Vec<Var> = self.experts.iter().map(|expert| expert.iter().fold(fused, |x, block| block.forward(graph, x))).collect();
        let mut mix = |gate: &Linear| {
            let scores = gate.forward(graph, fused);
            let weights = graph.softmax(scores, &[]);
            graph.mixture(weights, &outputs)
        };
        self.gates.iter().zip(wanted).map(|(gate, wanted)| wanted.then(|| mix(gate))).collect()
    }
}
