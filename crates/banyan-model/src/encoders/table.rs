//! The scalar columns of a table, together.

use super::{Encoder, EncoderMethod, is_column};
use crate::view::{Token, ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::schema::{InputDetails, InputSchema};
use banyan_engine::{Activation, Graph, Var};
use banyan_method::Method;
use banyan_nn::{Embedding, LayerBuilder, Linear};

pub(super) const METHOD: EncoderMethod = EncoderMethod {
    method: Method::new(
        "table",
        "number (piecewise-linear), category, set and date columns, each with a token for a missing cell, then a layer over all",
    )
    .paper("Gorishniy et al., NeurIPS 2022"),
    build: |builder, plan| {
        let reads = is_column(plan.details());
        reads.then(|| -> Box<dyn Encoder> { Box::new(TableEncoder::new(builder, plan.inputs, plan.width, plan.dropout)) })
    },
};

/// Features of one column.
const COLUMN_WIDTH: usize = 16;

/// Each column becomes a few features of its own, a token where the cell is missing; a layer reads all
/// columns together.
#[derive(Debug)]
pub(super) struct TableEncoder {
    columns: Vec<Column>,
    project: Linear,
    dropout: f32,
}

#[derive(Debug)]
struct Column {
    kind: ColumnKind,
    token: Token,
}

#[derive(Debug)]
enum ColumnKind {
    /// The value and its piecewise-linear encoding: for each bin 0 below it, 1 above it, and the way
    /// through it in between (Gorishniy et al., NeurIPS 2022).
    Number {
        edges: Vec<f32>,
        layer: Linear,
    },
    Category {
        table: Embedding,
    },
    Set {
        table: Embedding,
    },
    Dense {
        layer: Linear,
    },
}

impl TableEncoder {
    /// For these columns.
    pub(super) fn new(builder: &mut LayerBuilder, inputs: &[&InputSchema], width: usize, dropout: f32) -> Self {
        let columns: Vec<Column> = inputs
            .iter()
            .map(|input| {
                builder.within(&input.name, |b| {
                    let kind = match &input.details {
                        InputDetails::Number { edges, .. } => {
                            let layer = b.linear("number", edges.len().max(1), COLUMN_WIDTH, Activation::Relu);
                            ColumnKind::Number { edges: edges.clone(), layer }
                        }
                        InputDetails::Category { values } => {
                            ColumnKind::Category { table: b.embedding("category", values.len() + 1, COLUMN_WIDTH, 0.3) }
                        }
                        InputDetails::Set { values, .. } => {
                            ColumnKind::Set { table: b.embedding("set", values.len() + 1, COLUMN_WIDTH, 0.3) }
                        }
                        details => {
                            let inputs = details.dense_width().unwrap_or(1);
                            ColumnKind::Dense { layer: b.linear("dense", inputs, COLUMN_WIDTH, Activation::Relu) }
                        }
                    };
                    Column { kind, token: b.token("missing", COLUMN_WIDTH) }
                })
            })
            .collect();
        let project = builder.linear("project", columns.len() * COLUMN_WIDTH, width, Activation::Relu);
        Self { columns, project, dropout }
    }
}

/// One row of a number's features: the value, then how far it is through each bin.
fn piecewise_linear(value: f32, edges: &[f32], features: &mut [f32]) {
    features[0] = value;
    for (feature, edge) in features[1..].iter_mut().zip(edges.windows(2)) {
        *feature = ((value - edge[0]) / (edge[1] - edge[0])).clamp(0.0, 1.0);
    }
}

impl Column {
    fn forward(&self, graph: &mut Graph<'_>, input: &InputBatch) -> Var {
        let rows = input.present.len();
        match (&self.kind, &input.values) {
            (ColumnKind::Number { edges, layer }, InputValues::Number(values)) => {
                let width = edges.len().max(1);
                let features = graph.input_with([rows, width], |features| {
                    for (row, &value) in features.chunks_exact_mut(width).zip(values) {
                        piecewise_linear(value, edges, row);
                    }
                });
                layer.forward(graph, features)
            }
            (ColumnKind::Category { table }, InputValues::Category(values)) => {
                let offsets: Vec<u32> = (0..=rows as u32).collect();
                table.forward(graph, &offsets, values)
            }
            (ColumnKind::Set { table }, InputValues::Set(sets)) => table.forward(graph, &sets.offsets, &sets.items),
            (ColumnKind::Dense { layer }, InputValues::Dense { width, values }) => {
                let x = graph.input([rows, *width], values);
                layer.forward(graph, x)
            }
            (kind, _) => panic!("a column of another kind than {kind:?}"),
        }
    }
}

impl Encoder for TableEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], present: &[Vec<bool>]) -> Views {
        let mut features = Vec::with_capacity(self.columns.len());
        for ((column, input), present) in self.columns.iter().zip(inputs).zip(present) {
            let value = if present.iter().any(|present| *present) {
                column.forward(graph, input)
            } else {
                graph.input_with([present.len(), COLUMN_WIDTH], |_| {})
            };
            features.push(if present.iter().all(|present| *present) { value } else { graph.fill_missing(value, column.token, present) });
        }
        let all = graph.concat(&features);
        let all = graph.dropout(all, self.dropout);
        Views { pooled: self.project.forward(graph, all), sequence: None, grids: Vec::new() }
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes::default()
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
