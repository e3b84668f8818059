//! A state dictionary: its tensors, and where they are.

use super::search::search;
use crate::dtype::Dtype;
use crate::entry::{Entry, Layout, MOST_DIMENSIONS, Storage};
use crate::error::{DAMAGED, quote};
use crate::pickle::{Class, Id, Pickle, StorageReference, StorageType, TensorReference, Value};
use indexmap::IndexMap;

/// The longest name of a tensor, in bytes.
const LONGEST_NAME: usize = 500;
/// The most values of a dictionary, which each take a few hundred bytes of memory.
const MOST_TENSORS: usize = 1 << 20;

/// Finds the bytes of a storage.
pub(super) trait Locate {
    /// Its first byte and the number of its bytes, which are within the file.
    fn locate(&self, key: &str) -> Result<(u64, u64), String>;
}

/// A state dictionary.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// The keys that led to it, from the outside.
    pub(crate) path: Vec<String>,
    pub(crate) tensors: IndexMap<String, Entry>,
    /// The names of its values that are no tensors, and what they are.
    pub(crate) others: IndexMap<String, String>,
}

impl State {
    /// Finds the dictionary and locates its tensors.
    pub(super) fn find(pickle: &Pickle, storages: &impl Locate) -> Result<Self, String> {
        let (path, id) = search(pickle)?;
        let items = pickle.dict(id).unwrap_or_default();
        if items.len() > MOST_TENSORS {
            return Err(format!("its dictionary has {} values, more than the {MOST_TENSORS} that are read", items.len()));
        }
        let mut state = Self { path, ..Self::default() };
        for &(key, value) in items {
            let name = match pickle.get(key) {
                Value::Text(text) if text.len() > LONGEST_NAME => {
                    return Err(format!("a tensor's name has {} bytes, more than the {LONGEST_NAME} that are read", text.len()));
                }
                Value::Text(text) => text.to_string(),
                Value::Int(number) => number.to_string(),
                _ => format!("a key of type {}", pickle.describe(key)),
            };
            if let Value::Tensor(tensor) = pickle.get(value) {
                let entry = resolve(pickle, tensor, storages).map_err(|problem| format!("its tensor {} {problem}", quote(&name)))?;
                state.tensors.insert(name, entry);
            } else {
                state.others.insert(name, pickle.describe(value));
            }
        }
        Ok(state)
    }
}

/// A tensor, and where it lies. Errors are ends of sentences about the tensor.
fn resolve(pickle: &Pickle, tensor: &TensorReference, storages: &impl Locate) -> Result<Entry, String> {
    let Value::Storage(storage) = pickle.get(tensor.storage) else {
        let what = pickle.describe(tensor.storage);
        return Err(format!("is made of a value of type {what}, which is not read; save it as a plain tensor"));
    };
    let dtype = match (tensor.dtype.map(|id| pickle.get(id)), storage.kind) {
        (Some(&Value::Class(Class::Dtype(dtype))), _) | (None, StorageType::Typed(dtype, _)) => dtype,
        (_, StorageType::Unknown) | (Some(Value::Class(_)), _) => Dtype::Other("unknown"),
        _ => return Err(format!("has no type; {DAMAGED}")),
    };
    let numbers = |id| numbers(pickle, id).ok_or_else(|| format!("has a shape that is none; {DAMAGED}"));
    let shape = numbers(tensor.shape)?.map(usize::try_from).collect::<Result<Vec<_>, _>>();
    let shape = shape.map_err(|_| format!("is larger than any file; {DAMAGED}"))?;
    let offset = number(pickle, tensor.offset).ok_or_else(|| format!("has an offset that is none; {DAMAGED}"))?;
    let layout = Layout { shape, strides: numbers(tensor.strides)?.collect(), offset };
    let key = pickle.text(storage.key).unwrap_or_default();
    let (begin, length) = storages.locate(key).map_err(|problem| format!("cannot be read: {problem}"))?;
    let place = within(storage, begin, length).ok_or_else(|| format!("has a storage that is shorter than it says; {DAMAGED}"))?;
    Entry::new(dtype, place, layout)
}

/// The part of a storage's bytes that are meant.
fn within(storage: &StorageReference, begin: u64, length: u64) -> Option<Storage> {
    // Of what is not known nothing is read.
    let Some(size) = storage.kind.size() else { return Some(Storage { file: 0, begin, length: 0 }) };
    let whole = storage.count.checked_mul(size).filter(|&whole| whole <= length)?;
    let (first, count) = storage.view.unwrap_or((0, storage.count));
    let (skipped, length) = (first.checked_mul(size)?, count.checked_mul(size)?);
    let end = skipped.checked_add(length)?;
    (end <= whole).then(|| Storage { file: 0, begin: begin + skipped, length })
}

/// Sizes, which are no negative numbers.
fn numbers(pickle: &Pickle, id: Id) -> Option<impl Iterator<Item = u64>> {
    let (Value::Tuple(ids) | Value::List(ids)) = pickle.get(id) else { return None };
    // One more than are read, so that such a tensor is refused.
    let numbers: Option<Vec<_>> = ids.iter().take(MOST_DIMENSIONS + 1).map(|&id| number(pickle, id)).collect();
    numbers.map(Vec::into_iter)
}

fn number(pickle: &Pickle, id: Id) -> Option<u64> {
    if let Value::Int(number) = pickle.get(id) { u64::try_from(*number).ok() } else { None }
}
