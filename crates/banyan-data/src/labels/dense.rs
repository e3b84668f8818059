//! `dense`: a number for each pixel of an image, such as a depth.
//!
//! The files are PNG images in gray, of 8 or 16 bits, whose levels are the numbers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::canvas::Canvas;
use super::grid::open_labels;
use super::settings::Settings;
use super::stored::{LabelValues, StoredLabels};
use super::{Encoded, Label, LabelKind, LabelSchema, Source, Strata, Subject};
use super::{TargetConfig, Task};
use crate::augment::composition::Composition;
use crate::augment::grid::Outside;
use crate::augment::transform::Transform;
use crate::dataset::decode::Decode;
use crate::dataset::loaded::LoadedValues;
use crate::dataset::media::Media;
use crate::dataset::parallel;
use crate::error::Error;
use crate::files::{Files, MediaFile};
use crate::moments::Moments;
use crate::report::TargetReport;
use crate::settings::{self, SettingError};
use crate::values::{Array, Values};
use banyan_media::{Origin, depth_image};

/// A number for each pixel. A batch holds `height × width` standardized numbers a row, and beside them a grid that is 1 where there is a label and 0 elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dense {
    /// The input on whose images they lie.
    pub on: String,
    /// What those are laid on.
    pub canvas: Canvas,
    /// The mean of the training pixels.
    pub mean: f64,
    /// Their standard deviation.
    #[serde(rename = "deviation")]
    pub std: f64,
    /// Training rows that have labels.
    pub rows: usize,
    /// The level of a pixel without a label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_level: Option<u16>,
}

/// The settings of numbers for each pixel.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DenseSettings {
    /// The input, of the type `image`, on which the labels lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The level of pixels that have no label, as 0 in many depth images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown_level: Option<u16>,
}

impl Settings for DenseSettings {
    fn on(&self) -> Option<&str> {
        self.on.as_deref()
    }
}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "dense"
    }

    fn subject(&self) -> Subject {
        Subject::Image
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let settings: &DenseSettings = task.config.own();
        let (input, canvas) = task.input_of_images()?;
        let files = Files::collect(task.table, task.rows, task.column)?;
        if files.is_empty() {
            return Err(task.no_labels());
        }
        let decoder = LevelGrid { canvas, unknown: settings.unknown_level };
        let read: Vec<Result<Vec<(u16, u32)>, String>> =
            parallel::each(&files, |file: &MediaFile| Ok(counted(&file.open(|from| decoder.decode(from))?)));
        let rows = task.readable_rows(&files, &read)?;
        let mut moments = Moments::default();
        for (level, count) in read.iter().flatten().flatten() {
            (0..*count).for_each(|_| moments.add(f64::from(*level)));
        }
        if moments.is_empty() {
            return Err(task.error("no pixel of the training images has a label", "leave the task out"));
        }
        let std = if moments.std() > 0.0 { moments.std() } else { 1.0 };
        Ok(Dense { on: input.name.clone(), canvas, mean: moments.mean(), std, rows, unknown_level: settings.unknown_level }.into())
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::None
    }
}

/// How often each level comes; nothing of pixels without one.
fn counted(levels: &[u32]) -> Vec<(u16, u32)> {
    let mut sorted: Vec<u16> = levels.iter().filter_map(|level| u16::try_from(*level).ok()).collect();
    sorted.sort_unstable();
    sorted.chunk_by(|one, other| one == other).map(|run| (run[0], run.len() as u32)).collect()
}

/// What a pixel without a label holds.
const UNKNOWN: u32 = u32::MAX;

/// The levels of a file on the canvas.
#[derive(Debug, Clone, Copy)]
struct LevelGrid {
    canvas: Canvas,
    unknown: Option<u16>,
}

impl Decode for LevelGrid {
    type Value = u32;
    const WHAT: &'static str = "label images";

    fn decode(&self, from: Origin<'_>) -> Result<Vec<u32>, String> {
        let image = depth_image::decode(from)?;
        let levels = image.on(image.place(self.canvas.size, self.canvas.fit), self.canvas.size);
        let known = |level: Option<u16>| level.filter(|level| Some(*level) != self.unknown).map_or(UNKNOWN, u32::from);
        Ok(levels.into_iter().map(known).collect())
    }

    fn count(&self, levels: &[u32]) -> usize {
        levels.iter().filter(|level| **level != UNKNOWN).count()
    }
}

/// A column of such files.
#[derive(Debug)]
struct StoredLevels {
    media: Media<LevelGrid>,
    mean: f64,
    std: f64,
}

impl StoredLabels for StoredLevels {
    fn gather(&self, rows: &[usize], loaded: &LoadedValues) -> Values {
        let (loaded, canvas) = (loaded.get(), self.media.decoder.canvas);
        let size = canvas.cells();
        let (mut numbers, mut known) = (vec![0.0; rows.len() * size], vec![0; rows.len() * size]);
        for ((numbers, known), &row) in numbers.chunks_exact_mut(size.max(1)).zip(known.chunks_exact_mut(size.max(1))).zip(rows) {
            let Some(levels) = self.media.get(row, loaded) else { continue };
            for ((number, known), &level) in numbers.iter_mut().zip(known).zip(levels).filter(|(_, level)| **level != UNKNOWN) {
                (*number, *known) = (((f64::from(level) - self.mean) / self.std) as f32, 1);
            }
        }
        values(canvas, numbers, known)
    }

    fn count(&self, row: usize) -> usize {
        self.media.count(row)
    }

    fn is_whole(&self) -> bool {
        self.media.is_whole()
    }

    fn load(&self, rows: &[usize]) -> Result<LoadedValues, Error> {
        Ok(LoadedValues::new(self.media.load(rows)?))
    }
}

impl Label for Dense {
    fn check(&self) -> Result<(), SettingError> {
        settings::check_scale(&[self.mean], &[self.std], 1)
    }

    fn known_rows(&self) -> usize {
        self.rows
    }

    fn on(&self) -> Option<&str> {
        Some(&self.on)
    }

    fn on_canvas(&self, canvas: Canvas) -> Option<LabelSchema> {
        Some(Self { canvas, ..self.clone() }.into())
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        let Some(column) = source.table.find(source.column) else {
            return Ok(Encoded { known: vec![false; source.rows.len()], values: self.unknown(source.rows.len()).into() });
        };
        let files = Files::collect_for(source.purpose, source.table, source.rows, column)?;
        let decoder = LevelGrid { canvas: self.canvas, unknown: self.unknown_level };
        let (media, known) = open_labels(source, files, decoder, report)?;
        Ok(Encoded { known, values: LabelValues::InFiles(Box::new(StoredLevels { media, mean: self.mean, std: self.std })) })
    }

    fn unknown(&self, rows: usize) -> Values {
        let cells = rows * self.canvas.cells();
        values(self.canvas, vec![0.0; cells], vec![0; cells])
    }

    /// Moves labels as their images were moved. (A zoom is no change of distance.)
    fn transform(&self, values: &mut Values, transforms: &[Transform]) {
        let ([height, width], size) = (self.canvas.size, self.canvas.cells().max(1));
        let (mut numbers, mut known) = (values.numbers_at(0).1.to_vec(), values.grids_at(1).1.to_vec());
        for ((numbers, known), transform) in numbers.chunks_exact_mut(size).zip(known.chunks_exact_mut(size)).zip(transforms) {
            transform.apply(numbers, [height, width, 1], Outside::Filled(0.0));
            transform.apply(known, [height, width, 1], Outside::Filled(0));
        }
        *values = self::values(self.canvas, numbers, known);
    }

    fn compose(&self, values: &mut Values, known_rows: &[bool], compositions: &[Option<Composition>]) {
        let ([height, width], size) = (self.canvas.size, self.canvas.cells().max(1));
        let (old_numbers, old_known) = (values.numbers_at(0).1, values.grids_at(1).1);
        let (mut numbers, mut known) = (old_numbers.to_vec(), old_known.to_vec());
        let rows = numbers.chunks_exact_mut(size).zip(known.chunks_exact_mut(size));
        for (((numbers, known), composition), is_known) in rows.zip(compositions).zip(known_rows) {
            if let Some(composition) = composition.as_ref().filter(|_| *is_known) {
                composition.apply(old_numbers, numbers, [height, width, 1]);
                composition.apply(old_known, known, [height, width, 1]);
            }
        }
        *values = self::values(self.canvas, numbers, known);
    }

    fn count(&self, values: &Values, known: &[bool], row: usize) -> usize {
        let size = self.canvas.cells();
        if known[row] { values.grids_at(1).1[row * size..][..size].iter().filter(|known| **known == 1).count() } else { 0 }
    }
}

fn values(canvas: Canvas, numbers: Vec<f32>, known: Vec<u8>) -> Values {
    let [height, width] = canvas.size;
    Values::new(vec![Array::Numbers { width: canvas.cells(), values: numbers }, Array::Grids { height, width, cells: known }])
}
