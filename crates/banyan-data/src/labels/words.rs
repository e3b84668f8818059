//! What kinds with labels of words share.

use std::borrow::Cow;

use banyan_text::{Ragged, UNKNOWN_TAG};

use super::task::{Counts, counts_of};
use super::{Source, Task, TaskInput};
use crate::error::Error;
use crate::read;
use crate::report::TargetReport;
use crate::sentences::misaligned;
use crate::suggest;
use crate::table::{Cell, Column};
use crate::value::quote;
use crate::vocabulary::Vocabulary;

impl<'a> Task<'a> {
    /// The input whose words are labeled: the one that `on` names, or the only one there is.
    pub(super) fn input_of_words(&self) -> Result<&'a TaskInput, Error> {
        let sentences: Vec<&TaskInput> = self.inputs.iter().filter(|input| input.has_words).collect();
        let names: Vec<&str> = sentences.iter().map(|input| input.name.as_str()).collect();
        let nothing = || self.error("its labels are those of words, and no input has words", "add one with type = \"tokens\"");
        let Some(on) = self.config.settings.on() else {
            return match sentences.as_slice() {
                [] => Err(nothing()),
                [only] => Ok(only),
                [first, ..] => Err(self.error(
                    format!("{} are inputs of words, and which one its labels belong to is not said", names.join(", ")),
                    format!("write on = \"{}\"", first.name),
                )),
            };
        };
        match self.inputs.iter().find(|input| input.name == on) {
            Some(input) if input.has_words => Ok(input),
            Some(_) => Err(self.error(format!("the input \"{on}\" that it is on has no words"), "name one with type = \"tokens\"")),
            None if names.is_empty() => Err(nothing()),
            None => {
                let hint = suggest::hint(on, &names, "the inputs of words");
                Err(Error::Task { task: self.name.to_owned(), problem: format!("there is no input \"{on}\""), hint })
            }
        }
    }

    /// The column of those words.
    pub(super) fn column_of_words(&self) -> Result<(&'a str, &'a Column), Error> {
        let input = self.input_of_words()?;
        Ok((&input.name, self.table.column(&input.column)?))
    }

    /// Hands over the labels of each row that has words and labels, and counts these rows.
    pub(super) fn each_row(
        &self,
        words: &Column,
        mut take: impl FnMut(usize, &[Cow<'_, str>]) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let mut rows = 0;
        for &row in self.rows {
            let labels = read::labels(self.cell(row))
                .map_err(|problem| self.cell_error(row, problem, "write the labels of a row as a list, one for each word"))?;
            let count = read::words(words.cell(row)).ok().flatten().map_or(0, |words| words.len());
            let Some(labels) = labels.filter(|_| count > 0) else { continue };
            if labels.len() != count {
                return Err(misaligned(self.table.place(row, Some(&self.column.name)), labels.len(), count, words, row));
            }
            rows += 1;
            take(row, &labels)?;
        }
        if rows == 0 { Err(self.no_labels()) } else { Ok(rows) }
    }

    /// The labels in their order and how often each came, of which there must be several.
    pub(super) fn several(&self, found: &Counts) -> Result<(Vec<String>, Vec<usize>), Error> {
        let labels = self.order(found)?;
        let known: usize = found.values().map(|(count, _)| count).sum();
        if let (1, Some(only)) = (found.len(), found.keys().next()) {
            let problem = format!("all {known} training labels are {}", quote(only));
            return Err(self.error(problem, "there is nothing to learn; leave the task out"));
        }
        if found.len() == known && known > 2 {
            let hint = "column and task do not fit: these look like words or numbers of words";
            return Err(self.error(format!("each of the {known} training labels is a class of its own"), hint));
        }
        let counts = counts_of(found, &labels);
        Ok((labels, counts))
    }
}

impl Source<'_> {
    /// The tags that `encode` makes of the labels of each row with words, and which rows have any. Rows without words or labels, and those
    /// whose every tag is unknown, have an empty list.
    pub(super) fn tags(
        &self,
        report: &mut TargetReport,
        mut encode: impl FnMut(usize, &[Cow<'_, str>], &mut TargetReport) -> Result<Vec<u32>, Error>,
    ) -> Result<(Vec<bool>, Ragged), Error> {
        let (mut known, mut all) = (Vec::with_capacity(self.rows.len()), Ragged::default());
        for (index, (row, cell)) in self.cells().enumerate() {
            let labels = read::labels(cell).map_err(|problem| self.misfit(row, problem))?;
            let tags = match (labels, &self.words) {
                (Some(labels), Some(words)) => match words.counts[index] {
                    0 => {
                        report.wordless += 1;
                        Vec::new()
                    }
                    count if count != labels.len() => {
                        return Err(misaligned(self.place(row), labels.len(), count, words.column, row));
                    }
                    _ => encode(row, &labels, report)?,
                },
                (None, _) | (_, None) => Vec::new(),
            };
            let is_known = tags.iter().any(|tag| *tag != UNKNOWN_TAG);
            known.push(is_known);
            all.push(tags.into_iter().filter(|_| is_known));
        }
        Ok((known, all))
    }
}

/// The index of a label; a gap and one never seen in training, which is counted, have none.
pub(super) fn tag_of_label(label: &str, known: &Vocabulary<'_>, report: &mut TargetReport) -> u32 {
    if label.is_empty() {
        return UNKNOWN_TAG;
    }
    known.find(label).unwrap_or_else(|| {
        report.add_unseen(label);
        UNKNOWN_TAG
    })
}

/// The labels of a cell, an empty one where a word has none; nothing of a cell that cannot be read.
pub(super) fn labels_of(cell: Cell<'_>) -> Vec<Cow<'_, str>> {
    read::labels(cell).ok().flatten().unwrap_or_default()
}

/// What files have for a word without a label, which may be a label as well.
const MARKS: [&str; 5] = ["X", "?", "PAD", "[PAD]", "<pad>"];
/// What to write instead.
pub(super) const WRITE_NULL: &str = "write null where a word has no label";

/// The one of some labels that may stand for none; `X` is a part of speech beside others.
pub(super) fn mark_of_none<'a>(labels: impl Iterator<Item = &'a str> + Clone) -> Option<&'static str> {
    let are_parts_of_speech = labels.clone().any(|label| matches!(label, "NOUN" | "VERB"));
    MARKS.into_iter().find(|mark| labels.clone().any(|label| label == *mark) && !(are_parts_of_speech && *mark == "X"))
}

/// How many labels of a row are known.
pub(super) fn known_tags(tags: &[u32]) -> usize {
    tags.iter().filter(|tag| **tag != UNKNOWN_TAG).count()
}
