//! `quantiles`: a number of which quantiles are predicted, encoded as that of a regression, `[rows, 1]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::regression::fit_number;
use super::{Encoded, Label, LabelKind, LabelSchema, Regression, Settings, Source, Strata, TargetConfig, Task};
use crate::error::Error;
use crate::report::TargetReport;
use crate::settings::SettingError;
use crate::values::Values;

/// A number of which quantiles are predicted; the batches hold `(value - mean) / std`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// The number.
    #[serde(flatten)]
    pub number: Regression,
    /// The levels of the quantiles, rising between 0 and 1.
    pub levels: Vec<f64>,
    /// The quantiles of the training labels at these levels.
    pub training: Vec<f64>,
    /// The mean pinball loss of always predicting them, over the training labels.
    pub pinball: f64,
}

/// The settings of labels of which quantiles are predicted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct QuantilesSettings {
    /// The levels of the quantiles, rising between 0 and 1. Between the first and the last is the prediction interval.
    #[schemars(length(min = 1), extend("items" = { "type": "number", "exclusiveMinimum": 0.0, "exclusiveMaximum": 1.0 }))]
    pub levels: Vec<f64>,
}

impl Default for QuantilesSettings {
    fn default() -> Self {
        Self { levels: vec![0.05, 0.5, 0.95] }
    }
}

impl Settings for QuantilesSettings {
    fn check(&self) -> Result<(), SettingError> {
        if self.levels.is_empty() {
            return Err(SettingError::new("levels", "is empty; give the levels of some quantiles, as [0.05, 0.5, 0.95]"));
        }
        // In single precision, in which losses are computed.
        if let Some(level) = self.levels.iter().find(|&&level| !(level as f32 > 0.0 && (level as f32) < 1.0)) {
            return Err(SettingError::new("levels", format!("must be between 0 and 1, not {level}")));
        }
        match self.levels.is_sorted_by(|left, right| left < right) {
            true => Ok(()),
            false => Err(SettingError::new("levels", "must rise from one to the next, as [0.05, 0.5, 0.95]")),
        }
    }
}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "quantiles"
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let (number, mut values) = fit_number(task)?;
        values.sort_by(f64::total_cmp);
        let levels = task.config.own::<QuantilesSettings>().levels.clone();
        let training: Vec<f64> = levels.iter().map(|&level| quantile(&values, level)).collect();
        let losses =
            values.iter().flat_map(|value| levels.iter().zip(&training).map(|(level, quantile)| pinball(*level, *quantile, *value)));
        let pinball = losses.sum::<f64>() / (values.len() * levels.len()) as f64;
        Ok(Quantiles { number, levels, training, pinball }.into())
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::Quantiles
    }
}

/// The quantile of rising values, interpolated linearly (type 7 of Hyndman and Fan, The American Statistician 1996).
fn quantile(values: &[f64], level: f64) -> f64 {
    let place = level * (values.len() - 1) as f64;
    let (below, above) = (values[place.floor() as usize], values[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

/// The loss of a quantile (Koenker and Bassett, Econometrica 1978): `level · (value - quantile)` where it is too small, and
/// `(1 - level) · (quantile - value)` where it is too large.
pub fn pinball(level: f64, quantile: f64, value: f64) -> f64 {
    if value >= quantile { level * (value - quantile) } else { (1.0 - level) * (quantile - value) }
}

impl Label for Quantiles {
    fn check(&self) -> Result<(), SettingError> {
        self.number.check()?;
        QuantilesSettings { levels: self.levels.clone() }.check()?;
        if self.training.len() != self.levels.len() || !self.pinball.is_finite() || self.training.iter().any(|value| !value.is_finite()) {
            return Err(SettingError::new("training", "must be a finite quantile for each level"));
        }
        Ok(())
    }

    fn known_rows(&self) -> usize {
        self.number.rows
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        self.number.encode(source, report)
    }

    fn unknown(&self, rows: usize) -> Values {
        self.number.unknown(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated() {
        let values = [1.0, 2.0, 4.0, 8.0];
        assert_eq!([0.5, 0.25, 1.0 / 3.0].map(|level| quantile(&values, level)), [3.0, 1.75, 2.0]);
        assert_eq!(quantile(&[5.0], 0.9), 5.0);
        assert_eq!((pinball(0.9, 1.0, 3.0), pinball(0.9, 3.0, 1.0)), (1.8, 0.199_999_999_999_999_96));
    }

    #[test]
    fn levels_rise_between_0_and_1() {
        let problem = |levels: &[f64]| QuantilesSettings { levels: levels.to_vec() }.check().unwrap_err().to_string();
        assert_eq!(problem(&[0.5, 1.0]), "levels must be between 0 and 1, not 1");
        assert_eq!(problem(&[1.0_f64.next_down()]), "levels must be between 0 and 1, not 0.9999999999999999");
        assert_eq!(problem(&[f64::NAN]), "levels must be between 0 and 1, not NaN");
        assert_eq!(problem(&[0.5, 0.5]), "levels must rise from one to the next, as [0.05, 0.5, 0.95]");
        assert_eq!(problem(&[]), "levels is empty; give the levels of some quantiles, as [0.05, 0.5, 0.95]");
        assert!(QuantilesSettings::default().check().is_ok());
    }
}
