//! The mean over windows of a grid, channels last.

use super::Op;
use super::window::{Pooling, Window};
use crate::graph::Graph;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct AvgPool2d {
    input: Var,
    pooling: Pooling,
}

impl Graph<'_> {
    /// The mean over windows of `size` that do not overlap; lines that fill no window are left out.
    /// `[samples, height, width, channels]` to `[samples, height / size.0, width / size.1, channels]`. For the mean over the whole
    /// grid see [`mean_pool`](Self::mean_pool).
    ///
    /// # Panics
    /// If the input is not a grid or is smaller than the window.
    pub fn avg_pool2d(&mut self, input: Var, size: (usize, usize)) -> Var {
        self.avg_pool2d_with(input, size, Window::tiles(size))
    }

    /// As [`avg_pool2d`](Self::avg_pool2d), with a stride and padding of the windows. Padding does not count (PyTorch's
    /// `count_include_pad=False`): at the edges it is the mean of fewer cells.
    ///
    /// # Panics
    /// If the input is not a grid, a window does not fit into it, or the padding is more than half of a window.
    pub fn avg_pool2d_with(&mut self, input: Var, size: (usize, usize), window: Window) -> Var {
        let pooling = Pooling::new(self.shape(input), size, window);
        let (shape, channels) = (pooling.output(), pooling.channels);
        let mut value = self.tape.pool.zeros(shape.len());
        let x = self.tape.value(input);
        let mut means = value.chunks_exact_mut(channels.max(1));
        pooling.for_windows(pooling.samples, |window| {
            let Some(mean) = means.next() else { return };
            window.starts().for_each(|from| simd::add(mean, &x[from..from + channels]));
            simd::scale(mean, 1.0 / window.count() as f32);
        });
        let reaches = self.reaches(input);
        self.tape.push(Op::AvgPool2d(AvgPool2d { input, pooling }), shape, value, reaches)
    }
}

impl AvgPool2d {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let (samples, channels) = (self.pooling.samples, self.pooling.channels);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut back = sweep.fresh_zeros(self.input, cotangent.span);
            let mut means = cotangent.chunks_exact(channels.max(1));
            self.pooling.for_windows(cotangent.span.range(samples).len(), |window| {
                let Some(mean) = means.next() else { return };
                let share = 1.0 / window.count() as f32;
                window.starts().for_each(|to| simd::add_scaled(&mut back[to..to + channels], share, mean));
            });
            sweep.give(cotangent.values);
            sweep.add(self.input, row, back);
        }
    }
}
