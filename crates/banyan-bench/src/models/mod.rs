//! The reference models, from ordinary layers.

mod cnn;
mod mlp;
mod transformer;

use crate::plan::{ModelName, Plan};
use banyan_engine::{Activation, Graph, Parameters, Scope, Var};
use banyan_nn::{LayerBuilder, Linear};

/// A trunk and a linear classifier for each task.
#[derive(Debug)]
pub(crate) struct Model {
    trunk: Trunk,
    heads: Vec<Linear>,
}

#[derive(Debug)]
enum Trunk {
    Mlp(mlp::Mlp),
    Cnn(cnn::Cnn),
    Transformer(transformer::Transformer),
}

/// Some samples of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Input<'a> {
    /// Features, or pixels with their channels last.
    Numbers(&'a [f32]),
    /// Tokens, and the numbers from 0 to their count: a token is a bag of one.
    Tokens { items: &'a [u32], offsets: &'a [u32] },
}

impl Model {
    /// The model of these sizes with its initial parameters.
    pub(crate) fn new(plan: &Plan) -> (Self, Parameters) {
        let mut builder = LayerBuilder::new(1);
        let (trunk, width) = builder.within("trunk", |b| match plan.model {
            ModelName::MlpSeed | ModelName::MlpBig => (Trunk::Mlp(mlp::Mlp::new(b, plan)), plan.width),
            ModelName::Cnn => (Trunk::Cnn(cnn::Cnn::new(b, plan)), plan.width << (plan.layers - 1)),
            ModelName::Transformer => (Trunk::Transformer(transformer::Transformer::new(b, plan)), plan.width),
        });
        let head = |task: usize, b: &mut LayerBuilder| {
            b.scope(Scope::Task(task), |b| b.linear(&task.to_string(), width, plan.classes, Activation::None))
        };
        let heads = builder.within("heads", |b| (0..plan.tasks).map(|task| head(task, b)).collect());
        (Self { trunk, heads }, builder.build())
    }

    /// The shared representation of the samples, a vector a label.
    pub(crate) fn represent(&self, graph: &mut Graph<'_>, input: Input<'_>) -> Var {
        match (&self.trunk, input) {
            (Trunk::Mlp(trunk), Input::Numbers(values)) => trunk.forward(graph, values),
            (Trunk::Cnn(trunk), Input::Numbers(values)) => trunk.forward(graph, values),
            (Trunk::Transformer(trunk), Input::Tokens { items, offsets }) => trunk.forward(graph, items, offsets),
            (trunk, input) => unreachable!("{trunk:?} cannot read {input:?}"),
        }
    }

    /// A task's scores of its classes.
    pub(crate) fn classify(&self, graph: &mut Graph<'_>, representation: Var, task: usize) -> Var {
        self.heads[task].forward(graph, representation)
    }
}
