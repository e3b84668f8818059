//! Cells of a table that are written again as they are.

use super::Shortest;
use super::json_lines::text;
use crate::table::{Cell, Column};

/// A cell as a text; `None` for a missing one. `list` writes a list of texts.
pub(super) fn spelled(cell: Cell<'_>, list: impl Fn(&[String]) -> String) -> Option<String> {
    match cell {
        Cell::Missing => None,
        Cell::Text(text) | Cell::Objects(text) => Some(text.to_owned()),
        Cell::Texts(members) => Some(list(members)),
        Cell::Number(_) | Cell::Boolean(_) | Cell::Numbers(_) => Some(json(cell)),
        // Bytes are no text, and the others are named in words: their content was not read.
        Cell::Bytes(_) | Cell::Other(_) => None,
    }
}

/// A cell as JSON.
pub(super) fn json(cell: Cell<'_>) -> String {
    let list = |members: Vec<String>| format!("[{}]", members.join(", "));
    let number = |value: f64| if value.is_finite() { Shortest(value).to_string() } else { "null".to_owned() };
    match cell {
        Cell::Missing | Cell::Bytes(_) | Cell::Other(_) => "null".to_owned(),
        Cell::Number(value) => number(value),
        Cell::Boolean(value) => value.to_string(),
        Cell::Text(value) => text(value),
        Cell::Numbers(values) => list(values.iter().map(|value| number(*value)).collect()),
        Cell::Texts(values) => list(values.iter().map(|value| text(value)).collect()),
        Cell::Objects(json) => json.to_owned(),
    }
}

/// What all cells of a column are that are not missing, for a format whose columns have one type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum CellType {
    /// Whole numbers that a float holds exactly.
    Integers,
    /// Numbers.
    Numbers,
    /// Truth values.
    Booleans,
    /// Lists of numbers.
    NumberLists,
    /// Lists of texts.
    TextLists,
    /// Texts, or a mixture.
    Texts,
}

impl CellType {
    pub(super) fn of(column: &Column) -> Self {
        let mut all = None;
        for cell in column.cells() {
            let own = match cell {
                Cell::Missing => continue,
                Cell::Number(value) if value.fract() == 0.0 && value.abs() < crate::value::FIRST_INEXACT => Self::Integers,
                Cell::Number(_) => Self::Numbers,
                Cell::Boolean(_) => Self::Booleans,
                Cell::Numbers(_) => Self::NumberLists,
                Cell::Texts(_) => Self::TextLists,
                Cell::Text(_) | Cell::Bytes(_) | Cell::Objects(_) | Cell::Other(_) => return Self::Texts,
            };
            all = match (all, own) {
                (None, own) => Some(own),
                (Some(all), own) if all == own => Some(all),
                (Some(Self::Integers | Self::Numbers), Self::Integers | Self::Numbers) => Some(Self::Numbers),
                _ => return Self::Texts,
            };
        }
        all.unwrap_or(Self::Texts)
    }
}
