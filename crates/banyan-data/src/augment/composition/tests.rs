use super::*;

/// A pixel of image `row` is `100 row + 4 y + x`.
fn batch_of_four() -> Vec<f32> {
    (0..4).flat_map(|row| (0..16).map(move |pixel| (100 * row + pixel) as f32)).collect()
}

#[test]
fn a_mosaic_halves_four_images() {
    let mosaic = Composition::mosaic([4, 4], [3, 0, 2, 1], [2, 2]);
    let mut image = [9.0; 16];
    mosaic.apply_to_image(&batch_of_four(), &mut image, 1);
    // The means of two by two pixels.
    let expected = [
        [302.5, 304.5, 2.5, 4.5], //
        [310.5, 312.5, 10.5, 12.5],
        [202.5, 204.5, 102.5, 104.5],
        [210.5, 212.5, 110.5, 112.5],
    ];
    assert_eq!(image, expected.concat()[..]);
    // The labels under the middles.
    let mut labels = [0.0; 16];
    mosaic.apply(&batch_of_four(), &mut labels, [4, 4, 1]);
    assert_eq!(labels[..8], [305.0, 307.0, 5.0, 7.0, 313.0, 315.0, 13.0, 15.0]);
    // On a grid of half the size each image has one cell.
    let mut cells = [0; 4];
    mosaic.apply(&(0..16).collect::<Vec<_>>(), &mut cells, [2, 2, 1]);
    assert_eq!(cells, [15, 3, 11, 7]);
    let boxes: Vec<_> = (0..4).map(|part| mosaic.place_box(part, [1.0, 0.0, 4.0, 2.0])).collect();
    let whole = |corners| Some((corners, true));
    let expected = [[0.5, 0.0, 2.0, 1.0], [2.5, 0.0, 4.0, 1.0], [0.5, 2.0, 2.0, 3.0], [2.5, 2.0, 4.0, 3.0]];
    assert_eq!(boxes, expected.map(whole));
}

/// The larger of a part's sides says how large its image is; the other is cut off at the edge of the canvas.
#[test]
fn a_mosaic_cuts_boxes_that_leave() {
    let mosaic = Composition::mosaic([4, 8], [0, 1, 2, 3], [1, 6]);
    let all = [0.0, 0.0, 8.0, 4.0];
    // [0, -2, 6, 1] before it is cut: a third is seen, and one pixel high.
    assert_eq!(mosaic.place_box(0, all), Some(([0.0, 0.0, 6.0, 1.0], false)));
    // All of it is seen, however small.
    assert_eq!(mosaic.place_box(1, all), Some(([6.0, 0.0, 8.0, 1.0], true)));
    assert_eq!(mosaic.place_box(2, all), Some(([0.0, 1.0, 6.0, 4.0], true)));
    // [6, 1, 12, 4]: a third, of two by three pixels.
    assert_eq!(mosaic.place_box(3, all), Some(([6.0, 1.0, 8.0, 4.0], true)));
    // [6.75, 1, 12, 4]: less than a quarter.
    assert_eq!(mosaic.place_box(3, [1.0, 0.0, 8.0, 4.0]), Some(([6.75, 1.0, 8.0, 4.0], false)));
    assert_eq!(mosaic.place_box(3, [3.0, 0.0, 8.0, 4.0]), None);
    assert_eq!(mosaic.place_box(0, [0.0, 0.0, 8.0, 2.5]), None);
}

/// The left six of eight columns of an image, and nothing else.
fn left_six() -> Vec<bool> {
    (0..64).map(|pixel| pixel % 8 < 6).collect()
}

#[test]
fn what_is_pasted_hides_what_is_under_it() {
    let pasted = Composition::pasted([8, 8], 0, 1, &left_six(), vec![true; 64]);
    let mut labels = [0; 64];
    pasted.apply(&(0..128).collect::<Vec<_>>(), &mut labels, [8, 8, 1]);
    assert_eq!(labels[8..16], [72, 73, 74, 75, 76, 77, 14, 15]);
    let mut image = [0.0; 64];
    pasted.apply_to_image(&(0..128).map(|pixel| pixel as f32).collect::<Vec<_>>(), &mut image, 1);
    assert_eq!(image.map(|pixel| pixel as usize), labels);
    for (corners, expected) in [
        // A quarter is left.
        ([0.0, 0.0, 8.0, 8.0], Some(([6.0, 0.0, 8.0, 8.0], true))),
        ([0.0, 0.0, 7.0, 8.0], Some(([6.0, 0.0, 7.0, 8.0], false))),
        ([0.0, 0.0, 6.0, 8.0], None),
        ([1.5, 2.5, 8.0, 6.0], Some(([6.0, 2.5, 8.0, 6.0], true))),
        ([6.5, 1.0, 7.5, 2.0], Some(([6.5, 1.0, 7.5, 2.0], true))),
    ] {
        assert_eq!(pasted.place_box(0, corners), expected, "{corners:?}");
    }
    for (corners, expected) in [
        ([0.0, 0.0, 6.0, 8.0], Some(([0.0, 0.0, 6.0, 8.0], true))),
        ([4.0, 0.0, 8.0, 8.0], Some(([4.0, 0.0, 6.0, 8.0], true))),
        ([5.0, 0.0, 8.0, 8.0], Some(([5.0, 0.0, 6.0, 8.0], false))),
        ([6.0, 0.0, 8.0, 8.0], None),
    ] {
        assert_eq!(pasted.place_box(1, corners), expected, "{corners:?}");
    }
}

/// A thin object has few of its box's pixels; those are all of it.
#[test]
fn an_object_with_an_outline_is_whole_with_its_own_pixels() {
    let outline: Vec<bool> = (0..64).map(|pixel| pixel % 8 == 3).collect();
    let pasted = Composition::pasted([8, 8], 0, 1, &outline, outline.clone());
    assert_eq!(pasted.place_box(1, [0.0, 0.0, 6.0, 8.0]), Some(([0.0, 0.0, 6.0, 8.0], true)));
    assert_eq!(pasted.place_box(1, [4.0, 0.0, 6.0, 8.0]), None);
}
