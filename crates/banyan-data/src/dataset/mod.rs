//! Encoded rows of a table, from which batches are drawn: columns in memory, decoded files as far as they fit.

pub(crate) mod decode;
mod encode;
mod kept;
pub(crate) mod loaded;
mod mask;
pub(crate) mod media;
pub(crate) mod memory;
pub(crate) mod parallel;
mod picture;
mod records;
mod store;
#[cfg(test)]
pub(crate) mod test_masks;
#[cfg(test)]
mod tests;

pub(crate) use encode::blank_files;
pub use kept::{Kept, KeptWriter};
pub use mask::Mask;
pub use memory::MediaMemory;

pub use crate::coverage::Coverage;
pub use crate::report::{InputReport, Note, Report, TargetReport};

use crate::batch::{Batch, InputBatch, TargetBatch};
use crate::config::OnBadRow;
use crate::error::Error;
use crate::inputs::InputStore;
use crate::schema::Schema;
use crate::table::Table;
use loaded::LoadedValues;
use records::Records;
use std::sync::Arc;
use store::TargetStore;

/// How rows are encoded.
#[derive(Debug, Clone, Copy, Default)]
pub struct EncodeOptions<'a> {
    /// The inputs to read, by name; the others count as missing and their files are not opened. `None`: all.
    pub inputs: Option<&'a [String]>,
    /// The tasks whose labels to read, by name; the others count as unknown. `None`: all.
    pub tasks: Option<&'a [String]>,
    /// What to do with a row whose image or audio file cannot be read. (Where it is a label's file, [`Missing`](OnBadRow::Missing) and
    /// [`Skip`](OnBadRow::Skip) both leave the label unknown.)
    pub bad: OnBadRow,
    /// What the rows are for, which may overrule `bad`.
    pub purpose: Purpose,
    /// The room for decoded files. `None`: all are kept.
    pub memory: Option<&'a MediaMemory>,
    /// Threads that decode files. `None`: as many as the machine has.
    pub threads: Option<usize>,
}

/// What rows are encoded for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Purpose {
    /// A model is learned from them, or chosen by them: a row of which unreadable files leave nothing is an error.
    #[default]
    Training,
    /// A trained model is used on them: an unreadable file is to it as an empty cell, whatever `bad` says, so that one bad file costs no other
    /// row its prediction.
    Use,
}

/// Encoded rows.
///
/// Row numbers of this type count the encoded rows from 0, which are the rows asked for less those that
/// `on_bad_row = "skip"` left out; [`table_row`](Self::table_row) leads back.
#[derive(Debug)]
pub struct Dataset {
    inputs: Vec<InputStore>,
    targets: Vec<TargetStore>,
    table_rows: Vec<u32>,
    /// The first row of each stretch of rows of one table, and the table.
    sources: Vec<(usize, u16)>,
    /// The file that holds the values of all inputs, where memory does not.
    records: Option<Records>,
}

/// Decoded files that some rows need and that memory does not keep, as [`Dataset::load`] gives them.
#[derive(Debug, Default)]
pub struct Loaded {
    /// One entry per input; none where nothing had to be loaded.
    inputs: Vec<LoadedValues>,
    /// One entry per task; none where no label had to be loaded.
    targets: Vec<LoadedValues>,
}

impl Dataset {
    /// Encodes rows of a table as a schema says: files are decoded (each once, in parallel), numbers
    /// standardized, words looked up. Decoded files are kept as far as `memory` reaches; the others are decoded again by
    /// [`load`](Self::load). Columns that the table lacks are missing, or unknown, in every row. A label never
    /// seen in training is unknown; among the labels of a multilabel row it is left out. Both are counted. Labels of words are
    /// unknown where the words are not read or missing.
    ///
    /// # Errors
    /// A cell that does not fit its type, labels that are not as many as the words, a head that is not the number of another word, a path that leaves the folder of media files, an
    /// input or task asked for that the schema lacks, and, for training, an unreadable file where `bad` says so or where nothing else is left of its row.
    pub fn encode(table: &Table, rows: &[usize], schema: &Schema, options: EncodeOptions<'_>) -> Result<(Self, Report), Error> {
        // Threads take longer to start than a single row.
        let Some(threads) = options.threads.filter(|_| rows.len() > 1) else { return encode::encode(table, rows, schema, options) };
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|cause| Error::Threads { threads, cause: cause.to_string() })?;
        pool.install(|| encode::encode(table, rows, schema, options))
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.table_rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.table_rows.is_empty()
    }

    /// The row of the table that a row was encoded from.
    pub fn table_row(&self, row: usize) -> usize {
        self.table_rows[row] as usize
    }

    /// The table that a row came from: an index into the sources of the (concatenated) table.
    pub fn source_of(&self, row: usize) -> u16 {
        self.sources[self.sources.partition_point(|(first, _)| *first <= row) - 1].1
    }

    /// Rows in which a task's label is known; `task` counts as in the schema.
    pub fn known(&self, task: usize) -> usize {
        self.targets[task].known.count()
    }

    /// For each row, whether a task's label is known.
    pub fn known_mask(&self, task: usize) -> &Mask {
        &self.targets[task].known
    }

    /// The labels that a row has of a task: those of its tokens for `tagging`, `spans`, `lemmas` (tokens whose script training had) and `dependencies` (tokens whose head is known),
    /// the labeled cells for labels on images, one or none for the other kinds. The mean of a task's loss is over these.
    pub fn labels(&self, task: usize, row: usize) -> usize {
        self.targets[task].count(row)
    }

    /// The tokens of a row, those of all its `tokens` inputs together; 0 where there is none.
    pub fn tokens(&self, row: usize) -> usize {
        self.inputs.iter().map(|input| input.tokens(row)).sum()
    }

    /// For each row, whether an input is present; `input` counts as in the schema.
    pub fn present_mask(&self, input: usize) -> &Mask {
        &self.inputs[input].present
    }

    /// Whether memory keeps all values, and every file, of the inputs and labels, so that nothing has to be loaded.
    pub fn is_whole(&self) -> bool {
        self.inputs.iter().all(|input| input.values.is_whole()) && self.has_whole_targets()
    }

    fn has_whole_targets(&self) -> bool {
        self.targets.iter().all(|target| target.labels.is_whole())
    }

    /// Reads and decodes what some rows need and memory does not keep, on the calling thread.
    ///
    /// # Errors
    /// A file that could be read when the rows were encoded and cannot be now.
    pub fn load(&self, rows: &[usize]) -> Result<Loaded, Error> {
        let inputs = match &self.records {
            Some(records) => {
                let read = Arc::new(records.read(rows)?);
                self.inputs.iter().map(|_| LoadedValues::new(read.clone())).collect()
            }
            None => self.inputs.iter().map(|input| input.values.load(rows)).collect::<Result<_, Error>>()?,
        };
        let targets = if self.has_whole_targets() { &[] } else { self.targets.as_slice() };
        Ok(Loaded { inputs, targets: targets.iter().map(|target| target.labels.load(rows)).collect::<Result<_, Error>>()? })
    }

    /// The batch of some rows, in the order asked; a row may come more than once.
    ///
    /// # Errors
    /// As [`load`](Self::load); none where everything [is kept](Self::is_whole).
    pub fn batch(&self, rows: &[usize]) -> Result<Batch, Error> {
        Ok(self.gather(rows, &self.load(rows)?))
    }

    /// The batch of some rows, whose files were loaded before. It decodes nothing.
    ///
    /// # Panics
    /// If a row was not loaded and needs to be.
    pub fn gather(&self, rows: &[usize], loaded: &Loaded) -> Batch {
        let nothing = LoadedValues::default();
        Batch {
            rows: rows.iter().map(|row| *row as u64).collect(),
            inputs: self
                .inputs
                .iter()
                .enumerate()
                .map(|(place, input)| InputBatch {
                    present: input.present.select(rows),
                    values: input.values.gather(rows, loaded.inputs.get(place).unwrap_or(&nothing)),
                })
                .collect(),
            tasks: self.targets(rows, loaded),
        }
    }

    /// The labels of some rows, in the order asked: those of [`gather`](Self::gather), without the inputs.
    ///
    /// # Panics
    /// If a row's labels were not loaded and need to be.
    pub fn targets(&self, rows: &[usize], loaded: &Loaded) -> Vec<TargetBatch> {
        let nothing = LoadedValues::default();
        let targets = self.targets.iter().enumerate();
        targets.map(|(place, target)| target.gather(rows, loaded.targets.get(place).unwrap_or(&nothing))).collect()
    }
}
