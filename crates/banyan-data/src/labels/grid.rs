//! What kinds of label have in common that are a grid of class indices on an image, each row's in a file of its own.
//!
//! The files are PNG images, grayscale or with a palette, whose pixels are class indices; 255 is a pixel without a label. They are laid on a
//! canvas as the images are, by the nearest neighbor, and decoded again when they are needed where memory does not keep them, as images are.
//!
//! A file that cannot be read stops the encoding under `on_bad_row = "error"`. Under `"missing"` and `"skip"` the label is unknown in its row and
//! the task's report counts and names it. The row stays under `"skip"` too: an unreadable label spoils nothing else, and to leave out
//! the row would take it from the other tasks, and an image without a mask can still be predicted.

use super::canvas::Canvas;
use super::stored::{LabelValues, StoredLabels};
use super::{Encoded, Source};
use crate::augment::grid::Outside;
use crate::augment::transform::Transform;
use crate::batch::UNKNOWN_CELL;
use crate::config::OnBadRow;
use crate::dataset::decode::Decode;
use crate::dataset::loaded::LoadedValues;
use crate::dataset::media::{Media, open};
use crate::error::Error;
use crate::files::{Files, unreadable_file};
use crate::report::{TargetReport, keep};
use crate::values::Values;
use banyan_media::{Origin, index_image};

/// The grids of a task: `height × width` cells, each with one of so many classes or [`UNKNOWN_CELL`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct LabelGrid {
    pub(crate) canvas: Canvas,
    /// At most 255.
    pub(crate) classes: usize,
    /// The index of a pixel without a label, besides [`UNKNOWN_CELL`].
    pub(crate) ignored: Option<u8>,
}

impl LabelGrid {
    /// Encodes a column of paths. A row is known if any of its cells is.
    ///
    /// # Errors
    /// In training a path that leaves the folder of media files, and a file that cannot be read where it is to stop all. Where a model is used,
    /// either costs its own row its label.
    pub(crate) fn encode(self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        Ok(match open_labels(source, self, report)? {
            Some((media, known)) => Encoded { known, values: LabelValues::InFiles(Box::new(StoredGrids(media))) },
            None => Encoded { known: vec![false; source.rows.len()], values: self.unknown(source.rows.len()).into() },
        })
    }

    /// So many rows without a label.
    pub(crate) fn unknown(self, rows: usize) -> Values {
        Values::grids(self.canvas.size, vec![UNKNOWN_CELL; rows * self.canvas.cells()])
    }
}

/// Opens the files of a column of labels, and tells which rows have any that count; nothing where the table lacks the column.
///
/// # Errors
/// A path that leaves the folder of media files, and a file that cannot be read where it is to stop all.
pub(super) fn open_labels<D: Decode>(
    source: &Source<'_>,
    decoder: D,
    report: &mut TargetReport,
) -> Result<Option<(Media<D>, Vec<bool>)>, Error> {
    let Some(column) = source.table.find(source.column) else { return Ok(None) };
    let files = Files::collect_for(source.purpose, source.table, source.rows, column)?;
    let (media, unreadable) = open(&files, decoder, source.memory, |row| source.place(row));
    for (row, cause) in source.rows.iter().zip(unreadable) {
        let Some(cause) = cause else { continue };
        match source.bad {
            OnBadRow::Error => return Err(unreadable_file(source.place(*row), cause)),
            OnBadRow::Missing | OnBadRow::Skip => {
                report.unreadable += 1;
                keep(&mut report.unreadable_examples, &cause);
            }
        }
    }
    let known = (0..source.rows.len()).map(|row| media.count(row) > 0).collect();
    Ok(Some((media, known)))
}

/// Moves the grids of a batch along with the images that they lie on. What comes in from outside has no label, though the image repeats its edge
/// there: nobody has labeled it. (A row counts the cells that it has in its file, so those that leave with a shift lower its part in the loss.)
pub(crate) fn transform(values: &mut Values, transforms: &[Transform]) {
    let ([height, width], grids) = values.grids_mut(0);
    for (cells, transform) in grids.zip(transforms) {
        transform.apply(cells, [height, width, 1], Outside::Filled(UNKNOWN_CELL));
    }
}

impl Decode for LabelGrid {
    type Value = u8;
    const WHAT: &'static str = "masks";

    fn decode(&self, from: Origin<'_>) -> Result<Vec<u8>, String> {
        index_image::decode_then(from, |mut image| {
            if let Some(ignored) = self.ignored {
                image.indices.iter_mut().filter(|index| **index == ignored).for_each(|index| *index = UNKNOWN_CELL);
            }
            let is_strange = |index: &u8| usize::from(*index) >= self.classes && *index != UNKNOWN_CELL;
            if let Some(place) = image.indices.iter().position(is_strange) {
                let (row, column) = (place / image.width + 1, place % image.width + 1);
                let (index, classes) = (image.indices[place], self.classes);
                return Err(format!(
                    "has index {index} at row {row}, column {column}; the task has {classes} classes, counted from 0, and {UNKNOWN_CELL} is a pixel without a label"
                ));
            }
            Ok(index_image::fit(image, self.canvas.size, self.canvas.fit, UNKNOWN_CELL).indices)
        })
    }

    /// The cells that have a label.
    fn count(&self, cells: &[u8]) -> usize {
        cells.iter().filter(|cell| **cell != UNKNOWN_CELL).count()
    }
}

/// A column of grids.
#[derive(Debug)]
struct StoredGrids(Media<LabelGrid>);

impl StoredLabels for StoredGrids {
    fn gather(&self, rows: &[usize], loaded: &LoadedValues) -> Values {
        let LabelGrid { canvas, .. } = self.0.decoder;
        let (loaded, size) = (loaded.get(), canvas.cells());
        let mut cells = Vec::with_capacity(rows.len() * size);
        for &row in rows {
            match self.0.get(row, loaded) {
                Some(own) => cells.extend(own),
                None => cells.resize(cells.len() + size, UNKNOWN_CELL),
            }
        }
        Values::grids(canvas.size, cells)
    }

    fn count(&self, row: usize) -> usize {
        self.0.count(row)
    }

    fn is_whole(&self) -> bool {
        self.0.is_whole()
    }

    fn load(&self, rows: &[usize]) -> Result<LoadedValues, Error> {
        Ok(LoadedValues::new(self.0.load(rows)?))
    }
}
