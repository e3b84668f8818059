//! Convolutions with 3x3 filters by fewer multiplications (Winograd; Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016).
//!
//! Outputs come in tiles of 4x4, which read 6x6 inputs. Both these and the filter are brought to 36 [values](lines) each, and multiplied value by
//! value: 36 products of matrices, tiles by inputs and inputs by outputs, that take a quarter of the multiplications of the windows
//! themselves. Here is what goes from grids to planes of values and back; [`crate::ops`] has the products.

mod lines;

use crate::simd::dispatch;
use std::array;
use std::ops::Range;

/// Outputs of a tile, and inputs that they read, along one axis.
pub(crate) const OUTPUTS: usize = 4;
const INPUTS: usize = 6;

/// Values of a tile.
pub(crate) const VALUES: usize = INPUTS * INPUTS;

/// Channels that are transformed together.
const LANES: usize = 16;

type Lanes = [f32; LANES];

const ZEROS: Lanes = [0.0; LANES];

/// A grid of `channels` numbers a cell, `[samples, height, width, channels]`, under tiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cells {
    pub(crate) height: usize,
    pub(crate) width: usize,
    pub(crate) channels: usize,
    /// How far before the first cell the first tile begins.
    pub(crate) before: (usize, usize),
    /// Tiles down and across a sample.
    pub(crate) tiles: (usize, usize),
}

impl Cells {
    /// A single tile, which covers a grid of one sample.
    fn one_tile(side: usize, channels: usize) -> Self {
        Self { height: side, width: side, channels, before: (0, 0), tiles: (1, 1) }
    }

    /// Where the cells of a tile of side `SIDE` begin; none for those outside of the grid.
    #[inline(always)]
    fn places<const SIDE: usize>(&self, tile: usize) -> [[Option<usize>; SIDE]; SIDE] {
        let (down, across) = self.tiles;
        let (sample, in_sample) = (tile / (down * across), tile % (down * across));
        let (top, left) = (in_sample / across * OUTPUTS, in_sample % across * OUTPUTS);
        array::from_fn(|y| {
            let line = (top + y).checked_sub(self.before.0).filter(|&line| line < self.height);
            array::from_fn(|x| {
                let cell = (left + x).checked_sub(self.before.1).filter(|&cell| cell < self.width);
                line.zip(cell).map(|(line, cell)| ((sample * self.height + line) * self.width + cell) * self.channels)
            })
        })
    }
}

/// Planes of values: that of value `v` has, from `v * apart` on, the channels of one tile after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planes {
    pub(crate) channels: usize,
    pub(crate) apart: usize,
}

impl Planes {
    /// For so many tiles. Planes begin in other lines of the cache, however many they are.
    pub(crate) fn new(tiles: usize, channels: usize) -> Self {
        Self { channels, apart: tiles * channels + LANES }
    }

    /// The numbers that they take.
    pub(crate) fn len(&self) -> usize {
        VALUES * self.apart
    }
}

/// The values of a filter `[3, 3, inputs, outputs]`, as a matrix `[36 * inputs, outputs]`.
pub(crate) fn transform_filter(filter: &[f32], values: &mut [f32]) {
    let channels = filter.len() / 9;
    spread_filter(Cells::one_tile(3, channels), filter, Planes { channels, apart: channels }, values);
}

/// Adds to the gradient of a filter what comes from its values.
pub(crate) fn add_filter_gradient(values: &[f32], gradient: &mut [f32]) {
    let channels = gradient.len() / 9;
    gather_filter(Planes { channels, apart: channels }, values, Cells::one_tile(3, channels), gradient);
}

dispatch! {
    /// The values of some tiles of inputs, zeros around them.
    pub(crate) fn spread_inputs(cells: Cells, tiles: Range<usize>, grid: &[f32], planes: Planes, values: &mut [f32]) {
        spread(cells, tiles, grid, planes, values, lines::of_input);
    }
}

dispatch! {
    /// The values of some tiles of outputs' cotangents.
    pub(crate) fn spread_cotangents(cells: Cells, tiles: Range<usize>, grid: &[f32], planes: Planes, values: &mut [f32]) {
        spread(cells, tiles, grid, planes, values, lines::of_cotangents);
    }
}

dispatch! {
    /// Writes some tiles of outputs from their values, with a bias for each channel where there is one.
    pub(crate) fn gather_outputs(planes: Planes, values: &[f32], cells: Cells, tiles: Range<usize>, bias: Option<&[f32]>, grid: &mut [f32]) {
        match bias {
            Some(bias) => gather(planes, values, cells, tiles, grid, lines::to_outputs, |to, from, channel| {
                for ((to, from), bias) in to.iter_mut().zip(from).zip(&bias[channel..]) {
                    *to = from + bias;
                }
            }),
            None => gather(planes, values, cells, tiles, grid, lines::to_outputs, |to, from, _| to.copy_from_slice(from)),
        }
    }
}

dispatch! {
    fn spread_filter(cells: Cells, grid: &[f32], planes: Planes, values: &mut [f32]) {
        spread(cells, 0..1, grid, planes, values, lines::of_filter);
    }
}

dispatch! {
    fn gather_filter(planes: Planes, values: &[f32], cells: Cells, grid: &mut [f32]) {
        gather(planes, values, cells, 0..1, grid, lines::to_filter, |to, from, _| {
            for (to, from) in to.iter_mut().zip(from) {
                *to += from;
            }
        });
    }
}

/// Runs a block for the first of some channels and their number, a register's worth at a time and then the rest. The block is compiled for
/// the full number, which is known then, and once more for any.
macro_rules! for_lanes {
    ($channels:expr, |$channel:ident, $count:ident| $block:block) => {
        let whole = $channels / LANES * LANES;
        for $channel in (0..whole).step_by(LANES) {
            let $count = LANES;
            $block
        }
        if whole < $channels {
            let ($channel, $count) = (whole, $channels - whole);
            $block
        }
    };
}

/// From tiles of side `SIDE` to planes.
#[inline(always)]
fn spread<const SIDE: usize>(
    cells: Cells,
    tiles: Range<usize>,
    grid: &[f32],
    planes: Planes,
    values: &mut [f32],
    line: impl Fn([f32; SIDE]) -> [f32; INPUTS],
) {
    let (mut read, mut half, mut written) = ([[ZEROS; SIDE]; SIDE], [[ZEROS; SIDE]; INPUTS], [[ZEROS; INPUTS]; INPUTS]);
    for (place, tile) in tiles.enumerate() {
        let places = cells.places::<SIDE>(tile);
        for_lanes!(cells.channels, |channel, count| {
            for (lanes, at) in read.as_flattened_mut().iter_mut().zip(places.as_flattened()) {
                match at {
                    Some(at) => load(grid, at + channel, count, lanes),
                    None => *lanes = ZEROS,
                }
            }
            both_axes(&read, &mut half, &mut written, &line);
            for (value, lanes) in written.as_flattened().iter().enumerate() {
                let at = value * planes.apart + place * planes.channels + channel;
                values[at..at + count].copy_from_slice(&lanes[..count]);
            }
        });
    }
}

/// From planes to tiles of side `SIDE`, whose channels `put` writes: where to, what, and the first channel's number.
#[inline(always)]
fn gather<const SIDE: usize>(
    planes: Planes,
    values: &[f32],
    cells: Cells,
    tiles: Range<usize>,
    grid: &mut [f32],
    line: impl Fn([f32; INPUTS]) -> [f32; SIDE],
    put: impl Fn(&mut [f32], &[f32], usize),
) {
    let (mut read, mut half, mut written) = ([[ZEROS; INPUTS]; INPUTS], [[ZEROS; INPUTS]; SIDE], [[ZEROS; SIDE]; SIDE]);
    for (place, tile) in tiles.enumerate() {
        let places = cells.places::<SIDE>(tile);
        for_lanes!(cells.channels, |channel, count| {
            let first = place * planes.channels + channel;
            for (value, lanes) in read.as_flattened_mut().iter_mut().enumerate() {
                load(values, value * planes.apart + first, count, lanes);
            }
            both_axes(&read, &mut half, &mut written, &line);
            for (lanes, at) in written.as_flattened().iter().zip(places.as_flattened()) {
                if let Some(at) = at {
                    put(&mut grid[at + channel..at + channel + count], &lanes[..count], channel);
                }
            }
        });
    }
}

/// So many numbers and zeros behind them.
#[inline(always)]
fn load(grid: &[f32], at: usize, count: usize, lanes: &mut Lanes) {
    lanes[..count].copy_from_slice(&grid[at..at + count]);
    lanes[count..].fill(0.0);
}

/// Transforms each column, and then each line.
#[inline(always)]
fn both_axes<const FROM: usize, const TO: usize>(
    read: &[[Lanes; FROM]; FROM],
    half: &mut [[Lanes; FROM]; TO],
    written: &mut [[Lanes; TO]; TO],
    line: impl Fn([f32; FROM]) -> [f32; TO],
) {
    for x in 0..FROM {
        for lane in 0..LANES {
            let column = line(array::from_fn(|y| read[y][x][lane]));
            for y in 0..TO {
                half[y][x][lane] = column[y];
            }
        }
    }
    for (half, written) in half.iter().zip(written) {
        for lane in 0..LANES {
            let values = line(array::from_fn(|x| half[x][lane]));
            for x in 0..TO {
                written[x][lane] = values[x];
            }
        }
    }
}
