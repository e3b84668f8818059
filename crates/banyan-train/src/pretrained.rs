//! What a training begins with besides random numbers.

use crate::config::Config;
use crate::error::TrainError;
use banyan_data::path_text::from_text;
use banyan_engine::Parameters;
use banyan_model::Model;
use std::path::Path;

/// Reads the weights of every pretrained encoder into a new model's parameters; `folder` is what the configuration's paths are relative to.
pub(crate) fn load(config: &Config, folder: &Path, model: &Model, parameters: &mut Parameters) -> Result<(), TrainError> {
    for (name, input) in &config.inputs {
        if let Some(path) = input.settings.pretrained() {
            model.load_pretrained(parameters, name, &folder.join(from_text(path)))?;
        }
    }
    Ok(())
}
