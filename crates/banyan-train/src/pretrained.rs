//! What a training begins with besides numbers by chance.

use crate::config::Config;
use crate::error::TrainError;
use banyan_data::schema::{InputDetails, Schema};
use banyan_engine::Parameters;
use banyan_model::weights;
use std::path::Path;

/// Reads the weights of every pretrained encoder into a new model's parameters; `folder` is what the configuration's paths are relative to.
pub(crate) fn load(config: &Config, folder: &Path, schema: &Schema, parameters: &mut Parameters) -> Result<(), TrainError> {
    for input in &schema.inputs {
        let InputDetails::Tokens { pretrained: Some(pretrained), .. } = &input.details else { continue };
        if let Some(path) = config.inputs.get(&input.name).and_then(|input| input.pretrained.as_ref()) {
            weights::load_pretrained(parameters, &input.name, pretrained, &folder.join(path))?;
        }
    }
    Ok(())
}
