//! Columns of categories.

use super::{COLUMN_WIDTH, Column, ColumnMethod, schema};
use banyan_data::batch::InputValues;
use banyan_data::inputs::{CategorySchema, InputKind};
use banyan_engine::{Graph, Var};
use banyan_nn::Embedding;

pub(super) const COLUMN: ColumnMethod = ColumnMethod {
    kind: InputKind::Category,
    build: |builder, details| {
        let values = schema::<CategorySchema>(details).values.len();
        Box::new(Category { table: builder.embedding("category", values + 1, COLUMN_WIDTH, 0.3) })
    },
};

/// A vector for each value, and one for those that training has not seen.
#[derive(Debug)]
struct Category {
    table: Embedding,
}

impl Column for Category {
    fn forward(&self, graph: &mut Graph<'_>, rows: usize, values: &InputValues) -> Var {
        let InputValues::Category(values) = values else { panic!("a column of categories") };
        let offsets: Vec<u32> = (0..=rows as u32).collect();
        self.table.forward(graph, &offsets, values)
    }
}
