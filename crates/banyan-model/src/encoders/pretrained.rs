//! What encoders with pretrained weights have in common.

use banyan_data::SettingError;
use banyan_method::{Choice, OptionSpec, Value};

/// Below the encoder's own name stands what is read from the pretrained weights.
pub(super) const PRETRAINED: &str = "pretrained";

pub(super) const fn frozen() -> OptionSpec {
    OptionSpec::flag("frozen", "whether the pretrained weights stay as they are")
}

/// Weights that stay as they are have no learning rate.
pub(super) fn check_rates(choice: &Choice) -> Result<(), SettingError> {
    let factor = "learning_rate_factor";
    if choice.get("frozen") == Some(&Value::Boolean(true)) && choice.get(factor).is_some() {
        return Err(SettingError::new(factor, "has no meaning where frozen = true; remove one of them"));
    }
    Ok(())
}
