//! Columns of dates.

use super::{COLUMN_WIDTH, Column, ColumnMethod, schema};
use banyan_data::batch::InputValues;
use banyan_data::inputs::{DateSchema, InputKind};
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::Linear;

pub(super) const COLUMN: ColumnMethod = ColumnMethod {
    kind: InputKind::Date,
    build: |builder, details| {
        let width = schema::<DateSchema>(details).width();
        Box::new(Date { layer: builder.linear("dense", width, COLUMN_WIDTH, Activation::Relu) })
    },
};

/// A layer over the time and its cycles.
#[derive(Debug)]
struct Date {
    layer: Linear,
}

impl Column for Date {
    fn forward(&self, graph: &mut Graph<'_>, rows: usize, values: &InputValues) -> Var {
        let InputValues::Date(dates) = values else { panic!("a column of dates") };
        let times = graph.input([rows, dates.width], &dates.values);
        self.layer.forward(graph, times)
    }
}
