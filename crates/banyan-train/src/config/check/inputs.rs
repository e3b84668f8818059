//! `[inputs.*]`.

use banyan_model::ENCODERS;
use indexmap::IndexMap;

use super::{Problem, option, setting};
use crate::config::InputConfig;

pub(super) fn check(inputs: &IndexMap<String, InputConfig>) -> Result<(), Problem> {
    if inputs.is_empty() {
        let message = "there are no inputs; add for each column that the model reads a table [inputs.COLUMN] with its type";
        return Err(Problem::new(&["inputs"], message));
    }
    for (name, input) in inputs {
        if name.trim().is_empty() {
            let message = "an input has an empty name; name it, and its column with column = \"…\" if need be";
            return Err(Problem::new(&["inputs", name], message));
        }
        one(name, input)?;
    }
    Ok(())
}

fn one(name: &str, input: &InputConfig) -> Result<(), Problem> {
    let (encoder, _) = ENCODERS.check(&input.encoder, 1).map_err(|error| option(&["inputs", name], &error))?;
    input
        .settings
        .check()
        .and_then(|()| (encoder.check)(&input.settings, &input.encoder))
        .map_err(|error| setting(&["inputs", name], &error))
}
