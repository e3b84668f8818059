//! Columns of sets.

use super::{COLUMN_WIDTH, Column, ColumnMethod, schema};
use banyan_data::batch::InputValues;
use banyan_data::inputs::{InputKind, SetSchema};
use banyan_engine::{Graph, Var};
use banyan_nn::Embedding;

pub(super) const COLUMN: ColumnMethod = ColumnMethod {
    kind: InputKind::Set,
    build: |builder, details| {
        let values = schema::<SetSchema>(details).values.len();
        Box::new(Set { table: builder.embedding("set", values + 1, COLUMN_WIDTH, 0.3) })
    },
};

/// The sum of the members' vectors.
#[derive(Debug)]
struct Set {
    table: Embedding,
}

impl Column for Set {
    fn forward(&self, graph: &mut Graph<'_>, _: usize, values: &InputValues) -> Var {
        let InputValues::Set(sets) = values else { panic!("a column of sets") };
        self.table.forward(graph, &sets.offsets, &sets.items)
    }
}
