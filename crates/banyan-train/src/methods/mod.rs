//! Everything that a configuration chooses by name, from the crates that hold the methods: one place that the check of a configuration
//! and the listing are made from.

mod tasks;

use crate::augmentations::AUGMENTATIONS;
use crate::config::{Auxiliary, Choice, Config, ConfigError};
use banyan_balance::{BalanceMethod, Family};
use banyan_method::listing::Group;
use banyan_method::{Described, Error, Registry, Settings};
use banyan_model::{ENCODERS, FUSIONS, Methods, SHARINGS};
use banyan_nn::{OPTIMIZERS, SCHEDULES};

/// The key that chooses the balancing.
const BALANCE: [&str; 2] = ["training", "balance"];

/// All methods in groups, as `banyan methods` lists them.
pub fn groups() -> Vec<Group> {
    let balance = |name, family, purpose| {
        let methods = banyan_balance::METHODS.iter().filter(|entry| entry.family == family).map(|entry| (&entry.method).into()).collect();
        Group { name, chosen_by: "balance in [training]", purpose, methods }
    };
    vec![
        ENCODERS.group("the type of an input"),
        FUSIONS.group("fusion in [model]"),
        SHARINGS.group("sharing in [model]"),
        balance("weightings", Family::Weighting, "Choose the tasks' weights from their losses: one backward pass a step."),
        balance(
            "aggregators",
            Family::Aggregator,
            "Make one direction of the tasks' gradients of the shared parameters, and so resolve conflicts between them.",
        ),
        tasks::group(),
        OPTIMIZERS.group("optimizer in [training]"),
        SCHEDULES.group("schedule in [training]"),
        AUGMENTATIONS.group("augment in [training]"),
    ]
}

/// Checks that all chosen methods and options exist, those of a model among `methods`, and that their values fit.
///
/// # Errors
/// The first that does not, with its place in the configuration and the nearest name.
///
/// ```
/// use banyan_model::Methods;
/// use banyan_train::{check_choices, config::Config};
/// # let text = "[data]\ntrain = 't.csv'\n[inputs.a]\ntype = 'number'\n[tasks.b]\ntype = 'regression'\n";
/// let config = Config::parse("config.toml", text, &["training.balance=upgard".to_owned()])?;
/// assert_eq!(
///     check_choices(&config, &Methods::default()).unwrap_err().to_string(),
///     "--set training.balance=upgard: \"balance\" in [training] cannot be \"upgard\"; did you mean \"upgrad\"?"
/// );
/// # Ok::<(), banyan_train::config::ConfigError>(())
/// ```
pub fn check_choices(config: &Config, methods: &Methods) -> Result<(), ConfigError> {
    let (model, training) = (&config.model, &config.training);
    config.check_methods(&methods.encoders, &methods.heads)?;
    chosen(config, &methods.fusions, ["model", "fusion"], &model.fusion)?;
    chosen(config, &methods.sharings, ["model", "sharing"], &model.sharing)?;
    chosen(config, &OPTIMIZERS, ["training", "optimizer"], &training.optimizer)?;
    chosen(config, &SCHEDULES, ["training", "schedule"], &training.schedule)?;
    match training.auxiliary {
        Auxiliary::Added => drop(balancing(config, 0)?),
        // How many losses there are besides the tasks' is for the model to say.
        Auxiliary::Balanced => {
            banyan_balance::METHODS.find(&training.balance.name).map_err(|error| located(config, &BALANCE, &error))?;
        }
    }
    chosen(config, &AUGMENTATIONS, ["training", "augment"], &training.augment)?;
    Ok(())
}

/// The method that the key at `path` chooses, with its options.
///
/// # Errors
/// Those of [`check_choices`].
pub(crate) fn chosen<'a, M: Described + Clone + 'static>(
    config: &Config,
    registry: &'a Registry<M>,
    path: [&str; 2],
    choice: &Choice,
) -> Result<(&'a M, Settings), ConfigError> {
    registry.check(choice, config.tasks.len()).map_err(|error| located(config, &path, &error))
}

/// The balancing method of a configuration, for its tasks and so many losses that are balanced like tasks, with its options.
///
/// # Errors
/// Those of [`check_choices`].
pub(crate) fn balancing(config: &Config, balanced: usize) -> Result<(&'static BalanceMethod, Settings), ConfigError> {
    let checked = banyan_balance::METHODS.check(&config.training.balance, config.tasks.len() + balanced);
    checked.map_err(|error| located(config, &BALANCE, &error))
}

/// An error about the choice at `path`, with its place in the configuration.
fn located(config: &Config, path: &[&str], error: &Error) -> ConfigError {
    let key = [path, &error.path()].concat();
    let message = match error.innermost() {
        Error::UnknownMethod { name, hint, .. } => format!("{} cannot be \"{name}\"; {hint}", crate::config::subject(&key)),
        other => other.to_string(),
    };
    ConfigError::Invalid { place: config.place(&key), message }
}
