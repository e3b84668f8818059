//! What serde cannot say: ranges of numbers, and what tables have to do with each other.

mod data;
mod inputs;
mod tasks;
mod training;

use banyan_data::SettingError;
use banyan_method::{Error, Range, Registry};
use banyan_model::{EncoderMethod, HeadMethod};

use super::Config;
use super::error::{Problem, subject};

pub(super) fn config(config: &Config) -> Result<(), Problem> {
    data::check(&config.data)?;
    inputs::check(&config.inputs)?;
    tasks::check(&config.tasks, &config.inputs)?;
    inputs_are_not_labels(config)?;
    training::model(&config.model)?;
    training::training(&config.training)
}

/// Whether the encoders and heads exist, and have the options that are set.
pub(super) fn methods(config: &Config, encoders: &Registry<EncoderMethod>, heads: &Registry<HeadMethod>) -> Result<(), Problem> {
    config.inputs.iter().try_for_each(|(name, input)| inputs::encoder(name, input, encoders))?;
    config.tasks.iter().try_for_each(|(name, task)| tasks::head(name, task, heads))
}

/// A label that is read as an input makes a perfect and useless model.
fn inputs_are_not_labels(config: &Config) -> Result<(), Problem> {
    for (task_name, task) in &config.tasks {
        let label = task.column(task_name);
        for (input_name, input) in &config.inputs {
            let column = input.column(input_name);
            let path = ["inputs", input_name.as_str()];
            if column == label {
                let message = format!(
                    "the input \"{input_name}\" reads the column \"{label}\", which is the label of the task \"{task_name}\": \
                     the model would copy it; remove one of the two"
                );
                return Err(Problem::new(&path, message));
            }
            if input_name == task_name {
                let message = format!(
                    "\"{input_name}\" is the name of an input and of a task; give one of them another name and keep its \
                     column with column = \"{column}\""
                );
                return Err(Problem::new(&path, message));
            }
        }
    }
    Ok(())
}

const POSITIVE: Range = Range::ANY.above(0.0);
const NOT_NEGATIVE: Range = Range::ANY.at_least(0.0);
const SHARE: Range = Range::between(0.0, 1.0);
const SHARE_BELOW_ONE: Range = Range::ANY.at_least(0.0).below(1.0);

fn number(path: &[&str], value: f64, range: Range) -> Result<(), Problem> {
    if range.contains(value) {
        return Ok(());
    }
    let shown = toml::Value::Float(value).to_string();
    let shown = shown.strip_suffix(".0").unwrap_or(&shown);
    let rounding = range.rounding(value).map(|rounding| format!("; {rounding}")).unwrap_or_default();
    let message = format!("{} must be a number {range}, not {shown}{rounding}", subject(path));
    Err(Problem::new(path, message))
}

pub(super) fn count(path: &[&str], value: usize, least: usize, most: usize) -> Result<(), Problem> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let message = format!("{} must be between {least} and {most}, not {value}", subject(path));
    Err(Problem::new(path, message))
}

/// Every name of a list once.
pub(super) fn distinct(path: &[&str], values: &[String]) -> Result<(), Problem> {
    for (index, value) in values.iter().enumerate() {
        if values[..index].contains(value) {
            let message = format!("{} has \"{value}\" twice", subject(path));
            return Err(Problem::new(path, message));
        }
    }
    Ok(())
}

/// What is wrong with a method that `key` names and whose options are keys of the same table.
pub(super) fn option(table: &[&str], key: &str, error: &Error) -> Problem {
    if let Error::UnknownMethod { name, hint, .. } = error {
        let path = [table, &[key]].concat();
        return Problem::new(&path, format!("{} cannot be \"{name}\"; {hint}", subject(&path)));
    }
    let path = [table, &error.path()].concat();
    match error.innermost() {
        Error::Value { expected, found, hint, .. } => {
            let hint = hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            Problem::new(&path, format!("{} must be {expected}, not {found}{hint}", subject(&path)))
        }
        other => Problem::new(&path, other.to_string()),
    }
}

/// What is wrong with a setting, which is a key of the table at a path.
pub(super) fn setting(path: &[&str], error: &SettingError) -> Problem {
    let path = [path, &[error.key]].concat();
    Problem::new(&path, format!("{} {}", subject(&path), error.problem))
}
