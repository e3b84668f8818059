//! A convolution with what follows it.

use banyan_engine::{Activation, Convolution, Graph, ParameterId, Var, Window};
use banyan_nn::{BatchNorm, Conv2d, GroupNorm, LayerBuilder};

/// Channels of a group of a normalization, where they divide the channels there are.
const CHANNELS_OF_GROUP: usize = 8;

/// Weights before a normalization are drawn by so much smaller than others, so that one learning rate suits both. Chosen on the validation rows of the
/// digit scenes; PyTorch draws convolutions at 0.6 of what others are drawn at here.
const WEIGHT_FACTOR: f32 = 0.4;

/// How the outputs of a convolution are normalized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Norm {
    /// Over groups of channels (Wu and He, "Group Normalization", ECCV 2018), whatever the batch.
    Group,
    /// Over the images and places of a chunk in training, and by running statistics at prediction (Ioffe and Szegedy, ICML 2015).
    Batch,
    /// By the statistics of the batches that the weights were trained on, which are part of the weights.
    InWeights,
}

#[derive(Debug)]
enum Normalization {
    Group(GroupNorm),
    Batch(BatchNorm),
    None,
}

/// A convolution, a normalization, and an activation.
#[derive(Debug)]
pub(crate) struct Normed {
    convolution: Conv2d,
    norm: Normalization,
    activation: Activation,
}

impl Normed {
    /// From `inputs` to `outputs` channels by a square kernel.
    pub(crate) fn new(
        builder: &mut LayerBuilder,
        name: &str,
        (kernel, inputs, outputs): (usize, usize, usize),
        stride: usize,
        normed: (Norm, Activation),
    ) -> Self {
        Self::with(builder, name, (kernel, inputs, outputs), window(kernel, stride).into(), normed)
    }

    /// The same with a convolution of its own.
    pub(crate) fn with(
        builder: &mut LayerBuilder,
        name: &str,
        (kernel, inputs, outputs): (usize, usize, usize),
        convolution: Convolution,
        (norm, activation): (Norm, Activation),
    ) -> Self {
        let fused = if norm == Norm::InWeights { activation } else { Activation::None };
        let factor = if norm == Norm::InWeights { 1.0 } else { WEIGHT_FACTOR };
        builder.within(name, |b| Self {
            convolution: b.weight_factor(factor, |b| b.conv2d_with("conv", (kernel, kernel), inputs, outputs, convolution, fused)),
            norm: match norm {
                Norm::Group => Normalization::Group(b.group_norm("norm", outputs, groups(outputs))),
                Norm::Batch => Normalization::Batch(b.batch_norm("norm", outputs)),
                Norm::InWeights => Normalization::None,
            },
            activation: if norm == Norm::InWeights { Activation::None } else { activation },
        })
    }

    /// `[rows, height, width, inputs]` to `[rows, height', width', outputs]`. `present` are the rows that have an image, whose statistics count.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, input: Var, present: &[bool]) -> Var {
        let x = self.convolution.forward(graph, input);
        let x = match self.norm {
            Normalization::Group(norm) => norm.forward(graph, x),
            Normalization::Batch(norm) => norm.forward(graph, x, present),
            Normalization::None => x,
        };
        if self.activation == Activation::None { x } else { graph.activate(x, self.activation) }
    }

    /// The weight and the bias of the convolution.
    pub(super) fn parameters(&self) -> [ParameterId; 2] {
        [self.convolution.weight, self.convolution.bias]
    }
}

fn groups(channels: usize) -> usize {
    if channels.is_multiple_of(CHANNELS_OF_GROUP) { channels / CHANNELS_OF_GROUP } else { 1 }
}

/// Padding that keeps the size of a grid, or divides it by the stride.
pub(super) fn window(kernel: usize, stride: usize) -> Window {
    Window { stride: (stride, stride), ..Window::same(kernel, kernel) }
}
