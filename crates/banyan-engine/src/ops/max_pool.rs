//! The masked maximum over positions: a sequence or a grid becomes one vector per sample.

use super::Op;
use super::max_pool2d::take_larger;
use crate::graph::Graph;
use crate::shape::Shape;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

/// The place of a maximum over an empty set.
const NOWHERE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
pub(crate) struct MaxPool {
    input: Var,
    /// For each output the place of its maximum in the input.
    places: Integers,
}

impl Graph<'_> {
    /// `[samples, …, width]` to `[samples, width]`: the maximum of each feature over all axes between (global max pooling). `keep` has one
    /// entry a position, or is empty where all are kept; a sample of which no position is kept gives zeros. Among equal numbers
    /// the first gets the gradient.
    ///
    /// # Panics
    /// If the mask does not fit.
    pub fn max_pool(&mut self, input: Var, keep: &[bool]) -> Var {
        let shape = self.shape(input);
        let (samples, width) = (shape.samples(), shape.last());
        let positions = shape.rows().checked_div(samples).unwrap_or(0);
        assert!(keep.is_empty() || keep.len() == samples * positions, "maximum over {shape:?} with a mask of {}", keep.len());
        let mut value = self.tape.pool.zeros(samples * width);
        let mut places = self.tape.pool.take_integers();
        places.resize(samples * width, NOWHERE);
        let x = self.tape.value(input);
        for sample in 0..samples {
            let (best, place) = (&mut value[sample * width..][..width], &mut places[sample * width..][..width]);
            let own = sample * positions..(sample + 1) * positions;
            for (index, position) in own.filter(|&position| keep.is_empty() || keep[position]).enumerate() {
                let from = position * width;
                if index == 0 {
                    best.fill(f32::NEG_INFINITY);
                    for (channel, place) in place.iter_mut().enumerate() {
                        *place = (from + channel) as u32;
                    }
                }
                take_larger(best, place, &x[from..from + width], from as u32);
            }
        }
        self.tape.integers.push(places);
        let places = Integers::from_index(self.tape.integers.len() - 1);
        let reaches = self.reaches(input);
        self.tape.push(Op::MaxPool(MaxPool { input, places }), Shape::new(&[samples, width]), value, reaches)
    }
}

impl MaxPool {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let places = sweep.integers(self.places);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut back = sweep.fresh_zeros(self.input, cotangent.span);
            let first = cotangent.span.range(sweep.shape(self.input).len()).start;
            for (&place, &c) in cotangent.span.part(places).iter().zip(cotangent.iter()) {
                if place != NOWHERE {
                    back[place as usize - first] += c;
                }
            }
            sweep.give(cotangent.values);
            sweep.add(self.input, row, back);
        }
    }
}
