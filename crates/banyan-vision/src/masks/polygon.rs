//! Masks of outlines, pixel for pixel as COCO's own code (pycocotools) makes them.
//!
//! The outline is walked on a grid of five points a pixel. Wherever it comes from one column of the grid into the next, in the middle of a column of
//! pixels, the pixels below change between inside and outside.

use super::run_length::{Builder, pixels};
use super::{MaskError, RunLength};

/// Points of the grid along a pixel.
const SCALE: f64 = 5.0;

/// How many times its image's larger side a polygon may reach out of it. The walk takes time with the length of the outline, which a few
/// characters of a file could make endless.
const REACH: f64 = 8.0;

/// The reach in pixels in which a polygon of any image may lie.
const LEAST_REACH: f64 = 1024.0;

/// The mask of an object with several outlines: the pixels within any of them, of an image of so many rows and columns. A polygon is
/// `x1, y1, x2, y2, …` in pixels; the last point is joined to the first.
///
/// # Errors
/// If a polygon has fewer than three points, half a point, or points far outside the image, or if that is too large.
pub fn rasterize(polygons: &[Vec<f64>], height: u32, width: u32) -> Result<RunLength, MaskError> {
    let mut union = outside(height, width)?;
    for polygon in polygons {
        let mask = rasterize_one(polygon, height, width)?;
        union = union.union(&mask).unwrap_or(mask);
    }
    Ok(union)
}

fn outside(height: u32, width: u32) -> Result<RunLength, MaskError> {
    pixels(height, width)?;
    let mut builder = Builder::default();
    builder.push(height * width, false);
    Ok(builder.finish(height, width))
}

fn rasterize_one(polygon: &[f64], height: u32, width: u32) -> Result<RunLength, MaskError> {
    let points = grid_points(polygon, height, width)?;
    let mut crossings = Crossings { height, width, places: Vec::new() };
    let mut last: Option<(i64, i64)> = None;
    let starts = points.iter();
    let ends = points.iter().skip(1).chain(points.first());
    for (&start, &end) in starts.zip(ends) {
        walk(start, end, |point| {
            if let Some(last) = last {
                crossings.step(last, point);
            }
            last = Some(point);
        });
    }
    Ok(crossings.finish())
}

/// The points of a polygon on the grid.
fn grid_points(polygon: &[f64], height: u32, width: u32) -> Result<Vec<(i64, i64)>, MaskError> {
    if polygon.len() < 6 || !polygon.len().is_multiple_of(2) {
        return Err(MaskError::Points { numbers: polygon.len() });
    }
    let reach = (REACH * f64::from(height.max(width))).max(LEAST_REACH);
    if let Some(&coordinate) = polygon.iter().find(|coordinate| coordinate.is_nan() || coordinate.abs() > reach) {
        return Err(MaskError::Outside { coordinate, height, width });
    }
    let on_grid = |coordinate: f64| (coordinate * SCALE + 0.5) as i64;
    Ok(polygon.chunks_exact(2).map(|point| (on_grid(point[0]), on_grid(point[1]))).collect())
}

/// Walks an edge one unit at a time along its longer axis. An edge that runs backward is computed from its other end, as rounding depends on it.
fn walk(start: (i64, i64), end: (i64, i64), mut visit: impl FnMut((i64, i64))) {
    let (across, down) = ((end.0 - start.0).abs(), (end.1 - start.1).abs());
    let is_wide = across >= down;
    let length = across.max(down);
    let is_backward = if is_wide { start.0 > end.0 } else { start.1 > end.1 };
    let (from, to) = if is_backward { (end, start) } else { (start, end) };
    let rise = if is_wide { to.1 - from.1 } else { to.0 - from.0 };
    let slope = if length == 0 { 0.0 } else { rise as f64 / length as f64 };
    for step in 0..=length {
        let step = if is_backward { length - step } else { step };
        let along = |from: i64| (from as f64 + slope * step as f64 + 0.5) as i64;
        visit(if is_wide { (from.0 + step, along(from.1)) } else { (along(from.0), from.1 + step) });
    }
}

/// Where the fill changes, down the columns of pixels.
struct Crossings {
    height: u32,
    width: u32,
    places: Vec<u32>,
}

impl Crossings {
    /// A step from one point of the outline to the next.
    fn step(&mut self, last: (i64, i64), point: (i64, i64)) {
        if point.0 == last.0 {
            return;
        }
        let column = if point.0 < last.0 { point.0 } else { point.0 - 1 };
        let x = (column as f64 + 0.5) / SCALE - 0.5;
        if x.floor() != x || x < 0.0 || x > f64::from(self.width) - 1.0 {
            return;
        }
        let y = (point.1.min(last.1) as f64 + 0.5) / SCALE - 0.5;
        let y = y.clamp(0.0, f64::from(self.height)).ceil();
        self.places.push(x as u32 * self.height + y as u32);
    }

    fn finish(mut self) -> RunLength {
        self.places.sort_unstable();
        let (mut builder, mut reached, mut inside) = (Builder::default(), 0, false);
        for place in self.places.into_iter().chain([self.height * self.width]) {
            builder.push(place - reached, inside);
            (reached, inside) = (place, !inside);
        }
        builder.finish(self.height, self.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(polygon: &[f64]) -> Vec<String> {
        let mask = rasterize(&[polygon.to_vec()], 5, 6).unwrap().decode();
        mask.chunks(6).map(|row| row.iter().map(|&pixel| if pixel == 1 { '#' } else { '.' }).collect()).collect()
    }

    #[test]
    fn polygons_of_the_reference() {
        let square = ["......", ".###..", ".###..", "......", "......"];
        assert_eq!(rows(&[1.0, 1.0, 4.0, 1.0, 4.0, 3.0, 1.0, 3.0]), square);
        assert_eq!(rows(&[0.5, 0.5, 3.5, 0.5, 3.5, 2.5, 0.5, 2.5]), square);
        assert_eq!(rows(&[2.0, 0.0, 5.0, 4.0, 0.0, 4.0]), ["......", ".##...", ".###..", "#####.", "......"]);
    }

    #[test]
    fn several_outlines_are_one_object() {
        let square = |x: f64| vec![x, 1.0, x + 2.0, 1.0, x + 2.0, 3.0, x, 3.0];
        let both = rasterize(&[square(0.0), square(1.0)], 5, 6).unwrap();
        assert_eq!((both.area(), both.bounding_box().unwrap().edges()), (6, [0.0, 1.0, 3.0, 3.0]));
        assert_eq!(rasterize(&[], 5, 6).unwrap().area(), 0);
        assert_eq!(rasterize(&[square(0.0)], 0, 0).unwrap().area(), 0);
    }

    #[test]
    fn what_is_no_polygon_is_an_error() {
        let error = |polygon: &[f64]| rasterize(&[polygon.to_vec()], 5, 6).unwrap_err().to_string();
        let points = "a polygon has 5 numbers, but it needs an x and a y for each of at least three points";
        assert_eq!(error(&[1.0; 5]), points);
        let outside = "a polygon has the coordinate 1000000000000, which is far outside its image of 6 × 5 pixels";
        assert_eq!(error(&[1.0, 1.0, 1e12, 1.0, 4.0, 4.0]), outside);
        assert!(error(&[1.0, f64::NAN, 2.0, 1.0, 4.0, 4.0]).contains("NaN"));
    }
}
