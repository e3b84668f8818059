//! ResNet-18, -34 and -50 (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016), as torchvision and timm have them: where a
//! bottleneck halves the grid, its middle convolution does.

use super::backbone::{Backbone, Grids};
use super::layer::{Norm, Normed, window};
use super::levels::IMAGENET;
use super::weights::{Misfit, Weights};
use super::{ConvEncoder, PRETRAINED_OPTIONS, check_pretrained};
use crate::blocks::Blocks;
use crate::encoders::{EncoderMethod, Meeting};
use crate::view::LevelSize;
use banyan_data::inputs::InputKind;
use banyan_engine::{Activation, Graph, Parameters, Var, Window};
use banyan_method::Method;
use banyan_nn::LayerBuilder;

pub(crate) const RESNET18: EncoderMethod = entry::<18>("resnet18", "ResNet-18, from pretrained weights or from scratch");
pub(crate) const RESNET34: EncoderMethod = entry::<34>("resnet34", "ResNet-34, from pretrained weights or from scratch");
pub(crate) const RESNET50: EncoderMethod = entry::<50>("resnet50", "ResNet-50, from pretrained weights or from scratch");

const fn entry<const LAYERS: usize>(name: &'static str, summary: &'static str) -> EncoderMethod {
    EncoderMethod {
        method: Method::new(name, summary).paper("He et al., CVPR 2016").options(PRETRAINED_OPTIONS),
        reads: &[InputKind::Image],
        meeting: Meeting::One,
        check: check_pretrained,
        build: |builder, plan_of| {
            let neck = if LAYERS < 50 { 64 } else { 96 };
            ConvEncoder::build(builder, plan_of, neck, |builder, schema, norm| {
                Ok(Box::new(ResNet::new(builder, LAYERS, schema.channels, norm)))
            })
            .map(|encoder| encoder.with_levels(plan_of, IMAGENET).boxed())
        },
    }
}

/// Channels of the stages, before what a bottleneck multiplies them by.
const CHANNELS: [usize; 4] = [64, 128, 256, 512];
const BOTTLENECK: usize = 4;
/// What PyTorch adds to a variance.
const EPSILON: f32 = 1e-5;

#[derive(Debug)]
struct ResNet {
    layers: usize,
    stem: Normed,
    stages: Vec<Vec<Block>>,
    /// Channels of the stages' outputs.
    channels: [usize; 4],
}

#[derive(Debug)]
struct Block {
    units: Vec<Normed>,
    /// Where the grid or the channels change.
    skip: Option<Normed>,
}

impl ResNet {
    fn new(builder: &mut LayerBuilder, layers: usize, channels: usize, norm: Norm) -> Self {
        let (blocks, widening) = match layers {
            18 => ([2, 2, 2, 2], 1),
            34 => ([3, 4, 6, 3], 1),
            _ => ([3, 4, 6, 3], BOTTLENECK),
        };
        let stem = Normed::with(builder, "stem", (7, channels, CHANNELS[0]), window(7, 2).into(), (norm, Activation::Relu));
        let mut inputs = CHANNELS[0];
        let mut stages = Vec::new();
        for (stage, (&width, &count)) in CHANNELS.iter().zip(&blocks).enumerate() {
            let mut made = Vec::new();
            for place in 0..count {
                let stride = if place == 0 && stage > 0 { 2 } else { 1 };
                let block = |b: &mut LayerBuilder| Block::new(b, (inputs, width, widening), stride, norm);
                made.push(builder.within(&format!("stage{stage}.block{place}"), block));
                inputs = width * widening;
            }
            stages.push(made);
        }
        Self { layers, stem, stages, channels: CHANNELS.map(|width| width * widening) }
    }
}

impl Block {
    fn new(builder: &mut LayerBuilder, (inputs, width, widening): (usize, usize, usize), stride: usize, norm: Norm) -> Self {
        let outputs = width * widening;
        let kinds = match widening {
            1 => vec![(3, inputs, width, stride), (3, width, outputs, 1)],
            _ => vec![(1, inputs, width, 1), (3, width, width, stride), (1, width, outputs, 1)],
        };
        let last = kinds.len() - 1;
        let unit = |builder: &mut LayerBuilder, (place, &(kernel, inputs, outputs, stride)): (usize, &(usize, usize, usize, usize))| {
            let activation = if place == last { Activation::None } else { Activation::Relu };
            Normed::with(builder, &format!("unit{place}"), (kernel, inputs, outputs), window(kernel, stride).into(), (norm, activation))
        };
        let units = kinds.iter().enumerate().map(|kind| unit(builder, kind)).collect();
        let changes = stride > 1 || inputs != outputs;
        let skip = changes.then(|| Normed::with(builder, "skip", (1, inputs, outputs), window(1, stride).into(), (norm, Activation::None)));
        Self { units, skip }
    }

    fn forward(&self, graph: &mut Graph<'_>, input: Var, present: &[bool]) -> Var {
        let y = self.units.iter().fold(input, |x, unit| unit.forward(graph, x, present));
        let x = self.skip.as_ref().map_or(input, |skip| skip.forward(graph, input, present));
        let sum = graph.sum(&[y, x], 1.0);
        graph.activate(sum, Activation::Relu)
    }
}

impl Backbone for ResNet {
    fn stem(&self) -> Option<LevelSize> {
        Some(LevelSize { channels: CHANNELS[0], stride: 2 })
    }

    fn stages(&self) -> Vec<LevelSize> {
        self.channels.iter().enumerate().map(|(stage, &channels)| LevelSize { channels, stride: 4 << stage }).collect()
    }

    fn forward(&self, graph: &mut Graph<'_>, image: Var, present: &[bool], blocks: &mut Blocks<'_>) -> Grids {
        let stem = self.stem.forward(graph, image, present);
        let mut x = graph.max_pool2d_with(stem, (3, 3), Window::new((2, 2), (1, 1)));
        let mut stages = Vec::with_capacity(self.stages.len());
        for stage in &self.stages {
            let y = stage.iter().fold(x, |x, block| block.forward(graph, x, present));
            x = blocks.after(graph, y);
            stages.push(x);
        }
        Grids { stem: Some(stem), stages }
    }

    /// The names are those of torchvision and timm (`layer1.0.conv1`), or those of transformers (`encoder.stages.0.layers.0.layer.0.convolution`).
    fn load(&self, weights: &Weights<'_>, parameters: &mut Parameters) -> Result<(), Misfit> {
        let network = format!("ResNet-{}", self.layers);
        let transformers = weights.below(&["", "resnet."], "embedder.embedder.convolution.weight", &network);
        let is_of_torchvision = transformers.is_err();
        let weights =
            if is_of_torchvision { weights.below(&["", "resnet.", "backbone."], "conv1.weight", &network)? } else { transformers? };
        let unit = |stage: usize, block: usize, unit: usize| match is_of_torchvision {
            true => [format!("layer{}.{block}.conv{}", stage + 1, unit + 1), format!("layer{}.{block}.bn{}", stage + 1, unit + 1)],
            false => ["convolution", "normalization"].map(|part| format!("encoder.stages.{stage}.layers.{block}.layer.{unit}.{part}")),
        };
        let skip = |stage: usize, block: usize| match is_of_torchvision {
            true => ["0", "1"].map(|part| format!("layer{}.{block}.downsample.{part}", stage + 1)),
            false => ["convolution", "normalization"].map(|part| format!("encoder.stages.{stage}.layers.{block}.shortcut.{part}")),
        };
        let stem = if is_of_torchvision { ["conv1", "bn1"] } else { ["embedder.embedder.convolution", "embedder.embedder.normalization"] };
        let mut fold = |layer: &Normed, names: [&str; 2]| weights.fold(parameters, layer, names, EPSILON);
        fold(&self.stem, stem)?;
        for (stage, blocks) in self.stages.iter().enumerate() {
            for (block, Block { units, skip: own }) in blocks.iter().enumerate() {
                for (place, layer) in units.iter().enumerate() {
                    fold(layer, unit(stage, block, place).each_ref().map(String::as_str))?;
                }
                weights.without(&format!("{}.weight", unit(stage, block, units.len())[0]), &network)?;
                if let Some(layer) = own {
                    fold(layer, skip(stage, block).each_ref().map(String::as_str))?;
                }
            }
            weights.without(&format!("{}.weight", unit(stage, blocks.len(), 0)[0]), &network)?;
        }
        Ok(())
    }
}
