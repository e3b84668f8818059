//! 3x3 convolutions by [`crate::winograd`]'s transforms: where they pay, and the products between them.

use super::Conv2d;
use super::geometry::Geometry;
use crate::graph::Graph;
use crate::matmul::{Accumulate, Chosen, Grid, Into, Kernel, Matrix, Precision, Right, Scattered};
use crate::parameters::{ParameterId, Way};
use crate::scratch;
use crate::sweep::Sweep;
use crate::tape::Var;
use crate::winograd::{Cells, OUTPUTS, Planes, VALUES, add_filter_gradient, gather_outputs, spread_cotangents, spread_inputs};
use std::ops::Range;

/// Numbers of the planes that are between two transforms at once: they stay in the caches.
const BLOCK: usize = 192 * 1024;

/// Tiles of a block: whole rows of the product's kernels.
const TILES_STEP: usize = 12;
const MOST_TILES: usize = 240;

/// What the transforms of a tile cost for each input and each output channel, what a product costs beside its depth, and what reading a number of
/// the filter costs, all in multiplications: measured with AVX2.
const COST_OF_INPUT: usize = 600;
const COST_OF_OUTPUT: usize = 400;
const COST_OF_PRODUCT: usize = 16;
const COST_OF_READING: usize = 4;

/// The side of a filter.
const SIDE: usize = 3;

/// One pass: a convolution from one grid to another.
#[derive(Debug, Clone, Copy)]
struct Pass {
    from: Cells,
    to: Cells,
}

impl Geometry {
    /// The kernel of the products, if the convolution has a filter of 3x3 and is cheaper so: it is the same for any number of samples, so that they
    /// get the same results alone and together.
    pub(super) fn winograd(&self, precision: Precision) -> Option<Kernel> {
        let kernel = Kernel::choose(precision, self.samples * self.positions(), self.out_channels, self.taps());
        let padding = self.window.padding;
        let fits = self.kernel == (SIDE, SIDE)
            && self.window.stride == (1, 1)
            && self.dilation == (1, 1)
            && self.groups == 1
            && padding.0.max(padding.1) < SIDE;
        (fits && kernel.reads_scattered() && self.winograd_cost() < self.direct_cost()).then_some(kernel)
    }

    fn winograd_cost(&self) -> usize {
        let (inputs, outputs) = (self.channels, self.out_channels);
        let (down, across) = self.tiles();
        let of_tile = VALUES * outputs * (inputs + COST_OF_PRODUCT) + COST_OF_INPUT * inputs + COST_OF_OUTPUT * outputs;
        down * across * of_tile + COST_OF_READING * VALUES * inputs * outputs
    }

    fn direct_cost(&self) -> usize {
        (self.positions() + COST_OF_READING) * self.taps() * self.out_channels
    }

    /// Tiles of a sample's outputs, down and across.
    fn tiles(&self) -> (usize, usize) {
        (self.out_height.div_ceil(OUTPUTS), self.out_width.div_ceil(OUTPUTS))
    }

    /// Inputs under the tiles of outputs.
    fn inputs(&self) -> Cells {
        let Self { height, width, channels, window, .. } = *self;
        Cells { height, width, channels, before: window.padding, tiles: self.tiles() }
    }

    fn outputs(&self) -> Cells {
        let Self { out_height: height, out_width: width, out_channels: channels, .. } = *self;
        Cells { height, width, channels, before: (0, 0), tiles: self.tiles() }
    }

    fn pass_forward(&self) -> Pass {
        Pass { from: self.inputs(), to: self.outputs() }
    }

    /// From cotangents of outputs to those of inputs, under tiles of inputs.
    fn pass_back(&self) -> Pass {
        let tiles = (self.height.div_ceil(OUTPUTS), self.width.div_ceil(OUTPUTS));
        let before = (SIDE - 1 - self.window.padding.0, SIDE - 1 - self.window.padding.1);
        Pass { from: Cells { before, tiles, ..self.outputs() }, to: Cells { before: (0, 0), tiles, ..self.inputs() } }
    }
}

/// Tiles of some samples, a block at a time, for planes of so many channels in all.
fn blocks(samples: usize, (down, across): (usize, usize), channels: usize) -> (usize, impl Iterator<Item = Range<usize>>) {
    let all = samples * down * across;
    let block = (BLOCK / (VALUES * channels.max(1)) / TILES_STEP * TILES_STEP).clamp(2 * TILES_STEP, MOST_TILES).min(all);
    (block, (0..all).step_by(block.max(1)).map(move |first| first..all.min(first + block)))
}

impl Pass {
    /// Writes the outputs of some samples. `filters` are the values of the filter.
    fn run(self, kernel: Kernel, samples: usize, from: &[f32], filters: Right<'_>, bias: Option<&[f32]>, to: &mut [f32]) {
        let (inputs, outputs) = (self.from.channels, self.to.channels);
        let (block, blocks) = blocks(samples, self.from.tiles, inputs + outputs);
        let (left, products) = (Planes::new(block, inputs), Planes::new(block, outputs));
        scratch::with(left.len() + products.len(), |memory| {
            let (of_left, of_products) = memory.split_at_mut(left.len());
            for tiles in blocks {
                spread_inputs(self.from, tiles.clone(), from, left, of_left);
                let (rows, depth) = (dense(tiles.len(), inputs), dense(inputs, 1));
                for value in 0..VALUES {
                    let a = Scattered { values: &of_left[value * left.apart..], rows, depth };
                    let b = Chosen { right: filters, all: VALUES * inputs, first: value * inputs, rows: depth };
                    let to = Into { values: &mut of_products[value * products.apart..], rows: dense(tiles.len(), outputs) };
                    kernel.multiply_scattered(outputs, a, b, to, Accumulate::Replace);
                }
                gather_outputs(products, of_products, self.to, tiles, bias, to);
            }
        });
    }
}

/// So many rows of `width` numbers side by side.
fn dense(count: usize, width: usize) -> Grid {
    Grid::dense([1, 1, count], width)
}

/// Adds the gradient of the filter from some samples.
fn add_gradient(geometry: Geometry, kernel: Kernel, samples: usize, x: &[f32], y: &[f32], gradient: &mut [f32]) {
    let (inputs, outputs) = (geometry.channels, geometry.out_channels);
    let (block, blocks) = blocks(samples, geometry.tiles(), inputs + outputs);
    let (left, right) = (Planes::new(block, inputs), Planes::new(block, outputs));
    let of_filter = VALUES * inputs * outputs;
    scratch::with(of_filter + left.len() + right.len(), |memory| {
        let (of_filter, rest) = memory.split_at_mut(of_filter);
        let (of_left, of_right) = rest.split_at_mut(left.len());
        let mut into = Accumulate::Replace;
        for tiles in blocks {
            spread_inputs(geometry.inputs(), tiles.clone(), x, left, of_left);
            spread_cotangents(geometry.outputs(), tiles.clone(), y, right, of_right);
            for (value, filter) in of_filter.chunks_exact_mut(inputs * outputs).enumerate() {
                let a = Scattered { values: &of_left[value * left.apart..], rows: dense(inputs, 1), depth: dense(tiles.len(), inputs) };
                let right = Right::of(Matrix::rows(&of_right[value * right.apart..], outputs));
                let b = Chosen { right, all: tiles.len(), first: 0, rows: dense(tiles.len(), 1) };
                kernel.multiply_scattered(outputs, a, b, Into { values: filter, rows: dense(inputs, outputs) }, into);
            }
            into = Accumulate::Add;
        }
        add_filter_gradient(of_filter, gradient);
    });
}

impl Graph<'_> {
    pub(super) fn convolve_by_winograd(
        &mut self,
        geometry: Geometry,
        kernel: Kernel,
        [weight, bias]: [ParameterId; 2],
        input: Var,
        value: &mut [f32],
    ) {
        let filters = self.parameters.right(weight, kernel, Way::Transformed);
        let bias = Some(self.parameters.get(bias));
        geometry.pass_forward().run(kernel, geometry.samples, self.tape.value(input), filters, bias, value);
    }
}

impl Conv2d {
    pub(super) fn sweep_by_winograd(&self, kernel: Kernel, sweep: &mut Sweep<'_>, output: Var) {
        let geometry = self.geometry;
        let (in_len, out_len) = (geometry.in_len(), geometry.positions() * geometry.out_channels);
        let x = sweep.value(self.input);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let own = cotangent.span.range(geometry.samples);
            let (samples, y) = (own.len(), &cotangent[..own.len() * out_len]);
            if samples > 0 {
                add_gradient(geometry, kernel, samples, &x[own.start * in_len..], y, sweep.gradient(self.weight, row));
                if let Some(mut input) = if sweep.wants(self.input) { sweep.take(self.input, row) } else { None } {
                    let filters = sweep.parameters.right(self.weight, kernel, Way::TurnedAndTransformed);
                    geometry.pass_back().run(kernel, samples, y, filters, None, &mut input);
                    sweep.put(self.input, row, input);
                }
            }
            sweep.put(output, row, cotangent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::Window;
    use crate::random::Stream;
    use crate::shape::Shape;

    /// Windows of 3x3 over grids of odd sizes, with fewer and more zeros around them, and channels that fill no register.
    fn geometries() -> Vec<Geometry> {
        let of = |[samples, height, width, channels, outputs]: [usize; 5], window: Window| {
            Geometry::new(Shape::new(&[samples, height, width, channels]), Shape::new(&[3, 3, channels, outputs]), window.into())
        };
        vec![
            of([1, 4, 4, 1, 1], Window::same(3, 3)),
            of([2, 5, 9, 3, 5], Window::same(3, 3)),
            of([3, 8, 8, 16, 16], Window::same(3, 3)),
            of([2, 7, 6, 17, 40], Window::new((1, 1), (0, 0))),
            of([1, 3, 3, 8, 8], Window::new((1, 1), (0, 0))),
            of([2, 1, 13, 5, 33], Window::new((1, 1), (2, 1))),
            of([2, 6, 5, 4, 4], Window { more_after: (1, 2), ..Window::new((1, 1), (0, 1)) }),
            of([60, 9, 9, 20, 12], Window::same(3, 3)),
        ]
    }

    /// Calls `f` with the places of an input, a cell of the filter and an output that belong together, channels left out.
    fn for_pairs(geometry: &Geometry, mut f: impl FnMut(usize, usize, usize)) {
        let Geometry { samples, height, width, out_height, out_width, window, .. } = *geometry;
        for sample in 0..samples {
            for (y, x) in (0..out_height).flat_map(|y| (0..out_width).map(move |x| (y, x))) {
                for (down, across) in (0..SIDE).flat_map(|down| (0..SIDE).map(move |across| (down, across))) {
                    let line = (y + down).checked_sub(window.padding.0).filter(|line| *line < height);
                    let cell = (x + across).checked_sub(window.padding.1).filter(|cell| *cell < width);
                    if let (Some(line), Some(cell)) = (line, cell) {
                        f((sample * height + line) * width + cell, down * SIDE + across, (sample * out_height + y) * out_width + x);
                    }
                }
            }
        }
    }

    fn assert_near(values: &[f32], expected: &[f64], geometry: &Geometry) {
        let size = expected.iter().fold(0f64, |size, value| size.max(value.abs()));
        for (at, (value, expected)) in values.iter().zip(expected).enumerate() {
            assert!((f64::from(*value) - expected).abs() <= 3e-6 * size.max(1.0), "{at}: {value} {expected} of {geometry:?}");
        }
    }

    #[test]
    fn the_three_passes_are_those_of_the_windows() {
        let kernel = Kernel::of_processor();
        if !kernel.reads_scattered() {
            return;
        }
        let mut stream = Stream::new(&[7]);
        let mut draw = |len: usize| -> Vec<f32> { (0..len).map(|_| stream.normal()).collect() };
        for geometry in geometries() {
            let (inputs, outputs) = (geometry.channels, geometry.out_channels);
            let positions = geometry.samples * geometry.positions();
            let (x, weight, bias) = (draw(geometry.samples * geometry.in_len()), draw(9 * inputs * outputs), draw(outputs));
            let y = draw(positions * outputs);
            let mut forward: Vec<f64> = (0..positions).flat_map(|_| bias.iter().map(|bias| f64::from(*bias))).collect();
            let (mut back, mut gradient) = (vec![0.0f64; x.len()], vec![0.0f64; weight.len()]);
            for_pairs(&geometry, |from, cell, to| {
                for (input, output) in (0..inputs).flat_map(|input| (0..outputs).map(move |output| (input, output))) {
                    let (from, at, to) = (from * inputs + input, (cell * inputs + input) * outputs + output, to * outputs + output);
                    forward[to] += f64::from(x[from]) * f64::from(weight[at]);
                    back[from] += f64::from(y[to]) * f64::from(weight[at]);
                    gradient[at] += f64::from(x[from]) * f64::from(y[to]);
                }
            });
            let pack = |weight: &[f32], inputs: usize, outputs: usize| {
                let mut values = vec![0.0; VALUES * inputs * outputs];
                crate::winograd::transform_filter(weight, &mut values);
                let mut packed = vec![0.0; kernel.right_len(VALUES * inputs, outputs)];
                kernel.pack_right(VALUES * inputs, outputs, Matrix::rows(&values, outputs), &mut packed);
                packed
            };
            let turned: Vec<f32> = (0..9 * outputs * inputs)
                .map(|at| weight[((8 - at / (outputs * inputs)) * inputs + at % inputs) * outputs + at / inputs % outputs])
                .collect();
            let (mut of_forward, mut of_back, mut of_gradient) =
                (vec![f32::NAN; y.len()], vec![f32::NAN; x.len()], vec![0.0; weight.len()]);
            let filters = pack(&weight, inputs, outputs);
            geometry.pass_forward().run(kernel, geometry.samples, &x, Right::packed(kernel, &filters), Some(&bias), &mut of_forward);
            let filters = pack(&turned, outputs, inputs);
            geometry.pass_back().run(kernel, geometry.samples, &y, Right::packed(kernel, &filters), None, &mut of_back);
            add_gradient(geometry, kernel, geometry.samples, &x, &y, &mut of_gradient);
            assert_near(&of_forward, &forward, &geometry);
            assert_near(&of_back, &back, &geometry);
            assert_near(&of_gradient, &gradient, &geometry);
        }
    }

    #[test]
    fn it_is_chosen_where_channels_are_many_and_tiles_are_full() {
        let chosen = |side: usize, inputs: usize, outputs: usize| {
            let shape = Shape::new(&[2, side, side, inputs]);
            let geometry = Geometry::new(shape, Shape::new(&[3, 3, inputs, outputs]), Window::same(3, 3).into());
            geometry.winograd_cost() < geometry.direct_cost()
        };
        assert!(chosen(32, 64, 64) && chosen(16, 128, 128));
        assert!(!chosen(64, 3, 16) && !chosen(5, 32, 32) && !chosen(4, 192, 192));
    }
}
