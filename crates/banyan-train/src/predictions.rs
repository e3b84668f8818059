//! Predictions as the columns of a table.

use crate::error::TrainError;
use crate::tasks::{self, Beside};
use banyan_data::labels::Subject;
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::pictures::Pictures;
use banyan_data::schema::{Schema, TargetSchema};
use banyan_data::table::{Column, Table};
use banyan_data::tokens;
use banyan_data::values::Values;

/// What a model predicts for the rows of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// Rows.
    pub rows: usize,
    /// For each task its answer, and for classes and labels the probability of each.
    pub columns: Vec<OutputColumn>,
}

impl Predictions {
    /// Of all rows of a table. The words come first that a predicted task labels, those of the first such task.
    ///
    /// # Errors
    /// Words that cannot be read.
    pub(crate) fn new(schema: &Schema, predictions: &[Option<Values>], table: &Table) -> Result<Self, TrainError> {
        let (mut words, mut columns) = (None, Vec::new());
        for (target, predictions) in schema.targets.iter().zip(predictions) {
            let Some(predictions) = predictions else { continue };
            let subject = target.kind().subject();
            let own = match target.on().filter(|_| subject == Subject::Words) {
                Some(on) => words_of(schema, on, table)?,
                None => None,
            };
            let images = pictures(schema, target, table)?.map(|pictures| pictures.sizes());
            let beside = Beside { words: own.as_ref().map(|(_, words)| words.as_slice()), images: images.as_deref() };
            columns.extend(tasks::of(target.kind()).columns(target, predictions, beside));
            if subject == Subject::Words {
                words = words.or(Some(own));
            }
        }
        if let Some((name, words)) = words.flatten() {
            columns.insert(0, OutputColumn { name, values: OutputValues::Lists(words) });
        }
        Ok(Self { rows: table.rows(), columns })
    }
}

/// The column of an input, if the table has it.
fn column_of<'a>(schema: &Schema, input: &str, table: &'a Table) -> Option<&'a Column> {
    schema.inputs.iter().find(|known| known.name == input).and_then(|known| table.find(&known.column))
}

/// The images on which a task's labels lie, if the table has them.
pub(crate) fn pictures(schema: &Schema, target: &TargetSchema, table: &Table) -> Result<Option<Pictures>, TrainError> {
    let on = target.on().filter(|_| target.kind().subject() == Subject::Image);
    let column = on.and_then(|on| column_of(schema, on, table));
    Ok(column.map(|column| Pictures::new(table, column)).transpose()?)
}

/// A column's name, and the words of each row.
type Words = (String, Vec<Vec<String>>);

/// The column of an input's words, and those of every row, if the table has it.
fn words_of(schema: &Schema, on: &str, table: &Table) -> Result<Option<Words>, TrainError> {
    let Some(column) = column_of(schema, on, table) else { return Ok(None) };
    let words = column.cells().enumerate().map(|(row, cell)| {
        let unread = |problem| TrainError::Unfit(format!("{}: {problem}", table.place(row, Some(&column.name))));
        tokens::words(cell).map(Option::unwrap_or_default).map_err(unread)
    });
    Ok(Some((column.name.clone(), words.collect::<Result<_, _>>()?)))
}
