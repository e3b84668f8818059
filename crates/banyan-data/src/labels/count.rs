//! `count`: how often something happened, encoded by its ratio to the training mean, `[rows, 1]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Encoded, Label, LabelKind, LabelSchema, Settings, Source, Strata, TargetConfig, Task, numbers};
use crate::error::Error;
use crate::number_format::NumberFormat;
use crate::read;
use crate::report::TargetReport;
use crate::settings::SettingError;
use crate::table::Cell;
use crate::value::short_number;
use crate::values::Values;

/// A whole number, 0 or more; the batches hold `count / mean`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// Mean of the training labels, above 0.
    pub mean: f64,
    /// Overdispersion of the training labels, `(variance - mean) / mean²`: by how much they vary more than a Poisson distribution does; 0 where
    /// they do not.
    pub dispersion: f64,
    /// Training rows with a label.
    pub rows: usize,
    /// How the column's texts write numbers.
    #[serde(default, skip_serializing_if = "NumberFormat::is_plain")]
    pub format: NumberFormat,
}

/// Labels that are counts have no settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountSettings {}

impl Settings for CountSettings {}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "count"
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let (moments, values, format) = numbers::fit(task, count, |_| "a task of measured numbers is type = \"regression\"")?;
        let (mean, variance) = (moments.mean(), moments.std().powi(2));
        Ok(Count { mean, dispersion: ((variance - mean) / (mean * mean)).max(0.0), rows: values.len(), format }.into())
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::Quantiles
    }
}

fn count(cell: Cell<'_>, format: &NumberFormat) -> Result<Option<f64>, String> {
    match read::number(cell, format)? {
        Some(value) if value < 0.0 || value.fract() != 0.0 => {
            Err(format!("{} is not a count, which is a whole number, 0 or more", short_number(value)))
        }
        value => Ok(value),
    }
}

impl Label for Count {
    fn check(&self) -> Result<(), SettingError> {
        if !(self.mean.is_finite() && self.mean > 0.0) {
            return Err(SettingError::new("mean", format!("must be above 0, not {}", self.mean)));
        }
        if self.dispersion.is_finite() { Ok(()) } else { Err(SettingError::new("dispersion", "must be finite")) }
    }

    fn known_rows(&self) -> usize {
        self.rows
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        numbers::encode(source, (&self.format, count), |value| value / self.mean, report)
    }

    fn unknown(&self, rows: usize) -> Values {
        numbers::unknown(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_whole_and_not_negative() {
        let plain = NumberFormat::default();
        assert_eq!(count(Cell::Text("3"), &plain), Ok(Some(3.0)));
        assert_eq!(count(Cell::Missing, &plain), Ok(None));
        for wrong in [-1.0, 2.5] {
            assert_eq!(count(Cell::Number(wrong), &plain), Err(format!("{wrong} is not a count, which is a whole number, 0 or more")));
        }
    }
}
