//! Values of Arrow's types as cells.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, Fields, TimeUnit};

use crate::date::{Moment, format_moment};
use crate::value::{FIRST_INEXACT, is_inexact_whole};

/// A value of a column, or of a list in one.
pub(super) enum Scalar {
    Missing,
    Number(f64),
    Boolean(bool),
    Text(String),
    List(ArrayRef),
    Bytes(Arc<[u8]>),
    Other(String),
}

/// Characters of a type's name in a message: that of a struct has the names of all its fields.
const LONGEST_TYPE: usize = 80;

/// The values of an array, where a dictionary is looked through once for all of them.
pub(super) struct Values<'a> {
    array: &'a ArrayRef,
    /// Of a dictionary its entries, and for each place the entry.
    dictionary: Option<(&'a ArrayRef, Vec<usize>)>,
}

impl<'a> Values<'a> {
    pub(super) fn new(array: &'a ArrayRef) -> Self {
        let dictionary = array.as_any_dictionary_opt().map(|dictionary| {
            let entries = dictionary.values();
            // Without an entry every value is missing.
            let keys = if entries.is_empty() { vec![0; array.len()] } else { dictionary.normalized_keys() };
            (entries, keys)
        });
        Self { array, dictionary }
    }

    pub(super) fn get(&self, place: usize) -> Scalar {
        match &self.dictionary {
            _ if self.array.is_null(place) => Scalar::Missing,
            Some((entries, _)) if entries.is_empty() => Scalar::Missing,
            Some((entries, keys)) => scalar(entries.as_ref(), keys[place]),
            None => scalar(self.array.as_ref(), place),
        }
    }
}

/// A type that nothing reads, in words and not too many.
pub(super) fn name_type(data_type: &DataType) -> String {
    let name = data_type.to_string();
    if name.chars().count() <= LONGEST_TYPE { name } else { name.chars().take(LONGEST_TYPE).chain(['…']).collect() }
}

/// Large whole numbers are names; see the JSON reader.
fn integer(value: i128) -> Scalar {
    if (value as f64).abs() >= FIRST_INEXACT { Scalar::Text(value.to_string()) } else { Scalar::Number(value as f64) }
}

/// Decimals that are large whole numbers are names as well.
fn decimal(digits: &str) -> Scalar {
    if is_inexact_whole(digits) {
        return Scalar::Text(digits.to_owned());
    }
    digits.parse().map_or(Scalar::Missing, Scalar::Number)
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
    // By its digits: 0.1 is then the number that "0.1" is in a text.
    macro_rules! decimal {
        ($kind:ty) => {
            decimal(&array.as_primitive::<$kind>().value_as_string(row))
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
        DataType::Decimal32(_, _) => decimal!(Decimal32Type),
        DataType::Decimal64(_, _) => decimal!(Decimal64Type),
        DataType::Decimal128(_, _) => decimal!(Decimal128Type),
        DataType::Decimal256(_, _) => decimal!(Decimal256Type),
        DataType::Utf8 => Scalar::Text(array.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Scalar::Text(array.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Scalar::Text(array.as_string_view().value(row).to_owned()),
        DataType::Date32 => date(f64::from(array.as_primitive::<Date32Type>().value(row)) * 86_400.0, false),
        DataType::Date64 => date((array.as_primitive::<Date64Type>().value(row) / 1000) as f64, false),
        DataType::Timestamp(unit, _) => date(timestamp_seconds(array, row, *unit), true),
        DataType::List(_) => Scalar::List(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => Scalar::List(array.as_list::<i64>().value(row)),
        DataType::ListView(_) => Scalar::List(array.as_list_view::<i32>().value(row)),
        DataType::LargeListView(_) => Scalar::List(array.as_list_view::<i64>().value(row)),
        DataType::FixedSizeList(_, _) => Scalar::List(array.as_fixed_size_list().value(row)),
        DataType::Binary => Scalar::Bytes(array.as_binary::<i32>().value(row).into()),
        DataType::LargeBinary => Scalar::Bytes(array.as_binary::<i64>().value(row).into()),
        DataType::BinaryView => Scalar::Bytes(array.as_binary_view().value(row).into()),
        DataType::FixedSizeBinary(_) => Scalar::Bytes(array.as_fixed_size_binary().value(row).into()),
        DataType::Struct(fields) if is_medium(fields) => medium(array.as_struct(), row),
        other => Scalar::Other(format!("a value of type {}", name_type(other))),
    }
}

/// Whether a type is that of an image or a sound in Hugging Face's data sets: `struct<bytes: binary, path: string>`.
fn is_medium(fields: &Fields) -> bool {
    let is_bytes = |kind: &DataType| matches!(kind, DataType::Binary | DataType::LargeBinary | DataType::BinaryView);
    let is_text = |kind: &DataType| matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null);
    let is_known = |name: &str, kind: &DataType| match name {
        "bytes" => is_bytes(kind) || *kind == DataType::Null,
        "path" => is_text(kind),
        _ => false,
    };
    fields.iter().all(|field| is_known(field.name(), field.data_type())) && fields.iter().any(|field| is_bytes(field.data_type()))
}

/// The bytes of such a value, or where there are none its path.
fn medium(array: &StructArray, row: usize) -> Scalar {
    let member = |name: &str| array.column_by_name(name).map_or(Scalar::Missing, |member| scalar(member.as_ref(), row));
    match member("bytes") {
        Scalar::Missing => member("path"),
        bytes => bytes,
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
