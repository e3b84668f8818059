//! Categories: one value of a vocabulary.

use std::borrow::Cow;
use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::nothing;
use super::vocabulary::{DEFAULT_VALUES, Lookup, VALUES, most_frequent};
use super::{BatchValues, FittedInput, Fitting, Input, InputStore, InputValues, Misfit, Problem, Reads, ReadsCells};
use crate::by_value::ByValue;
use crate::config::OnBadRow;
use crate::infer::candidate::Shape;
use crate::infer::rule::{Guess, Rule, Sureness};
use crate::read;
use crate::report::InputReport;
use crate::rows::Rows;
use crate::settings::{self, SettingError};

/// The settings of an input of the type `category`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CategorySettings {
    /// Values kept in the vocabulary, most frequent first.
    #[schemars(range(min = *VALUES.start(), max = *VALUES.end()))]
    pub max_values: usize,
}

impl Default for CategorySettings {
    fn default() -> Self {
        Self { max_values: DEFAULT_VALUES }
    }
}

/// What was learned of a column of categories. A batch holds an index a row: 0 is "not seen in training", `i + 1` is `values[i]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategorySchema {
    /// The vocabulary, most frequent first.
    pub values: Vec<String>,
}

impl Input for CategorySettings {
    fn rules() -> Vec<Rule> {
        vec![
            Rule::new(Sureness::Type, |candidate| (candidate.shape == Shape::Booleans).then(|| Guess::fits("true or false"))),
            Rule::new(Sureness::Parts, |candidate| {
                let are_codes = candidate.shape == Shape::Numbers && candidate.profile.has_leading_zeros;
                are_codes.then(|| Guess::fits("digits with leading zeros: codes, not quantities"))
            }),
            Rule::new(Sureness::Parts, |candidate| {
                let profile = &candidate.profile;
                let are_keys = candidate.shape == Shape::Numbers && profile.has_inexact_wholes && profile.is_category();
                are_keys
                    .then(|| Guess::fits(format!("whole numbers beyond 2^53, which name things: {} different ones", profile.distinct())))
            }),
            Rule::new(Sureness::Values, |candidate| {
                let is_one = candidate.shape == Shape::Texts && candidate.profile.is_category();
                is_one.then(|| Guess::fits(candidate.few_values()))
            }),
            Rule::new(Sureness::Name, |candidate| {
                let profile = &candidate.profile;
                let are_keys = candidate.shape == Shape::Numbers && profile.is_named_number_key() && profile.is_whole();
                are_keys.then(|| Guess::fits(format!("numbers that name things: {} different ones", profile.distinct())))
            }),
            Rule::new(Sureness::Default, |candidate| (candidate.shape == Shape::Texts).then(|| Guess::fits(candidate.few_values()))),
        ]
    }

    fn check(&self) -> Result<(), SettingError> {
        settings::check("max_values", [self.max_values], &VALUES)
    }

    fn fit<'a>(&self, rows: Rows<'a>, _: OnBadRow) -> Result<Fitting<'a>, Problem> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        // Numbers beside texts that spell them are the texts' values.
        let by_value = if rows.column.is_of_several_formats() { ByValue::of_texts(rows) } else { ByValue::default() };
        for &row in rows.rows {
            let cell = rows.column.cell(row);
            let Some(name) = read::name(&cell).map_err(|problem| Misfit { row, problem })? else { continue };
            let spelled = if rows.column.is_typed_number(row) { by_value.find(&name) } else { None };
            let name = spelled.map_or(name, Cow::from);
            match counts.get_mut(name.as_ref()) {
                Some(count) => *count += 1,
                None => drop(counts.insert(name.into_owned(), 1)),
            }
        }
        if counts.is_empty() {
            return Err(nothing(rows));
        }
        Ok(CategorySchema { values: most_frequent(counts, self.max_values) }.into())
    }
}

impl FittedInput for CategorySchema {
    fn check(&self) -> Result<(), SettingError> {
        settings::check("values", [self.values.len()], &(0..=*VALUES.end()))
    }

    fn describe(&self) -> String {
        format!("vocabulary of {}", self.values.len())
    }

    fn reads(&self) -> Reads<'_> {
        Reads::Cells(self)
    }
}

impl ReadsCells for CategorySchema {
    fn encode(&self, rows: Rows<'_>, report: &mut InputReport) -> Result<InputStore, Misfit> {
        let mut lookup = Lookup::new(&self.values, rows.rows.len());
        let (mut present, mut indices) = (Vec::with_capacity(rows.rows.len()), Vec::with_capacity(rows.rows.len()));
        for &row in rows.rows {
            let cell = rows.column.cell(row);
            let name = read::name(&cell).map_err(|problem| Misfit { row, problem })?;
            present.push(name.is_some());
            let is_number = rows.column.is_typed_number(row);
            indices.push(name.map_or(0, |name| if is_number { lookup.index_of_number(&name) } else { lookup.index(&name) }));
        }
        report.note(lookup.unseen());
        Ok(InputStore::in_memory(present, indices, InputValues::Category))
    }
}

/// An index a row.
impl BatchValues for Vec<u32> {}
