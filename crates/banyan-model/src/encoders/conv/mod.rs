//! Residual convolutions with a pooled view, and a pyramid for heads on places of the image.

mod neck;
pub(crate) mod stage;

use super::{Encoder, EncoderMethod, EncoderPlan};
use crate::blocks::Blocks;
use crate::error::ModelError;
use crate::view::{LevelSize, Pyramid, PyramidSizes, ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::{ImageSchema, InputKind};
use banyan_engine::{Activation, Graph, Var, Window};
use banyan_method::{Method, OptionSpec};
use banyan_nn::{LayerBuilder, LayerNorm, Linear};
use neck::Neck;
pub(crate) use stage::Normed;
use stage::Stage;

pub(super) const METHOD: EncoderMethod = EncoderMethod::of_one(
    Method::new("conv", "residual 3x3 convolutions with group normalization, and a feature pyramid for detection and segmentation")
        .paper("He et al., CVPR 2016; Lin et al., CVPR 2017")
        .options(&[SIZE]),
    &[InputKind::Image],
    build,
);

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
/// Levels of the pyramid are the stages whose cells are at least so many pixels apart; finer ones know little and cost much.
const FINEST_STRIDE: usize = 4;

/// A first convolution, and stages each of which halves the grid.
#[derive(Debug)]
struct ConvEncoder {
    stem: Normed,
    stages: Vec<Stage>,
    neck: Option<Neck>,
    /// The first stage that is a level of the pyramid.
    first_level: usize,
    norm: LayerNorm,
    project: Linear,
    dropout: f32,
    sizes: ViewSizes,
    cells: usize,
}

fn build(builder: &mut LayerBuilder, plan_of: &EncoderPlan<'_>) -> Result<Box<dyn Encoder>, ModelError> {
    let ImageSchema { height, width, channels, .. } = *plan_of.schema();
    let plan = plan(plan_of.settings.word(SIZE.name));
    let stride = if height.max(width) <= SMALL_SIDE { 1 } else { 2 };
    let stem = Normed::new(builder, "stem", (3, channels, plan.stem), stride, Activation::Relu);
    let (mut stages, mut inputs) = (Vec::new(), plan.stem);
    for (place, (&outputs, &blocks)) in plan.stages.iter().zip(plan.blocks).enumerate() {
        stages.push(Stage::new(builder, &format!("stage{place}"), inputs, outputs, blocks));
        inputs = outputs;
    }
    let strides: Vec<usize> = (1..=plan.stages.len()).map(|stage| stride << stage).collect();
    let first = strides.iter().position(|stride| *stride >= FINEST_STRIDE).unwrap_or(0);
    let neck = plan_of.is_pyramid_read.then(|| Neck::new(builder, &plan.stages[first..], plan.neck));
    let fine = std::iter::once(LevelSize { channels: plan.stem, stride })
        .chain((0..first).map(|stage| LevelSize { channels: plan.stages[stage], stride: strides[stage] }));
    let pyramid = PyramidSizes {
        fine: fine.collect(),
        levels: strides[first..].iter().map(|&stride| LevelSize { channels: plan.neck, stride }).collect(),
    };
    let sizes = ViewSizes {
        grids: plan.stages.to_vec(),
        blocks: plan.stages.to_vec(),
        pyramid: neck.is_some().then_some(pyramid),
        ..ViewSizes::default()
    };
    // The mean and the greatest of each channel.
    let norm = builder.layer_norm("norm", 2 * inputs);
    let project = builder.linear("project", 2 * inputs, plan_of.width, Activation::Relu);
    Ok(Box::new(ConvEncoder {
        stem,
        stages,
        neck,
        first_level: first,
        norm,
        project,
        dropout: plan_of.dropout,
        sizes,
        cells: height * width / (stride * stride),
    }))
}

impl Encoder for ConvEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views {
        let InputValues::Image(images) = &inputs[0].values else { panic!("an image encoder reads images") };
        let x = graph.input([inputs[0].present.len(), images.height, images.width, images.channels], &images.pixels);
        let stem = self.stem.forward(graph, x);
        let (mut grids, mut x) = (Vec::with_capacity(self.stages.len()), stem);
        for stage in &self.stages {
            let y = stage.forward(graph, x);
            x = blocks.after(graph, y);
            grids.push(x);
        }
        let pooled = self.pooled(graph, x);
        let pyramid = self.neck.as_ref().map(|neck| {
            let (fine, last) = grids.split_at(self.first_level);
            Pyramid { fine: std::iter::once(stem).chain(fine.iter().copied()).collect(), levels: neck.forward(graph, last) }
        });
        Views { grids, pyramid, ..Views::pooled(pooled) }
    }

    fn sizes(&self) -> ViewSizes {
        self.sizes.clone()
    }

    fn cells(&self) -> usize {
        self.cells
    }
}

impl ConvEncoder {
    /// The mean and the greatest value of each channel, whatever the grid's size, and a layer over them.
    fn pooled(&self, graph: &mut Graph<'_>, grid: Var) -> Var {
        let [rows, height, width, channels] = *graph.shape(grid).axes() else { unreachable!("a stage gives a grid") };
        let cells = graph.reshape(grid, [rows, height * width, channels]);
        let (mean, greatest) = (graph.mean_pool(cells, &[]), graph.max_pool(cells, &[]));
        let both = graph.concat(&[mean, greatest]);
        let normed = self.norm.forward(graph, both);
        let dropped = graph.dropout(normed, self.dropout);
        self.project.forward(graph, dropped)
    }
}

/// Padding that keeps the size of a grid, or halves it.
fn window(kernel: usize, stride: usize) -> Window {
    Window { stride: (stride, stride), ..Window::same(kernel, kernel) }
}
