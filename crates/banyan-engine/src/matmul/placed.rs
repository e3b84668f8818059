//! Products in f32 whose operands lie scattered in memory: those of convolutions, without unfolded windows.
//!
//! The number at row `i` and depth `d` of the left operand is `values[rows[i] + depth[d]]`, where both are places on a [`Grid`]. So it can be
//! all windows of a padded image (rows are positions, the depth is a window's cells and channels), or its transpose, and no number is
//! copied. Rows of the right operand and of the result lie on grids too.
//!
//! Tiles are as in [`super::blocked`], but each row has a pointer of its own, and a tile is always computed whole: where rows are left over,
//! the last one fills it up, since few rows would wait for each sum.

#[cfg(target_arch = "x86_64")]
use super::blocked::{COLUMNS_256, COLUMNS_512, pack_right, right_len};
use super::packing::{Operand, Right};
#[cfg(target_arch = "x86_64")]
use super::vector::Vector;
use super::{Accumulate, Grid, Kernel};
#[cfg(target_arch = "x86_64")]
use crate::scratch;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, __m512};

/// A left operand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scattered<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) rows: Grid,
    pub(crate) depth: Grid,
}

/// The rows of a right operand that the depth goes through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen<'a> {
    pub(crate) right: Right<'a>,
    /// The rows that the right operand was packed with.
    pub(crate) all: usize,
    /// The first row.
    pub(crate) first: usize,
    pub(crate) rows: Grid,
}

/// The rows of a result.
#[derive(Debug)]
pub(crate) struct Into<'a> {
    pub(crate) values: &'a mut [f32],
    pub(crate) rows: Grid,
}

#[cfg(target_arch = "x86_64")]
const TILE_ROWS_512: usize = 12;
#[cfg(target_arch = "x86_64")]
const TILE_ROWS_256: usize = 6;

/// The depth that is summed before sums are written out: so many rows of a panel fit into the first-level cache with what is multiplied.
#[cfg(target_arch = "x86_64")]
const DEPTH: usize = 320;

impl Kernel {
    /// Whether [`multiply_scattered`](Self::multiply_scattered) knows the kernel.
    pub(crate) fn reads_scattered(self) -> bool {
        cfg!(target_arch = "x86_64") && matches!(self, Self::Blocked512 | Self::Blocked256)
    }

    /// The product of a scattered left operand with `n` columns of a right one.
    ///
    /// # Panics
    /// If a grid reaches out of its numbers, or the kernel does not read scattered operands.
    pub(crate) fn multiply_scattered(self, n: usize, a: Scattered<'_>, b: Chosen<'_>, c: Into<'_>, into: Accumulate<'_>) {
        assert!(self.reads_scattered() && self.is_there(), "{self:?} does not read scattered operands here");
        assert_eq!((a.rows.counts, a.depth.counts), (c.rows.counts, b.rows.counts), "sizes of a scattered product");
        if n == 0 || a.rows.len() == 0 {
            return;
        }
        let inside = |last: Option<usize>, rest: usize, len: usize| {
            assert!(last.and_then(|last| last.checked_add(rest)).is_some_and(|last| last < len), "a grid reaches out of {len} numbers");
        };
        inside(c.rows.last(), n - 1, c.values.len());
        if let Accumulate::Bias(bias) = into {
            assert_eq!(bias.len(), n, "a number for each column");
        }
        if a.depth.len() > 0 {
            inside(a.rows.last(), a.depth.last().unwrap_or(usize::MAX), a.values.len());
            inside(b.rows.last(), b.first, b.all);
            b.right.check(self, b.all, n);
        }
        #[cfg(target_arch = "x86_64")]
        multiply(self, n, a, b, c, into);
    }
}

#[cfg(target_arch = "x86_64")]
fn multiply(kernel: Kernel, n: usize, a: Scattered<'_>, b: Chosen<'_>, c: Into<'_>, into: Accumulate<'_>) {
    let columns = if kernel == Kernel::Blocked512 { COLUMNS_512 } else { COLUMNS_256 };
    // Rows of several panels that are read once for each tile are laid out panel by panel first.
    let to_pack = match b.right.0 {
        Operand::Strided(matrix) if matrix.column != 1 || n > columns => Some(matrix),
        _ => None,
    };
    scratch::with(to_pack.map_or(0, |_| right_len(columns, b.all, n)), |memory| {
        let (values, step, panel) = match (to_pack, b.right.0) {
            (Some(matrix), _) => {
                pack_right(columns, b.all, n, matrix, memory);
                (&*memory, columns, columns * b.all)
            }
            (None, Operand::Strided(matrix)) => (matrix.values, matrix.row, columns),
            (None, Operand::Packed(_, values)) => (values, columns, columns * b.all),
        };
        let (depth, chosen) = Grid::joined(a.depth, b.rows);
        let product = Product {
            n,
            a: a.values.as_ptr(),
            rows: a.rows,
            depth,
            b: values[(b.first * step).min(values.len())..].as_ptr(),
            b_depth: chosen,
            b_step: step,
            b_panel: panel,
            c: c.values.as_mut_ptr(),
            c_rows: c.rows,
            into: match into {
                Accumulate::Replace => Start::Nothing,
                Accumulate::Add => Start::Result,
                Accumulate::Bias(bias) => Start::Columns(bias.as_ptr()),
            },
        };
        run(kernel, product);
    });
}

/// What sums are added to.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
enum Start {
    Nothing,
    /// What the result holds.
    Result,
    /// A number for each column, from the first on.
    Columns(*const f32),
}

/// One product's pointers and places, in numbers.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Product {
    n: usize,
    a: *const f32,
    rows: Grid,
    depth: Grid,
    b: *const f32,
    b_depth: Grid,
    /// From one row of the right operand to the next.
    b_step: usize,
    /// From one panel of columns to the next.
    b_panel: usize,
    c: *mut f32,
    c_rows: Grid,
    into: Start,
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "functions for an instruction set are called after it was detected")]
fn run(kernel: Kernel, product: Product) {
    #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
    unsafe fn wide(product: Product) {
        // SAFETY: as asked of the caller.
        unsafe { product.blocks::<__m512, TILE_ROWS_512>() }
    }
    #[target_feature(enable = "avx2,fma")]
    unsafe fn narrow(product: Product) {
        // SAFETY: as asked of the caller.
        unsafe { product.blocks::<__m256, TILE_ROWS_256>() }
    }
    // SAFETY: `Kernel::multiply_scattered` has checked that the processor has the kernel's instructions, and that operands and result hold
    // every number that their grids reach; packed ones are whole panels.
    unsafe {
        if kernel == Kernel::Blocked512 {
            wide(product);
        } else {
            narrow(product);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "pointers into three matrices")]
impl Product {
    /// Cuts the depth into blocks.
    ///
    /// # Safety
    /// The processor has `V`'s instructions and the pointers reach what sizes and grids name.
    #[inline(always)]
    unsafe fn blocks<V: Vector, const ROWS: usize>(self) {
        let [outer, inner, len] = self.depth.counts;
        let lines = (DEPTH / len.max(1)).max(1);
        // Blocks of whole outer indices where several fit, else of lines of one.
        let (of_outer, of_inner) = if lines >= inner { ((lines / inner.max(1)).max(1), inner) } else { (1, lines) };
        let mut into = self.into;
        let mut i = 0;
        loop {
            let mut j = 0;
            loop {
                let cut = [of_outer.min(outer - i), of_inner.min(inner - j)];
                let block = Self {
                    a: self.a.wrapping_add(self.depth.start([i, j])),
                    b: self.b.wrapping_add(self.b_depth.start([i, j]) * self.b_step),
                    depth: self.depth.cut(cut),
                    b_depth: self.b_depth.cut(cut),
                    into,
                    ..self
                };
                // SAFETY: as asked of the caller.
                unsafe { block.panels::<V, ROWS>() };
                into = Start::Result;
                j += of_inner;
                if j >= inner {
                    break;
                }
            }
            i += of_outer;
            if i >= outer {
                break;
            }
        }
    }

    /// # Safety
    /// As for [`blocks`](Self::blocks).
    #[inline(always)]
    unsafe fn panels<V: Vector, const ROWS: usize>(&self) {
        let columns = 2 * V::LANES;
        for first in (0..self.n).step_by(columns) {
            let count = columns.min(self.n - first);
            let last = count - (count - 1) / V::LANES * V::LANES;
            // SAFETY: as asked of the caller; where the panel is cut, only its first `count` columns are read and written.
            unsafe {
                if count == columns {
                    self.rows::<V, ROWS, 2>(first, |from| V::load(from), |sum, to| sum.store(to));
                } else if count > V::LANES {
                    self.rows::<V, ROWS, 2>(first, |from| V::load_first(from, last), |sum, to| sum.store_first(to, last));
                } else if count == V::LANES {
                    self.rows::<V, ROWS, 1>(first, |from| V::load(from), |sum, to| sum.store(to));
                } else {
                    self.rows::<V, ROWS, 1>(first, |from| V::load_first(from, last), |sum, to| sum.store_first(to, last));
                }
            }
        }
    }

    /// All rows of one panel, in tiles.
    ///
    /// # Safety
    /// As for [`blocks`](Self::blocks).
    #[inline(always)]
    unsafe fn rows<V: Vector, const ROWS: usize, const WIDTH: usize>(
        &self,
        first: usize,
        load: impl Fn(*const f32) -> V + Copy,
        store: impl Fn(V, *mut f32) + Copy,
    ) {
        let b = self.b.wrapping_add(first / (2 * V::LANES) * self.b_panel);
        let into = match self.into {
            Start::Columns(bias) => Start::Columns(bias.wrapping_add(first)),
            other => other,
        };
        let mut left = self.rows.len();
        let [_, middle, len] = self.rows.counts;
        // The row at hand on the two inner axes, and the pointers to where these begin and to itself.
        let (mut j, mut l) = (0, 0);
        let (mut outer_a, mut outer_c) = (self.a, self.c.wrapping_add(first));
        let (mut line_a, mut line_c) = (outer_a, outer_c);
        let (mut at_a, mut at_c) = (line_a, line_c);
        while left > 0 {
            let count = left.min(ROWS);
            let mut a = [at_a; ROWS];
            let mut c = [at_c; ROWS];
            for row in 0..ROWS {
                (a[row], c[row]) = (at_a, at_c);
                if row + 1 >= left {
                    continue;
                }
                l += 1;
                (at_a, at_c) = (at_a.wrapping_add(self.rows.steps[2]), at_c.wrapping_add(self.c_rows.steps[2]));
                if l == len {
                    (l, j) = (0, j + 1);
                    (line_a, line_c) = (line_a.wrapping_add(self.rows.steps[1]), line_c.wrapping_add(self.c_rows.steps[1]));
                    if j == middle {
                        j = 0;
                        (outer_a, outer_c) = (outer_a.wrapping_add(self.rows.steps[0]), outer_c.wrapping_add(self.c_rows.steps[0]));
                        (line_a, line_c) = (outer_a, outer_c);
                    }
                    (at_a, at_c) = (line_a, line_c);
                }
            }
            // SAFETY: as asked of the caller.
            unsafe { self.tile::<V, ROWS, WIDTH>(a, b, (c, count), into, load, store) };
            left -= count;
        }
    }

    /// # Safety
    /// As for [`blocks`](Self::blocks), and the pointers are to rows of this product and to its panel.
    #[inline(always)]
    unsafe fn tile<V: Vector, const ROWS: usize, const WIDTH: usize>(
        &self,
        a: [*const f32; ROWS],
        b: *const f32,
        (c, count): ([*mut f32; ROWS], usize),
        into: Start,
        load: impl Fn(*const f32) -> V,
        store: impl Fn(V, *mut f32),
    ) {
        // SAFETY: as asked of the caller.
        unsafe {
            let registers = |from: *const f32| -> [V; WIDTH] {
                std::array::from_fn(|at| {
                    let from = from.wrapping_add(at * V::LANES);
                    if at + 1 == WIDTH { load(from) } else { V::load(from) }
                })
            };
            let mut sums = [[V::zero(); WIDTH]; ROWS];
            let [outer, inner, len] = self.depth.counts;
            let step = self.depth.steps[2];
            let b_step = self.b_depth.steps[2] * self.b_step;
            for i in 0..outer {
                for j in 0..inner {
                    let mut at = self.depth.start([i, j]);
                    let mut b = b.wrapping_add(self.b_depth.start([i, j]) * self.b_step);
                    for _ in 0..len {
                        let right = registers(b);
                        for (&a, sums) in a.iter().zip(&mut sums) {
                            let factor = V::splat(*a.wrapping_add(at));
                            for (sum, right) in sums.iter_mut().zip(right) {
                                *sum = factor.multiply_add(right, *sum);
                            }
                        }
                        at += step;
                        b = b.wrapping_add(b_step);
                    }
                }
            }
            // Counted through and not cut short, so that the sums stay in registers.
            for row in 0..ROWS {
                if row < count {
                    let old = match into {
                        Start::Nothing => [V::zero(); WIDTH],
                        Start::Result => registers(c[row]),
                        Start::Columns(bias) => registers(bias),
                    };
                    for at in 0..WIDTH {
                        let (sum, to) = (sums[row][at].add(old[at]), c[row].wrapping_add(at * V::LANES));
                        if at + 1 == WIDTH { store(sum, to) } else { sum.store(to) }
                    }
                }
            }
        }
    }
}
