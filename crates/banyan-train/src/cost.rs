//! What a model's parts cost.

use crate::config::Config;
use crate::error::TrainError;
use crate::memory::Purpose;
use crate::registry;
use banyan_engine::{Context, Graph, Tape};
use banyan_model::{Methods, Model, Request};
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

/// Cells of the images that are measured: the work grows with their number.
const MEASURED_CELLS: usize = 16_384;

/// The cost of each part of a model that reads images or recordings: encoders, a pyramid apart from its encoder, the layers that tasks share, and heads.
/// `None` for other models, in which it depends on the length of a sentence or is none to speak of.
///
/// # Errors
/// As the making of a model.
pub(crate) fn of_parts(config: &Config, model: &Model, methods: &Methods) -> Result<Option<IndexMap<String, PartCost>>, TrainError> {
    let (_, cells) = model.largest_modality();
    let Some((schema, batch)) = model.schema().with_small_files(cells.div_ceil(MEASURED_CELLS))? else { return Ok(None) };
    let (small, parameters) = registry::model(config, &schema, methods, Purpose::Prediction)?;
    let (_, measured) = small.largest_modality();
    let mut tape = Tape::default();
    small.forward(&mut Graph::new(&mut tape, &parameters, Context::inference(), &batch.rows), &batch, Request::all());
    let mut parts: IndexMap<String, PartCost> = IndexMap::new();
    for info in parameters.infos() {
        parts.entry(part(&info.name)).or_default().parameters += info.shape.len();
    }
    for (weights, products) in tape.products(&parameters) {
        let own = parts.entry(part(&parameters.info(weights).name)).or_default();
        own.multiply_adds += (u128::from(products) * cells as u128 / measured.max(1) as u128) as u64;
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
