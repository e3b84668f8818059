//! Lists of numbers of one length.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::present;
use super::{DenseValues, FittedInput, Fitting, Input, InputStore, InputValues, Misfit, Problem, Reads, ReadsCells};
use crate::config::OnBadRow;
use crate::infer::candidate::{Candidate, Shape};
use crate::infer::rule::{Guess, Rule, Sureness};
use crate::infer::sentences::words_of;
use crate::read;
use crate::report::{InputReport, Note};
use crate::rows::Rows;
use crate::settings::{self, SettingError};
use crate::standardize::{Scale, Standardize};
use crate::table::Cell;
use crate::value::may_be_no_vector;

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

    fn fit<'a>(&self, rows: Rows<'a>, _: OnBadRow) -> Result<Fitting<'a>, Problem> {
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
    // Whole numbers that are one for each word are labels.
    if profile.number_lists != profile.known || words_of(candidate.table, profile.column).is_some() {
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
    let width = |text: &str| read::vector(Cell::Text(text)).ok().flatten().filter(|_| !may_be_no_vector(text)).map(|values| values.len());
    let mut widths = candidate.profile.texts().map(width);
    let first = widths.next()??;
    let is_vector = first > 1 && widths.all(|width| width == Some(first)) && !are_grouped_digits(candidate, first);
    is_vector.then(|| Guess::fits(format!("texts of {first} numbers")))
}

/// The most groups of digits in what is written in groups: telephone numbers, numbers of cards and books.
const MOST_GROUPS: usize = 5;

/// Whether all texts are digits in the same few groups, which name something.
fn are_grouped_digits(candidate: &Candidate<'_>, groups: usize) -> bool {
    let form = |text: &str| -> Vec<usize> {
        text.split_whitespace().map(|part| if part.bytes().all(|byte| byte.is_ascii_digit()) { part.len() } else { 0 }).collect()
    };
    let mut forms = candidate.profile.texts().map(form);
    let first = forms.next().unwrap_or_default();
    let is_of_digits = (2..=MOST_GROUPS).contains(&groups) && first.len() == groups && first.iter().all(|digits| *digits > 1);
    is_of_digits && candidate.profile.known > 2 && forms.all(|form| form == first)
}

impl FittedInput for VectorSchema {
    fn check(&self) -> Result<(), SettingError> {
        settings::check("mean", [self.mean.len()], &(1..=usize::MAX)).map_err(|_| SettingError::new("mean", "is empty"))?;
        settings::check_scale(&self.mean, &self.std, self.width())
    }

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
