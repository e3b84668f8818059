//! Softmax and cross-entropy in one, with a weight for each row.

use super::{Op, softmax::normalize};
use crate::graph::Graph;
use crate::pool::Buffer;
use crate::shape::Shape;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::{Saved, Tape, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct CrossEntropy {
    logits: Var,
    kept: Kept,
}

dispatch! {
    /// Replaces logits by the weighted derivative of the loss; returns the loss.
    fn forward(logits: &mut [f32], classes: usize, targets: &[u32], weights: &[f32], smoothing: f32) -> f64 {
        let mut loss = 0.0f64;
        for ((row, &target), &weight) in logits.chunks_exact_mut(classes).zip(targets).zip(weights) {
            if weight == 0.0 {
                row.fill(0.0);
                continue;
            }
            let right = row[target as usize];
            // Without smoothing a class of logit -∞ is possible, and 0 times its ∞ would be NaN.
            let mean = if smoothing > 0.0 { row.iter().sum::<f32>() / classes as f32 } else { 0.0 };
            let log_sum = normalize(row);
            let spread = if smoothing > 0.0 { smoothing * (log_sum - mean) } else { 0.0 };
            let own = (1.0 - smoothing) * (log_sum - right) + spread;
            loss += f64::from(weight * own);
            for p in row.iter_mut() {
                *p = (*p - smoothing / classes as f32) * weight;
            }
            row[target as usize] -= (1.0 - smoothing) * weight;
        }
        loss
    }
}

impl Graph<'_> {
    /// `Σ_r weights[r] · CE(softmax(logits[r]), targets[r])`, a scalar. A row of weight 0 counts for nothing,
    /// whatever its target. With label smoothing the target is `1 - smoothing` at its class plus
    /// `smoothing / classes` everywhere (Szegedy et al., 2016).
    ///
    /// # Panics
    /// If a counted target is not a class.
    pub fn cross_entropy(&mut self, logits: Var, targets: &[u32], weights: &[f32], smoothing: f32) -> Var {
        let shape = self.shape(logits);
        assert!(targets.len() == shape.rows() && weights.len() == shape.rows(), "a target and a weight for each row of {shape:?}");
        let classes = shape.last();
        assert!(
            targets.iter().zip(weights).all(|(&target, &weight)| weight == 0.0 || (target as usize) < classes),
            "a target is not a class"
        );
        let mut derivative = self.tape.pool.take(shape.len());
        derivative.copy_from_slice(self.tape.value(logits));
        let loss = forward(&mut derivative, classes, targets, weights, smoothing);
        let mut value = self.tape.pool.take(1);
        value[0] = loss as f32;
        let kept = Kept::new(self.tape, derivative, weights);
        let reaches = self.reaches(logits);
        self.tape.push(Op::CrossEntropy(CrossEntropy { logits, kept }), Shape::new(&[]), value, reaches)
    }
}

impl CrossEntropy {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        self.kept.pull_back(sweep, output, self.logits);
    }
}

/// What a loss keeps for its backward pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    /// The derivative with respect to the loss's operand.
    derivative: Saved,
    /// The rows from the first that counts to the last, and the number of all rows.
    counted: (u32, u32),
    rows: u32,
}

impl Kept {
    /// `weights` says what each row of the operand counts (or each of its numbers).
    pub(crate) fn new(tape: &mut Tape, derivative: Buffer, weights: &[f32]) -> Self {
        Self::of_rows(tape, derivative, weights.len(), |row| weights[row] != 0.0)
    }

    /// `counts` says which of the operand's rows count; a row may be a sample.
    pub(crate) fn of_rows(tape: &mut Tape, derivative: Buffer, rows: usize, counts: impl Fn(usize) -> bool) -> Self {
        let begin = (0..rows).find(|&row| counts(row)).unwrap_or(0);
        let end = (begin..rows).rfind(|&row| counts(row)).map_or(begin, |last| last + 1);
        Self { derivative: tape.save(derivative), counted: (begin as u32, end as u32), rows: rows as u32 }
    }

    /// Whether any row counts.
    pub(crate) fn counts_any(&self) -> bool {
        self.counted.0 < self.counted.1
    }

    /// The backward pass: the derivative, times the cotangent of the loss, of those samples that count.
    pub(crate) fn pull_back(&self, sweep: &mut Sweep<'_>, output: Var, input: Var) {
        let span = sweep.all().of_rows(self.counted.0 as usize..self.counted.1 as usize, self.rows as usize);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            if self.counts_any() && sweep.wants(input) {
                let mut back = sweep.fresh(input, span);
                back.copy_from_slice(span.part(sweep.saved(self.derivative)));
                simd::scale(&mut back, cotangent[0]);
                sweep.add(input, row, back);
            }
            sweep.give(cotangent.values);
        }
    }
}
