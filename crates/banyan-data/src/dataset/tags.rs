//! Labels of words to tags.

use banyan_text::spans::{self, Census, Label, Span};

use super::TargetReport;
use super::report::keep;
use super::store::{InputStore, TargetStore};
use super::vocabulary::Vocabulary;
use crate::batch::{Ragged, TargetValues, UNKNOWN_TAG};
use crate::error::{Error, Mend};
use crate::read;
use crate::schema::{TargetDetails, TargetSchema};
use crate::sentences::misaligned;
use crate::table::{Column, Table};

/// Encodes the labels of rows whose words, encoded before and from a column of the same table, are given; without words all are unknown.
pub(super) fn encode(
    table: &Table,
    rows: &[usize],
    column: &Column,
    target: &TargetSchema,
    words: Option<(&InputStore, &Column)>,
    report: &mut TargetReport,
) -> Result<TargetStore, Error> {
    let place = |row: usize| table.place(row, Some(&target.column));
    let known_labels = Vocabulary::new(target.classes(), rows.len());
    let are_spans = matches!(target.details, TargetDetails::Spans { .. });
    let (mut known, mut all, mut census) = (Vec::with_capacity(rows.len()), Ragged::default(), Census::default());
    for (index, &row) in rows.iter().enumerate() {
        let misfit = |problem: String| Error::Cell {
            place: place(row),
            problem,
            mend: Mend::new(format!("task \"{}\" learned another kind of label", target.name)),
        };
        let labels = read::labels(column.cell(row)).map_err(misfit)?;
        let tags = match (labels, words) {
            (Some(labels), Some((store, words))) => match store.tokens(index) {
                0 => {
                    report.wordless += 1;
                    Vec::new()
                }
                count if count != labels.len() => {
                    return Err(misaligned(place(row), labels.len(), count, words, row));
                }
                _ if are_spans => {
                    let labels = Label::parse_all(&labels).map_err(misfit)?;
                    census.add(row, &labels);
                    tags_of_spans(&labels, &known_labels, report)
                }
                _ => labels.iter().map(|label| tag_of_label(label, &known_labels, report)).collect(),
            },
            _ => Vec::new(),
        };
        let is_known = tags.iter().any(|tag| *tag != UNKNOWN_TAG);
        known.push(is_known);
        all.push(tags.into_iter().filter(|_| is_known));
    }
    if let (broken @ 1.., Some(first)) = census.broken() {
        report.broken = broken;
        report.broken_example = format!("{} in {}", census.scheme(), table.place(first, None));
    }
    Ok(TargetStore { known, values: TargetValues::Tags(all) })
}

/// The index of a label; a gap and one never seen in training, which is counted, have none.
pub(super) fn tag_of_label(label: &str, known: &Vocabulary<'_>, report: &mut TargetReport) -> u32 {
    if label.is_empty() {
        return UNKNOWN_TAG;
    }
    known.find(label).unwrap_or_else(|| {
        unseen(label, report);
        UNKNOWN_TAG
    })
}

/// Tokens without a label, and those of a span whose type is not known, are unknown.
fn tags_of_spans(labels: &[Option<Label<'_>>], known: &Vocabulary<'_>, report: &mut TargetReport) -> Vec<u32> {
    let found = spans::read(labels);
    let kinds: Vec<Option<u32>> = found.iter().map(|span| known.find(span.kind)).collect();
    let indices =
        found.iter().zip(&kinds).filter_map(|(span, kind)| Some(Span { begin: span.begin, end: span.end, kind: (*kind)? as usize }));
    let mut tags = spans::tags_of(&indices.collect::<Vec<Span>>(), labels.len());
    for (span, _) in found.iter().zip(&kinds).filter(|(_, kind)| kind.is_none()) {
        tags[span.begin..span.end].fill(UNKNOWN_TAG);
        unseen(span.kind, report);
    }
    for (tag, _) in tags.iter_mut().zip(labels).filter(|(_, label)| label.is_none()) {
        *tag = UNKNOWN_TAG;
    }
    tags
}

fn unseen(name: &str, report: &mut TargetReport) {
    report.unseen += 1;
    keep(&mut report.unseen_examples, name);
}
