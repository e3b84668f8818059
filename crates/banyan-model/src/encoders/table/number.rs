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
    fn forward(&self, graph: &mut Graph<'_>, rows: usize, values: &InputValues) -> Var {
        let InputValues::Number(values) = values else { panic!("a column of numbers") };
        let width = self.edges.len().max(1);
        let features = graph.input_with([rows, width], |features| {
            for (row, &value) in features.chunks_exact_mut(width).zip(values) {
                piecewise_linear(value, &self.edges, row);
            }
        });
        self.layer.forward(graph, features)
    }
}

/// One row of a number's features: the value, then how far it is through each bin.
fn piecewise_linear(value: f32, edges: &[f32], features: &mut [f32]) {
    features[0] = value;
    for (feature, edge) in features[1..].iter_mut().zip(edges.windows(2)) {
        *feature = ((value - edge[0]) / (edge[1] - edge[0])).clamp(0.0, 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::piecewise_linear;

    #[test]
    fn bins_fill_from_the_left() {
        let edges = [-1.0, 0.0, 1.0, 3.0];
        let mut features = [0.0; 4];
        piecewise_linear(0.5, &edges, &mut features);
        assert_eq!(features, [0.5, 1.0, 0.5, 0.0]);
        piecewise_linear(-9.0, &edges, &mut features);
        assert_eq!(features, [-9.0, 0.0, 0.0, 0.0]);
        piecewise_linear(9.0, &edges, &mut features);
        assert_eq!(features, [9.0, 1.0, 1.0, 1.0]);
    }
}
