//! What tests of labels on images share: a kind of label that is for tests only, until a kind of task has one, and a table with a column of
//! masks.

use std::path::Path;

use banyan_media::fit::Fit;
use image::{GrayImage, Luma};

use super::encode::encode_target;
use super::{Dataset, EncodeOptions, MediaMemory, Purpose, Report};
use crate::augment::composition::Composition;
use crate::augment::transform::Transform;
use crate::batch::{Batch, InputValues};
use crate::config::OnBadRow;
use crate::error::Error;
use crate::inputs::ImageSchema;
use crate::labels::canvas::Canvas;
use crate::labels::grid::{self, LabelGrid};
use crate::labels::{Encoded, Label, Regression, Source};
use crate::report::TargetReport;
use crate::schema::{InputSchema, Schema, TargetSchema};
use crate::table::{ReadOptions, Table};
use crate::values::Values;

/// The side of all images.
pub(crate) const SIDE: usize = 50;

/// Grids on the input `image`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Masks(LabelGrid);

impl Masks {
    pub(crate) fn new(side: usize, classes: usize) -> Self {
        Self(LabelGrid { canvas: Canvas { size: [side; 2], fit: Fit::Stretch }, classes, ignored: None })
    }
}

impl Label for Masks {
    fn on(&self) -> Option<&str> {
        Some("image")
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        self.0.encode(&[], source, report)
    }

    fn unknown(&self, rows: usize) -> Values {
        self.0.unknown(rows)
    }

    fn transform(&self, values: &mut Values, transforms: &[Transform]) {
        grid::transform(values, transforms);
    }

    fn compose(&self, values: &mut Values, known: &[bool], compositions: &[Option<Composition>]) {
        grid::compose(values, known, compositions);
    }
}

/// The level of a pixel, and the class of the mask's pixel there. Those of neighbors differ, and so do those of the images.
pub(crate) fn level(image: usize, row: usize, column: usize) -> u8 {
    ((image * 31 + row * 7 + column * 12) % 251) as u8
}

pub(crate) fn write(folder: &Path, name: &str, side: usize, pixel: impl Fn(usize, usize) -> u8) {
    let image = GrayImage::from_fn(side as u32, side as u32, |x, y| Luma([pixel(y as usize, x as usize)]));
    image.save(folder.join(name)).expect("an image is written");
}

pub(crate) fn table(folder: &Path, rows: &str) -> Table {
    let path = folder.join("table.csv");
    std::fs::write(&path, format!("image,mask,number\n{rows}")).expect("a table is written");
    Table::read(&path, &ReadOptions::default()).expect("a table is read")
}

/// Four images, each with itself as its mask, of which the third row has none; and a column of numbers.
pub(crate) fn images() -> (tempfile::TempDir, Table) {
    let folder = tempfile::tempdir().expect("a folder");
    for image in 0..4 {
        write(folder.path(), &format!("{image}.png"), SIDE, |row, column| level(image, row, column));
    }
    let table = table(folder.path(), "0.png,0.png,1\n1.png,1.png,2\n2.png,,3\n3.png,3.png,4\n");
    (folder, table)
}

/// Two inputs of the same images, `other` and `image`, and one task, `number`.
pub(crate) fn schema() -> Schema {
    let image = ImageSchema {
        height: SIDE,
        width: SIDE,
        fit: Fit::Stretch,
        channels: 1,
        mean: vec![0.0],
        std: vec![1.0],
        levels: None,
        pretrained: false,
    };
    let input = |name: &str| InputSchema { name: name.to_owned(), column: "image".to_owned(), details: image.clone().into() };
    let details = Regression { mean: 0.0, std: 1.0, rows: 4, format: Default::default() }.into();
    let number = TargetSchema { name: "number".to_owned(), column: "number".to_owned(), details };
    Schema { inputs: vec![input("other"), input("image")], targets: vec![number] }
}

/// A table by [`schema`], and its masks as a second task.
pub(crate) fn encode(table: &Table, masks: Masks, bad: OnBadRow, memory: Option<&MediaMemory>) -> Result<(Dataset, Report), Error> {
    let rows: Vec<usize> = (0..table.rows()).collect();
    let (mut dataset, mut report) = Dataset::encode(table, &rows, &schema(), EncodeOptions { bad, memory, ..EncodeOptions::default() })?;
    let table_rows: Vec<usize> = (0..dataset.len()).map(|row| dataset.table_row(row)).collect();
    let source = Source {
        table,
        rows: &table_rows,
        name: "mask",
        column: "mask",
        words: None,
        image: None,
        purpose: Purpose::Training,
        bad,
        memory,
    };
    let (store, own) = encode_target(&source, &masks, true)?;
    dataset.targets.push(store);
    report.tasks.push(own);
    Ok((dataset, report))
}

/// A table whose files can all be read, and which memory keeps.
pub(crate) fn whole(table: &Table, masks: Masks) -> Dataset {
    encode(table, masks, OnBadRow::Error, None).expect("all files can be read").0
}

/// The grids of a batch's rows.
pub(crate) fn grids(batch: &Batch) -> Vec<&[u8]> {
    let ([height, width], cells) = batch.tasks[1].values.grids_at(0);
    cells.chunks_exact(height * width).collect()
}

/// The levels of the images of a batch's rows, as they were in the files.
pub(crate) fn levels(batch: &Batch) -> Vec<Vec<u8>> {
    let InputValues::Image(images) = &batch.inputs[1].values else { panic!("an input of images") };
    let level = |pixel: &f32| (pixel * 255.0).round() as u8;
    images.pixels.chunks_exact(SIDE * SIDE).map(|image| image.iter().map(level).collect()).collect()
}
