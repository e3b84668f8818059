//! What kinds of label have in common that are a grid of class indices on an image, each row's in a file of its own.
//!
//! The files are PNG images, grayscale or with a palette, whose pixels are class indices; 255 is a pixel without a label. A cell may also hold
//! [shapes](super::shapes) instead of a file. Masks are as large as their images, and laid on a canvas as those are, by the nearest neighbor, and decoded again when they are needed where memory does not keep them, as images are.
//!
//! A file that cannot be read stops the encoding under `on_bad_row = "error"`. Under `"missing"` and `"skip"` the label is unknown in its row and
//! the task's report counts and names it. The row stays under `"skip"` too: an unreadable label spoils nothing else, and to leave out
//! the row would take it from the other tasks, and an image without a mask can still be predicted.

use super::canvas::Canvas;
use super::paint::{draw, same_size};
use super::shapes;
use super::stored::{LabelValues, StoredLabels};
use super::{Encoded, Source};
use crate::augment::composition::Composition;
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
use banyan_media::Origin;
use banyan_media::fit::Fit;
use banyan_media::index_image::{self, IndexImage};

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
    /// Encodes a column of paths, bytes or shapes, whose labels are among these names. A row is known if any of its cells is.
    ///
    /// # Errors
    /// In training a path that leaves the folder of media files, and a file that cannot be read where it is to stop all. Where a model is used,
    /// either costs its own row its label.
    pub(crate) fn encode(self, names: &[String], source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        let unknown = || Encoded { known: vec![false; source.rows.len()], values: self.unknown(source.rows.len()).into() };
        let Some(column) = source.table.find(source.column) else { return Ok(unknown()) };
        let files = Files::collect_masks(source.purpose, source.table, source.rows, column)?;
        let decoder = GridDecoder { grid: self, names: names.to_vec() };
        let (media, known) = open_labels(source, files, decoder, report)?;
        Ok(Encoded { known, values: LabelValues::InFiles(Box::new(StoredGrids(media))) })
    }

    /// So many rows without a label.
    pub(crate) fn unknown(self, rows: usize) -> Values {
        Values::grids(self.canvas.size, vec![UNKNOWN_CELL; rows * self.canvas.cells()])
    }
}

/// Opens files of labels that lie on images, and tells which rows have any that count.
///
/// # Errors
/// A file that cannot be read, or is of another size than its image, where it is to stop all.
pub(super) fn open_labels<D: Decode>(
    source: &Source<'_>,
    mut files: Files,
    decoder: D,
    report: &mut TargetReport,
) -> Result<(Media<D>, Vec<bool>), Error> {
    let misplaced = files.lie_on(&source.image_sizes()?);
    let (mut media, unreadable) = open(&files, decoder, source.memory, |row| source.place(row));
    for (index, (unreadable, misplaced)) in unreadable.into_iter().zip(misplaced).enumerate() {
        let Some(cause) = unreadable.or(misplaced) else { continue };
        let row = &source.rows[index];
        media.forget(index);
        match source.bad {
            OnBadRow::Error => return Err(unreadable_file(source.place(*row), cause)),
            OnBadRow::Missing | OnBadRow::Skip => {
                report.unreadable += 1;
                keep(&mut report.unreadable_examples, &cause);
            }
        }
    }
    let known = (0..source.rows.len()).map(|row| media.count(row) > 0).collect();
    Ok((media, known))
}

/// Moves the grids of a batch along with the images that they lie on. What comes in from outside has no label, though the image repeats its edge
/// there: nobody has labeled it. (A row counts the cells that it has in its file, so those that leave with a shift lower its part in the loss.)
pub(crate) fn transform(values: &mut Values, transforms: &[Transform]) {
    let ([height, width], grids) = values.grids_mut(0);
    for (cells, transform) in grids.zip(transforms) {
        transform.apply(cells, [height, width, 1], Outside::Filled(UNKNOWN_CELL));
    }
}

/// Puts the grids of a batch together as the images that they lie on. Where another row's image is seen whose label nobody knows, there is none.
pub(crate) fn compose(values: &mut Values, known: &[bool], compositions: &[Option<Composition>]) {
    let old = values.grids_at(0).1.to_vec();
    let ([height, width], grids) = values.grids_mut(0);
    for ((cells, composition), known) in grids.zip(compositions).zip(known) {
        if let Some(composition) = composition.as_ref().filter(|_| *known) {
            composition.apply(&old, cells, [height, width, 1]);
        }
    }
}

/// Masks to grids.
#[derive(Debug)]
struct GridDecoder {
    grid: LabelGrid,
    /// The classes, by which shapes are labeled.
    names: Vec<String>,
}

impl GridDecoder {
    /// Lays a mask on the canvas.
    fn lay(&self, mut mask: IndexImage) -> Result<Vec<u8>, String> {
        let LabelGrid { canvas, classes, ignored } = self.grid;
        if let Some(ignored) = ignored {
            mask.indices.iter_mut().filter(|index| **index == ignored).for_each(|index| *index = UNKNOWN_CELL);
        }
        let is_strange = |index: &u8| usize::from(*index) >= classes && *index != UNKNOWN_CELL;
        if let Some(place) = mask.indices.iter().position(is_strange) {
            let (row, column) = (place / mask.width + 1, place % mask.width + 1);
            let index = mask.indices[place];
            return Err(format!(
                "has index {index} at row {row}, column {column}; the task has {classes} classes, counted from 0, and {UNKNOWN_CELL} is a pixel without a label"
            ));
        }
        Ok(index_image::fit(mask, canvas.size, canvas.fit, UNKNOWN_CELL).indices)
    }

    /// Lays the mask on the canvas that a cell holds itself. Runs may already be those of the canvas, as predictions are.
    fn lay_shapes(&self, text: &[u8], image: Option<[usize; 2]>) -> Result<Vec<u8>, String> {
        let canvas = self.grid.canvas;
        let mask = draw(&shapes::parse(text)?, &self.names, image)?;
        let size = [mask.height, mask.width];
        match image {
            Some(image) if image != size && size != canvas.size => same_size(size, image).map(|()| Vec::new()),
            Some(image) if image != size => {
                let own = Self { grid: LabelGrid { canvas: Canvas { fit: Fit::Stretch, ..canvas }, ..self.grid }, names: Vec::new() };
                own.lay(mask)
            }
            _ => self.lay(mask),
        }
    }
}

impl Decode for GridDecoder {
    type Value = u8;
    const WHAT: &'static str = "masks";

    fn decode(&self, from: Origin<'_>) -> Result<Vec<u8>, String> {
        self.decode_on(from, None)
    }

    fn decode_on(&self, from: Origin<'_>, image: Option<[usize; 2]>) -> Result<Vec<u8>, String> {
        if let Origin::Bytes(text) = from
            && shapes::is_shapes(text)
        {
            return self.lay_shapes(text, image);
        }
        index_image::decode_then(from, |mask| {
            image.map_or(Ok(()), |image| same_size([mask.height, mask.width], image))?;
            self.lay(mask)
        })
    }

    /// The cells that have a label.
    fn count(&self, cells: &[u8]) -> usize {
        cells.iter().filter(|cell| **cell != UNKNOWN_CELL).count()
    }
}

/// A column of grids.
#[derive(Debug)]
struct StoredGrids(Media<GridDecoder>);

impl StoredLabels for StoredGrids {
    fn gather(&self, rows: &[usize], loaded: &LoadedValues) -> Values {
        let canvas = self.0.decoder.grid.canvas;
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
