//! The state dictionary within what `torch.save` wrote, which may be that of a whole training.

use crate::error::quote;
use crate::pickle::{Id, Items, Pickle, Value};

/// Under which keys training programs save weights, the likeliest first.
const KEYS: [&str; 17] = [
    "state_dict",
    "model",
    "model_state_dict",
    "model_state",
    "model_ema",
    "ema",
    "net",
    "network",
    "module",
    "weights",
    "params_ema",
    "params",
    "teacher",
    "student",
    "backbone",
    "encoder",
    "generator",
];
/// How deep the state dictionary may lie.
const DEEPEST: usize = 8;
/// What may be quoted of a file's keys in a message.
const MOST_QUOTED: usize = 6;

/// A dictionary with its key.
type Keyed<'a> = (&'a str, &'a Items);
/// A dictionary with the keys that led to it.
type Found<'a> = (Vec<String>, &'a Items);

/// Goes down from the root to the dictionary that holds the weights.
pub(super) fn search(pickle: &Pickle) -> Result<Found<'_>, String> {
    let mut path = Vec::new();
    let Some(mut items) = pickle.dict(pickle.root()) else { return Err(no_dictionary(pickle)) };
    for _ in 0..DEEPEST {
        let known = KEYS
            .into_iter()
            .find_map(|key| dictionary_at(pickle, items, key).filter(|inner| leads(pickle, inner)).map(|inner| (key, inner)));
        if let Some((key, inner)) = known {
            path.push(key.to_owned());
            items = inner;
        } else if holds_tensors(pickle, items) {
            return Ok((path, items));
        } else {
            let (key, inner) = only_dictionary(pickle, items)?;
            path.push(key.to_owned());
            return Ok((path, inner));
        }
    }
    Err(format!("its weights are in more than {DEEPEST} dictionaries, each within the other; save `model.state_dict()`"))
}

fn dictionary_at<'a>(pickle: &'a Pickle, items: &Items, key: &str) -> Option<&'a Items> {
    pickle.lookup(items, key).and_then(|id| pickle.dict(id))
}

fn holds_tensors(pickle: &Pickle, items: &Items) -> bool {
    items.iter().any(|&(_, value)| matches!(pickle.get(value), Value::Tensor(_)))
}

/// Whether a dictionary holds tensors, or another one that does.
fn leads(pickle: &Pickle, items: &Items) -> bool {
    let inner = |key| dictionary_at(pickle, items, key).is_some_and(|inner| holds_tensors(pickle, inner));
    holds_tensors(pickle, items) || KEYS.into_iter().any(inner)
}

/// The only dictionary of tensors among values, whatever its key.
fn only_dictionary<'a>(pickle: &'a Pickle, items: &Items) -> Result<Keyed<'a>, String> {
    if let Some(module) = items.iter().find_map(|&(_, value)| module(pickle, value)) {
        return Err(module);
    }
    let of_tensors = |&(key, value): &(Id, Id)| {
        let inner = pickle.dict(value).filter(|inner| holds_tensors(pickle, inner))?;
        Some((pickle.text(key)?, inner))
    };
    let found: Vec<_> = items.iter().filter_map(of_tensors).collect();
    match found.as_slice() {
        &[only] => Ok(only),
        [] => {
            let keys: Vec<_> = items.iter().filter_map(|&(key, _)| pickle.text(key)).collect();
            let keys = if keys.is_empty() { "it has no keys".to_owned() } else { format!("its keys are {}", list(&keys)) };
            Err(format!("there are no tensors in its dictionary ({keys}); save `model.state_dict()`"))
        }
        several => {
            let keys: Vec<_> = several.iter().map(|&(key, _)| key).collect();
            Err(format!("it has several dictionaries of tensors ({}); save the one that is meant into a file of its own", list(&keys)))
        }
    }
}

fn list(keys: &[&str]) -> String {
    let mut quoted: Vec<_> = keys.iter().take(MOST_QUOTED).map(|key| quote(key)).collect();
    if keys.len() > MOST_QUOTED {
        quoted.push(format!("and {} more", keys.len() - MOST_QUOTED));
    }
    quoted.join(", ")
}

fn no_dictionary(pickle: &Pickle) -> String {
    module(pickle, pickle.root()).unwrap_or_else(|| {
        let what = pickle.describe(pickle.root());
        format!("it holds a value of type {what} and no dictionary of tensors; save `model.state_dict()`")
    })
}

/// The sentence for a whole model, by the state that every one has.
fn module(pickle: &Pickle, id: Id) -> Option<String> {
    let Value::Object { class, state: Some(state) } = pickle.get(id) else { return None };
    pickle.lookup(pickle.dict(*state)?, "_modules")?;
    Some(format!(
        "it holds a whole model of the class {}, which only its program can make; save `model.state_dict()` and no `model`",
        quote(class)
    ))
}
