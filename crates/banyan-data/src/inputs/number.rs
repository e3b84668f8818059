//! Numbers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::each_present;
use super::{BatchValues, FittedInput, Fitting, Input, InputStore, InputValues, Misfit, Problem, Reads, ReadsCells};
use crate::config::OnBadRow;
use crate::infer::candidate::Shape;
use crate::infer::rule::{Guess, Rule, Sureness};
use crate::number_format::NumberFormat;
use crate::read;
use crate::report::InputReport;
use crate::rows::Rows;
use crate::settings::{self, SettingError};
use crate::standardize::{Scale, Standardize, is_single};
use crate::value::rounded_number;

/// Bins of the piecewise-linear encoding. With many a network can single out a value that means something of its own (a
/// capital gain of exactly 7,298), as a tree can; on the census table 128 instead of 32 brought it level with one.
const MOST_BINS: usize = 128;

/// An input of numbers has no settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberSettings {}

/// What was learned of a column of numbers. A batch holds one standardized value a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberSchema {
    /// Mean of the training rows, in the column's unit.
    pub mean: f64,
    /// Standard deviation of the training rows, in the column's unit.
    #[serde(rename = "deviation")]
    pub std: f64,
    /// Edges of quantile bins for a piecewise-linear encoding (Gorishniy et al. 2022), in *standardized*
    /// units as the batches are: strictly ascending, the training rows' least and greatest value
    /// included; `n` edges bound `n - 1` bins, at most 128. One edge alone for a constant column.
    pub edges: Vec<f32>,
    /// How the column's texts write numbers.
    #[serde(default, skip_serializing_if = "NumberFormat::is_plain")]
    pub format: NumberFormat,
}

impl Input for NumberSettings {
    fn rules() -> Vec<Rule> {
        vec![Rule::new(Sureness::Default, |candidate| {
            let reason = if candidate.profile.is_whole() { "whole numbers" } else { "numbers" };
            (candidate.shape == Shape::Numbers).then(|| Guess::fits(format!("{reason}{}", candidate.profile.spelling())))
        })]
    }

    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }

    fn fit<'a>(&self, rows: Rows<'a>, _: OnBadRow) -> Result<Fitting<'a>, Problem> {
        let format = rows.number_format();
        let mut scale = Scale::default();
        let mut sorted = Vec::with_capacity(rows.rows.len());
        each_present(rows, |cell| read::number(cell, &format), |value| sorted.push(value))?;
        sorted.iter().for_each(|value| scale.add(*value));
        let (mean, std) = (scale.moments().mean(), scale.moments().std());
        if sorted.iter().any(|value| is_single(*value)) {
            sorted.retain(|value| is_single(*value));
        }
        sorted.sort_unstable_by(f64::total_cmp);
        let mut edges: Vec<f32> = bin_edges(&sorted).into_iter().map(|edge| ((edge - mean) / std) as f32).collect();
        edges.dedup();
        Ok(NumberSchema { mean, std, edges, format }.into())
    }
}

/// Edges of bins with about equally many rows, from sorted values. A value of many rows (the zeros of a column that is
/// mostly zero) takes one bin, and the rest share the others; plain quantiles would give it nearly all.
fn bin_edges(sorted: &[f64]) -> Vec<f64> {
    let groups = || sorted.chunk_by(|left, right| left == right);
    if groups().nth(MOST_BINS + 1).is_none() {
        return groups().map(|group| group[0]).collect();
    }
    let mut edges = vec![sorted[0]];
    let (mut rows_left, mut rows) = (sorted.len(), 0);
    for (group, next) in groups().zip(groups().skip(1)) {
        let bins_left = MOST_BINS + 1 - edges.len();
        rows += group.len();
        if bins_left > 1 && rows * bins_left >= rows_left {
            edges.push(next[0]);
            rows_left -= rows;
            rows = 0;
        }
    }
    let greatest = sorted[sorted.len() - 1];
    if edges.last() != Some(&greatest) {
        edges.push(greatest);
    }
    edges
}

impl FittedInput for NumberSchema {
    fn check(&self) -> Result<(), SettingError> {
        settings::check_scale(&[self.mean], &[self.std], 1)?;
        settings::check("edges", [self.edges.len()], &(1..=MOST_BINS + 1))
            .map_err(|error| SettingError::new("edges", format!("as many as they are {}", error.problem)))?;
        // Written so that NaN fails.
        let rise = self.edges.is_sorted_by(|left, right| left < right) && self.edges.iter().all(|edge| edge.is_finite());
        if rise { Ok(()) } else { Err(SettingError::new("edges", "must be finite and rise from one to the next")) }
    }

    fn describe(&self) -> String {
        format!("mean {}, standard deviation {}", rounded_number(self.mean), rounded_number(self.std))
    }

    fn reads(&self) -> Reads<'_> {
        Reads::Cells(self)
    }
}

impl ReadsCells for NumberSchema {
    fn encode(&self, rows: Rows<'_>, report: &mut InputReport) -> Result<InputStore, Misfit> {
        let (mut present, mut values) = (Vec::with_capacity(rows.rows.len()), Vec::with_capacity(rows.rows.len()));
        let mut standardize = Standardize::new();
        for &row in rows.rows {
            let value = read::in_format(rows.column, row, &self.format, read::number).map_err(|problem| Misfit { row, problem })?;
            present.push(value.is_some());
            values.push(value.map_or(0.0, |value| standardize.standardize(value, self.mean, self.std)));
        }
        standardize.report(report);
        Ok(InputStore::in_memory(present, values, InputValues::Number))
    }
}

/// One standardized value a row.
impl BatchValues for Vec<f32> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_equally_many_rows() {
        let sorted: Vec<f64> = (0..100 * MOST_BINS as u32).map(f64::from).collect();
        let edges = bin_edges(&sorted);
        assert_eq!(edges.len(), MOST_BINS + 1);
        assert_eq!((edges[0], edges[1], edges[MOST_BINS]), (0.0, 100.0, 100.0 * MOST_BINS as f64 - 1.0));
    }

    #[test]
    fn a_frequent_value_takes_one_bin() {
        let sorted: Vec<f64> = std::iter::repeat_n(0.0, 9000).chain((1..=1000).map(f64::from)).collect();
        let edges = bin_edges(&sorted);
        assert_eq!(edges.len(), MOST_BINS + 1);
        assert_eq!(edges[1], 1.0);
        assert!(edges[2] < 40.0, "{edges:?}");
    }

    #[test]
    fn few_values_are_edges_themselves() {
        assert_eq!(bin_edges(&[1.0, 1.0, 2.0, 5.0]), [1.0, 2.0, 5.0]);
        assert_eq!(bin_edges(&[7.0, 7.0]), [7.0]);
    }
}
