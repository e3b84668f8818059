//! `[model]` and `[training]`.

use super::{NOT_NEGATIVE, POSITIVE, Problem, SHARE, SHARE_BELOW_ONE, count, number};
use crate::config::model::{MOST_LAYERS, MOST_WIDTH};
use crate::config::training::{MOST_COUNTED, MOST_THREADS};
use crate::config::{ModelConfig, TrainingConfig};

pub(super) fn model(model: &ModelConfig) -> Result<(), Problem> {
    count(&["model", "width"], model.width, 1, MOST_WIDTH)?;
    count(&["model", "trunk_layers"], model.trunk_layers, 0, MOST_LAYERS)?;
    number(&["model", "dropout"], model.dropout, SHARE_BELOW_ONE)
}

pub(super) fn training(training: &TrainingConfig) -> Result<(), Problem> {
    let path = |key| ["training", key];
    let counts = [
        ("epochs", Some(training.epochs)),
        ("batch_size", Some(training.batch_size)),
        ("patience", training.patience),
        ("evaluate_every", Some(training.evaluate_every)),
        ("log_every", Some(training.log_every)),
    ];
    for (key, value) in counts {
        if let Some(value) = value {
            count(&path(key), value, 1, MOST_COUNTED)?;
        }
    }
    if let Some(threads) = training.threads {
        count(&path("threads"), threads, 1, MOST_THREADS)?;
    }
    let numbers = [
        ("learning_rate", training.learning_rate, POSITIVE),
        ("weight_decay", training.weight_decay, NOT_NEGATIVE),
        ("warmup", training.warmup, SHARE),
        ("clip", training.clip, NOT_NEGATIVE),
        ("modality_dropout", training.modality_dropout, SHARE_BELOW_ONE),
        ("checkpoint_seconds", training.checkpoint_seconds, NOT_NEGATIVE),
        ("average", training.average, SHARE_BELOW_ONE),
    ];
    for (key, value, range) in numbers {
        number(&path(key), value, range)?;
    }
    if i64::try_from(training.seed).is_err() {
        let message = format!("the seed {} is too large; it must be below 2^63", training.seed);
        return Err(Problem::new(&path("seed"), message));
    }
    Ok(())
}
