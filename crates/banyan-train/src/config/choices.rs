//! The methods that exist, as the crates that hold them list them.

use super::error::{Problem, subject};
use super::nearest::suggestion;
use super::{Choice, Config, ConfigError};

/// A method and its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownChoice<'a> {
    /// The name under which a configuration chooses it.
    pub name: &'a str,
    /// The names of its options.
    pub options: &'a [&'a str],
}

/// The methods that exist for each key that chooses one.
#[derive(Debug, Clone, Copy, Default)]
pub struct KnownChoices<'a> {
    /// For `fusion` in `[model]`.
    pub fusion: &'a [KnownChoice<'a>],
    /// For `sharing` in `[model]`.
    pub sharing: &'a [KnownChoice<'a>],
    /// For `optimizer` in `[training]`.
    pub optimizer: &'a [KnownChoice<'a>],
    /// For `schedule` in `[training]`.
    pub schedule: &'a [KnownChoice<'a>],
    /// For `balance` in `[training]`.
    pub balance: &'a [KnownChoice<'a>],
}

/// Checks that the chosen methods and their options exist.
///
/// # Errors
/// The first that does not, with its place and the nearest name.
///
/// ```
/// use banyan_train::config::{Config, KnownChoice, KnownChoices, validate_choices};
/// # let text = "[data]\ntrain = 't.csv'\n[inputs.a]\ntype = 'number'\n[tasks.b]\ntype = 'regression'\n";
/// let config = Config::parse("config.toml", text, &["training.balance=upgard".to_owned()])?;
/// let one = |name| KnownChoice { name, options: &[] };
/// let known = KnownChoices {
///     fusion: &[one("gated")],
///     sharing: &[one("hard")],
///     optimizer: &[one("adamw")],
///     schedule: &[one("cosine")],
///     balance: &[one("equal"), one("upgrad")],
/// };
/// assert_eq!(
///     validate_choices(&config, &known).unwrap_err().to_string(),
///     "--set training.balance=upgard: \"balance\" in [training] cannot be \"upgard\"; did you mean \"upgrad\"?"
/// );
/// # Ok::<(), banyan_train::config::ConfigError>(())
/// ```
pub fn validate_choices(config: &Config, known: &KnownChoices<'_>) -> Result<(), ConfigError> {
    let (model, training) = (&config.model, &config.training);
    let keys = [
        (["model", "fusion"], &model.fusion, known.fusion),
        (["model", "sharing"], &model.sharing, known.sharing),
        (["training", "optimizer"], &training.optimizer, known.optimizer),
        (["training", "schedule"], &training.schedule, known.schedule),
        (["training", "balance"], &training.balance, known.balance),
    ];
    for (path, choice, known) in keys {
        one(&path, choice, known).map_err(|problem| problem.located(&config.origin))?;
    }
    Ok(())
}

fn one(path: &[&str; 2], choice: &Choice, known: &[KnownChoice<'_>]) -> Result<(), Problem> {
    let Some(method) = known.iter().find(|method| method.name == choice.name) else {
        let names: Vec<&str> = known.iter().map(|method| method.name).collect();
        let hint = suggestion(&choice.name, &names, "it must be one of");
        let message = format!("{} cannot be \"{}\"{hint}", subject(path), choice.name);
        return Err(Problem::new(path, message));
    };
    for option in choice.options.keys() {
        if !method.options.contains(&option.as_str()) {
            let hint = match method.options {
                [] => "; it has no options".to_owned(),
                options => suggestion(option, options, "its options are"),
            };
            let message = format!("unknown option \"{option}\" of \"{}\"{hint}", choice.name);
            return Err(Problem::new(&[path[0], path[1], option], message));
        }
    }
    Ok(())
}
