//! Images through convolutions: a pooled view, and a pyramid for heads on places of the image.
//!
//! Each network is a [`Backbone`] in a file of its own, with the names that its pretrained weights have. With those there is no normalization of its own:
//! the statistics that a batch normalization has at prediction become part of the weights, and stay as they are in training. From scratch, ResNet,
//! EfficientNet-Lite and `conv` have batch normalization.

mod backbone;
pub(super) mod convnext;
pub(super) mod efficientnet_lite;
pub(crate) mod layer;
mod levels;
mod neck;
pub(super) mod residual;
pub(super) mod resnet;
#[cfg(test)]
mod tests;
mod weights;

use super::pretrained::{self, FROZEN, check_rates};
use super::{Encoder, EncoderPlan};
use crate::blocks::Blocks;
use crate::error::ModelError;
use crate::view::{LevelSize, Pyramid, PyramidSizes, ViewSizes, Views};
use backbone::{Backbone, Grids};
use banyan_checkpoint::Checkpoint;
use banyan_data::SettingError;
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::{ImageSchema, InputSettings};
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::{Choice, OptionSpec};
use banyan_nn::{LayerBuilder, LayerNorm, Linear};
pub(crate) use layer::{Norm, Normed};
use levels::{Levels, Scale};
use neck::Neck;
use std::path::Path;
use weights::Weights;

/// Pretrained weights are moved by so much less than new ones.
const LEARNING_RATE_FACTOR: OptionSpec = pretrained::learning_rate_factor(0.25);

const PRETRAINED_OPTIONS: &[OptionSpec] = &[FROZEN, LEARNING_RATE_FACTOR];

/// Levels of the pyramid are the stages whose cells are at least so many pixels apart; finer ones know little and cost much.
const FINEST_STRIDE: usize = 4;

/// What goes together for a network that may have pretrained weights.
fn check_pretrained(settings: &InputSettings, choice: &Choice) -> Result<(), SettingError> {
    let options = [FROZEN.name, LEARNING_RATE_FACTOR.name];
    match (settings.pretrained(), options.into_iter().find(|option| choice.get(option).is_some())) {
        (None, Some(option)) => Err(SettingError::new(option, "is for pretrained weights; add pretrained = \"FILE\", or remove it")),
        _ => check_rates(choice),
    }
}

/// Refuses pretrained weights.
pub(super) fn from_scratch_only(settings: &InputSettings, _: &Choice) -> Result<(), SettingError> {
    match settings.pretrained() {
        Some(_) => Err(SettingError::new(
            "pretrained",
            "needs the encoder that the weights are of; add one, such as encoder = \"resnet18\", \"convnext-tiny\" or \"efficientnet-lite0\"",
        )),
        None => Ok(()),
    }
}

/// A backbone, and what makes views of its grids.
#[derive(Debug)]
struct ConvEncoder {
    backbone: Box<dyn Backbone>,
    neck: Option<Neck>,
    /// The first stage that is a level of the pyramid.
    first_level: usize,
    norm: LayerNorm,
    project: Linear,
    dropout: f32,
    sizes: ViewSizes,
    cells: usize,
    is_frozen: bool,
    levels: Option<Levels>,
}

impl ConvEncoder {
    /// An encoder around the backbone that `make` makes, with a pyramid of `width` channels where a head reads one.
    fn build(
        builder: &mut LayerBuilder,
        plan: &EncoderPlan<'_>,
        width: usize,
        make: impl FnOnce(&mut LayerBuilder, &ImageSchema, Norm) -> Result<Box<dyn Backbone>, ModelError>,
    ) -> Result<Self, ModelError> {
        let schema: &ImageSchema = plan.schema();
        let is_frozen = schema.pretrained && plan.settings.flag(FROZEN.name);
        let backbone = match schema.pretrained {
            false => make(builder, schema, Norm::Batch),
            true => pretrained::layers(builder, plan.settings, |b| make(b, schema, Norm::InWeights)),
        }?;
        let stages = backbone.stages();
        let first_level = stages.iter().position(|stage| stage.stride >= FINEST_STRIDE).unwrap_or(0);
        let (fine, coarse) = stages.split_at(first_level);
        let channels: Vec<usize> = stages.iter().map(|stage| stage.channels).collect();
        let neck = plan.is_pyramid_read.then(|| Neck::new(builder, &channels[first_level..], width));
        let pyramid = PyramidSizes {
            fine: backbone.stem().into_iter().chain(fine.iter().copied()).collect(),
            levels: coarse.iter().map(|stage| LevelSize { channels: width, stride: stage.stride }).collect(),
        };
        let finest = pyramid.fine.iter().chain(&pyramid.levels).map(|level| level.stride).min().unwrap_or(1);
        // The mean and the greatest of each channel.
        let pooled = 2 * channels.last().copied().unwrap_or(0);
        Ok(Self {
            norm: builder.layer_norm("norm", pooled),
            project: builder.linear("project", pooled, plan.width, Activation::Relu),
            sizes: ViewSizes {
                grids: channels.clone(),
                blocks: channels,
                pyramid: neck.is_some().then_some(pyramid),
                ..ViewSizes::default()
            },
            backbone,
            neck,
            first_level,
            dropout: plan.dropout,
            cells: schema.height * schema.width / (finest * finest),
            is_frozen,
            levels: None,
        })
    }

    /// The same, with levels on the scale that its pretrained weights expect, if it has any.
    fn with_levels(self, plan: &EncoderPlan<'_>, scale: Scale) -> Self {
        let schema: &ImageSchema = plan.schema();
        Self { levels: schema.pretrained.then(|| Levels::new(schema, scale)), ..self }
    }

    fn boxed(self) -> Box<dyn Encoder> {
        Box::new(self)
    }

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

impl Encoder for ConvEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], present: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views {
        let InputValues::Image(images) = &inputs[0].values else { panic!("an image encoder reads images") };
        let x = graph.input([inputs[0].present.len(), images.height, images.width, images.channels], &images.pixels);
        let x = self.levels.as_ref().map_or(x, |levels| levels.forward(graph, x));
        let mut read = self.backbone.forward(graph, x, &present[0], blocks);
        if self.is_frozen {
            let constant = |graph: &mut Graph<'_>, grid: Var| graph.constant(grid);
            read = Grids {
                stem: read.stem.map(|stem| constant(graph, stem)),
                stages: read.stages.into_iter().map(|stage| constant(graph, stage)).collect(),
            };
        }
        let Grids { stem, stages: grids } = read;
        let last = *grids.last().unwrap_or(&x);
        let pooled = self.pooled(graph, last);
        let pyramid = self.neck.as_ref().map(|neck| {
            let (fine, coarse) = grids.split_at(self.first_level);
            Pyramid {
                fine: stem.into_iter().chain(fine.iter().copied()).collect(),
                levels: neck.forward(graph, coarse, &present[0]),
                present: present[0].clone(),
            }
        });
        Views { grids, pyramid, ..Views::pooled(pooled) }
    }

    fn sizes(&self) -> ViewSizes {
        self.sizes.clone()
    }

    fn cells(&self) -> usize {
        self.cells
    }

    fn load_pretrained(&self, parameters: &mut Parameters, _: &str, path: &Path) -> Result<(), ModelError> {
        let wrong = |problem: String| ModelError::Pretrained { folder: path.display().to_string(), problem };
        let checkpoint = Checkpoint::open(path).map_err(|error| wrong(error.problem().to_owned()))?;
        self.backbone.load(&Weights::new(&checkpoint), parameters).map_err(wrong)
    }
}
