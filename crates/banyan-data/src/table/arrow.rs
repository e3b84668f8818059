//! Parquet and Arrow IPC (files, streams, Feather version 2).

use std::fs::File;
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use banyan_columnar::{Batches, read_ipc, read_parquet};

use super::{Cell, Column, ReadOptions, Rows, check_names};
use crate::date::{Moment, format_moment};
use crate::error::{Error, Place, Position};
use crate::value::FIRST_INEXACT;

pub(super) fn parquet(path: &Path, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    read(path, name, options, read_parquet)
}

pub(super) fn ipc(path: &Path, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    read(path, name, options, read_ipc)
}

type Opened = Result<Batches, banyan_columnar::Error>;

fn read(path: &Path, name: &str, options: &ReadOptions, batches: fn(File) -> Opened) -> Result<Rows, Error> {
    let failed = |cause: banyan_columnar::Error| Error::File { action: "read", path: name.to_owned(), cause: cause.to_string() };
    let batches = batches(open(path, name)?).map_err(failed)?;
    let schema = batches.schema().clone();
    collect(name, &schema, batches.map(|batch| batch.map_err(failed)), options)
}

fn open(path: &Path, name: &str) -> Result<File, Error> {
    let file = File::open(path).map_err(|cause| Error::File { action: "read", path: name.to_owned(), cause: cause.to_string() })?;
    if file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
        return Err(Error::NoRow { path: name.to_owned(), what: "is empty" });
    }
    Ok(file)
}

fn collect(
    name: &str,
    schema: &Schema,
    batches: impl Iterator<Item = Result<RecordBatch, Error>>,
    options: &ReadOptions,
) -> Result<Rows, Error> {
    let place = || Place { table: name.to_owned(), position: Position::Row(1), column: None };
    check_names(schema.fields().iter().map(|field| field.name().as_str()), place)?;
    let mut columns: Vec<Column> = schema.fields().iter().map(|field: &std::sync::Arc<Field>| Column::new(field.name().clone())).collect();
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        for (column, array) in columns.iter_mut().zip(batch.columns()) {
            append(column, array, options);
        }
    }
    if rows == 0 {
        return Err(Error::NoRow { path: name.to_owned(), what: "has a header but no row" });
    }
    Ok(Rows { columns, positions: (1..=rows).map(Position::Row).collect(), notes: Vec::new() })
}

fn append(column: &mut Column, array: &ArrayRef, options: &ReadOptions) {
    // A dictionary is looked through once for all rows.
    let (values, keys) = match array.as_any_dictionary_opt() {
        Some(dictionary) => (dictionary.values(), Some(dictionary.normalized_keys())),
        None => (array, None),
    };
    for row in 0..array.len() {
        let place = keys.as_ref().map_or(row, |keys| keys[row]);
        if array.is_null(row) {
            column.push(Cell::Missing);
            continue;
        }
        match scalar(values.as_ref(), place) {
            Scalar::Missing => column.push(Cell::Missing),
            Scalar::Number(value) => column.push(Cell::Number(value)),
            Scalar::Boolean(value) => column.push(Cell::Boolean(value)),
            Scalar::Text(text) if options.is_missing(text.trim()) => column.push(Cell::Missing),
            Scalar::Text(text) => column.push(Cell::Text(&text)),
            Scalar::List(items) => append_list(column, &items),
            Scalar::Other(what) => column.push(Cell::Other(&what)),
        }
    }
}

fn append_list(column: &mut Column, items: &ArrayRef) {
    let scalars: Vec<Scalar> = (0..items.len()).map(|index| scalar(items.as_ref(), index)).collect();
    // Among whole numbers there may be some that only a text holds: then all are names.
    if items.data_type().is_numeric() && !scalars.iter().any(|item| matches!(item, Scalar::Text(_))) {
        let value = |item: &Scalar| if let Scalar::Number(value) = item { *value } else { f64::NAN };
        return column.push(Cell::Numbers(&scalars.iter().map(value).collect::<Vec<f64>>()));
    }
    let text = |item: &Scalar| match item {
        Scalar::Text(text) => Some(text.clone()),
        Scalar::Boolean(value) => Some(value.to_string()),
        Scalar::Number(value) => Some(crate::value::format_number(*value)),
        // Gaps keep their place, as in JSON.
        Scalar::Missing => Some(String::new()),
        Scalar::List(_) | Scalar::Other(_) => None,
    };
    let texts: Option<Vec<String>> = scalars.iter().map(text).collect();
    match texts {
        Some(texts) => column.push(Cell::Texts(&texts)),
        None => column.push(Cell::Other(&format!("a list of type {}", items.data_type()))),
    }
}

enum Scalar {
    Missing,
    Number(f64),
    Boolean(bool),
    Text(String),
    List(ArrayRef),
    Other(String),
}

/// Large whole numbers are names; see the JSON reader.
fn integer(value: i128) -> Scalar {
    if (value as f64).abs() >= FIRST_INEXACT { Scalar::Text(value.to_string()) } else { Scalar::Number(value as f64) }
}

fn date(seconds: f64, has_time: bool) -> Scalar {
    Scalar::Text(format_moment(Moment { seconds, has_time }))
}

fn scalar(array: &dyn Array, row: usize) -> Scalar {
    if array.is_null(row) {
        return Scalar::Missing;
    }
    macro_rules! whole {
        ($kind:ty) => {
            integer(array.as_primitive::<$kind>().value(row).into())
        };
    }
    match array.data_type() {
        DataType::Null => Scalar::Missing,
        DataType::Boolean => Scalar::Boolean(array.as_boolean().value(row)),
        DataType::Int8 => whole!(Int8Type),
        DataType::Int16 => whole!(Int16Type),
        DataType::Int32 => whole!(Int32Type),
        DataType::Int64 => whole!(Int64Type),
        DataType::UInt8 => whole!(UInt8Type),
        DataType::UInt16 => whole!(UInt16Type),
        DataType::UInt32 => whole!(UInt32Type),
        DataType::UInt64 => whole!(UInt64Type),
        DataType::Float16 => Scalar::Number(array.as_primitive::<Float16Type>().value(row).to_f64()),
        // Through the shortest text: 0.1 in 32 bits is meant as 0.1, not as 0.10000000149.
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            Scalar::Number(value.to_string().parse().unwrap_or_else(|_| value.into()))
        }
        DataType::Float64 => Scalar::Number(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            Scalar::Number(array.as_primitive::<Decimal128Type>().value(row) as f64 / 10f64.powi((*scale).into()))
        }
        DataType::Utf8 => Scalar::Text(array.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Scalar::Text(array.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Scalar::Text(array.as_string_view().value(row).to_owned()),
        DataType::Date32 => date(f64::from(array.as_primitive::<Date32Type>().value(row)) * 86_400.0, false),
        DataType::Date64 => date((array.as_primitive::<Date64Type>().value(row) / 1000) as f64, false),
        DataType::Timestamp(unit, _) => date(timestamp_seconds(array, row, *unit), true),
        DataType::List(_) => Scalar::List(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => Scalar::List(array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(_, _) => Scalar::List(array.as_fixed_size_list().value(row)),
        other => Scalar::Other(format!("a value of type {other}")),
    }
}

fn timestamp_seconds(array: &dyn Array, row: usize, unit: TimeUnit) -> f64 {
    match unit {
        TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row) as f64,
        TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(row) as f64 / 1e3,
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().value(row) as f64 / 1e6,
        TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().value(row) as f64 / 1e9,
    }
}
