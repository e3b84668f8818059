//! Row numbers as a text: `1-80 83 90-100`.

use serde::{Deserialize, Serialize};

/// Rows of a table in ascending order, as the ranges that they make. Rows are counted from 1, as in messages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowRanges(String);

impl RowRanges {
    /// Of rows counted from 0, in ascending order.
    pub fn of(rows: &[usize]) -> Self {
        let mut text = String::new();
        for range in rows.chunk_by(|row, next| row + 1 == *next) {
            let space = if text.is_empty() { "" } else { " " };
            text += &match range {
                [row] => format!("{space}{}", row + 1),
                range => format!("{space}{}-{}", range[0] + 1, range[0] + range.len()),
            };
        }
        Self(text)
    }

    /// The rows, counted from 0.
    ///
    /// # Errors
    /// What is no range of rows, a range that does not come after the one before, and a row that a table of so many rows does not have.
    pub fn rows(&self, table_rows: usize) -> Result<Vec<usize>, String> {
        let mut rows = Vec::new();
        let mut next = 1;
        for range in self.0.split_ascii_whitespace() {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            let (Ok(first), Ok(last)) = (first.parse::<usize>(), last.parse::<usize>()) else {
                return Err(format!("\"{range}\" is no range of rows"));
            };
            if first < next || last < first || last > table_rows {
                return Err(format!("the rows {range} are not among the rows {next} to {table_rows}"));
            }
            rows.extend(first - 1..last);
            next = last + 1;
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_survive_as_ranges() {
        for (rows, text) in [(vec![], ""), (vec![0, 1, 2], "1-3"), (vec![4], "5"), (vec![0, 2, 3, 4, 8], "1 3-5 9"), (vec![1, 2], "2-3")] {
            assert_eq!(RowRanges::of(&rows).0, text);
            assert_eq!(RowRanges::of(&rows).rows(9).unwrap(), rows);
        }
    }

    #[test]
    fn damaged_ranges_are_refused_before_they_take_memory() {
        for text in ["1-18446744073709551615", "0", "3-2", "5 4", "1-4 4", "x", "-", "1--2", "10", "99999999999999999999"] {
            assert!(RowRanges(text.to_owned()).rows(9).is_err(), "{text}");
        }
    }
}
