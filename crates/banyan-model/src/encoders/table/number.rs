//! Columns of numbers.

use super::{COLUMN_WIDTH, Column, ColumnMethod, schema};
use banyan_data::batch::InputValues;
use banyan_data::inputs::{InputKind, NumberSchema};
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::Linear;

pub(super) const COLUMN: ColumnMethod = ColumnMethod {
    kind: InputKind::Number,
    build: |builder, details| {
        let edges = schema::<NumberSchema>(details).edges.clone();
        let layer = builder.linear("number", edges.len().max(1), COLUMN_WIDTH, Activation::Relu);
        Box::new(Number { edges, layer })
    },
};

/// The value and its piecewise-linear encoding: for each bin 0 below it, 1 above it, and the way
/// through it in between (Gorishniy et al., NeurIPS 2022).
#[derive(Debug)]
struct Number {
    edges: Vec<f32>,
    layer: Linear,
}

impl Column for Number {
    fn forward(&self, graph: &mut Graph<'_>, _rows: usize, values: &InputValues) -> Var {
        let InputValues::Number(values) = values else { panic!("a column of numbers") };
        self.layer.forward_piecewise(graph, values, &self.edges)
    }
}
