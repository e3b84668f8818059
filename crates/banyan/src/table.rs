//! Plain text tables: columns lined up, words to the left and numbers to the right.

use std::fmt;

use banyan::text::visible;

/// A table for a terminal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with a header.
    pub(crate) fn new<S: Into<String>>(header: impl IntoIterator<Item = S>) -> Self {
        let mut table = Self::default();
        table.row(header);
        table
    }

    /// Adds a row; cells it lacks are empty. A cell is one line, whatever it holds.
    pub(crate) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.rows.push(cells.into_iter().map(|cell| visible(&cell.into()).into_owned()).collect());
    }

    fn cell(&self, row: usize, column: usize) -> &str {
        self.rows[row].get(column).map_or("", String::as_str)
    }

    /// A column whose cells below the header are numbers, or nothing, is lined up at its end.
    fn is_numeric(&self, column: usize) -> bool {
        let is_number = |cell: &str| cell.is_empty() || cell == "–" || cell.trim_end_matches([' ', '%', 's']).parse::<f64>().is_ok();
        (1..self.rows.len()).all(|row| is_number(self.cell(row, column)))
    }
}

impl fmt::Display for Table {
    /// Rows with a line's end between them, none at the end.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| (0..self.rows.len()).map(|row| self.cell(row, column).chars().count()).max().unwrap_or(0);
        let layout: Vec<(usize, bool)> = (0..columns).map(|column| (width(column), self.is_numeric(column))).collect();
        for row in 0..self.rows.len() {
            let cells: Vec<String> = layout
                .iter()
                .enumerate()
                .map(|(column, (width, numeric))| match numeric {
                    true => format!("{:>width$}", self.cell(row, column)),
                    false => format!("{:<width$}", self.cell(row, column)),
                })
                .collect();
            let end = if row + 1 < self.rows.len() { "\n" } else { "" };
            write!(formatter, "{}{end}", cells.join("  ").trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_left_and_numbers_right() {
        let mut table = Table::new(["task", "accuracy", "größe"]);
        table.row(["digit", "0.97", "x"]);
        table.row(["speaker", "–", ""]);
        assert_eq!(table.to_string(), "task     accuracy  größe\ndigit        0.97  x\nspeaker         –");
        table.row(["two\nlines"]);
        assert_eq!(table.to_string().lines().last(), Some("two\\nlines"));
    }
}
