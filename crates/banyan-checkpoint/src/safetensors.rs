//! The safetensors format: eight bytes of the header's length, the header in JSON, the numbers.

use crate::dtype::Dtype;
use crate::entry::{Entry, Layout, Storage};
use crate::error::{DAMAGED, plain, quote};
use crate::source::{Cursor, Source};
use banyan_guard::contained;
use indexmap::IndexMap;
use safetensors::tensor::{Dtype as Named, Metadata};

/// The longest header that the format allows.
const LONGEST_HEADER: u64 = 100_000_000;

pub(crate) fn read(source: &Source) -> Result<IndexMap<String, Entry>, String> {
    let mut cursor = Cursor::new(source, 0, source.length());
    let length = u64::from_le_bytes(cursor.array()?);
    if length > LONGEST_HEADER || length > source.length() - 8 {
        return Err(format!("its header of {length} bytes is longer than the file or than a header may be; {DAMAGED}"));
    }
    let header = cursor.bytes(length)?;
    // The whole file is checked by the crate only when all of it is in memory, which it need not be.
    let metadata: Metadata = contained(|| serde_json::from_slice(&header))
        .ok_or_else(|| format!("its header is damaged; {DAMAGED}"))?
        .map_err(|cause| format!("its header is damaged ({}); {DAMAGED}", plain(&cause.to_string())))?;
    let begin = 8 + length;
    let numbers = source.length() - begin;
    if metadata.data_len() as u64 != numbers {
        return Err(format!("its header describes {} bytes of numbers, and {numbers} follow; {DAMAGED}", metadata.data_len()));
    }
    let mut tensors = IndexMap::new();
    for name in metadata.offset_keys() {
        let Some(info) = metadata.info(&name) else { continue };
        let (first, end) = info.data_offsets;
        if first > end || end as u64 > numbers {
            return Err(format!("its tensor {} is beyond its end; {DAMAGED}", quote(&name)));
        }
        let storage = Storage { file: 0, begin: begin + first as u64, length: (end - first) as u64 };
        let entry = Entry::new(dtype(info.dtype), storage, Layout::contiguous(info.shape.clone()));
        let entry = entry.map_err(|problem| format!("its tensor {} {problem}", quote(&name)))?;
        tensors.insert(name, entry);
    }
    Ok(tensors)
}

fn dtype(named: Named) -> Dtype {
    match named {
        Named::F64 => Dtype::F64,
        Named::F32 => Dtype::F32,
        Named::F16 => Dtype::F16,
        Named::BF16 => Dtype::Bf16,
        Named::I64 => Dtype::I64,
        Named::I32 => Dtype::I32,
        Named::I16 => Dtype::I16,
        Named::I8 => Dtype::I8,
        Named::U64 => Dtype::U64,
        Named::U32 => Dtype::U32,
        Named::U16 => Dtype::U16,
        Named::U8 => Dtype::U8,
        Named::BOOL => Dtype::Bool,
        Named::C64 => Dtype::Other("C64"),
        Named::F8_E4M3 => Dtype::Other("F8_E4M3"),
        Named::F8_E5M2 => Dtype::Other("F8_E5M2"),
        _ => Dtype::Other("of less than 16 bits"),
    }
}
