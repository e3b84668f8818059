//! Residual blocks.

use super::window;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{Conv2d, GroupNorm, LayerBuilder};

/// Channels of a group of a normalization, where they divide the channels there are.
const CHANNELS_OF_GROUP: usize = 8;

/// A convolution, a normalization over groups of channels, and an activation.
#[derive(Debug)]
pub(crate) struct Normed {
    convolution: Conv2d,
    norm: GroupNorm,
    activation: Activation,
}

impl Normed {
    /// From `inputs` to `outputs` channels by a square kernel.
    pub(crate) fn new(
        builder: &mut LayerBuilder,
        name: &str,
        (kernel, inputs, outputs): (usize, usize, usize),
        stride: usize,
        activation: Activation,
    ) -> Self {
        builder.within(name, |b| Self {
            convolution: b.conv2d_with("conv", (kernel, kernel), inputs, outputs, window(kernel, stride).into(), Activation::None),
            norm: b.group_norm("norm", outputs, groups(outputs)),
            activation,
        })
    }

    /// `[rows, height, width, inputs]` to `[rows, height', width', outputs]`.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, input: Var) -> Var {
        let x = self.convolution.forward(graph, input);
        let x = self.norm.forward(graph, x);
        if self.activation == Activation::None { x } else { graph.activate(x, self.activation) }
    }
}

fn groups(channels: usize) -> usize {
    if channels.is_multiple_of(CHANNELS_OF_GROUP) { channels / CHANNELS_OF_GROUP } else { 1 }
}

/// Residual blocks, the first of which halves the grid (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016).
#[derive(Debug)]
pub(super) struct Stage(Vec<Block>);

#[derive(Debug)]
struct Block {
    first: Normed,
    second: Normed,
    /// Where the grid or the channels change.
    skip: Option<Normed>,
}

impl Stage {
    pub(super) fn new(builder: &mut LayerBuilder, name: &str, inputs: usize, outputs: usize, blocks: usize) -> Self {
        let block = |builder: &mut LayerBuilder, place: usize| {
            let (inputs, stride) = if place == 0 { (inputs, 2) } else { (outputs, 1) };
            builder.within(&format!("block{place}"), |b| Block {
                first: Normed::new(b, "first", (3, inputs, outputs), stride, Activation::Relu),
                second: Normed::new(b, "second", (3, outputs, outputs), 1, Activation::None),
                skip: (place == 0).then(|| Normed::new(b, "skip", (1, inputs, outputs), 2, Activation::None)),
            })
        };
        Self(builder.within(name, |b| (0..blocks).map(|place| block(b, place)).collect()))
    }

    pub(super) fn forward(&self, graph: &mut Graph<'_>, input: Var) -> Var {
        self.0.iter().fold(input, |x, Block { first, second, skip }| {
            let y = first.forward(graph, x);
            let y = second.forward(graph, y);
            let x = skip.as_ref().map_or(x, |skip| skip.forward(graph, x));
            let sum = graph.sum(&[y, x], 1.0);
            graph.activate(sum, Activation::Relu)
        })
    }
}
