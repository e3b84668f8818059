//! A batch, cut into chunks, and the model that runs it.

use crate::models::{Input, Model};
use crate::plan::{ModelName, Plan};
use banyan_engine::random::Stream;
use banyan_engine::{Context, Graph, Program};
use std::ops::Range;

/// Which samples have a task's labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Labeled {
    /// All of them, for every task.
    All,
    /// Each task's own part of them, one after the other.
    Disjoint,
}

/// The inputs and labels of a batch.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) inputs: Inputs,
    /// One list for each task, of all rows or tokens.
    pub(crate) labels: Vec<Vec<u32>>,
}

/// What the samples hold, one after the other.
#[derive(Debug, Clone)]
pub(crate) enum Inputs {
    Numbers(Vec<f32>),
    Tokens(Vec<u32>),
}

impl Batch {
    /// Random inputs and labels.
    pub(crate) fn random(plan: &Plan) -> Self {
        let mut stream = Stream::new(&[2]);
        let count = plan.batch * plan.sample();
        let inputs = match plan.model {
            ModelName::Transformer => Inputs::Tokens((0..count).map(|_| stream.below(plan.inputs) as u32).collect()),
            _ => Inputs::Numbers((0..count).map(|_| stream.normal()).collect()),
        };
        let mut labels = || (0..plan.labels()).map(|_| stream.below(plan.classes) as u32).collect();
        Self { inputs, labels: (0..plan.tasks).map(|_| labels()).collect() }
    }
}

/// One chunk: samples, and for each task how much each label there counts (none where it has no label in the chunk).
#[derive(Debug)]
struct Chunk {
    samples: Range<usize>,
    weights: Vec<Option<Vec<f32>>>,
}

/// A model with a batch.
#[derive(Debug)]
pub(crate) struct Workload {
    plan: Plan,
    model: Model,
    batch: Batch,
    chunks: Vec<Chunk>,
    /// From 0 up, for bags of one token.
    offsets: Vec<u32>,
}

impl Workload {
    /// Cuts the batch into chunks of `rows` samples.
    pub(crate) fn new(plan: Plan, model: Model, batch: Batch, rows: usize, labeled: Labeled) -> Self {
        let labeled_by = |task: usize| match labeled {
            Labeled::All => 0..plan.batch,
            Labeled::Disjoint => task * plan.batch / plan.tasks..(task + 1) * plan.batch / plan.tasks,
        };
        let weights = |task: usize, chunk: &Range<usize>| {
            let own = labeled_by(task);
            let weight = 1.0 / (own.len() * plan.length) as f32;
            let label = |sample: usize| if own.contains(&sample) { weight } else { 0.0 };
            let weights: Vec<f32> = chunk.clone().flat_map(|sample| std::iter::repeat_n(label(sample), plan.length)).collect();
            weights.iter().any(|&weight| weight > 0.0).then_some(weights)
        };
        let ranges = (0..plan.batch).step_by(rows.max(1)).map(|start| start..plan.batch.min(start + rows.max(1)));
        let chunks =
            ranges.map(|samples| Chunk { weights: (0..plan.tasks).map(|task| weights(task, &samples)).collect(), samples }).collect();
        Self { plan, model, batch, chunks, offsets: (0..=(rows.min(plan.batch) * plan.length) as u32).collect() }
    }
}

impl Program for Workload {
    fn chunks(&self) -> usize {
        self.chunks.len()
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let Chunk { samples, weights } = &self.chunks[chunk];
        let own = samples.start * self.plan.sample()..samples.end * self.plan.sample();
        let input = match &self.batch.inputs {
            Inputs::Numbers(values) => Input::Numbers(&values[own]),
            Inputs::Tokens(items) => Input::Tokens { offsets: &self.offsets[..=own.len()], items: &items[own] },
        };
        let representation = self.model.represent(graph, input);
        graph.declare_representation();
        let labels = samples.start * self.plan.length..samples.end * self.plan.length;
        for (task, weights) in weights.iter().enumerate() {
            let Some(weights) = weights else { continue };
            let scores = self.model.classify(graph, representation, task);
            let loss = graph.cross_entropy(scores, &self.batch.labels[task][labels.clone()], weights, 0.0);
            graph.declare_loss(task, loss);
        }
    }
}
