//! Parquet: numbers as 64-bit floats, texts as strings, lists as lists of strings; compressed with Snappy.

use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use banyan_columnar::write_parquet;

use super::cells::{CellType, spelled};
use super::{OutputColumn, OutputValues};
use crate::table::{Cell, Column};

pub(super) fn write(writer: &mut (impl Write + Send), columns: &[&OutputColumn], rows: usize) -> Result<(), String> {
    let member = || Arc::new(Field::new("item", DataType::Utf8, false));
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns
        .iter()
        .map(|column| match &column.values {
            OutputValues::Numbers(values) => {
                let array: Float64Array = values.iter().map(|value| value.is_finite().then_some(*value)).collect();
                (Field::new(&column.name, DataType::Float64, true), Arc::new(array) as ArrayRef)
            }
            OutputValues::Texts(values) => {
                let array = StringArray::from_iter_values(values);
                (Field::new(&column.name, DataType::Utf8, false), Arc::new(array) as ArrayRef)
            }
            OutputValues::Cells(column_of_cells) => {
                let array = cells(column_of_cells);
                (Field::new(&column.name, array.data_type().clone(), true), array)
            }
            OutputValues::Frames(_) => unreachable!("frames are written as lists"),
            OutputValues::Lists(values) => {
                let mut builder = ListBuilder::new(StringBuilder::new()).with_field(member());
                for list in values {
                    for text in list {
                        builder.values().append_value(text);
                    }
                    builder.append(true);
                }
                (Field::new(&column.name, DataType::List(member()), false), Arc::new(builder.finish()) as ArrayRef)
            }
        })
        .unzip();
    let schema = Arc::new(Schema::new(fields));
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &options).map_err(|cause| cause.to_string())?;
    write_parquet(writer, &batch).map_err(|cause| cause.to_string())
}

/// Cells of a table as an array of the type that they have in common.
fn cells(column: &Column) -> ArrayRef {
    let number = |cell| if let Cell::Number(value) = cell { Some(value) } else { None };
    match CellType::of(column) {
        CellType::Integers => Arc::new(Int64Array::from_iter(column.cells().map(|cell| number(cell).map(|value| value as i64)))),
        CellType::Numbers => Arc::new(Float64Array::from_iter(column.cells().map(number))),
        CellType::Booleans => {
            let truth = |cell| if let Cell::Boolean(value) = cell { Some(value) } else { None };
            Arc::new(BooleanArray::from_iter(column.cells().map(truth)))
        }
        CellType::NumberLists => {
            let mut lists = ListBuilder::new(Float64Builder::new());
            for cell in column.cells() {
                let Cell::Numbers(values) = cell else {
                    lists.append_null();
                    continue;
                };
                lists.append_value(values.iter().map(|value| value.is_finite().then_some(*value)));
            }
            Arc::new(lists.finish())
        }
        CellType::TextLists => {
            let mut lists = ListBuilder::new(StringBuilder::new());
            for cell in column.cells() {
                let Cell::Texts(texts) = cell else {
                    lists.append_null();
                    continue;
                };
                lists.append_value(texts.iter().map(Some));
            }
            Arc::new(lists.finish())
        }
        CellType::Texts => Arc::new(StringArray::from_iter(column.cells().map(|cell| spelled(cell, |members| members.join(";"))))),
    }
}
