//! Whether a table that a run is measured on or predicts has the columns of the run, before their absence changes the result.

use crate::error::TrainError;
use banyan_data::schema::Schema;
use banyan_data::table::Table;
use banyan_data::{Error as DataError, Hint};
use std::collections::HashSet;

/// What a table is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Labels are compared with predictions.
    Measuring,
    /// Labels are not needed.
    Predicting,
    /// As for measuring, within a training: a table may lack every label.
    Validating,
}

impl Purpose {
    fn reads_labels(self) -> bool {
        self != Self::Predicting
    }
}

/// Checks that a table has columns for the wanted inputs and, for measuring, tasks. A column may be absent, as any input may be at any
/// time; but not one that the table has under a slightly different name, and not all of them.
///
/// # Errors
/// A column that seems to be mistyped in the table, a table that has none of the inputs, and, for measuring, one that has none of the labels.
pub(crate) fn expect(table: &Table, schema: &Schema, (inputs, tasks): (&[bool], &[bool]), purpose: Purpose) -> Result<(), TrainError> {
    let wanted_inputs: Vec<(&str, &str)> = schema
        .inputs
        .iter()
        .zip(inputs)
        .filter(|(_, wanted)| **wanted)
        .map(|(input, _)| (input.name.as_str(), input.column.as_str()))
        .collect();
    let wanted_tasks = schema.targets.iter().zip(tasks).filter(|(_, wanted)| **wanted && purpose.reads_labels());
    let wanted_tasks: Vec<(&str, &str)> =
        wanted_tasks.flat_map(|(target, _)| target.columns().map(|column| (target.name.as_str(), column))).collect();
    let known: HashSet<&str> = {
        let of_tasks = schema.targets.iter().flat_map(|target| target.columns());
        schema.inputs.iter().map(|input| input.column.as_str()).chain(of_tasks).collect()
    };
    let spare: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).filter(|name| !known.contains(name)).collect();
    for (kind, wanted) in [("input", &wanted_inputs), ("task", &wanted_tasks)] {
        for (name, column) in wanted.iter().filter(|(_, column)| table.find(column).is_none()) {
            let Some(near) = mistyped(column, &spare) else { continue };
            let otherwise = match purpose {
                Purpose::Validating => String::new(),
                _ => format!(", or, if {kind} \"{name}\" is not in this table, leave it out with --{kind}s"),
            };
            let hint = format!("did you mean \"{near}\"? rename it in the table{otherwise}");
            return Err(no_column(table, column, hint));
        }
    }
    for (kind, wanted) in [("inputs", &wanted_inputs), ("tasks", &wanted_tasks)] {
        if kind == "tasks" && purpose == Purpose::Validating {
            break;
        }
        let none = wanted.iter().all(|(_, column)| table.find(column).is_none());
        if let Some((_, first)) = wanted.first().filter(|_| none) {
            let columns: Vec<&str> = wanted.iter().map(|(_, column)| *column).collect();
            let there: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            let (rest, there) = (banyan_method::enumerate(&columns), banyan_method::enumerate(&there));
            let hint = match columns.len() {
                1 => format!("the {kind} need it, and its columns are {there}"),
                _ => format!("nor any other that the {kind} need ({rest}); its columns are {there}"),
            };
            return Err(no_column(table, first, hint));
        }
    }
    Ok(())
}

fn no_column(table: &Table, column: &str, hint: String) -> TrainError {
    DataError::NoSuchColumn { table: table.name(), column: column.to_owned(), hint: Hint::new(hint) }.into()
}

/// The name that a column seems to have by mistake: one of a few other letters. A longer word that begins alike is another word here,
/// and names that differ in their digits, as `x1` and `x2` do, are meant to be two.
fn mistyped<'a>(column: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    let length = |name: &str| name.chars().count();
    let alike = candidates
        .iter()
        .copied()
        .filter(|name| digits(name) == digits(column) && length(name).abs_diff(length(column)) <= (length(column) / 3).max(1));
    banyan_method::nearest(column, alike)
}

#[cfg(test)]
mod tests {
    use super::mistyped;

    #[test]
    fn typing_errors_are_told_from_other_names() {
        for (column, other) in [("wall_area", "Wall_Area"), ("wall_area", "wall area"), ("size", "sise"), ("price", "pirce"), ("x1", "X1")]
        {
            assert_eq!(mistyped(column, &["weather", other]), Some(other));
        }
        for other in ["average", "x2", "age_of_owner", "weather", ""] {
            for column in ["age", "x1"] {
                assert_eq!(mistyped(column, &[other]), None, "{column} {other}");
            }
        }
    }
}
