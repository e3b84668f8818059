//! Makes a program with losses, several tasks and chunks of any size from a case.
//!
//! The inputs of a case are parameters here (rows of an embedding table), so that the engine's gradient
//! holds theirs too. A value becomes a task's loss through its inner product with random numbers.

use crate::case::{Case, Operands, Output};
use crate::tensor::{Tensor, normals};
use banyan_engine::random::Stream;
use banyan_engine::{Context, Decay, Graph, ParameterId, Parameters, Program, Residual, Scope, Tape, Var};
use std::ops::Range;

/// One task: what it weighs each sample with, and the numbers that a value is multiplied with.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) weights: Vec<f32>,
    pub(crate) cotangent: Vec<f32>,
}

/// Which samples have a task's label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Labels {
    All,
    /// About half of them, at random.
    Some,
    /// A few that stand together.
    Run,
    None,
}

/// A case made into a program.
pub(crate) struct Setup<'a> {
    pub(crate) case: &'a Case,
    pub(crate) parameters: Parameters,
    pub(crate) tasks: Vec<Task>,
    pub(crate) context: Context,
    /// Samples of a chunk.
    pub(crate) chunk: usize,
    /// The whole batch is run so often.
    pub(crate) repeats: usize,
    inputs: Vec<ParameterId>,
    learned: Vec<ParameterId>,
    /// A learned factor of each task's own, or none.
    heads: Vec<ParameterId>,
    keys: Vec<u64>,
}

impl<'a> Setup<'a> {
    /// One chunk, and no task yet.
    pub(crate) fn new(case: &'a Case) -> Self {
        Self::with_heads(case, 0)
    }

    /// With a learned factor of its own for each of so many tasks.
    pub(crate) fn with_heads(case: &'a Case, heads: usize) -> Self {
        let mut builder = Parameters::builder();
        let heads =
            (0..heads).map(|task| builder.add(&format!("head {task}"), [1, 1], Scope::Task(task), Decay::Yes, vec![0.75 + task as f32]));
        let heads = heads.collect();
        let add = |builder: &mut banyan_engine::ParametersBuilder, tensor: &Tensor, shape: &[usize], scope| {
            builder.add(&tensor.name, shape, scope, Decay::Yes, tensor.data.clone())
        };
        let mut inputs = Vec::new();
        for tensor in &case.inputs {
            inputs.push(add(&mut builder, tensor, &[tensor.shape[0], tensor.per_sample()], Scope::Shared));
        }
        let mut learned = Vec::new();
        for tensor in &case.parameters {
            learned.push(add(&mut builder, tensor, &tensor.shape, Scope::Shared));
        }
        for tensor in &case.states {
            learned.push(add(&mut builder, tensor, &tensor.shape, Scope::State));
        }
        Self {
            case,
            parameters: builder.build(),
            tasks: Vec::new(),
            context: Context { purpose: case.purpose, seed: 11, step: 5 },
            chunk: case.samples,
            repeats: 1,
            inputs,
            learned,
            heads,
            keys: (0..case.samples as u64).map(|sample| 1000 + 17 * sample).collect(),
        }
    }

    /// Adds a task with random numbers.
    pub(crate) fn task(mut self, labels: Labels, stream: &mut Stream) -> Self {
        let begin = stream.below(self.case.samples);
        let run = begin..begin + self.case.samples.div_ceil(3);
        let weights = (0..self.case.samples).map(|sample| match labels {
            Labels::Some if stream.uniform() < 0.5 => 0.0,
            Labels::Run if !run.contains(&sample) => 0.0,
            Labels::All | Labels::Some | Labels::Run => 0.25 + stream.uniform(),
            Labels::None => 0.0,
        });
        let weights = weights.collect();
        let len = if self.case.output == Output::Value { self.value().len() } else { 0 };
        self.tasks.push(Task { weights, cotangent: normals(stream, len) });
        self
    }

    pub(crate) fn chunk(mut self, samples: usize) -> Self {
        self.chunk = samples;
        self
    }

    /// The handle and name of every tensor that gets a gradient, in the case's order.
    pub(crate) fn trained(&self) -> Vec<(ParameterId, &str)> {
        let names = self.case.inputs.iter().chain(&self.case.parameters).map(|tensor| tensor.name.as_str());
        self.inputs.iter().chain(&self.learned).copied().zip(names).collect()
    }

    /// The handles of the case's states.
    pub(crate) fn states(&self) -> &[ParameterId] {
        &self.learned[self.case.parameters.len()..]
    }

    /// The value of the whole batch (or the loss, every sample weighing 1).
    pub(crate) fn value(&self) -> Vec<f32> {
        self.value_of(&self.parameters, 0..self.case.samples, &vec![1.0; self.case.samples])
    }

    /// The value of some samples, for other values of the parameters.
    pub(crate) fn value_of(&self, parameters: &Parameters, samples: Range<usize>, weights: &[f32]) -> Vec<f32> {
        let mut tape = Tape::default();
        let mut graph = Graph::new(&mut tape, parameters, self.context, &self.keys[samples.clone()]);
        let inputs = self.read_inputs(&mut graph, samples.clone());
        let output = self.output(&mut graph, &inputs, samples.clone(), &weights[samples]);
        graph.value(output).to_vec()
    }

    /// The sum of all tasks' losses (without heads), in f64 but for the operation itself.
    pub(crate) fn objective(&self, parameters: &Parameters) -> f64 {
        let all = 0..self.case.samples;
        let task_loss = |task: &Task| -> f64 {
            let value = self.value_of(parameters, all.clone(), &task.weights);
            match self.case.output {
                Output::Loss => f64::from(value[0]),
                Output::Value => {
                    let width = value.len() / task.weights.len();
                    let of_sample = |(y, c): (&[f32], &[f32])| y.iter().zip(c).map(|(&y, &c)| f64::from(y) * f64::from(c)).sum::<f64>();
                    let products = value.chunks_exact(width).zip(task.cotangent.chunks_exact(width)).map(of_sample);
                    products.zip(&task.weights).map(|(product, &weight)| f64::from(weight) * product).sum()
                }
            }
        };
        self.tasks.iter().map(task_loss).sum()
    }

    fn read_inputs(&self, graph: &mut Graph<'_>, samples: Range<usize>) -> Vec<Var> {
        let count = samples.len() as u32;
        let (offsets, items): (Vec<u32>, Vec<u32>) = ((0..=count).collect(), samples.map(|sample| sample as u32).collect());
        let mut inputs = Vec::new();
        for (&id, tensor) in self.inputs.iter().zip(&self.case.inputs) {
            let rows = graph.embedding_bag(id, &offsets, &items);
            let mut shape = tensor.shape.clone();
            shape[0] = count as usize;
            inputs.push(graph.reshape(rows, &shape[..]));
        }
        inputs
    }

    fn output(&self, graph: &mut Graph<'_>, inputs: &[Var], samples: Range<usize>, weights: &[f32]) -> Var {
        (self.case.forward)(graph, &Operands { inputs, parameters: &self.learned, samples, weights })
    }

    fn chunk_samples(&self, chunk: usize) -> Range<usize> {
        let own = chunk % self.case.samples.div_ceil(self.chunk);
        own * self.chunk..self.case.samples.min((own + 1) * self.chunk)
    }
}

impl Program for Setup<'_> {
    fn chunks(&self) -> usize {
        self.case.samples.div_ceil(self.chunk) * self.repeats
    }

    fn context(&self) -> Context {
        self.context
    }

    fn row_keys(&self, chunk: usize) -> &[u64] {
        &self.keys[self.chunk_samples(chunk)]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let samples = self.chunk_samples(chunk);
        let inputs = self.read_inputs(graph, samples.clone());
        let value = if self.case.output == Output::Value {
            Some(self.output(graph, &inputs, samples.clone(), &vec![1.0; samples.len()]))
        } else {
            None
        };
        for (index, task) in self.tasks.iter().enumerate() {
            let mut own = value.unwrap_or_else(|| self.output(graph, &inputs, samples.clone(), &task.weights[samples.clone()]));
            if let Some(&head) = self.heads.get(index) {
                own = graph.combine(&[own], head, 0);
            }
            let loss = if value.is_some() {
                let width = task.cotangent.len() / self.case.samples;
                let factors = &task.cotangent[samples.start * width..samples.end * width];
                weighted_products(graph, own, factors, &task.weights[samples.clone()])
            } else {
                own
            };
            graph.declare_loss(index, loss);
        }
    }
}

/// A loss with the gradient of `Σ_s weights[s] <value[s], factors[s]>`, which knows that samples of weight 0 do not count: the straight
/// part of a Huber loss, for targets that do not depend on the value but for the step of 64 that it is in.
fn weighted_products(graph: &mut Graph<'_>, value: Var, factors: &[f32], weights: &[f32]) -> Var {
    let width = factors.len() / weights.len();
    let shape = [weights.len(), width, 1];
    let value = graph.reshape(value, shape);
    let factors = graph.input(shape, factors);
    let products = graph.multiply(value, factors);
    let mean = graph.mean_pool(products, &[]);
    let sums = graph.sum(&[mean], width as f32);
    let targets: Vec<f32> = graph.value(sums).iter().map(|sum| (sum / 64.0).floor() * 64.0 - 2.0).collect();
    graph.regression_loss(sums, &targets, weights, Residual::Huber(1.0))
}

/// The sum of a value's numbers times these.
pub(crate) fn inner_product(graph: &mut Graph<'_>, value: Var, factors: &[f32]) -> Var {
    let shape = [1, factors.len(), 1];
    let flat = graph.reshape(value, shape);
    let factors_var = graph.input(shape, factors);
    let products = graph.multiply(flat, factors_var);
    let mean = graph.mean_pool(products, &[]);
    graph.sum(&[mean], factors.len() as f32)
}
