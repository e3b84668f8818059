//! The passes of convolutions whose windows are read where they lie.

use super::Conv2d;
use super::geometry::Geometry;
use super::scattered::Back;
use crate::graph::Graph;
use crate::matmul::{Kernel, Matrix, Precision, Right};
use crate::parameters::{ParameterId, Way};
use crate::sweep::Sweep;
use crate::tape::Var;

/// How windows are read where they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direct {
    /// In one group: products of matrices.
    Products(Kernel),
    /// Each channel by itself.
    Depthwise,
}

impl Geometry {
    /// How the forward pass goes, if it reads windows where they lie.
    pub(super) fn directly_forward(&self, precision: Precision) -> Option<Direct> {
        let kernel = Kernel::choose(precision, self.samples * self.positions(), self.out_channels, self.taps());
        self.directly(kernel)
    }

    /// How the backward pass goes, if both gradients are found where windows lie.
    pub(super) fn directly_back(&self, precision: Precision) -> Option<Direct> {
        let positions = self.samples * self.positions();
        let of_weight = Kernel::choose(precision, self.taps(), self.out_channels, positions);
        let of_input = Kernel::choose(precision, positions, self.taps(), self.out_channels);
        self.directly(of_weight).filter(|&direct| self.directly(of_input) == Some(direct))
    }

    fn directly(&self, kernel: Kernel) -> Option<Direct> {
        match self.groups {
            _ if self.is_depthwise() => Some(Direct::Depthwise),
            1 if kernel.reads_scattered() => Some(Direct::Products(kernel)),
            _ => None,
        }
    }

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
        direct: Direct,
        [weight, bias]: [ParameterId; 2],
        input: Var,
        value: &mut [f32],
    ) {
        let block = geometry.scattered_block();
        let mut padded = self.tape.pool.take(if geometry.is_bare() { 0 } else { block * geometry.padded_len() });
        let parameters = self.parameters;
        let x = self.tape.value(input);
        let (of_input, of_output) = (block * geometry.in_len(), block * geometry.positions() * geometry.out_channels);
        for (x, y) in x.chunks(of_input).zip(value.chunks_mut(of_output)) {
            let samples = x.len() / geometry.in_len();
            let padded = geometry.padded(samples, x, &mut padded);
            let bias = parameters.get(bias);
            match direct {
                Direct::Products(kernel) => {
                    geometry.multiply(kernel, samples, padded, parameters.right(weight, kernel, Way::Forward), bias, y);
                }
                Direct::Depthwise => geometry.gather(samples, padded, parameters.get(weight), bias, y),
            }
        }
        self.tape.pool.give(padded);
    }
}

impl Conv2d {
    pub(super) fn sweep_directly(&self, direct: Direct, sweep: &mut Sweep<'_>, output: Var) {
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
                    match direct {
                        Direct::Products(kernel) => {
                            let right = Right::of(Matrix::rows(y, geometry.out_channels));
                            let (gradient, into) = sweep.gradient_to_write(self.weight, row);
                            geometry.multiply_transposed(kernel, reached.len(), padded, right, gradient, into);
                        }
                        Direct::Depthwise => geometry.add_products(reached.len(), padded, y, sweep.gradient(self.weight, row)),
                    }
                    if let Some(mut input) = if wants_input { sweep.take(self.input, row) } else { None } {
                        let y = if back.is_bare() {
                            y
                        } else {
                            back.pad(y, &mut padded_back);
                            &padded_back
                        };
                        let (to, parameters) = (&mut input[(reached.start - first) * in_len..], sweep.parameters);
                        match direct {
                            Direct::Products(kernel) => {
                                let filters = parameters.right(self.weight, kernel, Way::Turned);
                                back.multiply(kernel, reached.len(), y, filters, to);
                            }
                            Direct::Depthwise => back.gather(reached.len(), y, parameters.get(self.weight), to),
                        }
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
