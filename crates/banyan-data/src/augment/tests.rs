//! Masks and the images that they lie on.

use super::{Augmentation, InputOf};
use crate::batch::{Batch, UNKNOWN_CELL};
use crate::dataset::test_masks::{Masks, SIDE, grids, images, level, levels, schema, table, whole, write};
use crate::labels::Label;

/// Varies a batch whose inputs have these names.
fn augment(batch: &mut Batch, inputs: [&str; 2], masks: Masks, seed: u64) {
    let number = schema();
    let labels: [&dyn Label; 2] = [number.targets[0].details.label(), &masks];
    Augmentation { flip: true, scale: 0.0, shift: 0.08, color: 0.0, ..Augmentation::default() }.vary(
        batch,
        inputs.map(|name| InputOf { name, canvas: Some([SIDE; 2]) }).into_iter(),
        labels.into_iter(),
        [seed, 5],
    );
}

#[test]
fn a_mask_moves_with_its_image() {
    let (_folder, table) = images();
    let masks = Masks::new(SIDE, 251);
    let dataset = whole(&table, masks);
    let rows = [3, 0, 1, 2];
    let original = dataset.batch(&rows).expect("a batch");
    let mut moved = 0;
    for seed in 0..8 {
        let mut batch = original.clone();
        augment(&mut batch, ["other", "image"], masks, seed);
        for (place, (image, mask)) in levels(&batch).iter().zip(grids(&batch)).enumerate().take(3) {
            let labeled = mask.iter().filter(|cell| **cell != UNKNOWN_CELL).count();
            // At most 4 of 50 pixels to either side.
            assert!((46 * 46..=SIDE * SIDE).contains(&labeled), "{labeled}");
            assert!(image.iter().zip(mask).all(|(level, cell)| *cell == UNKNOWN_CELL || cell == level), "seed {seed}, row {place}");
            moved += usize::from(mask != grids(&original)[place]);
        }
        assert!(grids(&batch)[3].iter().all(|cell| *cell == UNKNOWN_CELL));
        assert_eq!(batch.tasks[0].values, original.tasks[0].values);
    }
    assert!(moved > 18, "{moved} of 24 moved");
}

#[test]
fn a_mask_on_another_input_stays() {
    let (_folder, table) = images();
    let masks = Masks::new(SIDE, 251);
    let original = whole(&table, masks).batch(&[0, 1]).expect("a batch");
    let mut batch = original.clone();
    augment(&mut batch, ["other", "elsewhere"], masks, 1);
    assert_eq!(batch.tasks[1].values, original.tasks[1].values);
    assert_ne!(levels(&batch), levels(&original));
}

#[test]
fn a_mask_of_half_the_size_moves_by_the_same_share() {
    let folder = tempfile::tempdir().expect("a folder");
    // Each cell is two by two pixels.
    write(folder.path(), "0.png", SIDE, |row, column| level(0, row / 2, column / 2));
    let table = table(folder.path(), "0.png,0.png,1\n");
    let masks = Masks::new(SIDE / 2, 251);
    let original = whole(&table, masks).batch(&[0]).expect("a batch");
    let half = SIDE / 2;
    let expected: Vec<u8> = (0..half * half).map(|cell| level(0, cell / half, cell % half)).collect();
    assert_eq!(grids(&original), [expected]);
    let mut moved = 0;
    for seed in 0..12 {
        let mut batch = original.clone();
        augment(&mut batch, ["other", "image"], masks, seed);
        let image = &levels(&batch)[0];
        let is_on_pixel = |cell: usize, index: u8| {
            // Where the image moved by an odd number of pixels, a cell is under one of its four.
            let pixel = |down: usize, right: usize| image[(cell / half * 2 + down) * SIDE + cell % half * 2 + right];
            [pixel(0, 0), pixel(0, 1), pixel(1, 0), pixel(1, 1)].contains(&index)
        };
        let mask = grids(&batch)[0];
        assert!(mask.iter().enumerate().all(|(cell, index)| *index == UNKNOWN_CELL || is_on_pixel(cell, *index)), "seed {seed}");
        moved += usize::from(mask.contains(&UNKNOWN_CELL));
    }
    assert!(moved > 8, "{moved} of 12 moved");
}
