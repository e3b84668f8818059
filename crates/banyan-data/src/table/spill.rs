//! What becomes of a table that is larger than the memory that it may take.

use banyan_guard::return_memory;

use super::column::Column;
use super::segment::Segment;
use super::{ReadOptions, TableMemory};
use crate::cache;
use crate::error::Error;
use crate::mapped::Spill;

/// The part of the memory that rows are collected in before they go to a file.
const HELD_BACK: u64 = 16;

/// Moves the full chunks of columns into a file, once they take more memory than they may.
pub(super) struct Spilling<'a> {
    memory: &'a TableMemory,
    file: Option<Spill>,
}

impl<'a> Spilling<'a> {
    pub(super) fn new(options: &'a ReadOptions) -> Self {
        Self { memory: &options.memory, file: None }
    }

    /// To be called now and then, while rows are appended to the columns of one table.
    ///
    /// # Errors
    /// A file that cannot be made or written, such as on a full disk.
    pub(super) fn watch(&mut self, columns: &mut [Column]) -> Result<(), Error> {
        let taken: usize = columns.iter().map(Column::owned_bytes).sum();
        // Once there is a file, little is held back from it.
        let most = if self.file.is_none() { self.memory.bytes } else { self.memory.bytes / HELD_BACK };
        if taken as u64 <= most {
            return Ok(());
        }
        let folder = self.memory.folder();
        self.move_chunks(columns, &folder).map_err(|cause| Error::File {
            action: "write",
            path: folder.display().to_string(),
            cause: cache::unwritable(&cause, "a table that takes more than data.memory is kept there while it is used"),
        })
    }

    fn move_chunks(&mut self, columns: &mut [Column], folder: &std::path::Path) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(Spill::new(folder)?),
        };
        let mut segments: Vec<&mut Segment> = columns.iter_mut().map(Column::open_segment).collect();
        for place in 0..segments.iter().map(|segment| segment.chunks()).max().unwrap_or(0) {
            let full: Vec<_> =
                segments.iter().enumerate().filter_map(|(column, segment)| Some((column, segment.full_chunk(place)?))).collect();
            if full.is_empty() {
                continue;
            }
            let arrays: Vec<&[u8]> = full.iter().flat_map(|(_, arrays)| arrays.iter().map(AsRef::as_ref)).collect();
            let (map, places) = file.write(&arrays)?;
            let of_columns: Vec<usize> = full.iter().map(|(column, _)| *column).collect();
            for (column, places) in of_columns.into_iter().zip(places.chunks_exact(2)) {
                segments[column].replace_chunk(place, &map, places[0].clone(), places[1].clone());
            }
        }
        return_memory();
        Ok(())
    }
}
