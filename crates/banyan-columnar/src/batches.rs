//! The batches of a file, from a reader that may panic.

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use banyan_guard::contained;

use crate::Error;
use crate::damage::{described, failed};

/// The batches of a file, in order. After an error there are no more.
pub struct Batches {
    schema: SchemaRef,
    /// `None` after an error: the reader may be in the midst of something.
    batches: Option<Box<dyn Iterator<Item = Result<RecordBatch, Error>>>>,
}

impl std::fmt::Debug for Batches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batches").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl Batches {
    pub(crate) fn new<E: std::fmt::Display>(schema: SchemaRef, batches: impl Iterator<Item = Result<RecordBatch, E>> + 'static) -> Self {
        Self { schema, batches: Some(Box::new(batches.map(|batch| batch.map_err(|cause| described(&cause))))) }
    }

    /// The names and types of the columns, and the file's own metadata.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let batches = self.batches.as_mut()?;
        let next = contained(|| batches.next()).unwrap_or_else(|| Some(Err(failed())));
        if let Some(Err(_)) = &next {
            self.batches = None;
        }
        next
    }
}
