//! Elementwise activations, alone and as the last part of a fused operation.

use super::Op;
use crate::cotangent::Cotangent;
use crate::graph::Graph;
use crate::pool::{Buffer, Pool};
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};

/// An elementwise function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activation {
    /// The identity.
    #[default]
    None,
    /// `max(x, 0)`, and NaN for NaN
    Relu,
    /// `min(max(x, 0), 6)` (Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10", 2010), and NaN for NaN
    Relu6,
    /// `x Φ(x)` with the exact normal distribution function (Hendrycks and Gimpel, 2016)
    Gelu,
    /// The hyperbolic tangent.
    Tanh,
    /// `1 / (1 + e^-x)`
    Sigmoid,
}

dispatch! {
    fn relu(x: &mut [f32]) {
        for x in x.iter_mut() {
            *x = if *x <= 0.0 { 0.0 } else { *x }; // NaN stays NaN
        }
    }
}

dispatch! {
    fn relu6(x: &mut [f32]) {
        for x in x.iter_mut() {
            *x = x.clamp(0.0, 6.0); // NaN stays NaN
        }
    }
}

dispatch! {
    fn gelu(x: &mut [f32], derivative: &mut [f32]) {
        for (x, derivative) in x.iter_mut().zip(derivative) {
            (*x, *derivative) = simd::gelu(*x);
        }
    }
}

dispatch! {
    fn tanh(x: &mut [f32]) {
        for x in x.iter_mut() {
            *x = simd::tanh(*x);
        }
    }
}

dispatch! {
    fn sigmoid(x: &mut [f32]) {
        for x in x.iter_mut() {
            *x = simd::sigmoid(*x);
        }
    }
}

dispatch! {
    fn relu_backward(cotangent: &mut [f32], output: &[f32]) {
        for (c, &y) in cotangent.iter_mut().zip(output) {
            *c = if y <= 0.0 { 0.0 } else { *c };
        }
    }
}

dispatch! {
    fn relu6_backward(cotangent: &mut [f32], output: &[f32]) {
        for (c, &y) in cotangent.iter_mut().zip(output) {
            *c = if y <= 0.0 || y >= 6.0 { 0.0 } else { *c };
        }
    }
}

dispatch! {
    fn tanh_backward(cotangent: &mut [f32], output: &[f32]) {
        for (c, &y) in cotangent.iter_mut().zip(output) {
            *c *= 1.0 - y * y;
        }
    }
}

dispatch! {
    fn sigmoid_backward(cotangent: &mut [f32], output: &[f32]) {
        for (c, &y) in cotangent.iter_mut().zip(output) {
            *c *= y * (1.0 - y);
        }
    }
}

impl Activation {
    /// Applies the function in place. Where the derivative cannot be had from the output it is returned.
    pub(crate) fn apply(self, values: &mut [f32], pool: &mut Pool) -> Option<Buffer> {
        match self {
            Self::None => None,
            Self::Relu => {
                relu(values);
                None
            }
            Self::Relu6 => {
                relu6(values);
                None
            }
            Self::Gelu => {
                let mut derivative = pool.take(values.len());
                gelu(values, &mut derivative);
                Some(derivative)
            }
            Self::Tanh => {
                tanh(values);
                None
            }
            Self::Sigmoid => {
                sigmoid(values);
                None
            }
        }
    }

    /// Multiplies a cotangent of the output by the derivative; `output` and `derivative` are of all samples.
    pub(crate) fn pull_back(self, cotangent: &mut Cotangent, output: &[f32], derivative: Option<&[f32]>) {
        let (output, derivative) = (cotangent.span.part(output), derivative.map(|derivative| cotangent.span.part(derivative)));
        match (self, derivative) {
            (Self::None, _) => {}
            (Self::Relu, _) => relu_backward(cotangent, output),
            (Self::Relu6, _) => relu6_backward(cotangent, output),
            (Self::Tanh, _) => tanh_backward(cotangent, output),
            (Self::Sigmoid, _) => sigmoid_backward(cotangent, output),
            (Self::Gelu, Some(derivative)) => simd::multiply(cotangent, derivative),
            (Self::Gelu, None) => unreachable!("GELU saves its derivative"),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Activate {
    input: Var,
    activation: Activation,
    derivative: Option<Saved>,
}

impl Graph<'_> {
    /// An activation of every element.
    pub fn activate(&mut self, input: Var, activation: Activation) -> Var {
        let mut value = self.tape.pool.take(self.shape(input).len());
        value.copy_from_slice(self.tape.value(input));
        let derivative = activation.apply(&mut value, &mut self.tape.pool).map(|buffer| self.tape.save(buffer));
        let (shape, reaches) = (self.shape(input), self.reaches(input));
        self.tape.push(Op::Activate(Activate { input, activation, derivative }), shape, value, reaches)
    }
}

impl Activate {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            self.activation.pull_back(&mut cotangent, sweep.value(output), self.derivative.map(|saved| sweep.saved(saved)));
            sweep.add(self.input, row, cotangent);
        }
    }
}
