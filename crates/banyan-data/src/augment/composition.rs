//! Images that are put together of those of several rows, and the labels that lie on them.

use super::transform::is_seen;

/// What an image is put together of: parts of several rows' images on one canvas, one of which is seen at each pixel.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Composition {
    /// Height and width in pixels.
    canvas: [usize; 2],
    parts: Vec<Part>,
    /// For each pixel the part that is seen there.
    seen: Vec<u8>,
}

/// A row's image in a composition: `canvas = image × scale + offset`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// The row's place in its batch.
    pub(crate) row: usize,
    scale: f64,
    /// Down and to the right, in pixels.
    offset: [f64; 2],
    shows: Shows,
}

/// What is seen of a part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shows {
    /// All that the image shows there.
    Scene,
    /// Objects alone, which have these pixels of the image.
    Objects(Vec<bool>),
}

impl Part {
    /// Whether all is seen that the image shows at its pixels, and not objects that were cut out of it.
    pub(crate) fn is_scene(&self) -> bool {
        self.shows == Shows::Scene
    }

    /// The place on the canvas `[x1, y1, x2, y2]` of a box on the image.
    fn moved(&self, corners: [f32; 4]) -> [f64; 4] {
        let [down, right] = self.offset;
        let [x1, y1, x2, y2] = corners.map(|corner| f64::from(corner) * self.scale);
        [x1 + right, y1 + down, x2 + right, y2 + down]
    }

    /// The cell of a grid on the image that lies under a place on the canvas.
    fn source(&self, place: [f64; 2], canvas: [usize; 2], grid: [usize; 2]) -> [usize; 2] {
        let on_grid = |side: usize| (place[side] - self.offset[side]) / self.scale * grid[side] as f64 / canvas[side] as f64;
        [0, 1].map(|side| (on_grid(side).max(0.0) as usize).min(grid[side].saturating_sub(1)))
    }

    /// For each pixel of a side of the canvas the first pixel of the image under it, and the share of the mean that it and the next ones have.
    fn weights(&self, side: usize, length: usize) -> Vec<(usize, Vec<f32>)> {
        let on_image = |edge: usize| ((edge as f64 - self.offset[side]) / self.scale).clamp(0.0, length as f64);
        let under = |pixel: usize| {
            let (low, high) = (on_image(pixel), on_image(pixel + 1));
            // A hair of a pixel is a slip of rounding.
            let first = ((low + 1e-6).floor() as usize).min(length.saturating_sub(1));
            let end = ((high - 1e-6).ceil() as usize).clamp(first + 1, length.max(first + 1));
            let shares: Vec<f64> = (first..end).map(|at| (high.min(at as f64 + 1.0) - low.max(at as f64)).max(0.0)).collect();
            let all: f64 = shares.iter().sum();
            (first, shares.into_iter().map(|share| if all > 0.0 { (share / all) as f32 } else { 0.0 }).collect())
        };
        (0..length).map(under).collect()
    }
}

impl Composition {
    /// Four images, scaled so that each fills one of the four parts of a canvas: they touch in `center`, `[y, x]`, with one corner of each, and
    /// what stands over of an image is cut off at the far edge of the canvas.
    pub(crate) fn mosaic(canvas: [usize; 2], rows: [usize; 4], center: [usize; 2]) -> Self {
        let part = |(quarter, row): (usize, usize)| {
            let is_far = [quarter / 2 == 1, quarter % 2 == 1];
            let room = |side: usize| if is_far[side] { canvas[side] - center[side] } else { center[side] };
            let share = |side: usize| room(side) as f64 / canvas[side] as f64;
            let scale = share(0).max(share(1));
            let offset = |side: usize| center[side] as f64 - if is_far[side] { 0.0 } else { scale * canvas[side] as f64 };
            Part { row, scale, offset: [0, 1].map(offset), shows: Shows::Scene }
        };
        let quarter = |y: usize, x: usize| 2 * u8::from(y >= center[0]) + u8::from(x >= center[1]);
        let seen = (0..canvas[0]).flat_map(|y| (0..canvas[1]).map(move |x| quarter(y, x))).collect();
        Self { canvas, parts: rows.into_iter().enumerate().map(part).collect(), seen }
    }

    /// The image of a row with pixels of another pasted into it, at the places that they have there. `objects` are all pixels of that other image on which it has an
    /// object, pasted or not.
    pub(crate) fn pasted(canvas: [usize; 2], onto: usize, from: usize, pixels: &[bool], objects: Vec<bool>) -> Self {
        let part = |row, shows| Part { row, scale: 1.0, offset: [0.0; 2], shows };
        let seen = pixels.iter().map(|is_pasted| u8::from(*is_pasted)).collect();
        Self { canvas, parts: vec![part(onto, Shows::Scene), part(from, Shows::Objects(objects))], seen }
    }

    /// The parts.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The part that is seen at a place of the canvas.
    fn part_at(&self, place: [f64; 2]) -> &Part {
        let [y, x] = [0, 1].map(|side| (place[side] as usize).min(self.canvas[side] - 1));
        &self.parts[usize::from(self.seen[y * self.canvas[1] + x])]
    }

    /// Fills a grid of `height × width × channels` from those of all rows of the batch as they were, which lie one after the other. Each cell
    /// has the value that lies under its middle.
    pub(crate) fn apply<T: Copy>(&self, batch: &[T], to: &mut [T], [height, width, channels]: [usize; 3]) {
        let grid = [height, width];
        let middle = |cell: usize, side: usize| (cell as f64 + 0.5) * self.canvas[side] as f64 / grid[side] as f64;
        for row in 0..height {
            for column in 0..width {
                let place = [middle(row, 0), middle(column, 1)];
                let part = self.part_at(place);
                let [y, x] = part.source(place, self.canvas, grid);
                let from = &batch[((part.row * height + y) * width + x) * channels..][..channels];
                to[(row * width + column) * channels..][..channels].copy_from_slice(from);
            }
        }
    }

    /// Fills an image of `channels` numbers a pixel from those of all rows of the batch as they were: each pixel is the mean of what lies under it.
    pub(crate) fn apply_to_image(&self, batch: &[f32], to: &mut [f32], channels: usize) {
        let [height, width] = self.canvas;
        let weights: Vec<[_; 2]> = self.parts.iter().map(|part| [part.weights(0, height), part.weights(1, width)]).collect();
        for (pixel, (to, part)) in to.chunks_exact_mut(channels.max(1)).zip(&self.seen).enumerate() {
            let [down, right] = &weights[usize::from(*part)];
            let image = &batch[self.parts[usize::from(*part)].row * height * width * channels..];
            let ((top, by_row), (left, by_column)) = (&down[pixel / width], &right[pixel % width]);
            to.fill(0.0);
            for (y, of_row) in by_row.iter().enumerate() {
                for (x, of_column) in by_column.iter().enumerate() {
                    let from = &image[((top + y) * width + left + x) * channels..][..channels];
                    to.iter_mut().zip(from).for_each(|(to, from)| *to += of_row * of_column * from);
                }
            }
        }
    }

    /// A box `[x1, y1, x2, y2]` on the image of a part: the smallest box around what is seen of it, and whether enough is seen to count; none
    /// where nothing is.
    pub(crate) fn place_box(&self, part: usize, corners: [f32; 4]) -> Option<([f32; 4], bool)> {
        let own = &self.parts[part];
        let moved = own.moved(corners);
        let [height, width] = self.canvas;
        let within = |low: f64, high: f64, side: usize| (low.max(0.0) as usize)..(high.max(0.0).ceil() as usize).min(side);
        let (mut all, mut seen) = (0.0, 0.0);
        let mut around: Option<[f64; 4]> = None;
        for y in within(moved[1], moved[3], height) {
            for x in within(moved[0], moved[2], width) {
                if let Shows::Objects(pixels) = &own.shows {
                    let [y, x] = own.source([y as f64 + 0.5, x as f64 + 0.5], self.canvas, self.canvas);
                    if !pixels[y * width + x] {
                        continue;
                    }
                }
                let (left, top) = (x as f64, y as f64);
                let cut = [moved[0].max(left), moved[1].max(top), moved[2].min(left + 1.0), moved[3].min(top + 1.0)];
                let area = (cut[2] - cut[0]) * (cut[3] - cut[1]);
                all += area;
                if usize::from(self.seen[y * width + x]) == part {
                    seen += area;
                    around = Some(around.map_or(cut, |[a, b, c, d]| [a.min(cut[0]), b.min(cut[1]), c.max(cut[2]), d.max(cut[3])]));
                }
            }
        }
        if own.is_scene() {
            // With what is not on the canvas.
            all = (moved[2] - moved[0]) * (moved[3] - moved[1]);
        }
        let around = around.filter(|[x1, y1, x2, y2]| x2 - x1 > 1e-6 && y2 - y1 > 1e-6)?;
        if seen >= (1.0 - 1e-6) * all {
            // A box that was small from the start stays what it is, and one of which all is seen may be larger than its pixels.
            return Some((moved.map(|number| number as f32), true));
        }
        Some((around.map(|number| number as f32), is_seen(seen / all, [around[2] - around[0], around[3] - around[1]])))
    }
}

#[cfg(test)]
mod tests;
