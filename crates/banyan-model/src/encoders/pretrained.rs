//! What encoders with pretrained weights have in common.

use banyan_data::SettingError;
use banyan_engine::Scope;
use banyan_method::{Choice, OptionSpec, Range, Settings, Value};
use banyan_nn::LayerBuilder;

/// Below the encoder's own name stands what is read from the pretrained weights.
pub(super) const PRETRAINED: &str = "pretrained";

pub(super) const FROZEN: OptionSpec = OptionSpec::flag("frozen", "whether the pretrained weights stay as they are");

pub(super) const fn learning_rate_factor(default: f64) -> OptionSpec {
    OptionSpec::number(
        "learning_rate_factor",
        "the learning rate of the pretrained weights as a share of that of the others",
        default,
        Range::ANY.at_least(0.0),
    )
}

/// The option's name, whatever its default.
pub(super) const LEARNING_RATE_FACTOR: &str = learning_rate_factor(0.0).name;

/// Weights that stay as they are have no learning rate.
pub(super) fn check_rates(choice: &Choice) -> Result<(), SettingError> {
    if choice.get(FROZEN.name) == Some(&Value::Boolean(true)) && choice.get(LEARNING_RATE_FACTOR).is_some() {
        return Err(SettingError::new(LEARNING_RATE_FACTOR, "has no meaning where frozen = true; remove one of them"));
    }
    Ok(())
}

/// Makes the layers whose weights are read from a file: zeros until then, and trained as the options say.
pub(super) fn layers<R>(builder: &mut LayerBuilder, settings: &Settings, make: impl FnOnce(&mut LayerBuilder) -> R) -> R {
    builder.within(PRETRAINED, |b| {
        b.blank(|b| match settings.flag(FROZEN.name) {
            true => b.scope(Scope::State, make),
            false => b.learning_rate_factor(settings.number(LEARNING_RATE_FACTOR), make),
        })
    })
}
