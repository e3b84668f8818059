//! `conv`: the backbone for training from scratch (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016).

use super::backbone::{Backbone, Grids};
use super::layer::{Norm, Normed};
use super::weights::{Misfit, Weights};
use super::{ConvEncoder, from_scratch_only};
use crate::blocks::Blocks;
use crate::encoders::{EncoderMethod, Meeting};
use crate::view::LevelSize;
use banyan_data::inputs::{ImageSchema, InputKind};
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::{Method, OptionSpec};
use banyan_nn::LayerBuilder;

pub(crate) const METHOD: EncoderMethod = EncoderMethod {
    method: Method::new("conv", "residual 3x3 convolutions with batch normalization, and a feature pyramid for detection and segmentation")
        .paper("He et al., CVPR 2016; Lin et al., CVPR 2017")
        .options(&[SIZE]),
    reads: &[InputKind::Image],
    meeting: Meeting::One,
    check: from_scratch_only,
    build: |builder, plan_of| {
        let plan = plan(plan_of.settings.word(SIZE.name));
        let made = ConvEncoder::build(builder, plan_of, plan.neck, |builder, schema, norm| {
            Ok(Box::new(Residual::new(builder, &plan, schema, norm)))
        });
        made.map(ConvEncoder::boxed)
    },
};

const SIZE: OptionSpec = OptionSpec::word("backbone_size", "how wide and deep it is", &["small", "tiny", "base"]);

/// How wide and deep a backbone is.
struct Plan {
    /// Channels of the first convolution, of each stage, and of the pyramid.
    stem: usize,
    stages: &'static [usize],
    /// Residual blocks of each stage.
    blocks: &'static [usize],
    neck: usize,
}

fn plan(size: &str) -> Plan {
    match size {
        "tiny" => Plan { stem: 16, stages: &[24, 48, 96, 128], blocks: &[1, 1, 1, 1], neck: 48 },
        "base" => Plan { stem: 32, stages: &[64, 128, 256, 384], blocks: &[1, 2, 3, 2], neck: 96 },
        _ => Plan { stem: 16, stages: &[32, 64, 128, 192], blocks: &[1, 1, 2, 1], neck: 64 },
    }
}

/// Images of at most so many pixels a side keep their size in the first convolution, since their objects are small.
const SMALL_SIDE: usize = 80;

/// A first convolution, and stages each of which halves the grid.
#[derive(Debug)]
struct Residual {
    stem: Normed,
    stages: Vec<Stage>,
    sizes: Vec<LevelSize>,
}

impl Residual {
    fn new(builder: &mut LayerBuilder, plan: &Plan, schema: &ImageSchema, norm: Norm) -> Self {
        let stride = if schema.height.max(schema.width) <= SMALL_SIDE { 1 } else { 2 };
        let stem = Normed::new(builder, "stem", (3, schema.channels, plan.stem), stride, (norm, Activation::Relu));
        let (mut stages, mut sizes) = (Vec::new(), vec![LevelSize { channels: plan.stem, stride }]);
        for (place, (&outputs, &blocks)) in plan.stages.iter().zip(plan.blocks).enumerate() {
            stages.push(Stage::new(builder, &format!("stage{place}"), (sizes[place].channels, outputs), blocks, norm));
            sizes.push(LevelSize { channels: outputs, stride: 2 * sizes[place].stride });
        }
        Self { stem, stages, sizes }
    }
}

impl Backbone for Residual {
    fn stem(&self) -> Option<LevelSize> {
        self.sizes.first().copied()
    }

    fn stages(&self) -> Vec<LevelSize> {
        self.sizes[1..].to_vec()
    }

    fn forward(&self, graph: &mut Graph<'_>, image: Var, present: &[bool], blocks: &mut Blocks<'_>) -> Grids {
        let stem = self.stem.forward(graph, image, present);
        let mut stages: Vec<Var> = Vec::with_capacity(self.stages.len());
        for stage in &self.stages {
            let y = stage.forward(graph, stages.last().copied().unwrap_or(stem), present);
            stages.push(blocks.after(graph, y));
        }
        Grids { stem: Some(stem), stages }
    }

    fn load(&self, _: &Weights<'_>, _: &mut Parameters) -> Result<(), Misfit> {
        unreachable!("settings with pretrained weights are refused")
    }
}

/// Residual blocks, the first of which halves the grid.
#[derive(Debug)]
struct Stage(Vec<Block>);

#[derive(Debug)]
struct Block {
    first: Normed,
    second: Normed,
    /// Where the grid or the channels change.
    skip: Option<Normed>,
}

impl Stage {
    fn new(builder: &mut LayerBuilder, name: &str, (inputs, outputs): (usize, usize), blocks: usize, norm: Norm) -> Self {
        let block = |builder: &mut LayerBuilder, place: usize| {
            let (inputs, stride) = if place == 0 { (inputs, 2) } else { (outputs, 1) };
            builder.within(&format!("block{place}"), |b| Block {
                first: Normed::new(b, "first", (3, inputs, outputs), stride, (norm, Activation::Relu)),
                second: Normed::new(b, "second", (3, outputs, outputs), 1, (norm, Activation::None)),
                skip: (place == 0).then(|| Normed::new(b, "skip", (1, inputs, outputs), 2, (norm, Activation::None))),
            })
        };
        Self(builder.within(name, |b| (0..blocks).map(|place| block(b, place)).collect()))
    }

    fn forward(&self, graph: &mut Graph<'_>, input: Var, present: &[bool]) -> Var {
        self.0.iter().fold(input, |x, Block { first, second, skip }| {
            let y = first.forward(graph, x, present);
            let y = second.forward(graph, y, present);
            let x = skip.as_ref().map_or(x, |skip| skip.forward(graph, x, present));
            let sum = graph.sum(&[y, x], 1.0);
            graph.activate(sum, Activation::Relu)
        })
    }
}
