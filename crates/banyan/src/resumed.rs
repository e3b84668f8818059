//! A resumed run keeps its configuration: with another, its checkpoint would mean something else. Only its epochs may be more.

use std::path::Path;

use banyan::train::config::Config;
use banyan::train::run::RunFolder;
use banyan::train::with_absolute_paths;
use toml::{Table, Value};

use crate::failure::Failure;

/// Keys that change how long a training takes and what it writes, but not a bit of its weights.
const FREE: [&str; 2] = ["training.threads", "training.checkpoint_seconds"];

/// The key that may have a greater value than before: a run that has ended then goes on.
const EPOCHS: &str = "training.epochs";

/// Keys that name tables: a run that knows their content does not mind where they lie, and the training compares it.
const TABLES: [&str; 3] = ["data.train", "data.valid", "data.test"];

/// Checks that a configuration is the one that a run was begun with. `folder` is what its data paths are relative to.
///
/// # Errors
/// The first key that differs, with both values.
pub(crate) fn expect_same(config: &Config, folder: &Path, run: &RunFolder) -> Result<(), Failure> {
    let kept = Config::parse(&run.config_path().display().to_string(), &run.config_text()?, &[])?;
    let (here, there) = (table(&with_absolute_paths(config, folder))?, table(&kept)?);
    let free = if run.data()?.is_some() { [&FREE[..], &TABLES].concat() } else { FREE.to_vec() };
    match first_difference("", &here, &there, &free) {
        None => Ok(()),
        Some((key, here, there)) => Err(Failure::usage(format!(
            "{key} is {here} here and {there} in the run {}: a resumed run keeps its configuration; give the run's value \
             (--set {key}=…), or begin a new run with another --out",
            run.path().display()
        ))),
    }
}

fn table(config: &Config) -> Result<Table, Failure> {
    config.to_toml()?.parse().map_err(Failure::failed)
}

/// The first key whose value differs, with both values in words.
fn first_difference(path: &str, here: &Table, there: &Table, free: &[&str]) -> Option<(String, String, String)> {
    let keys = here.keys().chain(there.keys().filter(|key| !here.contains_key(*key)));
    keys.filter_map(|key| {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (here.get(key), there.get(key)) {
            (Some(Value::Table(here)), Some(Value::Table(there))) => first_difference(&path, here, there, free),
            (here, there) if here == there => None,
            (Some(Value::Integer(here)), Some(Value::Integer(there))) if path == EPOCHS && here > there => None,
            // A table that is there on one side only cuts the others otherwise.
            (Some(_), Some(_)) if free.contains(&path.as_str()) => None,
            (_, _) if FREE.contains(&path.as_str()) => None,
            (here, there) => Some((path, describe(here), describe(there))),
        }
    })
    .next()
}

fn describe(value: Option<&Value>) -> String {
    value.map_or_else(|| "not set".to_owned(), Value::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(here: &str, there: &str) -> Option<(String, String, String)> {
        first_difference("", &here.parse().unwrap(), &there.parse().unwrap(), &FREE)
    }

    #[test]
    fn the_first_key_that_differs_is_named() {
        let here = "[training]\nepochs = 3\nthreads = 1\n[inputs.a]\ntype = 'number'";
        assert_eq!(difference(here, here), None);
        assert_eq!(difference(here, &here.replace("threads = 1", "")), None);
        let found = difference(here, &here.replace('3', "20")).unwrap();
        assert_eq!(found, ("training.epochs".to_owned(), "3".to_owned(), "20".to_owned()));
        assert_eq!(difference(&here.replace('3', "20"), here), None, "more epochs than before");
        let found = difference(here, "[training]\nepochs = 3\n").unwrap();
        assert_eq!((found.0.as_str(), found.2.as_str()), ("inputs", "not set"));
    }
}
