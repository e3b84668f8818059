//! The convolutional layers that images and recordings share.

use crate::blocks::Blocks;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{Conv2d, LayerBuilder, LayerNorm, Linear};

/// Channels of the first stage; each further stage doubles them.
const FIRST_CHANNELS: usize = 16;
const MAX_CHANNELS: usize = 128;
/// Stages halve the grid until its longer side is at most this.
const LARGEST_SIDE: usize = 8;
/// A grid with more cells begins with a 5×5 window at every second cell: most of the work of a network lies
/// in its first stages, and a large grid has the least to tell in each cell.
const MANY_CELLS: usize = 2048;

/// Stages of a 3×3 convolution and a 2×2 maximum, then a layer over the whole last grid.
#[derive(Debug)]
pub(super) struct Convolutions {
    stages: Vec<Conv2d>,
    channels: Vec<usize>,
    last_grid: (usize, usize),
    norm: LayerNorm,
    project: Linear,
    dropout: f32,
}

impl Convolutions {
    /// For grids of `[height, width, channels]`, to a pooled view of `width` features.
    pub(super) fn new(builder: &mut LayerBuilder, grid: [usize; 3], width: usize, dropout: f32) -> Self {
        let [mut rows, mut columns, mut inputs] = grid;
        let (mut stages, mut channels) = (Vec::new(), Vec::new());
        loop {
            let outputs = (FIRST_CHANNELS << stages.len()).min(MAX_CHANNELS);
            let coarse = stages.is_empty() && rows * columns > MANY_CELLS;
            let kernel = if coarse { (5, 5) } else { (3, 3) };
            let mut stage = builder.conv2d(&format!("stage{}", stages.len()), kernel, inputs, outputs, Activation::Relu);
            if coarse {
                stage.convolution.window.stride = (2, 2);
                (rows, columns) = (rows.div_ceil(2), columns.div_ceil(2));
            }
            stages.push(stage);
            channels.push(outputs);
            inputs = outputs;
            (rows, columns) = pooled_size(rows, columns);
            if rows.max(columns) <= LARGEST_SIDE {
                break;
            }
        }
        let last = rows * columns * inputs;
        let norm = builder.layer_norm("norm", last);
        let project = builder.linear("project", last, width, Activation::Relu);
        Self { stages, channels, last_grid: (rows, columns), norm, project, dropout }
    }

    /// The channels of each stage's grid.
    pub(super) fn channels(&self) -> &[usize] {
        &self.channels
    }

    /// The height and width of the last grid.
    pub(super) fn last_grid(&self) -> (usize, usize) {
        self.last_grid
    }

    /// `[rows, height, width, channels]` to the pooled view and the grids of all stages.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, input: Var, blocks: &mut Blocks<'_>) -> (Var, Vec<Var>) {
        let mut grids = Vec::with_capacity(self.stages.len());
        let mut x = input;
        for stage in &self.stages {
            let y = stage.forward(graph, x);
            let [_, rows, columns, _] = *graph.shape(y).axes() else { unreachable!("a convolution gives a grid") };
            let pooled = graph.max_pool2d(y, (if rows > 1 { 2 } else { 1 }, if columns > 1 { 2 } else { 1 }));
            x = blocks.after(graph, pooled);
            grids.push(x);
        }
        let shape = graph.shape(x);
        let flat = graph.reshape(x, [shape.samples(), shape.len() / shape.samples().max(1)]);
        let normed = self.norm.forward(graph, flat);
        let dropped = graph.dropout(normed, self.dropout);
        (self.project.forward(graph, dropped), grids)
    }
}

fn pooled_size(rows: usize, columns: usize) -> (usize, usize) {
    ((rows / 2).max(1), (columns / 2).max(1))
}
