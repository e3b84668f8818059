//! `segmentation`: a class for each pixel of an image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::canvas::Canvas;
use super::grid::{self, LabelGrid};
use super::paint::draw;
use super::settings::{Settings, canonical, check_classes, class_names};
use super::shapes::{self, Shapes};
use super::task::{Counts, count};
use super::{Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata, Subject};
use super::{TargetConfig, Task, TaskKind};
use crate::augment::composition::Composition;
use crate::augment::transform::Transform;
use crate::batch::UNKNOWN_CELL;
use crate::dataset::{Purpose, parallel};
use crate::error::Error;
use crate::files::{Files, MediaFile};
use crate::report::TargetReport;
use crate::settings::{SettingError, check_classes_learned};
use crate::values::Values;
use crate::vocabulary::Vocabulary;
use banyan_media::{Origin, index_image};

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

/// The class of pixels that no outline covers, where a mask is a list of those.
pub(super) const BACKGROUND: &str = "background";

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
        if let Some(task) = infer_outlines(candidate) {
            return Ok(Some(task));
        }
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
        let pixels_of = |from: Origin<'_>| index_image::decode_then(from, |image| Ok(counts_of(&image.indices)));
        let counts: Result<Vec<[usize; 256]>, String> = probed.into_iter().map(|file| file.open(pixels_of)).collect();
        let Ok(counts) = counts else { return Ok(None) };
        let classes = (0..MOST_CLASSES).rev().find(|index| counts.iter().any(|own| own[*index] > 0)).map_or(0, |last| last + 1);
        let reason = format!("paths of masks ({count} tried have indices up to {})", classes.saturating_sub(1));
        Ok((2..=MOST_INFERRED).contains(&classes).then(|| InferredTask::new(TaskKind::Segmentation, reason, names(classes))))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let settings: &SegmentationSettings = task.config.own();
        let (input, canvas) = task.input_of_images()?;
        let files = Files::collect_masks(Purpose::Training, task.table, task.rows, task.column)?;
        if files.is_empty() {
            return Err(task.no_labels());
        }
        let read: Vec<Result<Content, String>> = parallel::each(&files, |file: &MediaFile| file.open(content_of));
        let rows = task.readable_rows(&files, &read)?;
        let classes = classes_of(task, &files, &read)?;
        let vocabulary = Vocabulary::of_labels(&classes, files.len());
        let shows = |content: &Content, class: usize| match content {
            Content::Indices(pixels) => pixels[class] > 0,
            Content::Labels(labels) => {
                classes[class] == BACKGROUND || labels.iter().any(|label| vocabulary.find(canonical(label)) == Some(class as u32))
            }
        };
        let counts = (0..classes.len()).map(|class| read.iter().flatten().filter(|own| shows(own, class)).count()).collect();
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

/// What a mask shows.
enum Content {
    /// Pixels of each index.
    Indices(Box<[usize; 256]>),
    /// The labels of its outlines.
    Labels(Vec<String>),
}

fn content_of(from: Origin<'_>) -> Result<Content, String> {
    if let Origin::Bytes(text) = from
        && shapes::is_shapes(text)
    {
        if let Some(labels) = shapes::labels(text)? {
            return Ok(Content::Labels(labels));
        }
        let mask = draw(&shapes::parse(text)?, &[], None)?;
        return Ok(Content::Indices(Box::new(counts_of(&mask.indices))));
    }
    index_image::decode_then(from, |image| Ok(Content::Indices(Box::new(counts_of(&image.indices)))))
}

/// Pixels of each index.
fn counts_of(indices: &[u8]) -> [usize; 256] {
    let mut counts = [0; 256];
    indices.iter().for_each(|index| counts[usize::from(*index)] += 1);
    counts
}

/// The classes of training masks: those that are given, or else the labels of outlines behind the background, or as many as there are indices.
fn classes_of(task: &Task<'_>, files: &Files, read: &[Result<Content, String>]) -> Result<Vec<String>, Error> {
    let settings: &SegmentationSettings = task.config.own();
    let (mut found, mut pixels, mut has_outlines) = (Counts::new(), [0_usize; 256], false);
    for (file, content) in files.iter().zip(read) {
        match content {
            Ok(Content::Labels(labels)) => {
                has_outlines = true;
                labels.iter().for_each(|label| count(&mut found, canonical(label), file.row));
            }
            Ok(Content::Indices(own)) => pixels.iter_mut().zip(own.iter()).for_each(|(all, own)| *all += own),
            Err(_) => {}
        }
    }
    pixels[usize::from(UNKNOWN_CELL)] = 0;
    if let Some(ignored) = settings.ignored_index {
        pixels[usize::from(ignored)] = 0;
    }
    let indices = pixels.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    if found.is_empty() && indices == 0 {
        return Err(task.error("no pixel of the training masks has a label", "leave the task out"));
    }
    if !has_outlines {
        return Ok(settings.classes().map_or_else(|| names(indices.max(2)), <[String]>::to_vec));
    }
    if settings.classes().is_none() && indices > 0 {
        let hint = "give classes, in the order of the indices";
        return Err(task.error("some of its masks are outlines with labels, and others have class indices", hint));
    }
    let mut classes = task.order(&found)?;
    if settings.classes().is_none() {
        let place = classes.iter().position(|class| class == BACKGROUND);
        let background = place.map_or_else(|| BACKGROUND.to_owned(), |place| classes.remove(place));
        classes.insert(0, background);
    }
    if classes.len() > MOST_CLASSES {
        return Err(
            task.error(format!("its masks have {} classes, and a mask tells {MOST_CLASSES} apart", classes.len()), "give fewer classes")
        );
    }
    Ok(classes)
}

/// The task of a column whose cells are outlines.
fn infer_outlines(candidate: &Candidate<'_>) -> Option<InferredTask> {
    let mut classes = vec![BACKGROUND.to_owned()];
    for cell in candidate.column.cells().filter(|cell| !cell.is_missing()) {
        let Ok(Shapes::Outlines(outlines)) = shapes::parse(&shapes::text_of(cell)?) else { return None };
        for (label, _) in outlines {
            if !classes.contains(&label) {
                classes.push(label);
            }
        }
    }
    let reason = format!("outlines of {} classes", classes.len() - 1);
    (2..=MOST_CLASSES).contains(&classes.len()).then(|| InferredTask::new(TaskKind::Segmentation, reason, classes))
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
        let column = source.table.find(source.column);
        let texts = column.into_iter().flat_map(|column| source.rows.iter().filter_map(|row| shapes::text_of(column.cell(*row))));
        let known = Vocabulary::of_labels(&self.classes, source.rows.len());
        for label in texts.filter_map(|text| shapes::labels(&text).ok().flatten()).flatten() {
            if known.find(canonical(&label)).is_none() {
                report.add_unseen(&label);
            }
        }
        self.grid().encode(&self.classes, source, report)
    }

    fn unknown(&self, rows: usize) -> Values {
        self.grid().unknown(rows)
    }

    fn transform(&self, values: &mut Values, transforms: &[Transform]) {
        grid::transform(values, transforms);
    }

    /// All pixels with another label than that of the background, where one of the classes is that.
    fn object_pixels(&self, values: &Values, row: usize, [height, width]: [usize; 2]) -> Option<Vec<bool>> {
        let is_background = |class: &String| class.eq_ignore_ascii_case(BACKGROUND);
        // Classes that nobody named are called by their indices, of which 0 is the background.
        let background = self.classes.iter().position(is_background).or((self.classes[0] == "0").then_some(0))?;
        let ([rows, columns], cells) = values.grids_at(0);
        let cells = &cells[row * rows * columns..][..rows * columns];
        let cell = |y: usize, x: usize| cells[y * rows / height * columns + x * columns / width];
        let is_object = |cell: u8| cell != UNKNOWN_CELL && usize::from(cell) != background;
        Some((0..height * width).map(|pixel| is_object(cell(pixel / width, pixel % width))).collect())
    }

    fn compose(&self, values: &mut Values, known: &[bool], compositions: &[Option<Composition>]) {
        grid::compose(values, known, compositions);
    }

    fn count(&self, values: &Values, known: &[bool], row: usize) -> usize {
        let (size, cells) = values.grids_at(0);
        let size = size[0] * size[1];
        if known[row] { cells[row * size..][..size].iter().filter(|cell| **cell != UNKNOWN_CELL).count() } else { 0 }
    }
}
