//! What is kept of each parameter, in numbers.

use crate::chunks::rows_per_chunk;
use crate::config::Config;
use banyan_engine::{ParameterInfo, Scope, Settings};
use banyan_model::Model;

use super::rows::Rows;

/// Numbers that a training has for each of a parameter where most are needed, which is while a checkpoint or the weights are written: the value, the
/// gradient, the optimizer's state of two numbers; the weight laid out for the kernels, forward and back, by those of full and of short chunks;
/// one lane's sum of gradients; and three that are being written. The rest is what the system does not get back of what was freed: models of
/// 8 to 134 million parameters were measured to need 10 to 14.
const IN_TRAINING: u128 = 14;
/// An average has its values, a copy to be evaluated, and one that is being written.
const OF_AVERAGE: u128 = 3;
/// The value, and that of the file which it is read from.
const IN_PREDICTION: u128 = 2;

/// How many numbers there are for each of a parameter.
pub(super) fn copies(config: &Config, purpose: super::Purpose) -> u128 {
    match purpose {
        super::Purpose::Training => IN_TRAINING + if config.training.average > 0.0 { OF_AVERAGE } else { 0 },
        super::Purpose::Prediction => IN_PREDICTION,
    }
}

/// Numbers of layouts beyond those of [`copies`]: filters of 3x3 that are multiplied by Winograd's transforms are four times as many, forward, and back
/// where they learn.
pub(super) fn of_filters(parameters: &[ParameterInfo], purpose: super::Purpose) -> u128 {
    let layouts = match purpose {
        super::Purpose::Training => 8,
        super::Purpose::Prediction => 4,
    };
    let filters = parameters.iter().filter(|info| matches!(info.shape.axes(), [3, 3, _, _]));
    filters.map(numbers).fold(0, u128::saturating_add).saturating_mul(layouts)
}

/// The numbers of a parameter.
pub(super) fn numbers(info: &ParameterInfo) -> u128 {
    info.shape.axes().iter().fold(1, |product: u128, &axis| product.saturating_mul(axis as u128))
}

/// The numbers that lanes keep of gradients beyond one sum of each: a sum for each lane and, in steps that look at every task's gradient, as the
/// first one does, for each task. A layer that sees few rows keeps what its gradient is the product of instead.
pub(super) fn sums_of_lanes(config: &Config, model: &Model, parameters: &[ParameterInfo], training: &Rows<'_>) -> u128 {
    let has_words = training.longest > 0;
    let rows = config.training.batch_size.min(training.count);
    let lanes = Settings::default().lanes;
    let lanes = if has_words { lanes } else { rows.div_ceil(rows_per_chunk(model)).min(lanes) };
    let (tasks, rows) = (config.tasks.len() as u128, rows as u128);
    let of_parameter = |info: &ParameterInfo| {
        let places = if info.scope == Scope::Shared { tasks } else { 1 };
        let all = numbers(info);
        let outputs = info.shape.last() as u128;
        let inputs = all / outputs.max(1);
        // A batch has more positions than rows where rows are words or cells; of an embedding only the entries are kept that were read.
        let has_positions = has_words || info.name.contains(".stage") || info.name.contains(".block");
        let is_summed = if places == 1 {
            rows * (inputs + outputs) >= 2 * all
        } else {
            rows * inputs + 2 * places * rows * outputs + 2 * all >= 2 * places * all
        };
        let is_table = info.name.ends_with(".table");
        if (has_positions || is_summed) && !is_table { all * (lanes as u128 * places - 1) } else { 0 }
    };
    parameters.iter().filter(|info| info.scope != Scope::State).map(of_parameter).fold(0, u128::saturating_add)
}
