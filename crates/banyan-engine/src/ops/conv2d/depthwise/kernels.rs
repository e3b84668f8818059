//! Sums over the cells of kernels, with channels side by side in registers.

use crate::matmul::{Grid, Vector};
use crate::simd::{Level, level};
use std::arch::x86_64::{__m256, __m512};

/// A sum over cells of the kernel for each position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gather {
    pub(super) channels: usize,
    /// What a position's first cell reads, and where its sum is written.
    pub(super) from: Grid,
    pub(super) to: Grid,
    /// Where the cells of the kernel read from there on.
    pub(super) cells: Grid,
    /// Where the cells' weights lie, from the last cell back where the kernel is turned.
    pub(super) weights: Grid,
    pub(super) order: Order,
}

/// Which way weights are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    FromFirst,
    FromLast,
}

/// Positions whose sums are in registers together, and where fewer are left.
const MANY: usize = 8;
const SOME: usize = 4;
/// Cells whose sums are in registers together.
pub(super) const CELLS: usize = 9;

/// Whether the processor has these kernels' instructions.
pub(super) fn are_there() -> bool {
    level() >= Level::Avx2
}

fn check(last: Option<usize>, rest: usize, len: usize) {
    assert!(last.and_then(|last| last.checked_add(rest)).is_some_and(|last| last < len), "a grid reaches out of {len} numbers");
}

impl Gather {
    /// Writes the sums, from `bias` on or from zero.
    #[expect(unsafe_code, reason = "functions for an instruction set are called after it was detected")]
    pub(super) fn run(&self, from: &[f32], weight: &[f32], bias: Option<&[f32]>, to: &mut [f32]) {
        assert!(are_there(), "kernels of another processor");
        assert_eq!((self.from.counts, self.cells.counts), (self.to.counts, self.weights.counts), "sizes of sums over cells");
        if self.channels == 0 || self.to.len() == 0 {
            return;
        }
        let rest = self.channels - 1;
        check(self.to.last(), rest, to.len());
        if self.cells.len() > 0 {
            let last = self.from.last().zip(self.cells.last()).and_then(|(position, cell)| position.checked_add(cell));
            check(last, rest, from.len());
            check(self.weights.last(), rest, weight.len());
        }
        assert!(bias.is_none_or(|bias| bias.len() == self.channels), "a number for each channel");
        let pointers = Pointers { from: from.as_ptr(), weight: weight.as_ptr(), bias: bias.map(<[f32]>::as_ptr), to: to.as_mut_ptr() };
        #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
        unsafe fn wide(gather: &Gather, pointers: Pointers) {
            // SAFETY: as asked of the caller.
            unsafe { gather.lines::<__m512>(pointers) }
        }
        #[target_feature(enable = "avx2,fma")]
        unsafe fn narrow(gather: &Gather, pointers: Pointers) {
            // SAFETY: as asked of the caller.
            unsafe { gather.lines::<__m256>(pointers) }
        }
        // SAFETY: the processor has the instructions, and the slices hold every number that the grids reach (both checked above).
        unsafe { if level() >= Level::Avx512 { wide(self, pointers) } else { narrow(self, pointers) } }
    }

    /// # Safety
    /// The processor has `V`'s instructions and the pointers reach what the grids name.
    #[expect(unsafe_code, reason = "pointers into the image, the weight and the result")]
    #[inline(always)]
    unsafe fn lines<V: Vector>(&self, pointers: Pointers) {
        let [samples, lines, positions] = self.from.counts;
        for line in 0..samples * lines {
            let index = [line / lines, line % lines];
            let from = pointers.from.wrapping_add(self.from.start(index));
            let to = pointers.to.wrapping_add(self.to.start(index));
            for channel in (0..self.channels).step_by(V::LANES) {
                let count = self.channels - channel;
                let mut position = 0;
                while position < positions {
                    let place = Pointers {
                        from: from.wrapping_add(position * self.from.steps[2] + channel),
                        weight: pointers.weight.wrapping_add(channel),
                        bias: pointers.bias.map(|bias| bias.wrapping_add(channel)),
                        to: to.wrapping_add(position * self.to.steps[2] + channel),
                    };
                    // SAFETY: as asked of the caller; of the last register only the channels that there are.
                    position += unsafe {
                        match positions - position {
                            MANY.. => self.register::<V, MANY>(place, count),
                            SOME.. => self.register::<V, SOME>(place, count),
                            _ => self.register::<V, 1>(place, count),
                        }
                    };
                }
            }
        }
    }

    /// The sums of some positions side by side, for one register of channels or the last `count`; returns the number of positions.
    ///
    /// # Safety
    /// As for [`lines`](Self::lines).
    #[expect(unsafe_code, reason = "pointers into the image, the weight and the result")]
    #[inline(always)]
    unsafe fn register<V: Vector, const COUNT: usize>(&self, place: Pointers, count: usize) -> usize {
        // SAFETY: as asked of the caller.
        unsafe {
            if count >= V::LANES {
                self.sums::<V, COUNT>(place, |from| V::load(from), |sum, to| sum.store(to));
            } else {
                self.sums::<V, COUNT>(place, |from| V::load_first(from, count), |sum, to| sum.store_first(to, count));
            }
        }
        COUNT
    }

    /// The same with this way to load and to store a register.
    ///
    /// # Safety
    /// As for [`lines`](Self::lines).
    #[expect(unsafe_code, reason = "pointers into the image, the weight and the result")]
    #[inline(always)]
    unsafe fn sums<V: Vector, const COUNT: usize>(&self, place: Pointers, load: impl Fn(*const f32) -> V, store: impl Fn(V, *mut f32)) {
        // SAFETY: as asked of the caller.
        unsafe {
            let mut sums = [place.bias.map_or(V::zero(), &load); COUNT];
            let [lines, columns, _] = self.cells.counts;
            for i in 0..lines {
                for j in 0..columns {
                    let own = if self.order == Order::FromFirst { [i, j] } else { [lines - 1 - i, columns - 1 - j] };
                    let weight = load(place.weight.wrapping_add(self.weights.start(own)));
                    let from = place.from.wrapping_add(self.cells.start([i, j]));
                    for (position, sum) in sums.iter_mut().enumerate() {
                        *sum = weight.multiply_add(load(from.wrapping_add(position * self.from.steps[2])), *sum);
                    }
                }
            }
            for (position, sum) in sums.into_iter().enumerate() {
                store(sum, place.to.wrapping_add(position * self.to.steps[2]));
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Pointers {
    from: *const f32,
    weight: *const f32,
    bias: Option<*const f32>,
    to: *mut f32,
}

/// Where a weight's gradient comes from: some cells of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Products {
    pub(super) channels: usize,
    pub(super) windows: Grid,
    /// Where the cells read from a window's first number on.
    pub(super) cells: [usize; CELLS],
}

impl Products {
    /// Adds to the gradient of the first cells, as many as it is long.
    #[expect(unsafe_code, reason = "functions for an instruction set are called after it was detected")]
    pub(super) fn run(&self, padded: &[f32], cotangent: &[f32], gradient: &mut [f32]) {
        assert!(are_there(), "kernels of another processor");
        if self.channels == 0 || self.windows.len() == 0 {
            return;
        }
        let cell = self.cells.iter().max().copied().unwrap_or_default();
        check(self.windows.last(), cell + self.channels - 1, padded.len());
        assert!(cotangent.len() >= self.windows.len() * self.channels && gradient.len() <= CELLS * self.channels, "sizes of a gradient");
        #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
        unsafe fn wide(products: &Products, padded: &[f32], cotangent: &[f32], gradient: &mut [f32]) {
            // SAFETY: as asked of the caller.
            unsafe { products.lines::<__m512>(padded, cotangent, gradient) }
        }
        #[target_feature(enable = "avx2,fma")]
        unsafe fn narrow(products: &Products, padded: &[f32], cotangent: &[f32], gradient: &mut [f32]) {
            // SAFETY: as asked of the caller.
            unsafe { products.lines::<__m256>(padded, cotangent, gradient) }
        }
        // SAFETY: the processor has the instructions, and the slices hold every number that windows and cells reach (both checked above).
        unsafe {
            if level() >= Level::Avx512 {
                wide(self, padded, cotangent, gradient);
            } else {
                narrow(self, padded, cotangent, gradient);
            }
        }
    }

    /// # Safety
    /// The processor has `V`'s instructions and the slices hold what windows and cells reach.
    #[expect(unsafe_code, reason = "pointers into the image and its cotangent")]
    #[inline(always)]
    unsafe fn lines<V: Vector>(&self, padded: &[f32], cotangent: &[f32], gradient: &mut [f32]) {
        let [samples, lines, positions] = self.windows.counts;
        for line in 0..samples * lines {
            let from = padded.as_ptr().wrapping_add(self.windows.start([line / lines, line % lines]));
            let cotangent = cotangent.as_ptr().wrapping_add(line * positions * self.channels);
            for channel in (0..self.channels).step_by(V::LANES) {
                let count = (self.channels - channel).min(V::LANES);
                let (from, cotangent) = (from.wrapping_add(channel), cotangent.wrapping_add(channel));
                // SAFETY: as asked of the caller; of the last register only the channels that there are.
                unsafe {
                    let sums = if count == V::LANES {
                        self.sums::<V>(from, cotangent, |from| V::load(from))
                    } else {
                        self.sums::<V>(from, cotangent, |from| V::load_first(from, count))
                    };
                    for (gradient, sum) in gradient.chunks_exact_mut(self.channels).zip(sums) {
                        let to = &mut gradient[channel..channel + count];
                        if count == V::LANES {
                            sum.add(V::load(to.as_ptr())).store(to.as_mut_ptr());
                        } else {
                            sum.add(V::load_first(to.as_ptr(), count)).store_first(to.as_mut_ptr(), count);
                        }
                    }
                }
            }
        }
    }

    /// One line's sums of each cell.
    ///
    /// # Safety
    /// As for [`lines`](Self::lines).
    #[expect(unsafe_code, reason = "pointers into the image and its cotangent")]
    #[inline(always)]
    unsafe fn sums<V: Vector>(&self, from: *const f32, cotangent: *const f32, load: impl Fn(*const f32) -> V) -> [V; CELLS] {
        // SAFETY: as asked of the caller.
        unsafe {
            let mut sums = [V::zero(); CELLS];
            let cells = self.cells.map(|cell| from.wrapping_add(cell));
            for position in 0..self.windows.counts[2] {
                let y = load(cotangent.wrapping_add(position * self.channels));
                for (cell, sum) in cells.iter().zip(&mut sums) {
                    *sum = y.multiply_add(load(cell.wrapping_add(position * self.windows.steps[2])), *sum);
                }
            }
            sums
        }
    }
}
