//! The state dictionary within what `torch.save` wrote, which may be that of a whole training.

use crate::error::{plain, quote};
use crate::pickle::{Id, Pickle, Value};

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

/// A dictionary with the keys that led to it.
pub(super) type Found = (Vec<String>, Id);

/// Goes down from the root to the dictionary that holds the weights.
pub(super) fn search(pickle: &Pickle) -> Result<Found, String> {
    let survey = Survey::new(pickle);
    let (mut path, mut at) = (Vec::new(), pickle.root());
    if pickle.dict(at).is_none() {
        return Err(survey.no_dictionary(at));
    }
    for _ in 0..DEEPEST {
        let known = survey.known(at).into_iter().find(|&(_, inner)| survey.leads(inner));
        if let Some((key, inner)) = known {
            path.push(key.to_owned());
            at = inner;
        } else if survey.holds_tensors(at) {
            return Ok((path, at));
        } else {
            let (key, inner) = survey.only_dictionary(at)?;
            path.push(key);
            return Ok((path, inner));
        }
    }
    Err(format!("its weights are in more than {DEEPEST} dictionaries, each within the other; save `model.state_dict()`"))
}

/// What each dictionary holds, found in one pass: a pickle may name the same one a million times.
struct Survey<'a> {
    pickle: &'a Pickle,
    contents: Vec<Contents>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Contents {
    Tensors,
    /// The state of a module.
    Modules,
    Others,
}

impl<'a> Survey<'a> {
    fn new(pickle: &'a Pickle) -> Self {
        let contents = |value: &Value| {
            let Value::Dict(items) = value else { return Contents::Others };
            if items.iter().any(|&(_, value)| matches!(pickle.get(value), Value::Tensor(_))) {
                Contents::Tensors
            } else if pickle.lookup(items, "_modules").is_some() {
                Contents::Modules
            } else {
                Contents::Others
            }
        };
        Self { pickle, contents: pickle.values().iter().map(contents).collect() }
    }

    fn holds_tensors(&self, id: Id) -> bool {
        self.contents[id as usize] == Contents::Tensors
    }

    /// Whether a dictionary holds tensors, or another one under a known key that does.
    fn leads(&self, id: Id) -> bool {
        self.holds_tensors(id) || self.known(id).into_iter().any(|(_, inner)| self.holds_tensors(inner))
    }

    /// The dictionaries under known keys, in the order of the keys.
    fn known(&self, id: Id) -> Vec<(&'static str, Id)> {
        let mut found = [None; KEYS.len()];
        for &(key, value) in self.pickle.dict(id).unwrap_or_default() {
            let place = self.pickle.text(key).and_then(|text| KEYS.iter().position(|&key| key == text));
            if let Some(place) = place {
                found[place] = Some(value);
            }
        }
        let dictionaries = KEYS.into_iter().zip(found).filter_map(|(key, id)| id.map(|id| (key, id)));
        dictionaries.filter(|&(_, id)| self.pickle.dict(id).is_some()).collect()
    }

    /// The only dictionary of tensors among the values of one, whatever its key.
    fn only_dictionary(&self, id: Id) -> Result<(String, Id), String> {
        let items = self.pickle.dict(id).unwrap_or_default();
        if let Some(module) = items.iter().find_map(|&(_, value)| self.module(value)) {
            return Err(module);
        }
        let keys = |holds: &dyn Fn(Id) -> bool| -> Vec<(&str, Id)> {
            let chosen = items.iter().filter(|&&(_, value)| holds(value));
            chosen.filter_map(|&(key, value)| Some((self.pickle.text(key)?, value))).collect()
        };
        match keys(&|value| self.holds_tensors(value)).as_slice() {
            &[(key, only)] => Ok((plain(key), only)),
            [] => {
                let all = keys(&|_| true);
                let keys = if all.is_empty() { "it has no keys".to_owned() } else { format!("its keys are {}", list(&all)) };
                Err(format!("there are no tensors in its dictionary ({keys}); save `model.state_dict()`"))
            }
            several => {
                let keys = list(several);
                Err(format!("it has several dictionaries of tensors ({keys}); save the one that is meant into a file of its own"))
            }
        }
    }

    fn no_dictionary(&self, id: Id) -> String {
        let what =
            || format!("it holds a value of type {} and no dictionary of tensors; save `model.state_dict()`", self.pickle.describe(id));
        self.module(id).unwrap_or_else(what)
    }

    /// The sentence for a whole model, by the state that every one has.
    fn module(&self, id: Id) -> Option<String> {
        let Value::Object { class, state: Some(state) } = self.pickle.get(id) else { return None };
        let message = || {
            let class = quote(class);
            format!(
                "it holds a whole model of the class {class}, which only its program can make; save `model.state_dict()` and no `model`"
            )
        };
        (self.contents[*state as usize] == Contents::Modules).then(message)
    }
}

/// The first keys of some, as a message has them.
fn list(keys: &[(&str, Id)]) -> String {
    let mut quoted: Vec<_> = keys.iter().take(MOST_QUOTED).map(|(key, _)| quote(key)).collect();
    if keys.len() > MOST_QUOTED {
        quoted.push(format!("and {} more", keys.len() - MOST_QUOTED));
    }
    quoted.join(", ")
}
