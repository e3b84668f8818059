//! Predictions as the columns of a table.

use crate::error::TrainError;
use crate::tasks::{self, Beside};
use banyan_data::labels::Subject;
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::pictures::Pictures;
use banyan_data::schema::Schema;
use banyan_data::table::Table;
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
            let images = match target.on().filter(|_| subject == Subject::Image) {
                Some(on) => images_of(schema, on, table)?,
                None => None,
            };
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

/// The height and width of an input's images, if the table has it.
fn images_of(schema: &Schema, on: &str, table: &Table) -> Result<Option<Vec<Option<[usize; 2]>>>, TrainError> {
    let column = schema.inputs.iter().find(|input| input.name == on).and_then(|input| table.find(&input.column));
    let pictures = column.map(|column| Pictures::new(table, column)).transpose()?;
    Ok(pictures.map(|pictures| pictures.sizes()))
}

/// A column's name, and the words of each row.
type Words = (String, Vec<Vec<String>>);

/// The column of an input's words, and those of every row, if the table has it.
fn words_of(schema: &Schema, on: &str, table: &Table) -> Result<Option<Words>, TrainError> {
    let column = schema.inputs.iter().find(|input| input.name == on).and_then(|input| table.find(&input.column));
    let Some(column) = column else { return Ok(None) };
    let words = column.cells().enumerate().map(|(row, cell)| {
        let unread = |problem| TrainError::Unfit(format!("{}: {problem}", table.place(row, Some(&column.name))));
        tokens::words(cell).map(Option::unwrap_or_default).map_err(unread)
    });
    Ok(Some((column.name.clone(), words.collect::<Result<_, _>>()?)))
}
