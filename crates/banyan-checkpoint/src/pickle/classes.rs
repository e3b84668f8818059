//! The classes and functions that a pickle may name, and what they mean here. None of them is ever imported or called.

use crate::dtype::Dtype;
use std::sync::Arc;

/// What a name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Class {
    /// A dictionary: `OrderedDict`, `defaultdict`.
    Dict,
    /// A function that makes a tensor of a storage, an offset, a shape and strides.
    Tensor {
        /// The argument that is the type of its numbers.
        dtype: Option<usize>,
    },
    /// A function that makes a parameter of a tensor, its first argument.
    Parameter,
    /// A function that calls another one, its first argument, with the arguments that are its third.
    FromType,
    /// `torch.Size`: a tuple.
    Size,
    /// The class of a storage.
    Storage(StorageType),
    /// A type of numbers.
    Dtype(Dtype),
    /// Anything else.
    Unknown(Arc<str>),
}

/// What the elements of a storage are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StorageType {
    /// Numbers of a type, of so many bytes each.
    Typed(Dtype, u64),
    /// Bytes: the tensor says what they mean.
    Untyped,
    /// Of a class that is not known.
    Unknown,
}

impl StorageType {
    /// Bytes of an element.
    pub(crate) fn size(self) -> Option<u64> {
        match self {
            Self::Typed(_, size) => Some(size),
            Self::Untyped => Some(1),
            Self::Unknown => None,
        }
    }
}

/// What `module.name` stands for.
pub(super) fn find(module: &str, name: &str) -> Class {
    let known = match module {
        "collections" if matches!(name, "OrderedDict" | "defaultdict") => Some(Class::Dict),
        "torch._utils" => match name {
            "_rebuild_tensor" | "_rebuild_tensor_v2" => Some(Class::Tensor { dtype: None }),
            "_rebuild_tensor_v3" => Some(Class::Tensor { dtype: Some(6) }),
            "_rebuild_parameter" | "_rebuild_parameter_with_state" => Some(Class::Parameter),
            _ => None,
        },
        "torch._tensor" if name == "_rebuild_from_type_v2" => Some(Class::FromType),
        "torch" if name == "Size" => Some(Class::Size),
        "torch" | "torch.cuda" | "torch.storage" => storage(name).map(Class::Storage).or_else(|| dtype(name).map(Class::Dtype)),
        _ => None,
    };
    known.unwrap_or_else(|| Class::Unknown(format!("{module}.{name}").into()))
}

fn storage(name: &str) -> Option<StorageType> {
    let other = |name, size| Some(StorageType::Typed(Dtype::Other(name), size));
    let read = match name {
        "DoubleStorage" => Dtype::F64,
        "FloatStorage" => Dtype::F32,
        "HalfStorage" => Dtype::F16,
        "BFloat16Storage" => Dtype::Bf16,
        "LongStorage" => Dtype::I64,
        "IntStorage" => Dtype::I32,
        "ShortStorage" => Dtype::I16,
        "CharStorage" => Dtype::I8,
        "ByteStorage" => Dtype::U8,
        "BoolStorage" => Dtype::Bool,
        "UntypedStorage" | "_UntypedStorage" => return Some(StorageType::Untyped),
        "ComplexFloatStorage" => return other("complex64", 8),
        "ComplexDoubleStorage" => return other("complex128", 16),
        "QInt8Storage" => return other("qint8", 1),
        "QUInt8Storage" => return other("quint8", 1),
        "QInt32Storage" => return other("qint32", 4),
        "QUInt4x2Storage" => return other("quint4x2", 1),
        "QUInt2x4Storage" => return other("quint2x4", 1),
        _ => return None,
    };
    read.size().map(|size| StorageType::Typed(read, size))
}

fn dtype(name: &str) -> Option<Dtype> {
    Some(match name {
        "float64" | "double" => Dtype::F64,
        "float32" | "float" => Dtype::F32,
        "float16" | "half" => Dtype::F16,
        "bfloat16" => Dtype::Bf16,
        "int64" | "long" => Dtype::I64,
        "int32" | "int" => Dtype::I32,
        "int16" | "short" => Dtype::I16,
        "int8" => Dtype::I8,
        "uint64" => Dtype::U64,
        "uint32" => Dtype::U32,
        "uint16" => Dtype::U16,
        "uint8" => Dtype::U8,
        "bool" => Dtype::Bool,
        "complex32" => Dtype::Other("complex32"),
        "complex64" | "cfloat" => Dtype::Other("complex64"),
        "complex128" | "cdouble" => Dtype::Other("complex128"),
        "float8_e4m3fn" => Dtype::Other("float8_e4m3fn"),
        "float8_e5m2" => Dtype::Other("float8_e5m2"),
        "float8_e4m3fnuz" => Dtype::Other("float8_e4m3fnuz"),
        "float8_e5m2fnuz" => Dtype::Other("float8_e5m2fnuz"),
        "float8_e8m0fnu" => Dtype::Other("float8_e8m0fnu"),
        "float4_e2m1fn_x2" => Dtype::Other("float4_e2m1fn_x2"),
        _ => return None,
    })
}
