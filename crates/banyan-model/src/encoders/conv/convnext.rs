//! ConvNeXt (Liu et al., "A ConvNet for the 2020s", CVPR 2022).
//!
//! The factor of each block's outputs (layer scale) is part of the weights of its last layer, so that it need not be multiplied by.

use super::backbone::{Backbone, Grids};
use super::levels::IMAGENET;
use super::weights::{Misfit, Weights};
use super::{ConvEncoder, PRETRAINED_OPTIONS, check_pretrained};
use crate::blocks::Blocks;
use crate::encoders::{EncoderMethod, Meeting};
use crate::error::ModelError;
use crate::view::LevelSize;
use banyan_data::inputs::InputKind;
use banyan_engine::{Activation, Convolution, Graph, Parameters, Var, Window};
use banyan_method::Method;
use banyan_nn::{Conv2d, LayerBuilder, LayerNorm, Linear};

/// Name, blocks and channels of the stages.
const SIZES: [(&str, [usize; 4], [usize; 4]); 7] = [
    ("convnext-atto", [2, 2, 6, 2], [40, 80, 160, 320]),
    ("convnext-femto", [2, 2, 6, 2], [48, 96, 192, 384]),
    ("convnext-pico", [2, 2, 6, 2], [64, 128, 256, 512]),
    ("convnext-nano", [2, 2, 8, 2], [80, 160, 320, 640]),
    ("convnext-tiny", [3, 3, 9, 3], [96, 192, 384, 768]),
    ("convnext-small", [3, 3, 27, 3], [96, 192, 384, 768]),
    ("convnext-base", [3, 3, 27, 3], [128, 256, 512, 1024]),
];

pub(crate) const ATTO: EncoderMethod = entry::<0>("ConvNeXt of 3.4 million parameters, from pretrained weights or from scratch");
pub(crate) const FEMTO: EncoderMethod = entry::<1>("ConvNeXt of 4.8 million parameters, likewise");
pub(crate) const PICO: EncoderMethod = entry::<2>("ConvNeXt of 8.5 million parameters, likewise");
pub(crate) const NANO: EncoderMethod = entry::<3>("ConvNeXt of 15 million parameters, likewise");
pub(crate) const TINY: EncoderMethod = entry::<4>("ConvNeXt of 28 million parameters, likewise");
pub(crate) const SMALL: EncoderMethod = entry::<5>("ConvNeXt of 49 million parameters, likewise");
pub(crate) const BASE: EncoderMethod = entry::<6>("ConvNeXt of 88 million parameters, likewise");

const fn entry<const SIZE: usize>(summary: &'static str) -> EncoderMethod {
    EncoderMethod {
        method: Method::new(SIZES[SIZE].0, summary).paper("Liu et al., CVPR 2022").options(PRETRAINED_OPTIONS),
        reads: &[InputKind::Image],
        meeting: Meeting::One,
        check: check_pretrained,
        build: |builder, plan_of| {
            let (name, blocks, channels) = SIZES[SIZE];
            let made = ConvEncoder::build(builder, plan_of, if channels[0] < 96 { 64 } else { 96 }, |builder, schema, _| {
                if schema.height.min(schema.width) < LEAST_SIDE {
                    return Err(ModelError::SmallImages { input: plan_of.inputs[0].name.clone(), encoder: name, least: LEAST_SIDE });
                }
                Ok(Box::new(ConvNext::new(builder, name, (schema.channels, blocks, channels))))
            });
            made.map(|encoder| encoder.with_levels(plan_of, IMAGENET).boxed())
        },
    }
}

/// Pixels from one cell of the last stage to the next, which it needs one of.
const LEAST_SIDE: usize = 32;
/// Pixels of a side of the patches that the first layer reads.
const PATCH: usize = 4;
const KERNEL: usize = 7;
const EPSILON: f32 = 1e-6;

#[derive(Debug)]
struct ConvNext {
    name: &'static str,
    /// Before each stage: a convolution that makes the grid coarser, and a normalization after the first one, before the others.
    downsamples: Vec<(Conv2d, LayerNorm)>,
    stages: Vec<Vec<Block>>,
    channels: [usize; 4],
}

#[derive(Debug)]
struct Block {
    depthwise: Conv2d,
    norm: LayerNorm,
    expand: Linear,
    contract: Linear,
}

impl ConvNext {
    /// Its normalization is the same with pretrained weights and without: over the channels of each cell.
    fn new(builder: &mut LayerBuilder, name: &'static str, (inputs, blocks, channels): (usize, [usize; 4], [usize; 4])) -> Self {
        let norm = |b: &mut LayerBuilder, name: &str, width: usize| LayerNorm { epsilon: EPSILON, ..b.layer_norm(name, width) };
        let (mut downsamples, mut stages) = (Vec::new(), Vec::new());
        for (stage, (&width, &count)) in channels.iter().zip(&blocks).enumerate() {
            let (before, side) = if stage == 0 { (inputs, PATCH) } else { (channels[stage - 1], 2) };
            builder.within(&format!("stage{stage}"), |b| {
                let tiles = Window::tiles((side, side)).into();
                let convolution = b.conv2d_with("downsample", (side, side), before, width, tiles, Activation::None);
                downsamples.push((convolution, norm(b, "norm", if stage == 0 { width } else { before })));
                let block = |b: &mut LayerBuilder| {
                    let around = Convolution::from(Window::same(KERNEL, KERNEL)).grouped(width);
                    Block {
                        depthwise: b.conv2d_with("depthwise", (KERNEL, KERNEL), width, width, around, Activation::None),
                        norm: norm(b, "norm", width),
                        expand: b.linear("expand", width, 4 * width, Activation::Gelu),
                        contract: b.linear("contract", 4 * width, width, Activation::None),
                    }
                };
                stages.push((0..count).map(|place| b.within(&format!("block{place}"), block)).collect());
            });
        }
        Self { name, downsamples, stages, channels }
    }
}

impl Block {
    fn forward(&self, graph: &mut Graph<'_>, input: Var) -> Var {
        let x = self.depthwise.forward(graph, input);
        let x = self.norm.forward(graph, x);
        let x = self.expand.forward(graph, x);
        let x = self.contract.forward(graph, x);
        graph.sum(&[input, x], 1.0)
    }
}

impl Backbone for ConvNext {
    fn stem(&self) -> Option<LevelSize> {
        None
    }

    fn stages(&self) -> Vec<LevelSize> {
        self.channels.iter().enumerate().map(|(stage, &channels)| LevelSize { channels, stride: PATCH << stage }).collect()
    }

    fn forward(&self, graph: &mut Graph<'_>, image: Var, _: &[bool], blocks: &mut Blocks<'_>) -> Grids {
        let (mut x, mut stages) = (image, Vec::with_capacity(self.stages.len()));
        for (stage, ((convolution, norm), own)) in self.downsamples.iter().zip(&self.stages).enumerate() {
            x = if stage == 0 { x } else { norm.forward(graph, x) };
            x = convolution.forward(graph, x);
            x = if stage == 0 { norm.forward(graph, x) } else { x };
            x = own.iter().fold(x, |x, block| block.forward(graph, x));
            x = blocks.after(graph, x);
            stages.push(x);
        }
        Grids { stem: None, stages }
    }

    fn load(&self, weights: &Weights<'_>, parameters: &mut Parameters) -> Result<(), Misfit> {
        let (weights, names) = Names::of(weights, self.name)?;
        for (stage, (blocks, (convolution, norm))) in self.stages.iter().zip(&self.downsamples).enumerate() {
            let [of_convolution, of_norm] = names.downsample(stage);
            weights.convolution(parameters, convolution, &of_convolution)?;
            weights.norm(parameters, norm, &of_norm)?;
            for (place, block) in blocks.iter().enumerate() {
                let name = |part: usize| names.block(stage, place, part);
                weights.convolution(parameters, &block.depthwise, &name(0))?;
                weights.norm(parameters, &block.norm, &name(1))?;
                weights.linear(parameters, &block.expand, &name(2), None)?;
                weights.linear(parameters, &block.contract, &name(3), Some(&name(4)))?;
            }
            weights.without(&format!("{}.weight", names.block(stage, blocks.len(), 0)), self.name)?;
        }
        Ok(())
    }
}

/// Whose names the tensors have.
#[derive(Debug, Clone, Copy)]
enum Names {
    Timm,
    Transformers,
    Torchvision,
}

impl Names {
    fn of<'a>(weights: &Weights<'a>, network: &str) -> Result<(Weights<'a>, Self), Misfit> {
        let found = [
            (Self::Timm, &["", "backbone."][..], "stem.0.weight"),
            (Self::Transformers, &["", "convnext."], "embeddings.patch_embeddings.weight"),
            (Self::Torchvision, &[""], "features.0.0.weight"),
        ];
        let mut last = String::new();
        for (names, prefixes, name) in found {
            match weights.below(prefixes, name, network) {
                Ok(below) => {
                    let grn = ["stages.0.blocks.0.mlp.grn.weight", "encoder.stages.0.layers.0.grn.weight"];
                    return match grn.into_iter().find(|name| below.has(name)) {
                        Some(name) => Err(format!("it has {name}, so it is of a ConvNeXt V2, which is not read")),
                        None => Ok((below, names)),
                    };
                }
                Err(problem) => last = problem,
            }
        }
        Err(last)
    }

    /// The convolution before a stage, and its normalization.
    fn downsample(self, stage: usize) -> [String; 2] {
        match (self, stage) {
            (Self::Timm, 0) => ["stem.0".to_owned(), "stem.1".to_owned()],
            (Self::Timm, _) => [1, 0].map(|part| format!("stages.{stage}.downsample.{part}")),
            (Self::Transformers, 0) => ["patch_embeddings", "layernorm"].map(|part| format!("embeddings.{part}")),
            (Self::Transformers, _) => [1, 0].map(|part| format!("encoder.stages.{stage}.downsampling_layer.{part}")),
            (Self::Torchvision, 0) => [0, 1].map(|part| format!("features.0.{part}")),
            (Self::Torchvision, _) => [1, 0].map(|part| format!("features.{}.{part}", 2 * stage)),
        }
    }

    /// A part of a block: the depthwise convolution, the normalization, the two layers, and the factor of its outputs.
    fn block(self, stage: usize, block: usize, part: usize) -> String {
        match self {
            Self::Timm => {
                format!("stages.{stage}.blocks.{block}.{}", ["conv_dw", "norm", "mlp.fc1", "mlp.fc2", "gamma"][part])
            }
            Self::Transformers => {
                let part = ["dwconv", "layernorm", "pwconv1", "pwconv2", "layer_scale_parameter"][part];
                format!("encoder.stages.{stage}.layers.{block}.{part}")
            }
            Self::Torchvision => {
                let part = ["block.0", "block.2", "block.3", "block.5", "layer_scale"][part];
                format!("features.{}.{block}.{part}", 2 * stage + 1)
            }
        }
    }
}
