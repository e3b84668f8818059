//! What a model's parts cost.

use crate::config::Config;
use crate::error::TrainError;
use crate::memory::SmallPass;
use banyan_engine::Scope;
use banyan_model::{Methods, Model};
use indexmap::IndexMap;
use serde::Serialize;

/// What one part of a model costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PartCost {
    /// Multiplications with an addition in a forward pass of one row.
    pub multiply_adds: u64,
    /// Trained numbers.
    pub parameters: usize,
}

/// The cost of each part of a model that reads images or recordings: encoders, a pyramid apart from its encoder, the layers that tasks share, and heads.
/// `None` for other models, in which it depends on the length of a sentence or is none to speak of.
///
/// # Errors
/// As the making of a model.
pub(crate) fn of_parts(config: &Config, model: &Model, methods: &Methods) -> Result<Option<IndexMap<String, PartCost>>, TrainError> {
    let Some(pass) = SmallPass::run(config, model, methods)? else { return Ok(None) };
    let parameters = &pass.parameters;
    let mut parts: IndexMap<String, PartCost> = IndexMap::new();
    for info in parameters.infos().iter().filter(|info| info.scope != Scope::State) {
        parts.entry(part(&info.name)).or_default().parameters += info.shape.len();
    }
    for (weights, products) in pass.tape.products(parameters) {
        let own = parts.entry(part(&parameters.info(weights).name)).or_default();
        own.multiply_adds += pass.of_all(products.into()) as u64;
    }
    Ok(Some(parts))
}

/// The part that a parameter belongs to, by its name.
fn part(name: &str) -> String {
    let pieces: Vec<&str> = name.split('.').collect();
    match pieces.as_slice() {
        ["encoders", input, "neck", ..] => format!("pyramid of {input}"),
        ["encoders", input, ..] => format!("encoder of {input}"),
        ["heads", task, ..] => format!("head of {task}"),
        _ => "shared layers".to_owned(),
    }
}
