//! The scalar columns of a table, together.

mod category;
mod date;
mod number;
mod set;

use super::{Encoder, EncoderMethod, EncoderPlan, Meeting};
use crate::blocks::Blocks;
use crate::error::ModelError;
use crate::view::{Token, ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::InputKind;
use banyan_data::schema::{InputDetails, InputSchema};
use banyan_engine::{Activation, Graph, Var};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, Linear};
use std::fmt::Debug;

pub(super) const METHOD: EncoderMethod = EncoderMethod {
    method: Method::new(
        "table",
        "number (piecewise-linear), category, set and date columns, each with a token for a missing cell, then a layer over all",
    )
    .paper("Gorishniy et al., NeurIPS 2022"),
    reads: &[number::COLUMN.kind, category::COLUMN.kind, set::COLUMN.kind, date::COLUMN.kind],
    meeting: Meeting::All,
    check: |_, _| Ok(()),
    build,
};

/// Features of one column.
const COLUMN_WIDTH: usize = 16;

/// Reads the values of one column.
trait Column: Debug + Send + Sync {
    /// The features of each of so many rows, `[rows, COLUMN_WIDTH]`.
    fn forward(&self, graph: &mut Graph<'_>, rows: usize, values: &InputValues) -> Var;
}

/// How columns of one kind of input are read.
struct ColumnMethod {
    kind: InputKind,
    build: fn(&mut LayerBuilder, &InputDetails) -> Box<dyn Column>,
}

/// The kinds of column.
const COLUMNS: [ColumnMethod; 4] = [number::COLUMN, category::COLUMN, set::COLUMN, date::COLUMN];

/// What was learned of a column, which is of this kind.
fn schema<S: 'static>(details: &InputDetails) -> &S {
    details.downcast().expect("the table of columns says which kind each reads")
}

/// Each column becomes a few features of its own, a token where the cell is missing; a layer reads all
/// columns together.
#[derive(Debug)]
struct TableEncoder {
    /// Each with the token for a missing cell.
    columns: Vec<(Box<dyn Column>, Token)>,
    project: Linear,
    width: usize,
    dropout: f32,
}

fn build(builder: &mut LayerBuilder, plan: &EncoderPlan<'_>) -> Result<Box<dyn Encoder>, ModelError> {
    let column = |input: &&InputSchema| {
        let method = COLUMNS.into_iter().find(|method| method.kind == input.kind()).expect("the table reads these kinds");
        builder.within(&input.name, |b| ((method.build)(b, &input.details), b.token("missing", COLUMN_WIDTH)))
    };
    let columns: Vec<(Box<dyn Column>, Token)> = plan.inputs.iter().map(column).collect();
    let project = builder.linear("project", columns.len() * COLUMN_WIDTH, plan.width, Activation::Relu);
    Ok(Box::new(TableEncoder { columns, project, width: plan.width, dropout: plan.dropout }))
}

impl Encoder for TableEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], present: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views {
        let mut features = Vec::with_capacity(self.columns.len());
        for (((column, token), input), present) in self.columns.iter().zip(inputs).zip(present) {
            let value = if present.iter().any(|present| *present) {
                column.forward(graph, present.len(), &input.values)
            } else {
                graph.input_with([present.len(), COLUMN_WIDTH], |_| {})
            };
            features.push(if present.iter().all(|present| *present) { value } else { graph.fill_missing(value, *token, present) });
        }
        let all = graph.concat(&features);
        let all = graph.dropout(all, self.dropout);
        let projected = self.project.forward(graph, all);
        Views::pooled(blocks.after(graph, projected))
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes { blocks: vec![self.width], ..ViewSizes::default() }
    }
}
