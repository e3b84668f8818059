//! The format of `torch.save` before PyTorch 1.6: five pickles (a magic number, the version, the system, the object, the keys of the storages), and the
//! storages in the order of their keys, each behind the number of its elements in eight bytes.

use super::state::{Locate, State};
use crate::error::{DAMAGED, quote};
use crate::pickle::{self, LONGEST_KEY, Pickle, Value};
use crate::source::{Cursor, Source};
use std::collections::HashMap;

const MAGIC: i128 = 0x1950_a86a_20f9_469c_fc6c;
const VERSION: i128 = 1001;

pub(super) fn read(source: &Source) -> Result<State, String> {
    let mut cursor = Cursor::new(source, 0, source.length());
    let magic = pickle::read(&mut cursor).ok().filter(|pickle| matches!(pickle.get(pickle.root()), Value::Int(MAGIC)));
    if magic.is_none() {
        return Err("it is a pickle that torch.save did not write; save `model.state_dict()` with torch.save".to_owned());
    }
    let version = pickle::read(&mut cursor)?;
    if !matches!(version.get(version.root()), Value::Int(VERSION)) {
        return Err(format!("its version is not {VERSION}, the one that torch.save wrote; {DAMAGED}"));
    }
    let system = pickle::read(&mut cursor)?;
    let order = system.dict(system.root()).and_then(|items| system.lookup(items, "little_endian"));
    if order.is_some_and(|order| matches!(system.get(order), Value::Bool(false))) {
        return Err(super::big_endian());
    }
    let object = pickle::read(&mut cursor)?;
    let keys = pickle::read(&mut cursor)?;
    let storages = Storages(places(&object, &keys, cursor.position(), source.length())?);
    State::find(&object, &storages)
}

/// Where each storage is.
struct Storages<'a>(HashMap<&'a str, (u64, u64)>);

impl Locate for Storages<'_> {
    fn locate(&self, key: &str) -> Result<(u64, u64), String> {
        self.0.get(key).copied().ok_or_else(|| format!("its storage {} is not in the file; {DAMAGED}", quote(key)))
    }
}

/// Goes from storage to storage, whose lengths follow from what the object says of them.
fn places<'a>(object: &Pickle, keys: &'a Pickle, mut begin: u64, end: u64) -> Result<HashMap<&'a str, (u64, u64)>, String> {
    let mut references = HashMap::new();
    for value in object.values() {
        if let Value::Storage(storage) = value
            && let Some(key) = object.text(storage.key)
        {
            references.insert(key, storage);
        }
    }
    let Value::List(order) = keys.get(keys.root()) else { return Err(format!("it has no list of storages; {DAMAGED}")) };
    let mut places = HashMap::new();
    for &key in order {
        let key =
            keys.text(key).filter(|key| key.len() <= LONGEST_KEY).ok_or_else(|| format!("its list of storages is damaged; {DAMAGED}"))?;
        let storage = references.get(key).ok_or_else(|| format!("no tensor is in its storage {}; {DAMAGED}", quote(key)))?;
        let Some(size) = storage.kind.size() else {
            return Err(format!("its storage {} is of a class that is not known, so that those behind it are not found", quote(key)));
        };
        let length = storage.count.checked_mul(size);
        let next = length.and_then(|length| begin.checked_add(8)?.checked_add(length)).filter(|&next| next <= end);
        let (Some(length), Some(next)) = (length, next) else {
            return Err(format!("its storage {} reaches beyond the end of the file, which is cut short; {DAMAGED}", quote(key)));
        };
        places.insert(key, (begin + 8, length));
        begin = next;
    }
    Ok(places)
}
