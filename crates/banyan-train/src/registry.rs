//! What a configuration chooses, built.

use crate::augmentations::AUGMENTATIONS;
use crate::config::{Auxiliary, Config, ConfigError};
use crate::error::TrainError;
use crate::memory;
use crate::methods::{balancing, chosen};
use banyan_balance::{Balancer, Before, GradientOf};
use banyan_data::augment::Augmentation;
use banyan_data::schema::Schema;
use banyan_engine::{Engine, Parameters, Precision, Settings};
use banyan_model::{Methods, Model, ModelError, Plan, TaskPlan, View};
use banyan_nn::{OPTIMIZERS, OptimizerKind, SCHEDULES, ScheduleKind};

/// The model's side of a configuration.
pub(crate) fn plan(config: &Config) -> Plan {
    Plan {
        width: config.model.width,
        trunk_layers: config.model.trunk_layers,
        dropout: config.model.dropout as f32,
        fusion: config.model.fusion.clone(),
        sharing: config.model.sharing.clone(),
        seed: config.training.seed,
        encoders: config.inputs.values().map(|input| input.encoder.clone()).collect(),
        tasks: config.tasks.values().map(|task| TaskPlan { view: View::Pooled, options: task.head.options.clone() }).collect(),
    }
}

/// The model of a configuration and its initial parameters.
///
/// # Errors
/// What is wrong with its parts, and more parameters than memory has room for.
pub(crate) fn model(
    config: &Config,
    schema: &Schema,
    methods: &Methods,
    purpose: memory::Purpose,
) -> Result<(Model, Parameters), TrainError> {
    let refused = |error| refused(config, error);
    let planned = Model::planned(methods, &plan(config), schema).map_err(refused)?;
    memory::check_parameters(config, &planned, purpose)?;
    Model::build_from(methods, &plan(config), schema).map_err(refused)
}

/// What is wrong with a model, in terms of its configuration.
fn refused(config: &Config, error: ModelError) -> TrainError {
    match &error {
        ModelError::TooManyLabels { task, labels, most } => {
            let message = format!(
                "\"decoder\" in [tasks.{task}] cannot be \"crf\" where there are {labels} labels: it scores every pair of them, and {most} are \
                 the most; write \"softmax\""
            );
            TrainError::Config(ConfigError::Invalid { place: config.place(&["tasks", task, "decoder"]), message })
        }
        _ => error.into(),
    }
}

/// The optimizer of a configuration.
pub(crate) fn optimizer(config: &Config) -> Result<OptimizerKind, TrainError> {
    let (entry, settings) = chosen(config, &OPTIMIZERS, ["training", "optimizer"], &config.training.optimizer)?;
    Ok((entry.build)(&settings))
}

/// The shape of the schedule of a configuration.
pub(crate) fn schedule(config: &Config) -> Result<ScheduleKind, TrainError> {
    Ok(chosen(config, &SCHEDULES, ["training", "schedule"], &config.training.schedule)?.0.kind)
}

/// The augmentation of a configuration.
pub(crate) fn augmentation(config: &Config) -> Result<Option<Augmentation>, TrainError> {
    let (entry, settings) = chosen(config, &AUGMENTATIONS, ["training", "augment"], &config.training.augment)?;
    Ok((entry.build)(&settings))
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

/// The losses of no task that a configuration wants to be balanced like tasks.
pub(crate) fn balanced(config: &Config, model: &Model) -> Vec<String> {
    match config.training.auxiliary {
        Auxiliary::Added => Vec::new(),
        Auxiliary::Balanced => model.auxiliary_losses(),
    }
}

/// The balancing of a configuration, of its tasks and so many losses that are balanced like tasks.
pub(crate) fn balancer(config: &Config, balanced: usize) -> Result<Box<dyn Balancer>, TrainError> {
    let (entry, settings) = balancing(config, balanced)?;
    let balancer = (entry.build)(&settings, config.tasks.len() + balanced, &banyan_balance::METHODS).map_err(|error| {
        let place = config.place(&["training", "balance"]);
        TrainError::Config(ConfigError::Invalid { place, message: error.to_string() })
    })?;
    let of_representation = balancer.needs().before == Before::Gramian(GradientOf::Representation);
    if of_representation && config.training.auxiliary == Auxiliary::Balanced {
        let message =
            "\"auxiliary\" in [training] cannot be \"balanced\" where gradients are those of the representation, which losses of no \
                       task need not have; write \"added\", or gradient = \"parameters\""
                .to_owned();
        return Err(ConfigError::Invalid { place: config.place(&["training", "auxiliary"]), message }.into());
    }
    Ok(balancer)
}
