//! Parquet: numbers as 64-bit floats, texts as strings, lists as lists of strings; compressed with Snappy.

use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use banyan_columnar::write_parquet;

use super::{OutputColumn, OutputValues};

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
