//! `--keep id,name`: columns of the table that stand beside their predictions.

use std::path::Path;

use banyan::data::output::{OutputColumn, OutputValues};
use banyan::data::table::{Cell, Column, ReadOptions, Table};
use banyan::train::Predictions;

use crate::failure::Failure;
use crate::given::Format;
use crate::names::names;

/// The columns to be kept, with all rows of the table.
#[derive(Debug)]
pub(crate) struct Keep(Vec<Column>);

impl Keep {
    /// Reads columns of a table as they are written there: what a run takes for missing is kept too, where the table can be read once more.
    ///
    /// # Errors
    /// A table that cannot be read, a column that it lacks or that is named twice, and one of files or of values that no file of results can hold.
    pub(crate) fn read(
        written: &[String],
        (data, format): (&Path, &Format),
        table: &Table,
        options: &ReadOptions,
    ) -> Result<Self, Failure> {
        if written.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let again;
        let table = if format.is_standard_input(data) {
            table
        } else {
            again = format.read(data, &ReadOptions { missing: Vec::new(), ..options.clone() })?;
            &again
        };
        let known: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let mut columns: Vec<Column> = Vec::new();
        for name in names("--keep", written, &known)? {
            let column = table.column(&name)?;
            if columns.iter().any(|kept| kept.name == name) {
                return Err(Failure::usage(format!("--keep names \"{name}\" twice; name each column once")));
            }
            if let Some(what) = column.cells().find_map(|cell| if let Cell::Other(what) = cell { Some(what) } else { None }) {
                return Err(Failure::usage(format!("column \"{name}\" holds {what}, which cannot be kept; leave it out of --keep")));
            }
            if column.cells().any(|cell| matches!(cell, Cell::Bytes(_))) {
                return Err(Failure::usage(format!(
                    "column \"{name}\" holds files as bytes, which are not written again; keep a column that names the rows instead"
                )));
            }
            columns.push(column.clone());
        }
        Ok(Self(columns))
    }

    /// Puts the columns before the predictions, those of the same rows. One whose name a column of the predictions has is renamed to
    /// `data.NAME`; gives a note on each that is.
    ///
    /// # Errors
    /// A column whose other name is taken too.
    pub(crate) fn add_to(self, predictions: &mut Predictions) -> Result<Vec<String>, Failure> {
        let mut notes = Vec::new();
        let mut columns: Vec<OutputColumn> = Vec::new();
        for column in self.0 {
            let is_taken = |name: &str| predictions.columns.iter().chain(&columns).any(|other| other.name == name);
            let mut name = column.name.clone();
            if is_taken(&name) {
                name = format!("data.{}", column.name);
                if is_taken(&name) {
                    return Err(Failure::usage(format!("the predictions have a column \"{name}\" too; leave it out of --keep")));
                }
                notes.push(format!(
                    "column \"{}\" of the table is written as \"{name}\": the predictions have one of its name",
                    column.name
                ));
            }
            columns.push(OutputColumn::new(name, OutputValues::Cells(column)));
        }
        predictions.columns.splice(0..0, columns);
        Ok(notes)
    }
}
