//! A convolution with what follows it.

use banyan_engine::{Activation, Convolution, Graph, ParameterId, Var, Window};
use banyan_nn::{Conv2d, GroupNorm, LayerBuilder};

/// Channels of a group of a normalization, where they divide the channels there are.
const CHANNELS_OF_GROUP: usize = 8;

/// How the outputs of a convolution are normalized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Norm {
    /// Over groups of channels (Wu and He, "Group Normalization", ECCV 2018), whatever the batch.
    Group,
    /// By the statistics of the batches that the weights were trained on, which are part of the weights.
    InWeights,
}

/// A convolution, a normalization, and an activation.
#[derive(Debug)]
pub(crate) struct Normed {
    convolution: Conv2d,
    norm: Option<GroupNorm>,
    activation: Activation,
}

impl Normed {
    /// From `inputs` to `outputs` channels by a square kernel, normalized over groups of channels.
    pub(crate) fn new(
        builder: &mut LayerBuilder,
        name: &str,
        (kernel, inputs, outputs): (usize, usize, usize),
        stride: usize,
        activation: Activation,
    ) -> Self {
        let convolution = window(kernel, stride).into();
        Self::with(builder, name, (kernel, inputs, outputs), convolution, (Norm::Group, activation))
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
        builder.within(name, |b| Self {
            convolution: b.conv2d_with("conv", (kernel, kernel), inputs, outputs, convolution, fused),
            norm: (norm == Norm::Group).then(|| b.group_norm("norm", outputs, groups(outputs))),
            activation: if norm == Norm::InWeights { Activation::None } else { activation },
        })
    }

    /// `[rows, height, width, inputs]` to `[rows, height', width', outputs]`.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, input: Var) -> Var {
        let x = self.convolution.forward(graph, input);
        let x = self.norm.as_ref().map_or(x, |norm| norm.forward(graph, x));
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
