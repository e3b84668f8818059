//! Everything that a training does before its first step, without a run.

use crate::config::Config;
use crate::cost::{self, PartCost};
use crate::error::TrainError;
use crate::memory;
use crate::methods::check_choices;
use crate::observer::{Event, Observer};
use crate::pipeline::{self, Tables};
use crate::pretrained;
use crate::registry;
use crate::run::DataSummary;
use banyan_data::audit::Audit;
use banyan_guard::return_memory;
use banyan_model::Methods;
use indexmap::IndexMap;
use std::path::Path;

/// What [`check`] found.
#[derive(Debug)]
pub struct Checked {
    /// The tables as they are, with the configuration in mind.
    pub audit: Audit,
    /// What a training would begin with, or why it would not begin.
    pub outcome: Result<Beginning, TrainError>,
}

/// What a training would begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct Beginning {
    /// The data in numbers, with the notes that the training would tell.
    pub data: DataSummary,
    /// The model's trained numbers.
    pub parameters: usize,
    /// What its parts cost, for a model that reads images or recordings.
    pub cost: Option<IndexMap<String, PartCost>>,
}

/// Validates a configuration's choices, reads and audits its tables, and prepares a training as [`train`](crate::train)
/// would, files decoded and a model built from `methods`; `folder` is what its data paths are relative to. Nothing is written.
///
/// # Errors
/// A choice that does not exist, a table that cannot be read or cut, and what keeps it from being audited. What the audit survives
/// and a training would not is the [`outcome`](Checked::outcome).
pub fn check(config: &Config, folder: &Path, methods: &Methods, observer: &mut dyn Observer) -> Result<Checked, TrainError> {
    check_choices(config, methods)?;
    let tables = Tables::read(config, folder, observer)?;
    observer.event(&Event::Preparing { what: "auditing the tables" });
    let audit = tables.audit(config)?;
    return_memory();
    Ok(Checked { audit, outcome: begin(config, folder, tables, methods, observer) })
}

fn begin(config: &Config, folder: &Path, tables: Tables, methods: &Methods, observer: &mut dyn Observer) -> Result<Beginning, TrainError> {
    // Rows that memory has no room for are in a file for as long.
    let key = format!("check.{}", std::process::id());
    let prepared = tables.encode(config, methods, (None, Some((&key, None))), observer)?;
    let (model, mut parameters) = registry::model(config, &prepared.schema, methods, memory::Purpose::Training)?;
    memory::check_steps(config, (&model, &parameters), methods, &prepared.train)?;
    pretrained::load(config, folder, &model, &mut parameters)?;
    registry::balancer(config, registry::balanced(config, &model).len())?;
    registry::optimizer(config)?;
    let cost = cost::of_parts(config, &model, methods)?;
    Ok(Beginning { data: pipeline::summary(&prepared), parameters: parameters.trainable_len(), cost })
}
