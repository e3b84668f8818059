//! What a run keeps of the preprocessing, read back and compared with its configuration: both together size and steer the model.

use crate::config::Config;
use crate::error::TrainError;
use crate::run::{RunError, RunFolder};
use banyan_data::schema::Schema;

/// The schema of a run.
///
/// # Errors
/// Files that are missing or damaged, or are those of another configuration.
pub(crate) fn schema(run: &RunFolder, config: &Config) -> Result<Schema, TrainError> {
    let path = run.vocabulary_path();
    let schema = Schema::load(&path)?;
    let wanted = config.inputs.iter().map(|(name, input)| (name.as_str(), input.kind().name()));
    let found = schema.inputs.iter().map(|input| (input.name.as_str(), input.kind().name()));
    let inputs = difference("input", wanted, found);
    let wanted = config.tasks.iter().map(|(name, task)| (name.as_str(), task.kind().name()));
    let found = schema.targets.iter().map(|target| (target.name.as_str(), target.kind().name()));
    match inputs.or_else(|| difference("task", wanted, found)) {
        None => Ok(schema),
        Some(cause) => Err(RunError::Damaged {
            path: path.display().to_string(),
            cause,
            hint: "put the run's own files back, or train again into another folder",
        }
        .into()),
    }
}

/// The first place in which names and kinds differ.
fn difference<'a>(
    what: &str,
    wanted: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
    found: impl ExactSizeIterator<Item = (&'a str, &'a str)>,
) -> Option<String> {
    if wanted.len() != found.len() {
        return Some(format!("it has {} {what}s and the run's config.toml {}", found.len(), wanted.len()));
    }
    let mut pairs = wanted.zip(found);
    let ((name, kind), (other, of_other)) = pairs.find(|(wanted, found)| wanted != found)?;
    Some(format!("it has the {what} \"{other}\" ({of_other}) where the run's config.toml has \"{name}\" ({kind})"))
}
