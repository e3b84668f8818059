//! The passes of convolutions whose windows are read where they lie.

use super::Conv2d;
use super::geometry::Geometry;
use super::scattered::Back;
use crate::graph::Graph;
use crate::matmul::{Kernel, Matrix, Right};
use crate::parameters::{ParameterId, Way};
use crate::sweep::Sweep;
use crate::tape::Var;

impl Geometry {
    /// Samples with zeros around them, which are the samples themselves where there are none.
    fn padded<'a>(&self, samples: usize, input: &'a [f32], padded: &'a mut [f32]) -> &'a [f32] {
        if self.is_bare() {
            return input;
        }
        self.pad(samples, input, padded);
        padded
    }
}

impl Graph<'_> {
    pub(super) fn convolve_directly(
        &mut self,
        geometry: Geometry,
        kernel: Kernel,
        [weight, bias]: [ParameterId; 2],
        input: Var,
        value: &mut [f32],
    ) {
        let block = geometry.scattered_block();
        let mut padded = self.tape.pool.take(if geometry.is_bare() { 0 } else { block * geometry.padded_len() });
        let filters = self.parameters.right(weight, kernel, Way::Forward);
        let x = self.tape.value(input);
        let (of_input, of_output) = (block * geometry.in_len(), block * geometry.positions() * geometry.out_channels);
        for (x, y) in x.chunks(of_input).zip(value.chunks_mut(of_output)) {
            let samples = x.len() / geometry.in_len();
            let padded = geometry.padded(samples, x, &mut padded);
            geometry.multiply(kernel, samples, padded, filters, self.parameters.get(bias), y);
        }
        self.tape.pool.give(padded);
    }
}

impl Conv2d {
    pub(super) fn sweep_directly(&self, kernel: Kernel, sweep: &mut Sweep<'_>, output: Var) {
        let geometry = self.geometry;
        let back = Back::new(geometry);
        let (block, in_len, out_len) = (geometry.scattered_block(), geometry.in_len(), geometry.positions() * geometry.out_channels);
        let x = sweep.value(self.input);
        let wants_input = sweep.wants(self.input);
        let mut padded = sweep.buffer(if geometry.is_bare() { 0 } else { block * geometry.padded_len() });
        let mut padded_back = sweep.buffer(if wants_input && !back.is_bare() { block * back.padded_len() } else { 0 });
        for start in (0..geometry.samples).step_by(block) {
            let of_block = start..geometry.samples.min(start + block);
            let padded = geometry.padded(of_block.len(), &x[start * in_len..of_block.end * in_len], &mut padded);
            for row in 0..sweep.rows() {
                let Some(cotangent) = sweep.take(output, row) else { continue };
                let (reached, first) = self.reached(&cotangent, &of_block);
                if !reached.is_empty() {
                    let y = &cotangent[(reached.start - first) * out_len..][..reached.len() * out_len];
                    let sample_len = if geometry.is_bare() { in_len } else { geometry.padded_len() };
                    let padded = &padded[(reached.start - start) * sample_len..];
                    let right = Right::of(Matrix::rows(y, geometry.out_channels));
                    let (gradient, into) = sweep.gradient_to_write(self.weight, row);
                    geometry.multiply_transposed(kernel, reached.len(), padded, right, gradient, into);
                    if let Some(mut input) = if wants_input { sweep.take(self.input, row) } else { None } {
                        let y = if back.is_bare() {
                            y
                        } else {
                            back.pad(y, &mut padded_back);
                            &padded_back
                        };
                        let filters = sweep.parameters.right(self.weight, kernel, Way::Turned);
                        back.multiply(kernel, reached.len(), y, filters, &mut input[(reached.start - first) * in_len..]);
                        sweep.put(self.input, row, input);
                    }
                }
                sweep.put(output, row, cotangent);
            }
        }
        sweep.give(padded);
        sweep.give(padded_back);
    }
}
