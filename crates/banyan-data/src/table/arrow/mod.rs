//! Parquet and Arrow IPC (files, streams, Feather version 2).

mod pandas;
mod scalar;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::Schema;
use banyan_columnar::{Batches, Source, read_ipc, read_parquet};
use banyan_guard::check_memory;

use super::positions::Positions;
use super::spill::Spilling;
use super::{Cell, Column, ReadOptions, Rows, check_names};
use crate::error::{Error, Place, Position};
use scalar::{Scalar, Values, name_type};

/// Bytes that a cell takes in a table.
const CELL_BYTES: u64 = 8;

pub(super) fn parquet(source: Source, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    read(source, name, options, read_parquet)
}

pub(super) fn ipc(source: Source, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    read(source, name, options, read_ipc)
}

type Opened = Result<Batches, banyan_columnar::Error>;

fn read(source: Source, name: &str, options: &ReadOptions, open: fn(Source) -> Opened) -> Result<Rows, Error> {
    let failed = |cause: String| Error::File { action: "read", path: name.to_owned(), cause };
    if source.is_empty() {
        return Err(Error::NoRow { path: name.to_owned(), what: "is empty" });
    }
    let batches = open(source).map_err(|cause| failed(cause.to_string()))?;
    let schema = batches.schema().clone();
    collect(name, &schema, batches.map(|batch| batch.map_err(|cause| failed(cause.to_string()))), options)
}

fn collect(
    name: &str,
    schema: &Schema,
    batches: impl Iterator<Item = Result<RecordBatch, Error>>,
    options: &ReadOptions,
) -> Result<Rows, Error> {
    let place = || Place { table: name.to_owned(), position: Position::Row(1), column: None };
    check_names(schema.fields().iter().map(|field| field.name().as_str()), place)?;
    let indexes = pandas::index_columns(schema.metadata());
    let mut columns: Vec<Column> = schema.fields().iter().map(|field| Column::new(field.name().clone())).collect();
    for column in &mut columns {
        column.is_index = indexes.contains(&column.name);
    }
    let mut spilling = Spilling::new(options);
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        // Columns of nulls take nothing in the file.
        check_memory(rows.saturating_mul(CELL_BYTES * (1 + columns.len() as u64))).map_err(|cause| Error::File {
            action: "read",
            path: name.to_owned(),
            cause,
        })?;
        for (column, array) in columns.iter_mut().zip(batch.columns()) {
            append(column, array, options);
        }
        spilling.watch(&mut columns)?;
    }
    if rows == 0 {
        return Err(Error::NoRow { path: name.to_owned(), what: "has a header but no row" });
    }
    Ok(Rows::new(columns, Positions::of_rows(rows as usize)))
}

fn append(column: &mut Column, array: &ArrayRef, options: &ReadOptions) {
    let missing_numbers = options.missing_numbers();
    let values = Values::new(array);
    for row in 0..array.len() {
        match values.get(row) {
            Scalar::Missing => column.push(Cell::Missing),
            Scalar::Number(value) if missing_numbers.contains(&value) => column.push(Cell::Missing),
            Scalar::Number(value) => column.push(Cell::Number(value)),
            Scalar::Boolean(value) => column.push(Cell::Boolean(value)),
            Scalar::Text(text) if options.is_missing(text.trim()) => column.push(Cell::Missing),
            Scalar::Text(text) => column.push(Cell::Text(&text)),
            Scalar::List(items) => append_list(column, &items),
            Scalar::Bytes(bytes) => column.push(Cell::Bytes(&bytes)),
            Scalar::Other(what) => column.push(Cell::Other(&what)),
        }
    }
}

/// A list of numbers and truth values is one of numbers, of 1 and 0; any other of what has a text is one of texts. Gaps keep their place, as in JSON.
fn append_list(column: &mut Column, items: &ArrayRef) {
    let values = Values::new(items);
    let scalars: Vec<Scalar> = (0..items.len()).map(|place| values.get(place)).collect();
    // Among whole numbers there may be some that only a text holds: then all are names.
    let number = |item: &Scalar| match item {
        Scalar::Missing => Some(f64::NAN),
        Scalar::Number(value) => Some(*value),
        Scalar::Boolean(value) => Some(f64::from(u8::from(*value))),
        Scalar::Text(_) | Scalar::List(_) | Scalar::Bytes(_) | Scalar::Other(_) => None,
    };
    let is_of_numbers = items.data_type().is_numeric() || *items.data_type() == arrow_schema::DataType::Boolean;
    let has_number = scalars.iter().any(|item| matches!(item, Scalar::Number(_) | Scalar::Boolean(_)));
    if (is_of_numbers || has_number)
        && let Some(values) = scalars.iter().map(number).collect::<Option<Vec<f64>>>()
    {
        return column.push(Cell::Numbers(&values));
    }
    let text = |item: &Scalar| match item {
        Scalar::Text(text) => Some(text.clone()),
        Scalar::Boolean(value) => Some(value.to_string()),
        Scalar::Number(value) => Some(crate::value::format_number(*value)),
        Scalar::Missing => Some(String::new()),
        Scalar::List(_) | Scalar::Bytes(_) | Scalar::Other(_) => None,
    };
    let texts: Option<Vec<String>> = scalars.iter().map(text).collect();
    match texts {
        Some(texts) => column.push(Cell::Texts(&texts)),
        None => column.push(Cell::Other(&format!("a list of type {}", name_type(items.data_type())))),
    }
}
