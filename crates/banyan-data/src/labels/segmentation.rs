//! `segmentation`: a class for each pixel of an image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::canvas::Canvas;
use super::grid::{self, LabelGrid};
use super::settings::{Settings, check_classes, class_names};
use super::{Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata, Subject};
use super::{TargetConfig, Task, TaskKind};
use crate::augment::transform::Transform;
use crate::batch::UNKNOWN_CELL;
use crate::dataset::parallel;
use crate::error::Error;
use crate::files::{Files, MediaFile, unreadable_file};
use crate::report::TargetReport;
use crate::settings::{SettingError, check_classes_learned};
use crate::values::Values;
use banyan_media::index_image;

/// A class for each pixel. A batch holds a grid of indices a row, [`UNKNOWN_CELL`] where there is no label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segmentation {
    /// The input on whose images they lie.
    pub on: String,
    /// What those are laid on.
    pub canvas: Canvas,
    /// The classes, in the order of the indices in the masks.
    pub classes: Vec<String>,
    /// Training masks that show each.
    pub counts: Vec<usize>,
    /// Training rows that have a mask.
    pub rows: usize,
    /// The index of a pixel without a label, besides 255.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored_index: Option<u8>,
}

/// The settings of masks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SegmentationSettings {
    /// The input, of the type `image`, on which the masks lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The classes in the order of their indices in the masks; as many as the training masks have, and called by their indices, where they are not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
    /// The index of pixels that have no label, besides 255.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignored_index: Option<u8>,
}

impl Settings for SegmentationSettings {
    fn check(&self) -> Result<(), SettingError> {
        check_classes(self.classes(), 2..)?;
        match self.classes() {
            Some(classes) if classes.len() > MOST_CLASSES => {
                Err(SettingError::new("classes", format!("must be {MOST_CLASSES} at most, not {}", classes.len())))
            }
            _ => Ok(()),
        }
    }

    fn classes(&self) -> Option<&[String]> {
        self.classes.as_deref()
    }

    fn on(&self) -> Option<&str> {
        self.on.as_deref()
    }
}

/// Indices are bytes, and one of them is a pixel without a label.
const MOST_CLASSES: usize = 255;

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "segmentation"
    }

    fn subject(&self) -> Subject {
        Subject::Image
    }

    fn asked_at(&self) -> u8 {
        2
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let is_png = |text: &str| text.to_ascii_lowercase().ends_with(".png");
        let mut texts = candidate.column.cells().filter(|cell| !cell.is_missing()).peekable();
        let are_paths = texts.peek().is_some() && texts.all(|cell| matches!(cell, crate::table::Cell::Text(text) if is_png(text)));
        if !are_paths {
            return Ok(None);
        }
        let rows: Vec<usize> = (0..candidate.table.rows()).collect();
        let Ok(files) = Files::collect(candidate.table, &rows, candidate.column) else { return Ok(None) };
        let count = files.len().min(PROBED);
        let probed: Vec<&MediaFile> = (0..count).map(|index| &files[index * files.len() / count.max(1)]).collect();
        let counts: Result<Vec<[usize; 256]>, String> = probed.into_iter().map(|file| file.open(|from| counts_of(from))).collect();
        let Ok(counts) = counts else { return Ok(None) };
        let classes = (0..MOST_CLASSES).rev().find(|index| counts.iter().any(|own| own[*index] > 0)).map_or(0, |last| last + 1);
        let reason = format!("paths of masks ({count} tried have indices up to {})", classes.saturating_sub(1));
        Ok((2..=MOST_INFERRED).contains(&classes).then(|| InferredTask::new(TaskKind::Segmentation, reason, names(classes))))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let settings: &SegmentationSettings = task.config.own();
        let (input, canvas) = task.input_of_images()?;
        let files = Files::collect(task.table, task.rows, task.column)?;
        if files.is_empty() {
            return Err(task.no_labels());
        }
        let read: Vec<Result<[usize; 256], String>> = parallel::each(&files, |file: &MediaFile| file.open(|from| counts_of(from)));
        let mut pixels = [0_usize; 256];
        for own in read.iter().flatten() {
            pixels.iter_mut().zip(own).for_each(|(all, own)| *all += own);
        }
        // Where one file is to stop all, encoding says so; where none can be read, nothing is left to learn from.
        if let (true, Some(Err(cause))) = (read.iter().all(Result::is_err), read.first()) {
            return Err(unreadable_file(task.table.place(files[0].row, Some(&task.column.name)), cause.clone()));
        }
        pixels[usize::from(UNKNOWN_CELL)] = 0;
        if let Some(ignored) = settings.ignored_index {
            pixels[usize::from(ignored)] = 0;
        }
        let found = pixels.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        let classes = settings.classes().map_or_else(|| names(found.max(2)), <[String]>::to_vec);
        if found == 0 {
            return Err(task.error("no pixel of the training masks has a label", "leave the task out"));
        }
        let counts = (0..classes.len()).map(|class| read.iter().flatten().filter(|own| own[class] > 0).count()).collect();
        let rows = files.of_row.iter().filter(|file| file.is_some_and(|file| read[file].is_ok())).count();
        Ok(Segmentation { on: input.name.clone(), canvas, classes, counts, rows, ignored_index: settings.ignored_index }.into())
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::None
    }
}

/// Masks that are opened before a column of images is taken for them, and the most classes that it may have then: pictures in gray have many levels.
const PROBED: usize = 20;
const MOST_INFERRED: usize = 64;

/// Classes that are called by their indices.
fn names(classes: usize) -> Vec<String> {
    (0..classes).map(|class| class.to_string()).collect()
}

/// Pixels of each index.
fn counts_of(from: banyan_media::Origin<'_>) -> Result<[usize; 256], String> {
    index_image::decode_then(from, |image| {
        let mut counts = [0; 256];
        image.indices.iter().for_each(|index| counts[usize::from(*index)] += 1);
        Ok(counts)
    })
}

impl Segmentation {
    fn grid(&self) -> LabelGrid {
        LabelGrid { canvas: self.canvas, classes: self.classes.len(), ignored: self.ignored_index }
    }
}

impl Label for Segmentation {
    fn check(&self) -> Result<(), SettingError> {
        check_classes_learned("classes", &self.classes, 2)
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn counts(&self) -> &[usize] {
        &self.counts
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
        self.grid().encode(source, report)
    }

    fn unknown(&self, rows: usize) -> Values {
        self.grid().unknown(rows)
    }

    fn transform(&self, values: &mut Values, transforms: &[Transform]) {
        grid::transform(values, transforms);
    }

    fn count(&self, values: &Values, known: &[bool], row: usize) -> usize {
        let (size, cells) = values.grids_at(0);
        let size = size[0] * size[1];
        if known[row] { cells[row * size..][..size].iter().filter(|cell| **cell != UNKNOWN_CELL).count() } else { 0 }
    }
}
