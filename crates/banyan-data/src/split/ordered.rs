//! Splits that do not shuffle: by time and by hash.

use banyan_text::hash::hash;

use super::{Fractions, TEST, TRAIN, VALID, cut, empty_cell};
use crate::config::SplitConfig;
use crate::date::{DateOrder, DateOrderFound, find_order, parse_date};
use crate::error::{Error, Hint};
use crate::number_format::NumberFormat;
use crate::random::fraction;
use crate::read;
use crate::table::{Cell, Column, Table};

/// The earliest rows train, the latest test; rows of one moment keep the table's order.
pub(super) fn by_time(table: &Table, column: &Column, fractions: Fractions) -> Result<Vec<u8>, Error> {
    let texts = column.texts();
    let order = match find_order(texts) {
        DateOrderFound::One(order) => Some(order),
        DateOrderFound::None => None,
        DateOrderFound::Ambiguous => {
            return Err(super::problem(
                format!("the dates of column \"{}\" may be read day first or month first", column.name),
                "write them as year-month-day",
            ));
        }
    };
    let format = table.number_format(column);
    let mut times: Vec<(f64, usize)> = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let cell = column.cell(row);
        let time = moment(cell, order, &format).map_err(|problem| Error::Cell {
            place: table.place(row, Some(&column.name)),
            problem,
            hint: Hint::new("a split by time needs dates or numbers"),
        })?;
        times.push((time.ok_or_else(|| empty_cell(table, row, column))?, row));
    }
    // Stable, so that equal times stay in order.
    times.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    let order: Vec<u32> = times.into_iter().map(|(_, row)| row as u32).collect();
    Ok(cut(&order, fractions))
}

fn moment(cell: Cell<'_>, order: Option<DateOrder>, format: &NumberFormat) -> Result<Option<f64>, String> {
    match (cell, order) {
        (Cell::Text(text), Some(order)) => {
            parse_date(text, order).map(|moment| Some(moment.seconds)).ok_or_else(|| format!("{} is not a date", cell.describe()))
        }
        (cell, _) => read::number(cell, format).map_err(|_| format!("{} is neither a date nor a number", cell.describe())),
    }
}

/// The part is a function of the row's own content and the seed: rows that are added move no others.
pub(super) fn by_hash(table: &Table, config: &SplitConfig, fractions: Fractions) -> Result<Vec<u8>, Error> {
    let column = config.column.as_ref().map(|name| table.column(name)).transpose()?;
    let mut parts = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let key = match column {
            Some(column) if column.cell(row).is_missing() => return Err(empty_cell(table, row, column)),
            Some(column) => cell_key(column.cell(row)),
            None => row_key(table, row),
        };
        let place = fraction(hash(config.seed.to_le_bytes().into_iter().chain(key.into_bytes())));
        let part = match place {
            place if place < fractions[TEST] => TEST,
            place if place < fractions[TEST] + fractions[VALID] => VALID,
            _ => TRAIN,
        };
        parts.push(part as u8);
    }
    Ok(parts)
}

/// A cell as a key: the same for `1`, `1.0` and the number one.
pub(crate) fn cell_key(cell: Cell<'_>) -> String {
    match cell {
        Cell::Numbers(values) => format!("{values:?}"),
        Cell::Texts(values) => format!("{values:?}"),
        Cell::Bytes(bytes) => format!("{}:{:016x}", bytes.len(), hash(bytes.iter().copied())),
        Cell::Objects(text) | Cell::Other(text) => text.to_owned(),
        cell => cell.name().unwrap_or_default().into_owned(),
    }
}

/// A whole row as a key. Missing cells are left out, so that a column added to another table changes nothing here.
fn row_key(table: &Table, row: usize) -> String {
    let cells = table.columns.iter().filter(|column| !column.cell(row).is_missing());
    cells.map(|column| format!("{}\u{1f}{}\u{1e}", column.name, cell_key(column.cell(row)))).collect()
}
