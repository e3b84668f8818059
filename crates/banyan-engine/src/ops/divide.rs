//! Elementwise division.

use super::Op;
use crate::graph::Graph;
use crate::simd::dispatch;
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Divide {
    numerator: Var,
    denominator: Var,
}

dispatch! {
    fn divide(y: &mut [f32], a: &[f32], b: &[f32]) {
        for ((y, &a), &b) in y.iter_mut().zip(a).zip(b) {
            *y = a / b;
        }
    }
}

dispatch! {
    /// `∂(a / b) / ∂a = 1 / b`
    fn pull_back_to_numerator(back: &mut [f32], cotangent: &[f32], b: &[f32]) {
        for ((back, &c), &b) in back.iter_mut().zip(cotangent).zip(b) {
            *back = if c == 0.0 { 0.0 } else { c / b };
        }
    }
}

dispatch! {
    /// `∂(a / b) / ∂b = -(a / b) / b`
    fn pull_back_to_denominator(back: &mut [f32], cotangent: &[f32], b: &[f32], quotient: &[f32]) {
        for (((back, &c), &b), &q) in back.iter_mut().zip(cotangent).zip(b).zip(quotient) {
            *back = if c == 0.0 { 0.0 } else { -c * q / b };
        }
    }
}

impl Graph<'_> {
    /// The quotient of two values of one shape, element by element.
    ///
    /// Domain: denominators other than 0. A nonzero number over 0 is infinite, 0 over 0 is NaN, as in PyTorch. Nothing is checked here:
    /// both reach the loss, and training stops at the first loss that is not finite. A zero cotangent stays zero even there, so
    /// that masked values (padding, rows without a label) may lie outside the domain.
    ///
    /// # Panics
    /// If the shapes differ.
    pub fn divide(&mut self, numerator: Var, denominator: Var) -> Var {
        let shape = self.shape(numerator);
        assert_eq!(shape, self.shape(denominator), "an elementwise quotient");
        let mut value = self.tape.pool.take(shape.len());
        divide(&mut value, self.tape.value(numerator), self.tape.value(denominator));
        let reaches = self.reaches(numerator) || self.reaches(denominator);
        self.tape.push(Op::Divide(Divide { numerator, denominator }), shape, value, reaches)
    }
}

impl Divide {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let span = cotangent.span;
            let (b, quotient) = (span.part(sweep.value(self.denominator)), span.part(sweep.value(output)));
            if sweep.wants(self.numerator) {
                let mut back = sweep.fresh(self.numerator, span);
                pull_back_to_numerator(&mut back, &cotangent, b);
                sweep.add(self.numerator, row, back);
            }
            if sweep.wants(self.denominator) {
                let mut back = sweep.fresh(self.denominator, span);
                pull_back_to_denominator(&mut back, &cotangent, b, quotient);
                sweep.add(self.denominator, row, back);
            }
            sweep.give(cotangent.values);
        }
    }
}
