//! What a pickle describes, as values in a table that name one another by their places: nothing is nested, however deep the pickle is.

use super::classes::{Class, StorageType};
use crate::error::plain;
use std::sync::Arc;

/// The place of a value.
pub(crate) type Id = u32;
/// What a dictionary holds: keys with their values, in order.
pub(super) type Items = [(Id, Id)];

/// A value of a pickle.
#[derive(Debug)]
pub(crate) enum Value {
    None,
    Bool(bool),
    /// Larger ones are objects of the class `int`.
    Int(i128),
    Float,
    Text(Box<str>),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Class(Class),
    Storage(StorageReference),
    Tensor(TensorReference),
    /// Anything else: what would have been made by this class or function, which was not called.
    Object {
        class: Arc<str>,
        /// What its state would have been.
        state: Option<Id>,
    },
}

/// Numbers outside the pickle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StorageReference {
    /// A text.
    pub(crate) key: Id,
    pub(crate) kind: StorageType,
    /// How many elements of its type it has.
    pub(crate) count: u64,
    /// The part that it is of them: its first element, and how many.
    pub(crate) view: Option<(u64, u64)>,
}

/// A tensor as the pickle describes it, of which nothing is checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TensorReference {
    pub(crate) storage: Id,
    pub(crate) offset: Id,
    pub(crate) shape: Id,
    pub(crate) strides: Id,
    /// Where the storage has no type.
    pub(crate) dtype: Option<Id>,
}

/// The values of a pickle.
#[derive(Debug)]
pub(crate) struct Pickle {
    pub(super) values: Vec<Value>,
    pub(super) root: Id,
}

impl Pickle {
    /// The value that the others are parts of.
    pub(crate) fn root(&self) -> Id {
        self.root
    }

    pub(crate) fn get(&self, id: Id) -> &Value {
        &self.values[id as usize]
    }

    /// All values, also those that are no part of the root.
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }

    pub(crate) fn text(&self, id: Id) -> Option<&str> {
        if let Value::Text(text) = self.get(id) { Some(text) } else { None }
    }

    pub(crate) fn dict(&self, id: Id) -> Option<&Items> {
        if let Value::Dict(items) = self.get(id) { Some(items) } else { None }
    }

    /// What a dictionary has under a text.
    pub(crate) fn lookup(&self, items: &Items, key: &str) -> Option<Id> {
        items.iter().rev().find(|&&(id, _)| self.text(id) == Some(key)).map(|&(_, value)| value)
    }

    /// What a value is, as messages name it.
    pub(crate) fn describe(&self, id: Id) -> String {
        let name = match self.get(id) {
            Value::None => "None",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Float => "float",
            Value::Text(_) => "str",
            Value::Tuple(_) => "tuple",
            Value::List(_) => "list",
            Value::Dict(_) => "dict",
            Value::Class(_) => "class",
            Value::Storage(_) => "storage",
            Value::Tensor(_) => "tensor",
            Value::Object { class, .. } => return plain(class),
        };
        name.to_owned()
    }
}
