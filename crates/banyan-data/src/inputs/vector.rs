//! Lists of numbers of one length.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::present;
use super::{DenseValues, FittedInput, Input, InputDetails, InputStore, InputValues, Misfit, Problem, Reads, ReadsCells};
use crate::config::OnBadRow;
use crate::infer::candidate::{Candidate, Shape};
use crate::infer::rule::{Guess, Rule, Sureness};
use crate::read;
use crate::report::{InputReport, Note};
use crate::rows::Rows;
use crate::settings::SettingError;
use crate::standardize::{Scale, Standardize};
use crate::table::Cell;

/// An input of vectors has no settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VectorSettings {}

/// What was learned of a column of vectors. A batch holds [`width`](Self::width) values a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorSchema {
    /// Mean of each place; there are as many as the vector is wide.
    pub mean: Vec<f64>,
    /// Standard deviation of each place.
    #[serde(rename = "deviation")]
    pub std: Vec<f64>,
}

impl VectorSchema {
    /// Values a row of a batch.
    pub fn width(&self) -> usize {
        self.mean.len()
    }
}

impl Input for VectorSettings {
    fn rules() -> Vec<Rule> {
        vec![Rule::new(Sureness::Type, lists), Rule::new(Sureness::Form, texts)]
    }

    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }

    fn fit(&self, rows: Rows<'_>, _: OnBadRow) -> Result<InputDetails, Problem> {
        let vectors = present(rows, read::vector)?;
        let mut widths: HashMap<usize, usize> = HashMap::new();
        vectors.iter().for_each(|(_, vector)| *widths.entry(vector.len()).or_default() += 1);
        let (width, _) = widths.into_iter().max_by_key(|(width, count)| (*count, *width)).unwrap_or_default();
        if let Some((row, odd)) = vectors.iter().find(|(_, vector)| vector.len() != width) {
            return Err(Misfit { row: *row, problem: read::wrong_width(odd.len(), width) }.into());
        }
        let mut scales = vec![Scale::default(); width];
        for (_, vector) in &vectors {
            for (scale, value) in scales.iter_mut().zip(vector.iter()).filter(|(_, value)| !value.is_nan()) {
                scale.add(*value);
            }
        }
        let (mean, std) = scales.iter().map(Scale::moments).map(|moments| (moments.mean(), moments.std())).unzip();
        Ok(VectorSchema { mean, std }.into())
    }

    fn has_comparable_cells(&self) -> bool {
        false
    }
}

fn lists(candidate: &Candidate<'_>) -> Option<Guess> {
    let profile = &candidate.profile;
    if profile.number_lists != profile.known {
        return None;
    }
    let mut widths = profile.column.cells().filter_map(|cell| if let Cell::Numbers(values) = cell { Some(values.len()) } else { None });
    let first = widths.next().unwrap_or(0);
    Some(if widths.all(|width| width == first) {
        Guess::fits(format!("lists of {first} numbers"))
    } else {
        Guess::leave_out("lists of numbers of different lengths, which no type of input reads")
    })
}

fn texts(candidate: &Candidate<'_>) -> Option<Guess> {
    if candidate.shape != Shape::Texts || !candidate.profile.numbers.is_empty() {
        return None;
    }
    let width = |text| read::vector(Cell::Text(text)).ok().flatten().map(|values| values.len());
    let mut widths = candidate.profile.texts().map(width);
    let first = widths.next()??;
    (first > 1 && widths.all(|width| width == Some(first))).then(|| Guess::fits(format!("texts of {first} numbers")))
}

impl FittedInput for VectorSchema {
    fn describe(&self) -> String {
        format!("{} numbers", self.width())
    }

    fn reads(&self) -> Reads<'_> {
        Reads::Cells(self)
    }
}

impl ReadsCells for VectorSchema {
    fn encode(&self, rows: Rows<'_>, report: &mut InputReport) -> Result<InputStore, Misfit> {
        let width = self.width();
        let mut gaps = Note::new(["gap", "gaps"], "within lists filled with the training mean");
        let mut standardize = Standardize::new();
        let mut present = Vec::with_capacity(rows.rows.len());
        let mut dense = DenseValues::with_capacity(rows.rows.len(), width);
        for &row in rows.rows {
            let misfit = |problem: String| Misfit { row, problem };
            let vector = read::vector(rows.column.cell(row)).map_err(misfit)?;
            present.push(vector.is_some());
            let Some(vector) = vector else {
                dense.push_absent();
                continue;
            };
            if vector.len() != width {
                return Err(misfit(read::wrong_width(vector.len(), width)));
            }
            gaps.count += vector.iter().filter(|value| value.is_nan()).count();
            let scales = self.mean.iter().zip(&self.std);
            let standardized = vector.iter().zip(scales).map(|(value, (mean, std))| match value.is_nan() {
                true => 0.0,
                false => standardize.standardize(*value, *mean, *std),
            });
            dense.values.extend(standardized);
        }
        report.note(gaps);
        standardize.report(report);
        Ok(InputStore::in_memory(present, dense, InputValues::Vector))
    }
}
