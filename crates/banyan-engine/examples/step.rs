//! Prints how long training steps of three models take, so that the engine's speed can be watched:
//!
//! ```sh
//! cargo run --release -p banyan-engine --example step            # all cores
//! cargo run --release -p banyan-engine --example step -- 1       # one thread
//! ```
//!
//! A *plain* step is forward and backward of the sum of all tasks' losses; a *stacked* one gives every task's
//! gradient, their Gramian and a combination. The optimiser is not part of it. Times are medians.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use banyan_engine::random::Stream;
use banyan_engine::{
    Activation, Context, Decay, Engine, Graph, ParameterId, Parameters, ParametersBuilder, Program, Scope, Settings, Var, Window,
};
use std::time::{Duration, Instant};

const CLASSES: usize = 10;

/// The layers that all tasks share.
enum Trunk {
    /// Fully connected layers with ReLU.
    Dense(Vec<(ParameterId, ParameterId)>),
    /// 3×3 convolutions with ReLU, the maximum over 2×2 after the first two, and the mean over the grid.
    Convolutions(Vec<(ParameterId, ParameterId)>),
}

/// A trunk with a linear classifier for each task.
struct Model {
    name: &'static str,
    trunk: Trunk,
    heads: Vec<(ParameterId, ParameterId)>,
    /// One sample's axes.
    sample: Vec<usize>,
    x: Vec<f32>,
    labels: Vec<u32>,
    weights: Vec<f32>,
    batch: usize,
    chunk: usize,
}

/// Adds a weight of this shape, drawn for ReLU (He et al., 2015), and its bias.
fn layer(builder: &mut ParametersBuilder, name: &str, shape: &[usize], scope: Scope, stream: &mut Stream) -> (ParameterId, ParameterId) {
    let outputs = shape[shape.len() - 1];
    let len: usize = shape.iter().product();
    let deviation = (2.0 * outputs as f32 / len as f32).sqrt();
    let values = (0..len).map(|_| deviation * stream.normal()).collect();
    let weight = builder.add(&format!("{name}.weight"), shape, scope, Decay::Yes, values);
    (weight, builder.add(&format!("{name}.bias"), [outputs], scope, Decay::No, vec![0.0; outputs]))
}

impl Model {
    fn dense(name: &'static str, widths: &[usize], batch: usize, chunk: usize, tasks: usize) -> (Self, Parameters) {
        let mut stream = Stream::new(&[1]);
        let mut builder = Parameters::builder();
        let mut layers = Vec::new();
        for (index, pair) in widths.windows(2).enumerate() {
            layers.push(layer(&mut builder, &format!("layer{index}"), pair, Scope::Shared, &mut stream));
        }
        Self::with_heads(name, builder, Trunk::Dense(layers), widths, &widths[..1], (batch, chunk, tasks))
    }

    fn convolutional(name: &'static str, channels: &[usize], side: usize, batch: usize, chunk: usize, tasks: usize) -> (Self, Parameters) {
        let mut stream = Stream::new(&[2]);
        let mut builder = Parameters::builder();
        let mut layers = Vec::new();
        for (index, pair) in channels.windows(2).enumerate() {
            layers.push(layer(&mut builder, &format!("layer{index}"), &[3, 3, pair[0], pair[1]], Scope::Shared, &mut stream));
        }
        Self::with_heads(name, builder, Trunk::Convolutions(layers), channels, &[side, side, channels[0]], (batch, chunk, tasks))
    }

    fn with_heads(
        name: &'static str,
        mut builder: ParametersBuilder,
        trunk: Trunk,
        widths: &[usize],
        sample: &[usize],
        (batch, chunk, tasks): (usize, usize, usize),
    ) -> (Self, Parameters) {
        let mut stream = Stream::new(&[3]);
        let width = widths[widths.len() - 1];
        let head = |task| layer(&mut builder, &format!("head{task}"), &[width, CLASSES], Scope::Task(task), &mut stream);
        let heads = (0..tasks).map(head).collect();
        let x = (0..batch * sample.iter().product::<usize>()).map(|_| stream.normal()).collect();
        let labels = (0..batch * tasks).map(|_| stream.below(CLASSES) as u32).collect();
        let weights = vec![1.0 / batch as f32; chunk];
        (Self { name, trunk, heads, sample: sample.to_vec(), x, labels, weights, batch, chunk }, builder.build())
    }

    fn run_trunk(&self, graph: &mut Graph<'_>, mut value: Var) -> Var {
        match &self.trunk {
            Trunk::Dense(layers) => {
                for &(weight, bias) in layers {
                    value = graph.linear(value, weight, Some(bias), Activation::Relu);
                }
                value
            }
            Trunk::Convolutions(layers) => {
                for (index, &(weight, bias)) in layers.iter().enumerate() {
                    value = graph.conv2d(value, weight, bias, Window::same(3, 3), Activation::Relu);
                    if index < 2 {
                        value = graph.max_pool2d(value, (2, 2));
                    }
                }
                graph.mean_pool(value, &[])
            }
        }
    }
}

impl Program for Model {
    fn chunks(&self) -> usize {
        self.batch / self.chunk
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let len = self.chunk * self.sample.iter().product::<usize>();
        let mut shape = [self.chunk, 0, 0, 0];
        shape[1..=self.sample.len()].copy_from_slice(&self.sample);
        let x = graph.input(&shape[..=self.sample.len()], &self.x[chunk * len..(chunk + 1) * len]);
        let shared = self.run_trunk(graph, x);
        for (task, &(weight, bias)) in self.heads.iter().enumerate() {
            let logits = graph.linear(shared, weight, Some(bias), Activation::None);
            let labels = &self.labels[task * self.batch + chunk * self.chunk..][..self.chunk];
            let loss = graph.cross_entropy(logits, labels, &self.weights, 0.0);
            graph.declare_loss(task, loss);
        }
    }
}

/// The median time of a step, in milliseconds.
fn median(mut step: impl FnMut()) -> f64 {
    (0..3).for_each(|_| step());
    let (start, mut times) = (Instant::now(), Vec::new());
    while times.len() < 5 || start.elapsed() < Duration::from_secs(1) {
        let begin = Instant::now();
        step();
        times.push(begin.elapsed());
    }
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn measure(engine: &mut Engine, (model, parameters): &(Model, Parameters)) {
    let tasks = model.heads.len();
    let weights = vec![1.0 / tasks as f32; tasks];
    let plain = median(|| {
        engine.weighted(parameters, model, &weights);
    });
    let stacked = median(|| {
        engine.stacked(parameters, model, tasks);
        std::hint::black_box(engine.gramian(parameters));
        engine.combine(parameters, &weights);
    });
    println!("{:<32} {tasks:>5} {plain:>11.3} {stacked:>11.3}", model.name);
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let threads = std::env::args().nth(1).map_or(Ok(0), |argument| argument.parse())?;
    let mut engine = Engine::new(Settings { threads, ..Settings::default() })?;
    println!("{:<32} {:>5} {:>11} {:>11}", "model", "tasks", "plain, ms", "stacked, ms");
    for tasks in [3, 8] {
        measure(&mut engine, &Model::dense("MLP 100-50-50, batch 64", &[100, 50, 50], 64, 64, tasks));
        measure(&mut engine, &Model::dense("MLP 512-1024-1024, batch 256", &[512, 1024, 1024], 256, 64, tasks));
        measure(&mut engine, &Model::convolutional("CNN 32-64-128, 64 of 32x32", &[3, 32, 64, 128], 32, 64, 4, tasks));
    }
    Ok(())
}
