//! EfficientNet-Lite (Tan and Le, "EfficientNet", ICML 2019; without squeeze-and-excitation and with ReLU6, as Google released it in 2020).

use super::backbone::{Backbone, Grids};
use super::layer::{Norm, Normed, window};
use super::levels::SYMMETRIC;
use super::weights::{Misfit, Weights};
use super::{ConvEncoder, LEARNING_RATE_FACTOR, check_pretrained};
use crate::blocks::Blocks;
use crate::encoders::pretrained::FROZEN;
use crate::encoders::{EncoderMethod, Meeting};
use crate::view::LevelSize;
use banyan_data::inputs::InputKind;
use banyan_engine::{Activation, Convolution, Graph, Parameters, Var, Window};
use banyan_method::{Method, OptionSpec};
use banyan_nn::LayerBuilder;

/// Name, and what channels and numbers of blocks are multiplied by.
const SIZES: [(&str, f64, f64); 5] = [
    ("efficientnet-lite0", 1.0, 1.0),
    ("efficientnet-lite1", 1.0, 1.1),
    ("efficientnet-lite2", 1.1, 1.2),
    ("efficientnet-lite3", 1.2, 1.4),
    ("efficientnet-lite4", 1.4, 1.8),
];

pub(crate) const LITE0: EncoderMethod = entry::<0>("EfficientNet-Lite of 3.4 million parameters, from pretrained weights or from scratch");
pub(crate) const LITE1: EncoderMethod = entry::<1>("EfficientNet-Lite of 4.1 million parameters, likewise");
pub(crate) const LITE2: EncoderMethod = entry::<2>("EfficientNet-Lite of 4.8 million parameters, likewise");
pub(crate) const LITE3: EncoderMethod = entry::<3>("EfficientNet-Lite of 6.9 million parameters, likewise");
pub(crate) const LITE4: EncoderMethod = entry::<4>("EfficientNet-Lite of 11.7 million parameters, likewise");

const PADDING: OptionSpec = OptionSpec::word(
    "padding",
    "how grids are padded: as TensorFlow does (Google's weights, timm's tf_efficientnet_lite), or evenly (timm's efficientnet_lite0)",
    &["same", "even"],
);

const fn entry<const SIZE: usize>(summary: &'static str) -> EncoderMethod {
    EncoderMethod {
        method: Method::new(SIZES[SIZE].0, summary)
            .paper("Tan and Le, ICML 2019")
            .options(const { &[FROZEN, LEARNING_RATE_FACTOR, PADDING] }),
        reads: &[InputKind::Image],
        meeting: Meeting::One,
        check: check_pretrained,
        build: |builder, plan_of| {
            let is_same = plan_of.settings.word(PADDING.name) == "same";
            let made = ConvEncoder::build(builder, plan_of, 64, |builder, schema, norm| {
                let layout = Layout { norm, is_same };
                Ok(Box::new(EfficientNet::new(builder, SIZES[SIZE], (schema.channels, [schema.height, schema.width]), layout)))
            });
            let levels = if is_same { SYMMETRIC } else { super::levels::IMAGENET };
            made.map(|encoder| encoder.with_levels(plan_of, levels).boxed())
        },
    }
}

/// A run of blocks of the smallest network.
struct Run {
    blocks: usize,
    kernel: usize,
    stride: usize,
    /// What the channels are multiplied by within a block.
    expansion: usize,
    outputs: usize,
}

const fn run(blocks: usize, kernel: usize, stride: usize, expansion: usize, outputs: usize) -> Run {
    Run { blocks, kernel, stride, expansion, outputs }
}

const RUNS: [Run; 7] = [
    run(1, 3, 1, 1, 16),
    run(2, 3, 2, 6, 24),
    run(2, 5, 2, 6, 40),
    run(3, 3, 2, 6, 80),
    run(3, 5, 1, 6, 112),
    run(4, 5, 2, 6, 192),
    run(1, 3, 1, 6, 320),
];

/// The first convolution's channels, the same in all sizes.
const STEM: usize = 32;

/// What all layers have in common.
#[derive(Debug, Clone, Copy)]
struct Layout {
    norm: Norm,
    /// Whether grids are padded as TensorFlow does.
    is_same: bool,
}

#[derive(Debug)]
struct EfficientNet {
    name: &'static str,
    stem: Normed,
    /// The blocks of each run.
    runs: Vec<Vec<Block>>,
    epsilon: f32,
}

/// An inverted bottleneck (Sandler et al., "MobileNetV2", CVPR 2018).
#[derive(Debug)]
struct Block {
    expand: Option<Normed>,
    depthwise: Normed,
    project: Normed,
    /// Whether the input is added to the output.
    is_residual: bool,
    outputs: usize,
    /// Whether the grid becomes coarser.
    halves: bool,
}

impl Layout {
    /// The window of a kernel over a grid, which it is made coarser by.
    fn window(self, grid: &mut [usize; 2], kernel: usize, stride: usize) -> Window {
        let own = match self.is_same {
            true => Window::covering((grid[0], grid[1]), (kernel, kernel), (stride, stride)),
            false => window(kernel, stride),
        };
        *grid = grid.map(|side| side.div_ceil(stride));
        own
    }
}

impl EfficientNet {
    fn new(
        builder: &mut LayerBuilder,
        (name, width, depth): (&'static str, f64, f64),
        (channels, mut grid): (usize, [usize; 2]),
        layout: Layout,
    ) -> Self {
        let first = layout.window(&mut grid, 3, 2).into();
        let stem = Normed::with(builder, "stem", (3, channels, STEM), first, (layout.norm, Activation::Relu6));
        let (mut runs, mut inputs) = (Vec::new(), STEM);
        for (place, run) in RUNS.iter().enumerate() {
            let is_end = place == 0 || place + 1 == RUNS.len();
            let count = if is_end { run.blocks } else { (run.blocks as f64 * depth).ceil() as usize };
            let (outputs, mut blocks) = (scaled(run.outputs, width), Vec::new());
            for block in 0..count {
                let stride = if block == 0 { run.stride } else { 1 };
                let own = layout.window(&mut grid, run.kernel, stride);
                let sizes = (inputs, run.expansion, outputs);
                let make = |b: &mut LayerBuilder| Block::new(b, sizes, (run.kernel, own), layout.norm);
                blocks.push(builder.within(&format!("run{place}.block{block}"), make));
                inputs = outputs;
            }
            runs.push(blocks);
        }
        Self { name, stem, runs, epsilon: if layout.is_same { 1e-3 } else { 1e-5 } }
    }
}

/// Channels times a factor, in eights, of which no more than a tenth is lost.
fn scaled(channels: usize, factor: f64) -> usize {
    let wanted = channels as f64 * factor;
    let eights = ((wanted + 4.0) as usize / 8 * 8).max(8);
    if (eights as f64) < 0.9 * wanted { eights + 8 } else { eights }
}

impl Block {
    fn new(
        builder: &mut LayerBuilder,
        (inputs, expansion, outputs): (usize, usize, usize),
        (kernel, own): (usize, Window),
        norm: Norm,
    ) -> Self {
        let (hidden, cell) = (inputs * expansion, window(1, 1).into());
        let expand = (expansion > 1).then(|| Normed::with(builder, "expand", (1, inputs, hidden), cell, (norm, Activation::Relu6)));
        let around = Convolution::from(own).grouped(hidden);
        Self {
            expand,
            depthwise: Normed::with(builder, "depthwise", (kernel, hidden, hidden), around, (norm, Activation::Relu6)),
            project: Normed::with(builder, "project", (1, hidden, outputs), cell, (norm, Activation::None)),
            is_residual: own.stride == (1, 1) && inputs == outputs,
            outputs,
            halves: own.stride != (1, 1),
        }
    }

    fn forward(&self, graph: &mut Graph<'_>, input: Var, present: &[bool]) -> Var {
        let x = self.expand.as_ref().map_or(input, |expand| expand.forward(graph, input, present));
        let x = self.depthwise.forward(graph, x, present);
        let x = self.project.forward(graph, x, present);
        if self.is_residual { graph.sum(&[input, x], 1.0) } else { x }
    }
}

impl EfficientNet {
    /// Runs that keep their grid until the next one, if there is one, makes it coarser: what the stages end with.
    fn ends(&self) -> impl Iterator<Item = usize> + '_ {
        let halves = |run: usize| self.runs.get(run).is_none_or(|blocks| blocks[0].halves);
        (0..self.runs.len()).filter(move |&run| halves(run + 1))
    }

    fn outputs(&self, run: usize) -> usize {
        self.runs[run].last().map_or(STEM, |block| block.outputs)
    }
}

impl Backbone for EfficientNet {
    fn stem(&self) -> Option<LevelSize> {
        Some(LevelSize { channels: self.outputs(0), stride: 2 })
    }

    fn stages(&self) -> Vec<LevelSize> {
        self.ends().enumerate().skip(1).map(|(place, run)| LevelSize { channels: self.outputs(run), stride: 2 << place }).collect()
    }

    fn forward(&self, graph: &mut Graph<'_>, image: Var, present: &[bool], blocks: &mut Blocks<'_>) -> Grids {
        let mut x = self.stem.forward(graph, image, present);
        let ends: Vec<usize> = self.ends().collect();
        let (mut stem, mut stages) = (None, Vec::with_capacity(ends.len()));
        for (place, run) in self.runs.iter().enumerate() {
            x = run.iter().fold(x, |x, block| block.forward(graph, x, present));
            match ends.iter().position(|end| *end == place) {
                Some(0) => stem = Some(x),
                Some(_) => {
                    x = blocks.after(graph, x);
                    stages.push(x);
                }
                None => {}
            }
        }
        Grids { stem, stages }
    }

    /// The names are those of timm (`blocks.1.0.conv_pw`), or those of the ports of TensorFlow's code (`_blocks.1._expand_conv`).
    fn load(&self, weights: &Weights<'_>, parameters: &mut Parameters) -> Result<(), Misfit> {
        let port = weights.below(&["", "backbone."], "_conv_stem.weight", self.name);
        let is_timm = port.is_err();
        let weights = if is_timm { weights.below(&["", "backbone."], "conv_stem.weight", self.name)? } else { port? };
        let mut fold =
            |layer: &Normed, names: [String; 2]| weights.fold(parameters, layer, names.each_ref().map(String::as_str), self.epsilon);
        fold(&self.stem, if is_timm { ["conv_stem", "bn1"] } else { ["_conv_stem", "_bn0"] }.map(str::to_owned))?;
        let mut counted = 0;
        for (run, blocks) in self.runs.iter().enumerate() {
            for (block, own) in blocks.iter().enumerate() {
                let below = if is_timm { format!("blocks.{run}.{block}") } else { format!("_blocks.{counted}") };
                let names = |pair: [&str; 2]| pair.map(|name| format!("{below}.{name}"));
                let ([expand, depthwise, project], first) = match (is_timm, own.expand.is_some()) {
                    (true, true) => ([["conv_pw", "bn1"], ["conv_dw", "bn2"], ["conv_pwl", "bn3"]], "conv_pw"),
                    (true, false) => ([["", ""], ["conv_dw", "bn1"], ["conv_pw", "bn2"]], "conv_dw"),
                    (false, _) => ([["_expand_conv", "_bn0"], ["_depthwise_conv", "_bn1"], ["_project_conv", "_bn2"]], "_depthwise_conv"),
                };
                if let Some(layer) = &own.expand {
                    fold(layer, names(expand))?;
                }
                fold(&own.depthwise, names(depthwise))?;
                fold(&own.project, names(project))?;
                counted += 1;
                if is_timm && block + 1 == blocks.len() {
                    weights.without(&format!("blocks.{run}.{}.{first}.weight", blocks.len()), self.name)?;
                }
            }
        }
        weights.without(&format!("_blocks.{counted}._depthwise_conv.weight"), self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_those_of_the_published_networks() {
        assert_eq!([16, 24, 40, 80, 112, 192, 320].map(|channels| scaled(channels, 1.4)), [24, 32, 56, 112, 160, 272, 448]);
        assert_eq!([16, 24, 40, 80, 112, 192, 320].map(|channels| scaled(channels, 1.2)), [24, 32, 48, 96, 136, 232, 384]);
    }
}
