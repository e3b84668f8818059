//! What a camera could have done otherwise: the side from which, the distance, the direction and the light.

use super::Augmentation;
use super::transform::{Affine, Transform};
use crate::random::{Stream, fraction};
use banyan_vision::boxes::{self, Rectangle};

/// Draws how an image of `[height, width, channels]` is moved, moves it and changes its colors. What is within `extent`, a box in pixels, stays in sight.
pub(crate) fn vary_image(
    pixels: &mut [f32],
    shape: [usize; 3],
    augmentation: &Augmentation,
    extent: Option<[f32; 4]>,
    stream: &mut Stream,
) -> Transform {
    let affine = draw(stream, [shape[0], shape[1]], augmentation, extent.filter(|_| !augmentation.cut_boxes));
    let transform = Transform::Affine(affine);
    transform.apply_to_image(pixels, shape);
    recolor(pixels, shape[2], augmentation.color, stream);
    transform
}

/// From -1 to 1.
fn swing(stream: &mut Stream) -> f64 {
    2.0 * fraction(stream.draw()) - 1.0
}

fn draw(stream: &mut Stream, canvas: [usize; 2], augmentation: &Augmentation, extent: Option<[f32; 4]>) -> Affine {
    let [height, width] = canvas.map(|side| side as f64);
    let mut scale = (1.0 + augmentation.scale).powf(swing(stream));
    let angle = (augmentation.rotation * swing(stream)).to_radians();
    let flips = [augmentation.flip, augmentation.vertical_flip].map(|may| if may & (swing(stream) < 0.0) { -1.0 } else { 1.0 });
    let shifts = [swing(stream), swing(stream)];
    // Around the middle of the canvas, which becomes the origin.
    let turned = |scale: f64| {
        let (sine, cosine) = angle.sin_cos();
        let [[a, b], [c, d]] =
            [[cosine * flips[0], -sine * flips[1]], [sine * flips[0], cosine * flips[1]]].map(|row| row.map(|value| scale * value));
        boxes::Affine::translation(-width / 2.0, -height / 2.0).then(&boxes::Affine { matrix: [[a, b, 0.0], [c, d, 0.0]] })
    };
    let extent = extent.map(|[x1, y1, x2, y2]| Rectangle { x1, y1, x2, y2 }.into());
    let sides = [width, height];
    if let Some(extent) = &extent {
        let one = turned(1.0).rectangle(extent);
        scale = scale.min(width / one.width().max(1.0)).min(height / one.height().max(1.0));
    }
    // A larger image is shifted within what stands over, a smaller one within what it leaves.
    let mut shift = [0, 1].map(|side| shifts[side] * (augmentation.shift + (scale - 1.0).abs() / 2.0) * sides[side]);
    if let Some(extent) = &extent {
        let seen = turned(scale).rectangle(extent);
        for (side, [low, high]) in [[seen.x1, seen.x2], [seen.y1, seen.y2]].into_iter().enumerate() {
            let half = sides[side] / 2.0;
            shift[side] = shift[side].max(-half - low).min(half - high);
        }
    }
    if scale == 1.0 && angle == 0.0 {
        // By whole pixels, so that nothing is blurred for nothing.
        shift = shift.map(f64::round);
    }
    let map = turned(scale).then(&boxes::Affine::translation(width / 2.0 + shift[0], height / 2.0 + shift[1]));
    Affine { map, canvas }
}

/// Changes contrast and the level of each channel, which are standardized.
fn recolor(pixels: &mut [f32], channels: usize, most: f64, stream: &mut Stream) {
    if most == 0.0 {
        return;
    }
    let contrast = 1.0 + most * swing(stream);
    let light = most * swing(stream);
    let levels: Vec<f32> = (0..channels).map(|_| (light + 0.5 * most * swing(stream)) as f32).collect();
    for pixel in pixels.chunks_exact_mut(channels.max(1)) {
        pixel.iter_mut().zip(&levels).for_each(|(value, level)| *value = *value * contrast as f32 + level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is drawn, a box that must stay in sight does.
    #[test]
    fn what_must_be_seen_stays_in_sight() {
        let augmentation =
            Augmentation { vertical_flip: true, scale: 0.6, shift: 0.4, rotation: 30.0, cut_boxes: false, ..Augmentation::default() };
        for seed in 0..500 {
            let mut stream = Stream::seeded(seed);
            let extent = [3.0, 10.0, 40.0, 30.0];
            let affine = draw(&mut stream, [64, 48], &augmentation, Some(extent));
            let (moved, is_seen) = Transform::Affine(affine).apply_to_box(extent, [64, 48]).expect("a box");
            let [[a, b, _], [c, d, _]] = affine.map.matrix;
            let area = (moved[2] - moved[0]) * (moved[3] - moved[1]);
            let whole = (37.0 * a.abs() + 20.0 * b.abs()) * (37.0 * c.abs() + 20.0 * d.abs());
            assert!(is_seen && (f64::from(area) - whole).abs() < 0.02 * whole, "seed {seed}: {moved:?}, {area} of {whole}");
        }
    }

    #[test]
    fn nothing_is_drawn_where_nothing_may_change() {
        let still = Augmentation { flip: false, scale: 0.0, shift: 0.0, color: 0.0, ..Augmentation::default() };
        let mut pixels: Vec<f32> = (0..24).map(|value| value as f32).collect();
        let old = pixels.clone();
        vary_image(&mut pixels, [4, 3, 2], &still, None, &mut Stream::seeded(3));
        assert_eq!(pixels, old);
    }
}
