//! Resizing of grids, channels last: nearest-neighbor and bilinear interpolation.

use super::Op;
use crate::graph::Graph;
use crate::shape::Shape;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::Var;

/// How a grid is resized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interpolation {
    /// The nearest cell: cell `i` of `m` is cell `⌊i n / m⌋` of `n`, in exact arithmetic.
    Nearest,
    /// Linear interpolation between the centers of the two nearest cells in each direction, with both grids covering the same area
    /// (PyTorch's `align_corners=False`). Beyond the outermost centers the outermost cell continues.
    Bilinear,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Resize2d {
    input: Var,
    interpolation: Interpolation,
    geometry: Geometry,
}

/// The sizes of both grids.
#[derive(Debug, Clone, Copy)]
struct Geometry {
    from: (usize, usize),
    to: (usize, usize),
    channels: usize,
}

/// The two cells that a center lies between in one direction, and the weight of the second.
#[derive(Debug, Clone, Copy)]
struct Between {
    cells: [usize; 2],
    weight: f32,
}

/// Where the center of cell `index` of `to` lies among the centers of `from` cells. In integers, so that the weight is exact however
/// large the grid.
fn between(index: usize, from: usize, to: usize) -> Between {
    // (index + ½) from / to - ½, in units of 1 / (2 to)
    let place = ((2 * index + 1) * from).saturating_sub(to);
    let (first, rest) = (place / (2 * to), place % (2 * to));
    Between { cells: [first, (first + 1).min(from - 1)], weight: rest as f32 / (2 * to) as f32 }
}

impl Geometry {
    fn in_len(&self) -> usize {
        self.from.0 * self.from.1 * self.channels
    }

    /// Calls `f` for every output cell of some samples, in order, with where its channels begin and where those of the nearest cell do.
    #[inline(always)]
    fn for_nearest(&self, samples: usize, mut f: impl FnMut(usize, usize)) {
        let mut to = 0;
        for sample in 0..samples {
            for y in 0..self.to.0 {
                let line = sample * self.from.0 + y * self.from.0 / self.to.0;
                for x in 0..self.to.1 {
                    f(to, (line * self.from.1 + x * self.from.1 / self.to.1) * self.channels);
                    to += self.channels;
                }
            }
        }
    }

    /// Calls `f` for every output cell of some samples, in order, with where its channels begin and where those of the four cells around
    /// it do, each with its weight.
    #[inline(always)]
    fn for_surrounding(&self, samples: usize, mut f: impl FnMut(usize, [(usize, f32); 4])) {
        let mut to = 0;
        for sample in 0..samples {
            for y in 0..self.to.0 {
                let vertical = between(y, self.from.0, self.to.0);
                let lines = vertical.cells.map(|line| (sample * self.from.0 + line) * self.from.1);
                let down = [1.0 - vertical.weight, vertical.weight];
                for x in 0..self.to.1 {
                    let horizontal = between(x, self.from.1, self.to.1);
                    let right = [1.0 - horizontal.weight, horizontal.weight];
                    let cell = |i: usize, j: usize| ((lines[i] + horizontal.cells[j]) * self.channels, down[i] * right[j]);
                    f(to, [cell(0, 0), cell(0, 1), cell(1, 0), cell(1, 1)]);
                    to += self.channels;
                }
            }
        }
    }
}

dispatch! {
    fn bilinear(geometry: Geometry, samples: usize, x: &[f32], y: &mut [f32]) {
        let channels = geometry.channels;
        geometry.for_surrounding(samples, |to, [(a, wa), (b, wb), (c, wc), (d, wd)]| {
            let (ab, cd) = (x[a..a + channels].iter().zip(&x[b..b + channels]), x[c..c + channels].iter().zip(&x[d..d + channels]));
            for ((y, (a, b)), (c, d)) in y[to..to + channels].iter_mut().zip(ab).zip(cd) {
                *y = (wa * a + wb * b) + (wc * c + wd * d);
            }
        });
    }
}

dispatch! {
    fn pull_back_bilinear(geometry: Geometry, samples: usize, cotangent: &[f32], back: &mut [f32]) {
        let channels = geometry.channels;
        geometry.for_surrounding(samples, |from, cells| {
            let cotangent = &cotangent[from..from + channels];
            for (to, weight) in cells {
                for (back, c) in back[to..to + channels].iter_mut().zip(cotangent) {
                    *back += weight * c;
                }
            }
        });
    }
}

impl Graph<'_> {
    /// Resizes a grid: `[samples, height, width, channels]` to `[samples, size.0, size.1, channels]`. Meant for upsampling; a smaller
    /// size skips cells, as PyTorch's `interpolate` does without `antialias`.
    ///
    /// # Panics
    /// If the input is not a grid, or either size is empty.
    pub fn resize2d(&mut self, input: Var, size: (usize, usize), interpolation: Interpolation) -> Var {
        let shape = self.shape(input);
        let [samples, height, width, channels] = *shape.axes() else {
            panic!("resizing reads [samples, height, width, channels], not {shape:?}")
        };
        assert!(height.min(width) > 0 && size.0.min(size.1) > 0, "{shape:?} resized to {size:?}");
        let geometry = Geometry { from: (height, width), to: size, channels };
        let resized = Shape::new(&[samples, size.0, size.1, channels]);
        let mut value = self.tape.pool.take(resized.len());
        let x = self.tape.value(input);
        match interpolation {
            Interpolation::Nearest => geometry.for_nearest(samples, |to, from| {
                value[to..to + channels].copy_from_slice(&x[from..from + channels]);
            }),
            Interpolation::Bilinear => bilinear(geometry, samples, x, &mut value),
        }
        let reaches = self.reaches(input);
        self.tape.push(Op::Resize2d(Resize2d { input, interpolation, geometry }), resized, value, reaches)
    }
}

impl Resize2d {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let (geometry, channels) = (self.geometry, self.geometry.channels);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut back = sweep.fresh_zeros(self.input, cotangent.span);
            let samples = back.len().checked_div(geometry.in_len()).unwrap_or(0);
            match self.interpolation {
                Interpolation::Nearest => geometry.for_nearest(samples, |from, to| {
                    simd::add(&mut back[to..to + channels], &cotangent[from..from + channels]);
                }),
                Interpolation::Bilinear => pull_back_bilinear(geometry, samples, &cotangent, &mut back),
            }
            sweep.give(cotangent.values);
            sweep.add(self.input, row, back);
        }
    }
}
