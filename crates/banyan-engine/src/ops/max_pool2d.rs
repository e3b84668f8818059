//! Maximum over windows of a grid, channels last.

use super::Op;
use super::window::{Pooling, Window};
use crate::graph::Graph;
use crate::simd::dispatch;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct MaxPool2d {
    input: Var,
    /// For each output the place of its maximum in the input.
    places: Integers,
}

dispatch! {
    /// Takes the larger of the running maximum and a candidate, channel by channel.
    pub(super) fn take_larger(best: &mut [f32], places: &mut [u32], candidate: &[f32], first_place: u32) {
        for (channel, ((best, place), &x)) in best.iter_mut().zip(places.iter_mut()).zip(candidate).enumerate() {
            let larger = x > *best || x.is_nan();
            *best = if larger { x } else { *best };
            *place = if larger { first_place + channel as u32 } else { *place };
        }
    }
}

impl Graph<'_> {
    /// The maximum over windows of `size` that do not overlap; lines that fill no window are left out.
    /// `[samples, height, width, channels]` to `[samples, height / size.0, width / size.1, channels]`.
    ///
    /// # Panics
    /// If the input is not a grid or is smaller than the window.
    pub fn max_pool2d(&mut self, input: Var, size: (usize, usize)) -> Var {
        self.max_pool2d_with(input, size, Window::tiles(size))
    }

    /// As [`max_pool2d`](Self::max_pool2d), with a stride and padding of the windows. Padding is never the maximum.
    ///
    /// # Panics
    /// If the input is not a grid, a window does not fit into it, or the padding is more than half of a window.
    pub fn max_pool2d_with(&mut self, input: Var, size: (usize, usize), window: Window) -> Var {
        let pooling = Pooling::new(self.shape(input), size, window);
        let (shape, channels) = (pooling.output(), pooling.channels);
        let mut value = self.tape.pool.take(shape.len());
        let mut places = self.tape.pool.take_integers();
        places.resize(shape.len(), 0);
        let x = self.tape.value(input);
        let mut to = 0;
        pooling.for_windows(pooling.samples, |window| {
            let (best, place) = (&mut value[to..to + channels], &mut places[to..to + channels]);
            for (index, from) in window.starts().enumerate() {
                if index == 0 {
                    best.copy_from_slice(&x[from..from + channels]);
                    for (channel, place) in place.iter_mut().enumerate() {
                        *place = (from + channel) as u32;
                    }
                } else {
                    take_larger(best, place, &x[from..from + channels], from as u32);
                }
            }
            to += channels;
        });
        self.tape.integers.push(places);
        let places = Integers::from_index(self.tape.integers.len() - 1);
        let reaches = self.reaches(input);
        self.tape.push(Op::MaxPool2d(MaxPool2d { input, places }), shape, value, reaches)
    }
}

impl MaxPool2d {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let places = sweep.integers(self.places);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut back = sweep.fresh_zeros(self.input, cotangent.span);
            let first = cotangent.span.range(sweep.shape(self.input).len()).start;
            for (&place, &c) in cotangent.span.part(places).iter().zip(cotangent.iter()) {
                back[place as usize - first] += c;
            }
            sweep.give(cotangent.values);
            sweep.add(self.input, row, back);
        }
    }
}
