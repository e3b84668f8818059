//! `conv`: how long the passes of one convolution take, for layers of the sizes that pyramids are built from.
//!
//! An engine runs whole passes, so a pass back is measured as a difference: with the weight's gradient against forward alone, and
//! with the input's cotangent against without. The forward figure holds the copy of the input and the mean of the output. Each figure is the least of many, taken in turn, since a busy machine only ever adds time.

use crate::failure::Failure;
use crate::output::line;
use crate::precision::Precision;
use banyan_engine::random::Stream;
use banyan_engine::{Activation, Context, Convolution, Decay, Engine, Graph, ParameterId, Parameters, Program, Residual, Scope, Window};
use std::time::{Duration, Instant};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Layers whose name contains this alone
    #[arg(long, default_value = "")]
    only: String,
    /// Images of a chunk
    #[arg(long, default_value_t = 8)]
    images: usize,
    /// What numbers matrix products multiply
    #[arg(long, value_enum, default_value = "f32")]
    precision: Precision,
    /// How long to measure each layer
    #[arg(long, default_value_t = 0.5)]
    seconds: f64,
    /// Measure each layer so many times instead
    #[arg(long)]
    rounds: Option<usize>,
}

/// One layer: a square kernel on a square grid, padded so that stride 1 keeps the grid's size.
#[derive(Debug, Clone, Copy)]
struct Layer {
    kernel: usize,
    channels: usize,
    filters: usize,
    side: usize,
    stride: usize,
    groups: usize,
}

impl Layer {
    fn dense(kernel: usize, channels: usize, filters: usize, side: usize, stride: usize) -> Self {
        Self { kernel, channels, filters, side, stride, groups: 1 }
    }

    fn depthwise(channels: usize, side: usize, stride: usize) -> Self {
        Self { kernel: 3, channels, filters: channels, side, stride, groups: channels }
    }

    fn name(self) -> String {
        let Self { kernel, channels, filters, side, stride, groups } = self;
        let kind = if groups > 1 { "depthwise " } else { "" };
        format!("{kind}{kernel}x{kernel} {channels}-{filters} on {side}x{side} stride {stride}")
    }

    /// Operations of one pass.
    fn operations(self, images: usize) -> f64 {
        let positions = images * self.side.div_ceil(self.stride).pow(2);
        2.0 * (positions * self.kernel.pow(2) * self.channels / self.groups * self.filters) as f64
    }

    fn all() -> Vec<Self> {
        let mut layers = vec![Self::dense(3, 3, 16, 64, 1), Self::dense(3, 3, 16, 64, 2)];
        for (channels, side) in [(16, 64), (32, 32), (64, 16), (128, 8), (192, 4)] {
            layers.push(Self::dense(3, channels, channels, side, 1));
        }
        for (channels, side) in [(16, 64), (32, 32), (64, 16), (128, 8)] {
            layers.push(Self::dense(3, channels, 2 * channels, side, 2));
        }
        for (channels, side) in [(32, 32), (64, 16), (192, 4)] {
            layers.push(Self::dense(1, channels, channels, side, 1));
        }
        layers.push(Self::dense(1, 32, 64, 32, 2));
        layers.push(Self::dense(1, 128, 192, 8, 2));
        layers.extend([Self::depthwise(32, 32, 1), Self::depthwise(96, 16, 1), Self::depthwise(96, 16, 2)]);
        layers
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The weight's gradient alone is of use.
    Weight,
    /// The input's cotangent too: it passes through an operation that changes nothing.
    WeightAndInput,
}

/// The layer and a loss of its mean over the grid.
struct OneLayer {
    layer: Layer,
    images: usize,
    input: Vec<f32>,
    targets: Vec<f32>,
    weights: Vec<f32>,
    present: Vec<bool>,
    ids: [ParameterId; 3],
    reach: Reach,
}

impl OneLayer {
    fn new(layer: Layer, images: usize) -> (Self, Parameters) {
        let mut stream = Stream::new(&[3]);
        let mut normal = |count: usize| (0..count).map(|_| stream.normal()).collect::<Vec<f32>>();
        let Layer { kernel, channels, filters, side, groups, .. } = layer;
        let mut builder = Parameters::builder();
        let taps = kernel * kernel * channels / groups;
        let weight = builder.add(
            "weight",
            [kernel, kernel, channels / groups, filters],
            Scope::Shared,
            Decay::Yes,
            normal(taps * filters).iter().map(|x| x / (taps as f32).sqrt()).collect(),
        );
        let bias = builder.add("bias", [filters], Scope::Shared, Decay::No, normal(filters));
        let token = builder.add("token", [channels], Scope::Shared, Decay::No, normal(channels));
        let program = Self {
            layer,
            images,
            input: normal(images * side * side * channels),
            targets: normal(images * filters),
            weights: vec![1.0; images * filters],
            present: vec![true; images],
            ids: [weight, bias, token],
            reach: Reach::Weight,
        };
        (program, builder.build())
    }
}

impl Program for OneLayer {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        let Layer { kernel, channels, side, stride, groups, .. } = self.layer;
        let [weight, bias, token] = self.ids;
        let mut x = graph.input([self.images, side, side, channels], &self.input);
        if self.reach == Reach::WeightAndInput {
            x = graph.fill_missing(x, token, &self.present);
        }
        let window = Window::new((stride, stride), (kernel / 2, kernel / 2));
        let y = graph.conv2d(x, weight, bias, Convolution::from(window).grouped(groups), Activation::None);
        let mean = graph.mean_pool(y, &[]);
        let loss = graph.regression_loss(mean, &self.targets, &self.weights, Residual::Square);
        graph.declare_loss(0, loss);
    }
}

/// Measures every layer, and prints a line for each.
///
/// # Errors
/// Arguments that do not fit.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.images == 0 || !(arguments.seconds >= 0.0 && arguments.seconds < 1e6) {
        return Err(Failure::usage("--images must be at least 1 and --seconds from 0 to below 1000000"));
    }
    let settings = arguments.precision.settings(1, 1)?;
    line(format!("{}, {} images, one thread; ms and GFLOP/s", banyan_engine::instruction_set(), arguments.images))?;
    line(format!("{:40} {:>16} {:>16} {:>16}", "layer", "forward", "weight gradient", "data gradient"))?;
    for layer in Layer::all().into_iter().filter(|layer| layer.name().contains(&arguments.only)) {
        let mut engine = Engine::new(settings).map_err(|cause| Failure::failed(format!("the threads could not be started: {cause}")))?;
        let (mut program, parameters) = OneLayer::new(layer, arguments.images);
        let mut least = [Duration::MAX; 3];
        let (begun, limit) = (Instant::now(), Duration::from_secs_f64(arguments.seconds));
        let mut round = 0;
        while arguments.rounds.map_or(round < 5 || begun.elapsed() < limit, |rounds| round < rounds) {
            program.reach = Reach::Weight;
            let forward = timed(|| engine.losses(&parameters, &program, 1));
            let with_weight = timed(|| engine.weighted(&parameters, &program, &[1.0]));
            program.reach = Reach::WeightAndInput;
            let with_both = timed(|| engine.weighted(&parameters, &program, &[1.0]));
            for (least, time) in least.iter_mut().zip([forward, with_weight, with_both]) {
                *least = time.min(*least);
            }
            round += 1;
        }
        let passes = [least[0], least[1].saturating_sub(least[0]), least[2].saturating_sub(least[1])];
        let figures = passes.map(|pass| {
            let seconds = pass.as_secs_f64();
            format!("{:>9.3} {:>6.1}", seconds * 1e3, layer.operations(arguments.images) / seconds / 1e9)
        });
        line(format!("{:40} {}", layer.name(), figures.join(" ")))?;
    }
    Ok(())
}

fn timed<R>(f: impl FnOnce() -> R) -> Duration {
    let start = Instant::now();
    std::hint::black_box(f());
    start.elapsed()
}
