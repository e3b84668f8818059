//! Names that are numbers, in the spellings of other formats: a CSV file writes `1.50` where Parquet and JSON hold 1.5.
//!
//! Texts are the names that they spell: `01` and `1` of one column may be codes, `3.1` and `3.10` versions. A number of a format that has numbers has no
//! spelling, so it is the name of its value, if there is one alone; and so is a text whose column has no other spelling of the value.

use std::collections::HashMap;

use crate::rows::Rows;
use crate::value::parse_number;

/// Names by their values.
#[derive(Debug, Default)]
pub(crate) struct ByValue {
    /// Nothing for a value that several names have.
    names: HashMap<u64, Option<String>>,
}

impl ByValue {
    /// Of names that are all numbers; where one is none, they are words.
    pub(crate) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_value = Self::default();
        for name in names {
            if !by_value.add(name) {
                return Self::default();
            }
        }
        by_value
    }

    /// Of the texts of a column: its cells but for those that are numbers in their file.
    pub(crate) fn of_texts(rows: Rows<'_>) -> Self {
        let mut by_value = Self::default();
        for &row in rows.rows {
            let cell = rows.column.cell(row);
            if let Some(name) = cell.name().filter(|_| !rows.column.is_typed_number(row))
                && !by_value.add(&name)
            {
                return Self::default();
            }
        }
        by_value
    }

    /// Adds a name, if it is a number.
    fn add(&mut self, name: &str) -> bool {
        let Some(value) = value_of(name) else { return false };
        match self.names.get_mut(&value) {
            Some(known) if known.as_ref().is_some_and(|known| known != name) => *known = None,
            Some(_) => {}
            None => drop(self.names.insert(value, Some(name.to_owned()))),
        }
        true
    }

    /// The one name with the value of another.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        // Most are not looked for.
        if self.names.is_empty() {
            return None;
        }
        self.names.get(&value_of(name)?)?.as_deref()
    }

    /// Whether several names have the value.
    pub(crate) fn has_several(&self, name: &str) -> bool {
        value_of(name).is_some_and(|value| self.names.get(&value) == Some(&None))
    }
}

/// The value of a name that is a finite number.
fn value_of(name: &str) -> Option<u64> {
    // Adding zero turns -0 into 0.
    parse_number(name).filter(|value| value.is_finite()).map(|value| (value + 0.0).to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_one_name_of_its_value() {
        let names = ByValue::of(["1.50", "+2", "03", "1e1"]);
        assert_eq!(
            ["1.5", "2", "3", "10", "4", "x"].map(|name| names.find(name)),
            [Some("1.50"), Some("+2"), Some("03"), Some("1e1"), None, None]
        );
        let codes = ByValue::of(["01", "1", "2", "2"]);
        assert_eq!((codes.find("1"), codes.find("2"), codes.has_several("1.0"), codes.has_several("2")), (None, Some("2"), true, false));
        let words = ByValue::of(["1.50", "none"]);
        assert_eq!(words.find("1.5"), None);
    }
}
