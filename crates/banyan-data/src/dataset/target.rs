//! Labels to numbers.

use super::TargetReport;
use super::report::keep;
use super::store::TargetStore;
use super::vocabulary::Vocabulary;
use super::{frames, lemmas, trees};
use crate::batch::{Ragged, TargetValues};
use crate::error::{Error, Mend};
use crate::read;
use crate::schema::{TargetDetails, TargetSchema};
use crate::table::{Cell, Column, Table};

pub(super) fn encode(
    table: &Table,
    rows: &[usize],
    column: Option<&Column>,
    target: &TargetSchema,
    report: &mut TargetReport,
) -> Result<TargetStore, Error> {
    let misfit = |row: usize, problem: String| Error::Cell {
        place: table.place(row, Some(&target.column)),
        problem,
        mend: Mend::new(format!("task \"{}\" learned another kind of label", target.name)),
    };
    let cell = |row: usize| column.map_or(Cell::Missing, |column| column.cell(row));
    let mut known = Vec::with_capacity(rows.len());
    let values = match &target.details {
        TargetDetails::Regression { mean, deviation, .. } => {
            let mut values = Vec::with_capacity(rows.len());
            for &row in rows {
                let value = read::number(cell(row)).map_err(|problem| misfit(row, problem))?;
                known.push(value.is_some());
                values.push(value.map_or(0.0, |value| ((value - mean) / deviation) as f32));
            }
            TargetValues::Number(values)
        }
        TargetDetails::Binary { classes, .. } | TargetDetails::Classification { classes, .. } | TargetDetails::Ordinal { classes, .. } => {
            let known_classes = Vocabulary::new(classes, rows.len());
            let mut values = Vec::with_capacity(rows.len());
            for &row in rows {
                let cell = cell(row);
                let name = read::name(&cell).map_err(|problem| misfit(row, problem))?;
                let index = name.as_ref().and_then(|name| known_classes.find(name.as_ref()));
                if let (Some(name), None) = (&name, index) {
                    report.unseen += 1;
                    keep(&mut report.unseen_examples, name);
                }
                known.push(index.is_some());
                values.push(index.unwrap_or(0));
            }
            TargetValues::Class(values)
        }
        TargetDetails::Multilabel { labels, separator, .. } => {
            let known_labels = Vocabulary::new(labels, rows.len());
            let mut values = vec![0.0; rows.len() * labels.len()];
            for (row, place) in rows.iter().zip(values.chunks_exact_mut(labels.len().max(1))) {
                let members = read::members(cell(*row), separator).map_err(|problem| misfit(*row, problem))?;
                known.push(members.is_some());
                for member in members.unwrap_or_default() {
                    match known_labels.find(&member) {
                        Some(index) => place[index as usize] = 1.0,
                        None => {
                            report.unseen += 1;
                            keep(&mut report.unseen_examples, &member);
                        }
                    }
                }
            }
            TargetValues::Labels { classes: labels.len(), values }
        }
        // Read by the words' own reader, but for the column that is not there.
        TargetDetails::Tagging { .. } | TargetDetails::Spans { .. } => {
            known.resize(rows.len(), false);
            TargetValues::Tags(Ragged { offsets: vec![0; rows.len() + 1], items: Vec::new() })
        }
        TargetDetails::Dependencies { .. } => return trees::encode(rows, target, None, report),
        TargetDetails::Srl { .. } => return frames::encode(rows, target, None, report),
        TargetDetails::Lemmas { .. } => return lemmas::encode(rows, target, None, report),
    };
    Ok(TargetStore { known, values })
}
