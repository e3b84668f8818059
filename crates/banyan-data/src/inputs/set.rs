//! Sets: any number of values of a vocabulary.

use std::collections::HashMap;

use banyan_text::Ragged;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::{each_present, nothing};
use super::vocabulary::{DEFAULT_VALUES, Lookup, VALUES, most_frequent};
use super::{BatchValues, FittedInput, Fitting, Input, InputStore, InputValues, Misfit, Problem, Reads, ReadsCells};
use crate::config::OnBadRow;
use crate::infer::candidate::Shape;
use crate::infer::rule::{Guess, Rule, Sureness};
use crate::read;
use crate::report::InputReport;
use crate::rows::Rows;
use crate::settings::{self, SettingError};
use crate::table::Cell;

/// The settings of an input of the type `set`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SetSettings {
    /// Values kept in the vocabulary, most frequent first.
    #[schemars(range(min = *VALUES.start(), max = *VALUES.end()))]
    pub max_values: usize,
    /// What separates the members in a text cell. Default: the one of `;`, `|` and `,` that occurs
    /// most, the space where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
}

impl Default for SetSettings {
    fn default() -> Self {
        Self { max_values: DEFAULT_VALUES, separator: None }
    }
}

/// What was learned of a column of sets. A batch holds the indices of a row's members, as of a [category](super::CategorySchema).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetSchema {
    /// The vocabulary, most frequent first.
    pub values: Vec<String>,
    /// What separates the members in a text cell (lists need none).
    pub separator: String,
}

impl Input for SetSettings {
    fn rules() -> Vec<Rule> {
        vec![
            Rule::new(Sureness::Parts, |candidate| {
                let (separator, members) = candidate.profile.separated().filter(|_| candidate.shape == Shape::Texts)?;
                Some(Guess::fits(format!("names with \"{separator}\" between; {members} different ones")))
            }),
            Rule::new(Sureness::Values, |candidate| candidate.is_of_text_lists().then(|| Guess::fits("lists of names"))),
        ]
    }

    fn check(&self) -> Result<(), SettingError> {
        settings::check("max_values", [self.max_values], &VALUES)?;
        settings::check_separator(self.separator.as_deref(), "members")
    }

    fn fit<'a>(&self, rows: Rows<'a>, _: OnBadRow) -> Result<Fitting<'a>, Problem> {
        let separator = self.separator.clone().unwrap_or_else(|| read::find_separator(rows.cells()));
        let mut counts = HashMap::new();
        let members = |cell| read::members(cell, &separator);
        each_present(rows, members, |members| members.into_iter().for_each(|member| *counts.entry(member).or_insert(0) += 1))?;
        if counts.is_empty() {
            return Err(nothing(rows));
        }
        Ok(SetSchema { values: most_frequent(counts, self.max_values), separator }.into())
    }
}

impl FittedInput for SetSchema {
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

impl ReadsCells for SetSchema {
    fn encode(&self, rows: Rows<'_>, report: &mut InputReport) -> Result<InputStore, Misfit> {
        let mut lookup = Lookup::new(&self.values, rows.rows.len());
        let (mut present, mut lists) = (Vec::with_capacity(rows.rows.len()), Ragged::default());
        for &row in rows.rows {
            let members = read::members(rows.column.cell(row), &self.separator).map_err(|problem| Misfit { row, problem })?;
            present.push(members.is_some());
            let are_numbers = matches!(rows.column.cell(row), Cell::Numbers(_)) || rows.column.is_typed_number(row);
            let index = |member: &String| if are_numbers { lookup.index_of_number(member) } else { lookup.index(member) };
            lists.push(members.unwrap_or_default().iter().map(index));
        }
        report.note(lookup.unseen());
        Ok(InputStore::in_memory(present, lists, InputValues::Set))
    }
}

/// The indices of a row's members.
impl BatchValues for Ragged {}
