//! `detection`: the boxes of the objects of an image.

use std::ops::RangeInclusive;

use banyan_text::Ragged;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::boxes::{self, BoxFormat, LabeledBox};
use super::canvas::Canvas;
use super::said_sizes::turned;
use super::settings::{Settings, canonical, check_classes, class_names};
use super::task::{Counts, count, counts_of};
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata, Subject};
use super::{TargetConfig, Task, TaskKind};
use crate::augment::composition::Composition;
use crate::augment::transform::Transform;
use crate::error::Error;
use crate::read;
use crate::report::{Note, TargetReport};
use crate::settings::{self, SettingError, check_classes_learned};
use crate::values::{Array, Tuples, Values};
use crate::vocabulary::Vocabulary;

/// The boxes of the objects of an image, each of one of several classes. A batch holds [`BoxValues`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// The input on whose images they lie.
    pub on: String,
    /// What those are laid on.
    pub canvas: Canvas,
    /// The classes, in the order of the outputs.
    pub classes: Vec<String>,
    /// Training boxes of each.
    pub counts: Vec<usize>,
    /// Training rows whose boxes are known.
    pub rows: usize,
    /// What the numbers of a box mean, where the configuration says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub box_format: Option<BoxFormat>,
    /// The column of the classes whose boxes are known in a row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotated: Option<String>,
    /// The least score of a box that is written.
    #[serde(default = "default_score_threshold")]
    pub score_threshold: f64,
}

fn default_score_threshold() -> f64 {
    SCORE_THRESHOLD
}

/// The least score of a box that is written, unless the configuration says otherwise.
const SCORE_THRESHOLD: f64 = 0.05;
const SCORES: RangeInclusive<f64> = 0.0..=1.0;

/// Boxes, as labels. All lists of a row are of one length but for the classes that are annotated.
#[derive(Debug, Clone, Copy)]
pub struct BoxValues<'a> {
    /// For each box its class.
    pub classes: &'a Ragged,
    /// For each box left, top, right and bottom in pixels of the canvas, and its area in pixels of the image.
    pub boxes: &'a Tuples,
    /// For each box whether it counts: [`COUNTED`], [`CROWD`] or [`IGNORED`].
    pub kinds: &'a Ragged,
    /// The classes for which the row was annotated; an empty list for all.
    pub annotated: &'a Ragged,
    /// For each row the height and width of its image in pixels; 0 where it has none.
    pub sizes: &'a [f32],
}

/// A box of one object.
pub const COUNTED: u32 = 0;
/// A box of a crowd of objects: it is not learned, and any number of predictions may be in it.
pub const CROWD: u32 = 1;
/// A box that is neither learned nor counted.
pub const IGNORED: u32 = 2;

/// Numbers of a box in [`BoxValues`].
const WIDTH: usize = 5;

impl<'a> BoxValues<'a> {
    /// Of the values of a task.
    ///
    /// # Panics
    /// For the values of another kind of task.
    pub fn of(values: &'a Values) -> Self {
        Self {
            classes: values.lists_at(0),
            boxes: values.tuples_at(1),
            kinds: values.lists_at(2),
            annotated: values.lists_at(3),
            sizes: values.numbers_at(4).1,
        }
    }

    /// The boxes of a row: class, corners on the canvas, area in the image, and whether it counts.
    pub fn row(self, row: usize) -> impl ExactSizeIterator<Item = (u32, [f32; 4], f32, u32)> + 'a {
        let boxes = self.boxes.row(row).chunks_exact(WIDTH);
        let each = self.classes.list(row).iter().zip(boxes).zip(self.kinds.list(row));
        each.map(|((class, numbers), kind)| (*class, [numbers[0], numbers[1], numbers[2], numbers[3]], numbers[4], *kind))
    }

    /// The classes that are annotated in a composition, as a row lists them: those that are in all its parts, but for objects that were pasted alone. None
    /// where there is no such class.
    fn annotated_in(self, composition: &Composition) -> Option<Vec<u32>> {
        let scenes = composition.parts().iter().filter(|part| part.is_scene());
        let lists = scenes.map(|part| self.annotated.list(part.row)).filter(|list| !list.is_empty());
        let common = lists.map(<[u32]>::to_vec).reduce(|common, list| common.into_iter().filter(|class| list.contains(class)).collect());
        match common {
            None => Some(Vec::new()),
            Some(common) => Some(common).filter(|common| !common.is_empty()),
        }
    }

    /// The height and width of a row's image in pixels.
    pub fn size(self, row: usize) -> [f32; 2] {
        [self.sizes[2 * row], self.sizes[2 * row + 1]]
    }
}

/// The settings of boxes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DetectionSettings {
    /// The input, of the type `image`, on which the boxes lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The classes in their order; found in the training table where they are not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
    /// What the four numbers of a box mean. Default: two corners, and under the name `bbox` the upper left corner, width and height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub box_format: Option<BoxFormat>,
    /// A column that lists the classes for which an image was annotated, where that is not all of them. An empty cell means all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotated: Option<String>,
    /// The least score of a box that `predict` writes; metrics count all. Default: 0.05.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = *SCORES.start(), max = *SCORES.end()))]
    pub score_threshold: Option<f64>,
}

impl Settings for DetectionSettings {
    fn check(&self) -> Result<(), SettingError> {
        settings::check("score_threshold", self.score_threshold, &SCORES)?;
        if let Some(score) = self.score_threshold.filter(|score| *score > 0.0 && *score as f32 == 0.0) {
            return Err(SettingError::new("score_threshold", format!("must be 0 or a number that single precision holds, not {score}")));
        }
        check_classes(self.classes(), 1..)
    }

    fn classes(&self) -> Option<&[String]> {
        self.classes.as_deref()
    }

    fn on(&self) -> Option<&str> {
        self.on.as_deref()
    }
}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "detection"
    }

    fn subject(&self) -> Subject {
        Subject::Image
    }

    fn asked_at(&self) -> u8 {
        1
    }

    fn optional_columns<'a>(&self, config: &'a TargetConfig) -> Vec<&'a str> {
        config.own::<DetectionSettings>().annotated.as_deref().into_iter().collect()
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let mut cells = candidate.column.cells().filter(|cell| !cell.is_missing()).peekable();
        if cells.peek().is_none() || !cells.clone().any(boxes::may_be_boxes) {
            return Ok(None);
        }
        let (mut classes, mut all) = (Vec::new(), 0);
        for cell in cells {
            let Ok(Some(boxes)) = boxes::parse(cell, None) else { return Ok(None) };
            all += boxes.len();
            for LabeledBox { label, .. } in boxes {
                if !classes.contains(&label) {
                    classes.push(label);
                }
            }
        }
        let reason = format!("{all} boxes of {} classes", classes.len());
        Ok((all > 0).then(|| InferredTask::new(TaskKind::Detection, reason, classes)))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let settings: &DetectionSettings = task.config.own();
        let (input, canvas) = task.input_of_images()?;
        let (mut found, mut rows) = (Counts::new(), 0);
        for &row in task.rows {
            let boxes = boxes::parse(task.cell(row), settings.box_format).map_err(|problem| task.cell_error(row, problem, HOW))?;
            let Some(boxes) = boxes else { continue };
            rows += 1;
            boxes.iter().for_each(|own| count(&mut found, canonical(&own.label), row));
        }
        if rows == 0 {
            return Err(task.no_labels());
        }
        if found.is_empty() {
            return Err(task.error("no training image has a box", "leave the task out, or train on images with objects"));
        }
        let classes = task.order(&found)?;
        let counts = counts_of(&found, &classes);
        let (box_format, annotated) = (settings.box_format, settings.annotated.clone());
        let score_threshold = settings.score_threshold.unwrap_or(SCORE_THRESHOLD);
        Ok(Detection { on: input.name.clone(), canvas, classes, counts, rows, box_format, annotated, score_threshold }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        let format = row.config.own::<DetectionSettings>().box_format;
        let boxes = boxes::parse(row.cell(), format).ok().flatten().unwrap_or_default();
        AuditedLabels::of_row(boxes.into_iter().map(|own| canonical(&own.label).to_owned()).collect())
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::None
    }
}

const HOW: &str =
    "write the boxes of an image as a JSON list of {\"label\": \"…\", \"box\": [x1, y1, x2, y2]}, and [] where it has no object";

/// What a row has while it is encoded.
#[derive(Default)]
struct Row {
    classes: Vec<u32>,
    numbers: Vec<f32>,
    kinds: Vec<u32>,
}

impl Row {
    /// A box of another row, where it is now and whether enough of it is seen to count.
    fn push(&mut self, (class, _, area, kind): (u32, [f32; 4], f32, u32), seen: Option<([f32; 4], bool)>) {
        let Some((corners, is_seen)) = seen else { return };
        self.classes.push(class);
        self.numbers.extend(corners.into_iter().chain([area]));
        self.kinds.push(if is_seen || kind != COUNTED { kind } else { IGNORED });
    }
}

impl Detection {
    /// Lays a box of an image on the canvas; nothing where it lies outside or has no area.
    fn lay(&self, own: &LabeledBox, image: [usize; 2]) -> Option<[f32; WIDTH]> {
        let [x1, y1, x2, y2] = self.canvas.place(image).to_canvas(own.corners);
        let [height, width] = self.canvas.size.map(|side| side as f64);
        let clipped = [x1.clamp(0.0, width), y1.clamp(0.0, height), x2.clamp(0.0, width), y2.clamp(0.0, height)];
        let has_area = clipped[2] - clipped[0] > 1e-6 && clipped[3] - clipped[1] > 1e-6;
        let [left, top, right, bottom] = own.corners;
        let area = own.area.unwrap_or((right - left) * (bottom - top));
        has_area.then(|| [clipped[0] as f32, clipped[1] as f32, clipped[2] as f32, clipped[3] as f32, area as f32])
    }
}

impl Label for Detection {
    fn check(&self) -> Result<(), SettingError> {
        check_classes_learned("classes", &self.classes, 1)
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

    fn further_columns(&self) -> Vec<&str> {
        self.annotated.as_deref().into_iter().collect()
    }

    fn lacking<'a>(&'a self, column: &'a str, has: &dyn Fn(&str) -> bool) -> Option<&'a str> {
        Some(column).filter(|column| !has(column))
    }

    fn on_canvas(&self, canvas: Canvas) -> Option<LabelSchema> {
        Some(Self { canvas, ..self.clone() }.into())
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        let known_classes = Vocabulary::of_labels(&self.classes, source.rows.len());
        let sizes = source.image_sizes()?;
        let annotated = self.annotated.as_ref().and_then(|name| source.table.find(name));
        let mut known = Vec::with_capacity(source.rows.len());
        let (mut classes, mut tuples, mut kinds, mut of_classes) =
            (Ragged::default(), Tuples::new(WIDTH), Ragged::default(), Ragged::default());
        let mut dropped = Note::new(["box has", "boxes have"], "no area on the image, and are left out");
        for (index, (row, cell)) in source.cells().enumerate() {
            let boxes = boxes::parse(cell, self.box_format).map_err(|problem| source.misfit(row, problem))?;
            let names =
                annotated.map_or(Ok(None), |column| read::labels(column.cell(row))).map_err(|problem| source.misfit(row, problem))?;
            let listed: Option<Vec<u32>> = names.map(|names| names.iter().filter_map(|name| known_classes.find(canonical(name))).collect());
            // A row that was annotated for none of the classes tells nothing.
            let is_known = boxes.is_some() && sizes[index].is_some() && listed.as_ref().is_none_or(|listed| !listed.is_empty());
            let mut own = Row::default();
            if let (true, Some(boxes), Some(size)) = (is_known, boxes, sizes[index]) {
                for labeled in boxes {
                    let Some(class) = known_classes.find(canonical(&labeled.label)) else {
                        report.add_unseen(&labeled.label);
                        continue;
                    };
                    match self.lay(&labeled, size) {
                        Some(numbers) => {
                            own.classes.push(class);
                            own.numbers.extend(numbers);
                            own.kinds.push(if labeled.is_crowd {
                                CROWD
                            } else if labeled.is_ignored {
                                IGNORED
                            } else {
                                COUNTED
                            });
                        }
                        None => dropped.add(&source.place(row).to_string()),
                    }
                }
            }
            known.push(is_known);
            classes.push(own.classes);
            tuples.push(own.numbers);
            kinds.push(own.kinds);
            of_classes.push(listed.unwrap_or_default());
        }
        report.note(dropped);
        report.note(turned(source, &sizes));
        let sizes = sizes.iter().flat_map(|size| size.unwrap_or_default().map(|side| side as f32)).collect();
        Ok(Encoded { known, values: values(classes, tuples, kinds, of_classes, sizes).into() })
    }

    fn unknown(&self, rows: usize) -> Values {
        let lists = || Ragged::of_empty_lists(rows);
        values(lists(), Tuples::of_empty_rows(WIDTH, rows), lists(), lists(), vec![0.0; 2 * rows])
    }

    /// The smallest box around all boxes of a row.
    fn extent(&self, values: &Values, row: usize) -> Option<[f32; 4]> {
        let all = BoxValues::of(values).row(row).map(|(_, corners, ..)| corners);
        all.reduce(|[a, b, c, d], [x1, y1, x2, y2]| [a.min(x1), b.min(y1), c.max(x2), d.max(y2)])
    }

    /// Moves boxes as their images were moved. What leaves the canvas for the most part is ignored from then on: it is not background.
    fn transform(&self, values: &mut Values, transforms: &[Transform]) {
        let old = BoxValues::of(values);
        let (mut classes, mut tuples, mut kinds) = (Ragged::default(), Tuples::new(WIDTH), Ragged::default());
        for (row, transform) in transforms.iter().enumerate() {
            let mut own = Row::default();
            for labeled in old.row(row) {
                own.push(labeled, transform.apply_to_box(labeled.1, self.canvas.size));
            }
            classes.push(own.classes);
            tuples.push(own.numbers);
            kinds.push(own.kinds);
        }
        *values = self::values(classes, tuples, kinds, old.annotated.clone(), old.sizes.to_vec());
    }

    fn objects(&self, values: &Values, from: usize, onto: usize) -> Option<Vec<[f32; 4]>> {
        let values = BoxValues::of(values);
        let annotated = values.annotated.list(onto);
        let fits = |class: u32, kind: u32| kind == COUNTED && (annotated.is_empty() || annotated.contains(&class));
        Some(values.row(from).filter(|(class, _, _, kind)| fits(*class, *kind)).map(|(_, corners, ..)| corners).collect())
    }

    /// Not where no class is annotated in all parts.
    fn is_known_in(&self, values: &Values, composition: &Composition) -> bool {
        BoxValues::of(values).annotated_in(composition).is_some()
    }

    /// Puts the boxes of all parts of an image together. What is hidden or cut off for the most part is ignored from then on.
    fn compose(&self, values: &mut Values, known: &[bool], compositions: &[Option<Composition>]) {
        let old = BoxValues::of(values);
        let (mut classes, mut tuples, mut kinds, mut of_classes) =
            (Ragged::default(), Tuples::new(WIDTH), Ragged::default(), Ragged::default());
        for (row, (composition, known)) in compositions.iter().zip(known).enumerate() {
            let mut own = Row::default();
            let mut annotated = Some(old.annotated.list(row).to_vec());
            match composition.as_ref().filter(|_| *known) {
                None => old.row(row).for_each(|labeled| own.push(labeled, Some((labeled.1, true)))),
                Some(composition) => {
                    annotated = old.annotated_in(composition);
                    for (place, part) in composition.parts().iter().enumerate() {
                        old.row(part.row).for_each(|labeled| own.push(labeled, composition.place_box(place, labeled.1)));
                    }
                }
            }
            classes.push(own.classes);
            tuples.push(own.numbers);
            kinds.push(own.kinds);
            of_classes.push(annotated.unwrap_or_default());
        }
        *values = self::values(classes, tuples, kinds, of_classes, old.sizes.to_vec());
    }
}

fn values(classes: Ragged, boxes: Tuples, kinds: Ragged, annotated: Ragged, sizes: Vec<f32>) -> Values {
    Values::new(vec![
        Array::Lists(classes),
        Array::Tuples(boxes),
        Array::Lists(kinds),
        Array::Lists(annotated),
        Array::Numbers { width: 2, values: sizes },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Cell;

    /// A list of no box says that there is no object; an empty cell that nobody knows.
    #[test]
    fn cells_that_look_like_boxes() {
        for (cell, is) in
            [(Cell::Text("[{\"a\": 1}]"), true), (Cell::Text("[[1, 2]]"), true), (Cell::Text("[1, 2]"), false), (Cell::Number(1.0), false)]
        {
            assert_eq!(boxes::may_be_boxes(cell), is, "{cell:?}");
        }
    }
}
