//! `[inputs.*]`.

use banyan_data::SettingError;
use banyan_method::{Registry, enumerate};
use banyan_model::{ENCODERS, EncoderMethod};
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
    input.settings.check().map_err(|error| setting(&["inputs", name], &error))?;
    // Another one may be a program's own, which whoever builds the model knows.
    if ENCODERS.find(&input.encoder.name).is_ok() { encoder(name, input, &ENCODERS) } else { Ok(()) }
}

/// Whether the encoder of an input exists, reads its kind, and has the options that are set.
pub(super) fn encoder(name: &str, input: &InputConfig, encoders: &Registry<EncoderMethod>) -> Result<(), Problem> {
    let (table, kind) = (["inputs", name], input.kind());
    let (entry, _) = encoders.check(&input.encoder, 1).map_err(|error| option(&table, "encoder", &error))?;
    if !entry.reads.contains(&kind) {
        let readers = encoders.iter().filter(|entry| entry.reads.contains(&kind));
        let readers: Vec<String> = readers.map(|entry| format!("\"{}\"", entry.method.name)).collect();
        let readers = enumerate(&readers.iter().map(String::as_str).collect::<Vec<_>>());
        let problem = format!("cannot be \"{}\": inputs of the type \"{}\" are read by {readers}", input.encoder.name, kind.name());
        return Err(setting(&table, &SettingError::new("encoder", problem)));
    }
    (entry.check)(&input.settings, &input.encoder).map_err(|error| setting(&table, &error))
}
