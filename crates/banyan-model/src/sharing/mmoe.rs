//! Experts that all tasks share, and a gate for each task.

use super::{Reached, Sharing, SharingMethod, SharingPlan, block::Block};
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

fn build(builder: &mut LayerBuilder, plan: SharingPlan<'_>, settings: &Settings) -> Box<dyn Sharing> {
    let experts = settings.count("experts") as usize;
    let make = |builder: &mut LayerBuilder, expert: usize| {
        (0..plan.layers).map(|layer| Block::new(builder, &format!("expert{expert}.layer{layer}"), plan.width, plan.dropout)).collect()
    };
    let experts: Vec<Vec<Block>> = (0..experts).map(|expert| make(builder, expert)).collect();
    let gates = (0..plan.tasks)
        .map(|task| {
            let gate = |b: &mut LayerBuilder| b.linear_without_bias(&format!("gate{task}"), plan.width, experts.len(), Activation::None);
            builder.scope(Scope::Task(task), gate)
        })
        .collect();
    Box::new(Mmoe { experts, gates })
}

impl Sharing for Mmoe {
    fn forward(&self, graph: &mut Graph<'_>, Reached { fused, .. }: Reached<'_>, wanted: &[bool]) -> Vec<Option<Var>> {
        if !wanted.contains(&true) {
            return vec![None; wanted.len()];
        }
        let outputs: Vec<Var> =
            self.experts.iter().map(|expert| expert.iter().fold(fused.context, |x, block| block.forward(graph, x))).collect();
        let mut mix = |task: usize| {
            let scores = self.gates[task].forward(graph, fused.of_task(task));
            let weights = graph.softmax(scores, &[]);
            graph.mixture(weights, &outputs)
        };
        wanted.iter().enumerate().map(|(task, wanted)| wanted.then(|| mix(task))).collect()
    }
}
