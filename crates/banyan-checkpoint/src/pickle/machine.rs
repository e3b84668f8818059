//! The stack, the memo and the values of a pickle that is being read, all within bounds.

use super::classes::{Class, StorageType};
use super::value::{Id, StorageReference, TensorReference, Value};
use crate::error::DAMAGED;
use std::collections::HashMap;
use std::sync::Arc;

/// How many values, elements of containers and places of the stack and the memo there may be: ten times what the checkpoint of a model with
/// ten thousand parameters and its optimizer has.
const MOST: usize = 1 << 23;

/// The longest key of a storage, which is a number.
pub(crate) const LONGEST_KEY: usize = 100;

/// The sentence for a pickle that no pickler writes.
pub(super) fn damaged() -> String {
    format!("its pickle is damaged; {DAMAGED}")
}

#[derive(Default)]
pub(super) struct Machine {
    pub(super) values: Vec<Value>,
    stack: Vec<Id>,
    /// How high the stack was at each open mark.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
    /// The elements of all containers together.
    elements: usize,
}

impl Machine {
    /// Counts elements before memory is taken for them.
    fn charge(&mut self, elements: usize) -> Result<(), String> {
        self.elements += elements;
        let largest = [self.values.len(), self.stack.len(), self.marks.len(), self.memo.len(), self.elements].into_iter().max();
        if largest >= Some(MOST) { Err(format!("its pickle has more than {MOST} values; save the weights alone")) } else { Ok(()) }
    }

    pub(super) fn make(&mut self, value: Value) -> Result<Id, String> {
        self.charge(0)?;
        let id = Id::try_from(self.values.len()).map_err(|_| damaged())?;
        self.values.push(value);
        Ok(id)
    }

    pub(super) fn push(&mut self, value: Value) -> Result<(), String> {
        let id = self.make(value)?;
        self.push_id(id)
    }

    pub(super) fn push_id(&mut self, id: Id) -> Result<(), String> {
        self.charge(0)?;
        self.stack.push(id);
        Ok(())
    }

    pub(super) fn push_object(&mut self, class: &str) -> Result<(), String> {
        self.push(Value::Object { class: class.into(), state: None })
    }

    pub(super) fn value(&self, id: Id) -> &Value {
        &self.values[id as usize]
    }

    /// The top of the stack, which is above the last mark.
    pub(super) fn top(&self) -> Result<Id, String> {
        let bottom = self.marks.last().copied().unwrap_or(0);
        self.stack.get(bottom..).and_then(<[Id]>::last).copied().ok_or_else(damaged)
    }

    pub(super) fn pop(&mut self) -> Result<Id, String> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    pub(super) fn mark(&mut self) -> Result<(), String> {
        self.charge(0)?;
        self.marks.push(self.stack.len());
        Ok(())
    }

    /// What is above the last mark, which is closed.
    pub(super) fn pop_mark(&mut self) -> Result<Vec<Id>, String> {
        let bottom = self.marks.pop().ok_or_else(damaged)?;
        if bottom > self.stack.len() { Err(damaged()) } else { Ok(self.stack.split_off(bottom)) }
    }

    /// `POP` takes a mark if one is on top.
    pub(super) fn drop_top(&mut self) -> Result<(), String> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(|_| ())
    }

    pub(super) fn remember(&mut self, place: Option<u64>) -> Result<(), String> {
        self.charge(0)?;
        let place = place.unwrap_or(self.memo.len() as u64);
        self.memo.insert(place, self.top()?);
        Ok(())
    }

    pub(super) fn recall(&mut self, place: u64) -> Result<(), String> {
        let id = self.memo.get(&place).copied().ok_or_else(damaged)?;
        self.push_id(id)
    }

    pub(super) fn push_tuple(&mut self, elements: Vec<Id>) -> Result<(), String> {
        self.charge(elements.len())?;
        self.push(Value::Tuple(elements))
    }

    /// Appends to the list on top.
    pub(super) fn append(&mut self, elements: &[Id]) -> Result<(), String> {
        self.charge(elements.len())?;
        let top = self.top()?;
        match &mut self.values[top as usize] {
            Value::List(list) => list.extend_from_slice(elements),
            // A subclass of `list` or `set`, of which nothing is kept.
            Value::Object { .. } => {}
            _ => return Err(damaged()),
        }
        Ok(())
    }

    /// Puts keys and values, one after the other, into the dictionary on top.
    pub(super) fn set_items(&mut self, elements: &[Id]) -> Result<(), String> {
        self.charge(elements.len())?;
        let top = self.top()?;
        let (pairs, rest) = elements.as_chunks::<2>();
        match &mut self.values[top as usize] {
            Value::Dict(items) if rest.is_empty() => items.extend(pairs.iter().map(|&[key, value]| (key, value))),
            Value::Object { .. } => {}
            _ => return Err(damaged()),
        }
        Ok(())
    }

    /// `BUILD`: the state on top is that of the object below it.
    pub(super) fn build(&mut self) -> Result<(), String> {
        let built = self.pop()?;
        let top = self.top()?;
        if let Value::Object { state, .. } = &mut self.values[top as usize] {
            *state = Some(built);
        }
        Ok(())
    }

    /// `NEWOBJ`: an object of a class, without a call.
    pub(super) fn new_object(&mut self, class: Id) -> Result<(), String> {
        match self.value(class) {
            Value::Class(Class::Dict) => self.push(Value::Dict(Vec::new())),
            _ => {
                let class = self.class_name(class)?;
                self.push(Value::Object { class, state: None })
            }
        }
    }

    /// `REDUCE`: what a function gives for its arguments, as far as it is known here.
    pub(super) fn reduce(&mut self, function: Id, arguments: Id) -> Result<(), String> {
        let made = self.apply(function, arguments)?;
        self.push_id(made)
    }

    fn apply(&mut self, mut function: Id, mut arguments: Id) -> Result<Id, String> {
        if let Value::Class(Class::FromType) = self.value(function) {
            (function, arguments) = (self.argument(arguments, 0)?, self.argument(arguments, 2)?);
        }
        let Value::Class(class) = self.value(function) else {
            let class = self.class_name(function)?;
            return self.make(Value::Object { class, state: None });
        };
        match *class {
            Class::Dict => self.dictionary(arguments),
            Class::Tensor { dtype } => {
                let at = |place| self.argument(arguments, place);
                let (storage, offset, shape, strides) = (at(0)?, at(1)?, at(2)?, at(3)?);
                let dtype = dtype.map(at).transpose()?;
                self.make(Value::Tensor(TensorReference { storage, offset, shape, strides, dtype }))
            }
            Class::Parameter | Class::Size => self.argument(arguments, 0),
            Class::Storage(_) | Class::Dtype(_) | Class::FromType | Class::Unknown(_) => {
                let class = self.class_name(function)?;
                self.make(Value::Object { class, state: None })
            }
        }
    }

    fn argument(&self, arguments: Id, place: usize) -> Result<Id, String> {
        let Value::Tuple(arguments) = self.value(arguments) else { return Err(damaged()) };
        arguments.get(place).copied().ok_or_else(damaged)
    }

    /// An `OrderedDict` of nothing or of a list of pairs, as Python 2 wrote it; or a `defaultdict`, whose argument makes new values.
    fn dictionary(&mut self, arguments: Id) -> Result<Id, String> {
        let mut items = Vec::new();
        if let Ok(first) = self.argument(arguments, 0)
            && let Value::List(pairs) = self.value(first)
        {
            for &pair in pairs {
                let (Value::Tuple(pair) | Value::List(pair)) = self.value(pair) else { return Err(damaged()) };
                let &[key, value] = pair.as_slice() else { return Err(damaged()) };
                items.push((key, value));
            }
            self.charge(2 * items.len())?;
        }
        self.make(Value::Dict(items))
    }

    /// The name of what would have been called.
    fn class_name(&self, id: Id) -> Result<Arc<str>, String> {
        Ok(match self.value(id) {
            Value::Class(Class::Unknown(name)) | Value::Object { class: name, .. } => Arc::clone(name),
            Value::Class(_) => "torch".into(),
            _ => return Err(damaged()),
        })
    }

    /// `BINPERSID`: `("storage", class, key, location, count)`, with a view in files before PyTorch 1.6.
    pub(super) fn persistent(&mut self, id: Id) -> Result<(), String> {
        let Value::Tuple(parts) = self.value(id) else { return Err(damaged()) };
        let word = parts.first().map(|&word| self.value(word));
        match (word, parts.as_slice()) {
            (Some(Value::Text(word)), &[_, class, key, _, count, ref view @ ..]) if &**word == "storage" => {
                let kind = match self.value(class) {
                    Value::Class(Class::Storage(kind)) => *kind,
                    Value::Class(_) => StorageType::Unknown,
                    _ => return Err(damaged()),
                };
                match self.value(key) {
                    Value::Text(key) if key.len() <= LONGEST_KEY => {}
                    _ => return Err(damaged()),
                }
                let count = self.count(count)?;
                let view = match view.first().map(|&view| self.value(view)) {
                    None | Some(Value::None) => None,
                    Some(Value::Tuple(parts)) => match parts.as_slice() {
                        &[_, first, count] => Some((self.count(first)?, self.count(count)?)),
                        _ => return Err(damaged()),
                    },
                    Some(_) => return Err(damaged()),
                };
                self.push(Value::Storage(StorageReference { key, kind, count, view }))
            }
            // A class with its source code, in whole models of that time.
            (Some(Value::Text(word)), &[_, class, ..]) if &**word == "module" => self.push_id(class),
            _ => self.push_object("persistent object"),
        }
    }

    fn count(&self, id: Id) -> Result<u64, String> {
        if let Value::Int(count) = self.value(id) { u64::try_from(*count).map_err(|_| damaged()) } else { Err(damaged()) }
    }
}
