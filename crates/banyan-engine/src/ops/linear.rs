//! `y = activation(x W + b)` over the last axis.

use super::{Activation, Op};
use crate::graph::Graph;
use crate::matmul::{Accumulate, Kernel, Left, Matrix, Right};
use crate::parameters::ParameterId;
use crate::parameters::Way;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Linear {
    input: Var,
    weight: ParameterId,
    bias: Option<ParameterId>,
    activation: Activation,
    derivative: Option<Saved>,
}

impl Linear {
    pub(crate) fn weight(&self) -> ParameterId {
        self.weight
    }
}

impl Graph<'_> {
    /// `activation(x W + b)`: `x` is `[…, in]`, `weight` is `[in, out]`, `bias` is `[out]`; the result is `[…, out]`.
    ///
    /// # Panics
    /// If the sizes do not fit.
    pub fn linear(&mut self, input: Var, weight: ParameterId, bias: Option<ParameterId>, activation: Activation) -> Var {
        let shape = self.shape(input);
        let weight_shape = self.parameters.info(weight).shape;
        let [inputs, outputs] = *weight_shape.axes() else { panic!("a linear weight has two axes, not {weight_shape:?}") };
        assert_eq!(shape.last(), inputs, "linear {}: input {shape:?}, weight {weight_shape:?}", self.parameters.info(weight).name);
        let rows = shape.rows();
        let mut value = self.tape.pool.take(rows * outputs);
        let into = bias.map_or(Accumulate::Replace, |bias| Accumulate::Bias(self.parameter(bias)));
        self.parameters.multiply(weight, Way::Forward, self.tape.precision, rows, self.tape.value(input), &mut value, into);
        let derivative = activation.apply(&mut value, &mut self.tape.pool).map(|buffer| self.tape.save(buffer));
        let op = Linear { input, weight, bias, activation, derivative };
        self.tape.push(Op::Linear(op), shape.with_last(outputs), value, true)
    }
}

impl Linear {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(self.input);
        let (rows, inputs) = (shape.rows(), shape.last());
        let outputs = sweep.shape(output).last();
        let factored = sweep.prefers_factors(self.weight, rows, inputs, outputs);
        if factored {
            sweep.keep_input(self.weight, self.input);
        }
        let kernel = Kernel::choose(sweep.precision(), inputs, outputs, rows);
        // Several tasks share the layer's input: it is laid out once for all that reach the same samples.
        let mut packed = (!factored && sweep.reaching(output) > 1).then(|| sweep.buffer(kernel.left_len(inputs, rows)));
        let mut packed_for = None;
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            self.activation.pull_back(&mut cotangent, sweep.value(output), self.derivative.map(|saved| sweep.saved(saved)));
            if let Some(bias) = self.bias {
                simd::add_column_sums(sweep.gradient(bias, row), &cotangent);
            }
            let span = cotangent.span;
            let rows = span.range(rows).len();
            if sweep.wants(self.input) {
                let mut back = sweep.fresh(self.input, span);
                sweep.parameters.multiply(self.weight, Way::Back, sweep.precision(), rows, &cotangent, &mut back, Accumulate::Replace);
                sweep.add(self.input, row, back);
            }
            if factored {
                sweep.factor(row, cotangent);
            } else {
                let x = Matrix::rows(span.part(sweep.value(self.input)), inputs).transposed();
                let left = match &mut packed {
                    Some(packed) => {
                        if packed_for.replace(span) != Some(span) {
                            kernel.pack_left(inputs, rows, x, packed);
                        }
                        Left::packed(kernel, packed)
                    }
                    None => Left::of(x),
                };
                let right = Right::of(Matrix::rows(&cotangent, outputs));
                let (gradient, into) = sweep.gradient_to_write(self.weight, row);
                kernel.multiply(inputs, outputs, rows, left, right, gradient, into);
                sweep.give(cotangent.values);
            }
        }
        if let Some(packed) = packed {
            sweep.give(packed);
        }
    }
}
