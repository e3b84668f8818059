//! Types of numbers, and how they become `f32`.

use half::{bf16, f16};
use std::fmt;

/// The type of a tensor's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dtype {
    /// 64-bit floating point.
    F64,
    /// 32-bit floating point.
    F32,
    /// 16-bit floating point (IEEE 754).
    F16,
    /// 16-bit floating point with the range of 32 bits (bfloat16).
    Bf16,
    /// 64-bit signed integers.
    I64,
    /// 32-bit signed integers.
    I32,
    /// 16-bit signed integers.
    I16,
    /// 8-bit signed integers.
    I8,
    /// 64-bit unsigned integers.
    U64,
    /// 32-bit unsigned integers.
    U32,
    /// 16-bit unsigned integers.
    U16,
    /// 8-bit unsigned integers.
    U8,
    /// Truth values in a byte each.
    Bool,
    /// A type whose numbers are not read (complex, quantized, 8-bit floating point), by its name in the file's format.
    Other(&'static str),
}

impl Dtype {
    /// Bytes of a number; `None` for types that are not read.
    pub fn size(self) -> Option<u64> {
        Some(match self {
            Self::F64 | Self::I64 | Self::U64 => 8,
            Self::F32 | Self::I32 | Self::U32 => 4,
            Self::F16 | Self::Bf16 | Self::I16 | Self::U16 => 2,
            Self::I8 | Self::U8 | Self::Bool => 1,
            Self::Other(_) => return None,
        })
    }

    /// Appends little-endian numbers as `f32`, each rounded to the nearest.
    pub(crate) fn append(self, bytes: &[u8], numbers: &mut Vec<f32>) {
        match self {
            Self::F64 => each(bytes, numbers, |bytes| f64::from_le_bytes(bytes) as f32),
            Self::F32 => each(bytes, numbers, f32::from_le_bytes),
            Self::F16 => each(bytes, numbers, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Self::Bf16 => each(bytes, numbers, |bytes| bf16::from_le_bytes(bytes).to_f32()),
            Self::I64 => each(bytes, numbers, |bytes| i64::from_le_bytes(bytes) as f32),
            Self::I32 => each(bytes, numbers, |bytes| i32::from_le_bytes(bytes) as f32),
            Self::I16 => each(bytes, numbers, |bytes| f32::from(i16::from_le_bytes(bytes))),
            Self::I8 => each(bytes, numbers, |bytes| f32::from(i8::from_le_bytes(bytes))),
            Self::U64 => each(bytes, numbers, |bytes| u64::from_le_bytes(bytes) as f32),
            Self::U32 => each(bytes, numbers, |bytes| u32::from_le_bytes(bytes) as f32),
            Self::U16 => each(bytes, numbers, |bytes| f32::from(u16::from_le_bytes(bytes))),
            Self::U8 => each(bytes, numbers, |[byte]| f32::from(byte)),
            Self::Bool => each(bytes, numbers, |[byte]| f32::from(u8::from(byte != 0))),
            Self::Other(_) => {}
        }
    }
}

fn each<const SIZE: usize>(bytes: &[u8], numbers: &mut Vec<f32>, convert: impl Fn([u8; SIZE]) -> f32) {
    numbers.extend(bytes.as_chunks::<SIZE>().0.iter().map(|&bytes| convert(bytes)));
}

impl fmt::Display for Dtype {
    /// PyTorch's name.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::F64 => "float64",
            Self::F32 => "float32",
            Self::F16 => "float16",
            Self::Bf16 => "bfloat16",
            Self::I64 => "int64",
            Self::I32 => "int32",
            Self::I16 => "int16",
            Self::I8 => "int8",
            Self::U64 => "uint64",
            Self::U32 => "uint32",
            Self::U16 => "uint16",
            Self::U8 => "uint8",
            Self::Bool => "bool",
            Self::Other(name) => name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_type_become_single_precision() {
        let one = |dtype: Dtype, bytes: &[u8]| {
            assert_eq!(dtype.size(), Some(bytes.len() as u64));
            let mut numbers = Vec::new();
            dtype.append(bytes, &mut numbers);
            assert_eq!(numbers.len(), 1);
            numbers[0]
        };
        assert_eq!(one(Dtype::F64, &(-2.5f64).to_le_bytes()), -2.5);
        assert_eq!(one(Dtype::F64, &1e300f64.to_le_bytes()), f32::INFINITY);
        assert_eq!(one(Dtype::F32, &0.1f32.to_le_bytes()), 0.1);
        assert_eq!(one(Dtype::F16, &f16::from_f32(0.5).to_le_bytes()), 0.5);
        assert_eq!(one(Dtype::Bf16, &bf16::from_f32(-3.0).to_le_bytes()), -3.0);
        assert_eq!(one(Dtype::I64, &(-7i64).to_le_bytes()), -7.0);
        assert_eq!(one(Dtype::I32, &(-8i32).to_le_bytes()), -8.0);
        assert_eq!(one(Dtype::I16, &(-9i16).to_le_bytes()), -9.0);
        assert_eq!(one(Dtype::I8, &(-10i8).to_le_bytes()), -10.0);
        assert_eq!(one(Dtype::U64, &u64::MAX.to_le_bytes()), 2f32.powi(64));
        assert_eq!(one(Dtype::U32, &u32::MAX.to_le_bytes()), 2f32.powi(32));
        assert_eq!(one(Dtype::U16, &u16::MAX.to_le_bytes()), 65535.0);
        assert_eq!(one(Dtype::U8, &[255]), 255.0);
        assert_eq!((one(Dtype::Bool, &[2]), one(Dtype::Bool, &[0])), (1.0, 0.0));
    }
}
