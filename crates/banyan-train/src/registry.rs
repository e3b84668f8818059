//! The names that a configuration may choose, from the crates that hold the methods.

use crate::config::{Choice, Config, ConfigError, KnownChoice, KnownChoices, TaskConfig, validate_choices};
use crate::error::TrainError;
use banyan_balance::{Balancer, OptionValue};
use banyan_data::config::InputConfig;
use banyan_data::schema::Schema;
use banyan_engine::{Engine, Parameters, Precision, Settings};
use banyan_model::{Balanced, InputPlan, MethodChoice, Model, ModelError, Plan, TaskPlan, Tuning, View};
use banyan_nn::{Moments, OptimizerKind, ScheduleKind};
use std::collections::BTreeMap;

/// The share of words that training hides where nothing is said.
const WORD_DROPOUT: f64 = 0.3;

/// The optimisers, each with its options.
pub const OPTIMIZERS: &[KnownChoice<'static>] = &[
    KnownChoice { name: "adamw", options: &["beta1", "beta2", "epsilon"] },
    KnownChoice { name: "adam", options: &["beta1", "beta2", "epsilon"] },
    KnownChoice { name: "sgd", options: &["momentum"] },
];

/// The schedules of the learning rate.
pub const SCHEDULES: &[KnownChoice<'static>] = &[
    KnownChoice { name: "cosine", options: &[] },
    KnownChoice { name: "linear", options: &[] },
    KnownChoice { name: "constant", options: &[] },
];

/// The option, besides its own, of every method that looks at gradients: whether they are those of the shared
/// parameters or of the shared representation.
pub const GRADIENT_OPTION: &str = "gradient";

/// Which gradients a Gramian is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GradientOf {
    /// Those of the shared parameters: exact.
    #[default]
    Parameters,
    /// Those of the shared representation: cheaper, and an upper bound of the conflict (Sener and Koltun, NeurIPS 2018).
    Representation,
}

/// Checks that all chosen methods and options exist.
///
/// # Errors
/// The first that does not, with its place in the configuration and the nearest name.
pub fn check_choices(config: &Config) -> Result<(), ConfigError> {
    let models = |infos: Vec<&'static banyan_model::MethodInfo>| -> Vec<(&'static str, Vec<&'static str>)> {
        infos.into_iter().map(|info| (info.name, info.options.iter().map(|option| option.name).collect())).collect()
    };
    let fusion = models(banyan_model::FUSIONS.iter().map(|method| &method.info).collect());
    let sharing = models(banyan_model::SHARINGS.iter().map(|method| &method.info).collect());
    let balance: Vec<(&str, Vec<&str>)> = banyan_balance::methods()
        .iter()
        .map(|method| {
            let extra = (method.kind == banyan_balance::Kind::Gramian).then_some(GRADIENT_OPTION);
            (method.name, method.options.iter().map(|option| option.name).chain(extra).collect())
        })
        .collect();
    let (fusion, sharing, balance) = (known(&fusion), known(&sharing), known(&balance));
    validate_choices(
        config,
        &KnownChoices { fusion: &fusion, sharing: &sharing, optimizer: OPTIMIZERS, schedule: SCHEDULES, balance: &balance },
    )
}

fn known<'a>(methods: &'a [(&'a str, Vec<&'a str>)]) -> Vec<KnownChoice<'a>> {
    methods.iter().map(|(name, options)| KnownChoice { name, options }).collect()
}

/// The model's side of a configuration.
pub(crate) fn plan(config: &Config) -> Plan {
    let method = |choice: &Choice| MethodChoice { name: choice.name.clone(), options: choice.options.clone() };
    Plan {
        width: config.model.width,
        trunk_layers: config.model.trunk_layers,
        dropout: config.model.dropout as f32,
        fusion: method(&config.model.fusion),
        sharing: method(&config.model.sharing),
        seed: config.training.seed,
        inputs: config.inputs.values().map(input).collect(),
        tasks: config.tasks.values().map(task).collect(),
    }
}

fn input(config: &InputConfig) -> InputPlan {
    let tuning = match config.frozen {
        Some(true) => Tuning::Frozen,
        _ => Tuning::Trained { learning_rate_factor: config.learning_rate_factor.unwrap_or(Tuning::DEFAULT_FACTOR) },
    };
    InputPlan {
        encoder: config.encoder.unwrap_or_default(),
        characters: config.characters,
        word_dropout: config.word_dropout.unwrap_or(WORD_DROPOUT) as f32,
        pooling: config.pooling.unwrap_or_default(),
        tuning,
    }
}

fn task(config: &TaskConfig) -> TaskPlan {
    TaskPlan {
        view: View::Pooled,
        label_smoothing: config.label_smoothing.unwrap_or(0.0) as f32,
        huber: config.huber.map(|delta| delta as f32),
        balanced: if config.balanced { Balanced::Yes } else { Balanced::No },
        decoder: config.decoder.unwrap_or_default(),
    }
}

/// The model of a configuration and its initial parameters.
pub(crate) fn model(config: &Config, schema: &Schema) -> Result<(Model, Parameters), TrainError> {
    Model::build(&plan(config), schema).map_err(|error| match &error {
        ModelError::TooManyLabels { task, labels, most } => {
            let message = format!(
                "\"decoder\" in [tasks.{task}] cannot be \"crf\" where there are {labels} labels: it scores every pair of them, and {most} are \
                 the most; write \"softmax\""
            );
            TrainError::Config(ConfigError::Invalid { place: config.place(&["tasks", task, "decoder"]), message })
        }
        _ => error.into(),
    })
}

/// The optimiser of a configuration.
pub(crate) fn optimizer(config: &Config) -> Result<OptimizerKind, TrainError> {
    let choice = &config.training.optimizer;
    let number = |option: &str, default: f64| -> Result<f64, TrainError> {
        choice.number(option).map(|value| value.unwrap_or(default)).map_err(|error| misfit(config, "optimizer", error))
    };
    let fraction = |option: &str, default: f64| -> Result<f64, TrainError> {
        let value = number(option, default)?;
        if (0.0..1.0).contains(&value) {
            return Ok(value);
        }
        Err(misfit(
            config,
            "optimizer",
            format!("option \"{option}\" of \"{}\" must be a number from 0 to below 1, not {value}", choice.name),
        ))
    };
    Ok(match choice.name.as_str() {
        "sgd" => OptimizerKind::Sgd { momentum: fraction("momentum", 0.9)? },
        name => {
            let standard = Moments::default();
            let epsilon = number("epsilon", standard.epsilon)?;
            if epsilon <= 0.0 {
                return Err(misfit(
                    config,
                    "optimizer",
                    format!("option \"epsilon\" of \"{name}\" must be a number above 0, not {epsilon}"),
                ));
            }
            let moments = Moments { beta1: fraction("beta1", standard.beta1)?, beta2: fraction("beta2", standard.beta2)?, epsilon };
            if name == "adam" { OptimizerKind::Adam(moments) } else { OptimizerKind::AdamW(moments) }
        }
    })
}

/// The shape of the schedule of a configuration.
pub(crate) fn schedule(config: &Config) -> ScheduleKind {
    match config.training.schedule.name.as_str() {
        "constant" => ScheduleKind::Constant,
        "linear" => ScheduleKind::Linear,
        _ => ScheduleKind::Cosine,
    }
}

/// The engine of a configuration.
pub(crate) fn engine(config: &Config) -> Result<Engine, TrainError> {
    let settings = Settings { threads: config.training.threads.unwrap_or(0), precision: config.training.precision, ..Settings::default() };
    Engine::new(settings).map_err(|cause| TrainError::System(format!("the threads could not be started: {cause}")))
}

/// What is worth knowing about an engine that computes otherwise than the configuration says.
pub(crate) fn note_on(engine: &Engine, config: &Config) -> Option<String> {
    let (asked, computed) = (config.training.precision, engine.precision());
    if asked == Precision::Auto || asked == computed {
        return None;
    }
    let (asked, computed) = (asked.name(), computed.name());
    Some(format!(
        "this processor has no unit for training.precision = \"{asked}\", or a slow one: everything is computed in {computed}, which is more \
         exact"
    ))
}

/// The balancing of a configuration.
pub(crate) fn balancer(config: &Config, tasks: usize) -> Result<(Balancer, GradientOf), TrainError> {
    let choice = &config.training.balance;
    let mut options = BTreeMap::new();
    let mut gradient = GradientOf::Parameters;
    for (name, value) in &choice.options {
        if name == GRADIENT_OPTION {
            gradient = match value.as_str() {
                Some("parameters") => GradientOf::Parameters,
                Some("representation") => GradientOf::Representation,
                _ => {
                    let text =
                        format!("option \"gradient\" of \"{}\" must be \"parameters\" or \"representation\", not {value}", choice.name);
                    return Err(misfit(config, "balance", text));
                }
            };
            continue;
        }
        let read = match value {
            toml::Value::String(text) => OptionValue::Text(text.clone()),
            toml::Value::Array(_) => {
                OptionValue::Numbers(choice.numbers(name).map_err(|error| misfit(config, "balance", error))?.unwrap_or_default())
            }
            _ => OptionValue::Number(choice.number(name).map_err(|error| misfit(config, "balance", error))?.unwrap_or_default()),
        };
        options.insert(name.clone(), read);
    }
    let balancer = banyan_balance::build(&choice.name, &options, tasks).map_err(|error| misfit(config, "balance", error))?;
    Ok((balancer, gradient))
}

fn misfit(config: &Config, key: &str, message: impl ToString) -> TrainError {
    TrainError::Config(ConfigError::Invalid { place: config.place(&["training", key]), message: message.to_string() })
}
