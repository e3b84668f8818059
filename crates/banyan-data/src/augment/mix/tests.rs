//! Scenes of rectangles, whose pixels and labels all tell from which row they are.

use super::*;
use crate::batch::{Batch, ImageValues, InputBatch, InputValues, UNKNOWN_CELL};
use crate::inputs::ImageSchema;
use crate::labels::canvas::Canvas;
use crate::labels::{BoxValues, COUNTED, CROWD, Dense, Detection, IGNORED, Regression, Segmentation};
use crate::schema::{InputSchema, TargetSchema};
use crate::values::{Array, Tuples, Values};
use banyan_media::fit::Fit;
use banyan_text::Ragged;
use proptest::prelude::*;

const SIDE: usize = 16;
const PIXELS: usize = SIDE * SIDE;
const ROWS: usize = 6;
/// The places of tasks.
const NUMBER: usize = 0;
const BOXES: usize = 1;
const MASKS: usize = 2;
const DEPTH: usize = 3;

fn schema() -> Schema {
    let (canvas, on) = (Canvas { size: [SIDE; 2], fit: Fit::Stretch }, "image".to_owned());
    let (height, width) = (SIDE, SIDE);
    let image = ImageSchema {
        height,
        width,
        fit: Fit::Stretch,
        channels: 2,
        mean: vec![0.0; 2],
        std: vec![1.0; 2],
        levels: None,
        pretrained: false,
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let boxes = Detection {
        on: on.clone(),
        canvas,
        classes: names(&["a", "b", "c"]),
        counts: vec![1; 3],
        rows: ROWS,
        box_format: None,
        annotated: None,
        score_threshold: 0.0,
    };
    let classes = names(&["background", "thing"]);
    let masks = Segmentation { on: on.clone(), canvas, classes, counts: vec![1; 2], rows: ROWS, ignored_index: None };
    let depth = Dense { on: on.clone(), canvas, mean: 0.0, std: 1.0, rows: ROWS, unknown_level: None };
    let number = Regression { mean: 0.0, std: 1.0, rows: ROWS, format: Default::default() };
    let details = [number.into(), boxes.into(), masks.into(), depth.into()];
    let target = |details| TargetSchema { name: "task".to_owned(), column: "column".to_owned(), details };
    Schema {
        inputs: vec![InputSchema { name: on, column: "image".to_owned(), details: image.into() }],
        targets: details.into_iter().map(target).collect(),
    }
}

/// The rectangles of a row, which do not overlap: left, top, right and bottom.
fn rectangles(row: usize) -> [[usize; 4]; 2] {
    [[row % 3, 1, row % 3 + 4, 5 + row], [8, 3 + row % 4, 11 + row % 5, 12]]
}

fn is_object(row: usize, pixel: usize) -> bool {
    let (y, x) = (pixel / SIDE, pixel % SIDE);
    rectangles(row).iter().any(|[x1, y1, x2, y2]| (*x1..*x2).contains(&x) && (*y1..*y2).contains(&y))
}

/// The class, corners and kind of a box.
type OwnBox = (u32, [usize; 4], u32);

/// Boxes by row, with the classes that are annotated.
fn boxes_of(rows: Vec<(Vec<OwnBox>, Vec<u32>)>) -> Values {
    let (mut classes, mut tuples, mut kinds, mut annotated) = (Ragged::default(), Tuples::new(5), Ragged::default(), Ragged::default());
    let count = rows.len();
    for (boxes, listed) in rows {
        classes.push(boxes.iter().map(|(class, ..)| *class));
        tuples.push(boxes.iter().flat_map(|(_, corners, _)| corners.iter().map(|corner| *corner as f32).chain([1.0])));
        kinds.push(boxes.iter().map(|(.., kind)| *kind));
        annotated.push(listed);
    }
    let sizes = Array::Numbers { width: 2, values: vec![SIDE as f32; 2 * count] };
    Values::new(vec![Array::Lists(classes), Array::Tuples(tuples), Array::Lists(kinds), Array::Lists(annotated), sizes])
}

/// In an image the first channel is its row, and the second is 1 on objects; the depth is ten times the row, and 1 more on objects.
fn batch() -> Batch {
    let pixels = || (0..ROWS).flat_map(|row| (0..PIXELS).map(move |pixel| (row, is_object(row, pixel))));
    let image = pixels().flat_map(|(row, is)| [row as f32, f32::from(is)]).collect();
    let boxes = |row: usize| rectangles(row).into_iter().zip([0, 1]).map(|(corners, class)| (class, corners, COUNTED)).collect();
    let values = [
        Values::numbers(1, (0..ROWS).map(|row| row as f32).collect()),
        boxes_of((0..ROWS).map(|row| (boxes(row), Vec::new())).collect()),
        Values::grids([SIDE; 2], pixels().map(|(_, is)| u8::from(is)).collect()),
        Values::new(vec![
            Array::Numbers { width: PIXELS, values: pixels().map(|(row, is)| (10 * row + usize::from(is)) as f32).collect() },
            Array::Grids { height: SIDE, width: SIDE, cells: vec![1; ROWS * PIXELS] },
        ]),
    ];
    let image = InputValues::Image(ImageValues { height: SIDE, width: SIDE, channels: 2, pixels: image });
    Batch {
        rows: (0..ROWS as u64).map(|row| 40 + row).collect(),
        inputs: vec![InputBatch { present: vec![true; ROWS], values: image }],
        tasks: values.into_iter().map(|values| TargetBatch { known: vec![true; ROWS], values }).collect(),
    }
}

/// Nothing but mixing.
fn mixing(mosaic: f64, copy_paste: f64) -> Augmentation {
    Augmentation { flip: false, scale: 0.0, shift: 0.0, color: 0.0, mosaic, copy_paste, ..Augmentation::default() }
}

fn mixed(mut batch: Batch, augmentation: Augmentation, seed: u64) -> Batch {
    augmentation.apply(&mut batch, &schema(), seed, 3);
    batch
}

fn image(batch: &Batch, row: usize) -> &[f32] {
    let InputValues::Image(images) = &batch.inputs[0].values else { panic!("an input of images") };
    &images.pixels[row * PIXELS * 2..][..PIXELS * 2]
}

/// The rows that are seen in an image.
fn rows_in(batch: &Batch, row: usize) -> Vec<usize> {
    let mut rows: Vec<usize> = image(batch, row).chunks_exact(2).map(|pixel| pixel[0].round() as usize).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn mask(batch: &Batch, row: usize) -> &[u8] {
    &batch.tasks[MASKS].values.grids_at(0).1[row * PIXELS..][..PIXELS]
}

/// Whether a pixel lies in a box as a whole, or touches it.
fn lies_in(pixel: usize, [x1, y1, x2, y2]: [f32; 4]) -> [bool; 2] {
    let (y, x) = ((pixel / SIDE) as f32, (pixel % SIDE) as f32);
    let close = 1e-4;
    [x >= x1 - close && x + 1.0 <= x2 + close && y >= y1 - close && y + 1.0 <= y2 + close, x + 1.0 > x1 && x < x2 && y + 1.0 > y1 && y < y2]
}

proptest! {
    /// Wherever pixels came from, masks, depth and boxes came from there too.
    #[test]
    fn labels_are_where_their_pixels_are(seed in any::<u64>(), is_mosaic in any::<bool>()) {
        let augmentation = if is_mosaic { mixing(1.0, 0.0) } else { mixing(0.0, 1.0) };
        let batch = mixed(batch(), augmentation, seed);
        for row in 0..ROWS {
            let boxes: Vec<_> = BoxValues::of(&batch.tasks[BOXES].values).row(row).collect();
            let (depth, depth_known) = (batch.tasks[DEPTH].values.numbers_at(0).1, batch.tasks[DEPTH].values.grids_at(1).1);
            let rows = rows_in(&batch, row);
            prop_assert!(rows.contains(&row) && rows.len() == if is_mosaic { 4 } else { 2 }, "{rows:?}");
            for (pixel, channels) in image(&batch, row).chunks_exact(2).enumerate() {
                let (from, label) = (channels[0].round(), mask(&batch, row)[pixel]);
                prop_assert!((channels[0] - from).abs() < 1e-3, "pixels of two rows in one");
                prop_assert_eq!(depth[row * PIXELS + pixel], 10.0 * from + f32::from(label));
                prop_assert_eq!(depth_known[row * PIXELS + pixel], 1);
                // At the edge of an object a pixel may be a mean of both.
                prop_assert!((channels[1] - f32::from(label)).abs() < 0.999, "{} is labeled {label}", channels[1]);
                let within = boxes.iter().any(|(_, corners, ..)| lies_in(pixel, *corners)[0]);
                let touches = boxes.iter().any(|(_, corners, ..)| lies_in(pixel, *corners)[1]);
                prop_assert!(!within || label == 1, "row {row}, pixel {pixel} in a box is background");
                prop_assert!(touches || label == 0, "row {row}, pixel {pixel} of an object is in no box");
            }
            prop_assert!(boxes.iter().all(|(.., kind)| [COUNTED, IGNORED].contains(kind)));
            prop_assert!(boxes.iter().any(|(.., kind)| *kind == COUNTED));
        }
    }

    #[test]
    fn the_count_of_labels_is_known_beforehand(seed in any::<u64>(), mosaic in 0.0..1.0, copy_paste in 0.0..1.0) {
        let (before, augmentation) = (batch(), mixing(mosaic, copy_paste));
        let known = augmentation.known_after(&before.rows, &[vec![true; ROWS]], &before.tasks, &schema(), [seed, 3]);
        let after = mixed(before, augmentation, seed);
        prop_assert_eq!(known, after.tasks.iter().map(|task| task.known.clone()).collect::<Vec<_>>());
        for row in 0..ROWS {
            prop_assert_eq!(after.tasks[NUMBER].known[row], rows_in(&after, row) == [row]);
        }
    }
}

#[test]
fn the_same_step_gives_the_same_images_and_another_gives_others() {
    let augmentation = mixing(0.5, 0.5);
    let [one, same, other] = [1, 1, 2].map(|seed| mixed(batch(), augmentation, seed));
    assert_eq!((image(&one, 2), &one.tasks[BOXES].values), (image(&same, 2), &same.tasks[BOXES].values));
    assert_ne!(one.tasks[MASKS].values, other.tasks[MASKS].values);
    let untouched = mixed(batch(), mixing(0.0, 0.0), 1);
    assert!((0..ROWS).all(|row| image(&untouched, row) == image(&batch(), row)));
    assert!((0..4).all(|task| untouched.tasks[task].values == batch().tasks[task].values));
}

#[test]
fn labels_of_a_mixed_row_as_a_whole_are_unknown() {
    let all = mixed(batch(), mixing(1.0, 0.0), 7);
    assert_eq!((&all.tasks[NUMBER].known, all.tasks[NUMBER].values.numbers_at(0).1), (&vec![false; ROWS], &[0.0; ROWS][..]));
    assert!(all.tasks[BOXES..].iter().all(|task| task.known == [true; ROWS]));
    let some = mixed(batch(), mixing(0.5, 0.0), 7);
    let values = some.tasks[NUMBER].values.numbers_at(0).1;
    assert!((0..ROWS).all(|row| !some.tasks[NUMBER].known[row] || values[row] == row as f32));
    assert!(some.tasks[NUMBER].known.contains(&true) && some.tasks[NUMBER].known.contains(&false));
}

#[test]
fn rows_without_boxes_or_an_image_take_no_part_with_others() {
    for seed in 0..40 {
        let mut batch = batch();
        batch.tasks[BOXES].known[4..].fill(false);
        batch.inputs[0].present[3] = false;
        let mosaics = mixed(batch.clone(), mixing(1.0, 0.0), seed);
        let pasted = mixed(batch, mixing(0.0, 1.0), seed);
        for row in 0..3 {
            // Four parts of three rows.
            assert_eq!(rows_in(&mosaics, row), [0, 1, 2]);
            assert!(rows_in(&pasted, row).iter().all(|from| *from < 3), "{:?}", rows_in(&pasted, row));
        }
        // Their masks are known, and their boxes unknown as they were.
        assert_eq!((rows_in(&mosaics, 4), mosaics.tasks[BOXES].known[4]), (vec![4, 5], false));
        assert_eq!((rows_in(&mosaics, 3), rows_in(&pasted, 3), rows_in(&pasted, 5)), (vec![3], vec![3], vec![5]));
        assert_eq!((mosaics.tasks[NUMBER].known[3], pasted.tasks[NUMBER].known[5]), (true, true));
    }
}

/// What lies on another image is unknown, and a row is mixed in one image only: otherwise nothing of it would be known.
#[test]
fn a_row_is_mixed_in_one_of_its_images() {
    let mut schema = schema();
    schema.inputs.insert(0, InputSchema { name: "other".to_owned(), ..schema.inputs[0].clone() });
    let Some(masks) = schema.targets[MASKS].details.downcast::<Segmentation>() else { panic!("masks") };
    let masks = Segmentation { on: "other".to_owned(), ..masks.clone() };
    schema.targets.push(TargetSchema { details: masks.into(), ..schema.targets[MASKS].clone() });
    let mut before = batch();
    before.inputs.insert(0, before.inputs[0].clone());
    before.tasks.push(before.tasks[MASKS].clone());
    let mut seen = [0; 3];
    for seed in 0..20 {
        let mut after = before.clone();
        mixing(0.5, 0.0).apply(&mut after, &schema, seed, 3);
        let other = Batch { inputs: after.inputs[..1].to_vec(), ..after.clone() };
        let first = Batch { inputs: after.inputs[1..].to_vec(), ..after.clone() };
        for row in 0..ROWS {
            let is_mixed = [&first, &other].map(|batch| rows_in(batch, row) != [row]);
            let known = [MASKS, DEPTH, 4, NUMBER].map(|task| after.tasks[task].known[row]);
            let [on_first, on_other] = is_mixed.map(|is| !is);
            assert_eq!(known, [on_other, on_other, on_first, on_first && on_other], "seed {seed}, row {row}");
            seen[is_mixed.iter().position(|is| *is).unwrap_or(2)] += 1;
            assert!(on_first || on_other);
        }
    }
    assert!(seen.iter().all(|count| *count > 20), "{seen:?}");
}

#[test]
fn pixels_that_are_pasted_from_a_row_without_a_mask_have_no_label() {
    let mut batch = batch();
    let cells = (0..ROWS).flat_map(|row| (0..PIXELS).map(move |pixel| if row == 0 { u8::from(is_object(0, pixel)) } else { UNKNOWN_CELL }));
    batch.tasks[MASKS].values = Values::grids([SIDE; 2], cells.collect());
    batch.tasks[MASKS].known[1..].fill(false);
    batch.inputs[0].present[2..].fill(false);
    let batch = mixed(batch, mixing(0.0, 1.0), 1);
    let seen: Vec<bool> = image(&batch, 0).chunks_exact(2).map(|pixel| pixel[0] == 1.0).collect();
    assert!(seen.contains(&true) && mask(&batch, 0).iter().zip(seen).all(|(cell, from_other)| (*cell == UNKNOWN_CELL) == from_other));
    // Pasted into it, objects have their masks; but the row has none.
    assert!(!batch.tasks[MASKS].known[1] && mask(&batch, 1).iter().all(|cell| *cell == UNKNOWN_CELL));
}

/// A class is annotated in a mosaic only if it is in all its parts; and nothing is pasted that may not be labeled.
#[test]
fn classes_are_annotated_where_they_are_in_all_parts() {
    let corners = [4, 4, 8, 8];
    let rows = vec![
        (vec![(0, corners, COUNTED), (1, corners, CROWD), (2, corners, COUNTED)], vec![0, 1]),
        (vec![(1, corners, COUNTED)], vec![1]),
        (Vec::new(), Vec::new()),
        (Vec::new(), vec![0]),
    ];
    let values = boxes_of(rows);
    let schema = schema();
    let boxes = schema.targets[BOXES].details.label();
    let compose = |composition: Composition| {
        let known = boxes.is_known_in(&values, &composition);
        let mut values = values.clone();
        boxes.compose(&mut values, &[true; 4], &[Some(composition), None, None, None]);
        let own = BoxValues::of(&values);
        assert_eq!((own.row(1).count(), own.annotated.list(1)), (1, &[1][..]));
        (known, own.annotated.list(0).to_vec(), own.row(0).map(|(class, .., kind)| (class, kind)).collect::<Vec<_>>())
    };
    let mosaic = |rows| Composition::mosaic([SIDE; 2], rows, [8, 8]);
    let of_zero = [(0, COUNTED), (1, CROWD), (2, COUNTED)];
    assert_eq!(compose(mosaic([0, 1, 2, 2])), (true, vec![1], [&of_zero[..], &[(1, COUNTED)]].concat()));
    assert_eq!(compose(mosaic([2, 2, 2, 2])), (true, Vec::new(), Vec::new()));
    assert!(!compose(mosaic([0, 1, 2, 3])).0);
    let all = vec![true; PIXELS];
    assert_eq!(compose(Composition::pasted([SIDE; 2], 0, 3, &vec![false; PIXELS], all)), (true, vec![0, 1], of_zero.to_vec()));
    let corners = corners.map(|corner| corner as f32);
    assert_eq!(boxes.objects(&values, 0, 3), Some(vec![corners]));
    assert_eq!(boxes.objects(&values, 0, 2), Some(vec![corners; 2]));
    assert_eq!(boxes.objects(&values, 0, 1), Some(Vec::new()));
}

#[test]
fn a_mask_tells_objects_only_where_a_class_is_the_background() {
    let with = |classes: [&str; 2]| {
        let (canvas, classes) = (Canvas { size: [1, 2], fit: Fit::Stretch }, classes.map(str::to_owned).to_vec());
        let masks = Segmentation { on: "image".to_owned(), canvas, classes, counts: vec![1; 2], rows: 1, ignored_index: None };
        masks.object_pixels(&Values::grids([1, 4], vec![0, 0, 1, UNKNOWN_CELL]), 0, [1, 4])
    };
    assert_eq!(with(["0", "1"]), Some(vec![false, false, true, false]));
    assert_eq!(with(["cat", "Background"]), Some(vec![true, true, false, false]));
    assert_eq!(with(["sky", "cat"]), None);
}
