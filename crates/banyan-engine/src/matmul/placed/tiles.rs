//! The walk over tiles of the result, and a tile.

use super::{Accumulate, Chosen, Grid, Into, Kernel, Scattered};
use crate::matmul::blocked::{COLUMNS_256, COLUMNS_512, pack_right, right_len};
use crate::matmul::{packing::Operand, vector::Vector};
use crate::scratch;
use std::arch::x86_64::{__m256, __m512};

const ROWS_512: usize = 12;
const ROWS_256: usize = 6;

/// The depth that is summed before sums are written out, in whole lines: a panel of so many rows lies in the second-level cache.
const DEPTH: usize = 640;

pub(super) fn multiply(kernel: Kernel, n: usize, a: Scattered<'_>, b: Chosen<'_>, c: Into<'_>, into: Accumulate<'_>) {
    let columns = if kernel == Kernel::Blocked512 { COLUMNS_512 } else { COLUMNS_256 };
    // Rows of several panels that are read once for each tile are laid out panel by panel first.
    let to_pack = match b.right.0 {
        Operand::Strided(matrix) if matrix.column != 1 || n > columns => Some(matrix),
        _ => None,
    };
    let (depth, chosen) = Grid::joined(a.depth, b.rows);
    let right_len = to_pack.map_or(0, |_| right_len(columns, b.all, n));
    scratch::with(right_len, |memory| {
        let (values, step, panel) = match (to_pack, b.right.0) {
            (Some(matrix), _) => {
                pack_right(columns, b.all, n, matrix, memory);
                (&*memory, columns, columns * b.all)
            }
            (None, Operand::Strided(matrix)) => (matrix.values, matrix.row, columns),
            (None, Operand::Packed(_, values)) => (values, columns, columns * b.all),
        };
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
#[derive(Clone, Copy)]
enum Start {
    Nothing,
    /// What the result holds.
    Result,
    /// A number for each column, from the first on.
    Columns(*const f32),
}

/// One product's pointers and places, in numbers.
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

/// The rows that are still to come.
struct Rows<'a> {
    product: &'a Product,
    left: usize,
    /// The next row on the two inner axes.
    index: [usize; 2],
    /// It, and where these axes begin: in the left operand and in the result.
    a: [*const f32; 3],
    c: [*mut f32; 3],
}

impl<'a> Rows<'a> {
    fn of(product: &'a Product) -> Self {
        Self { product, left: product.rows.len(), index: [0; 2], a: [product.a; 3], c: [product.c; 3] }
    }

    /// The next rows, if there are any.
    #[inline(always)]
    fn next_tile<const ROWS: usize>(&mut self) -> Option<Tile<ROWS>> {
        if self.left == 0 {
            return None;
        }
        let mut tile = Tile { a: [self.a[0]; ROWS], c: [self.c[0]; ROWS], count: self.left.min(ROWS) };
        for row in 0..ROWS {
            (tile.a[row], tile.c[row]) = (self.a[0], self.c[0]);
            // Past the last row there is none: it stays.
            if row + 1 < self.left {
                self.step();
            }
        }
        self.left -= tile.count;
        Some(tile)
    }

    #[inline(always)]
    fn step(&mut self) {
        let (rows, c_rows) = (&self.product.rows, &self.product.c_rows);
        let mut forward = |from: usize, axis: usize| {
            let a = self.a[from].wrapping_add(rows.steps[axis]);
            let c = self.c[from].wrapping_add(c_rows.steps[axis]);
            self.a[..=from].fill(a);
            self.c[..=from].fill(c);
        };
        self.index[1] += 1;
        if self.index[1] < rows.counts[2] {
            return forward(0, 2);
        }
        self.index[1] = 0;
        self.index[0] += 1;
        if self.index[0] < rows.counts[1] {
            return forward(1, 1);
        }
        self.index[0] = 0;
        forward(2, 0);
    }
}

/// One tile's rows.
#[derive(Clone, Copy)]
struct Tile<const ROWS: usize> {
    a: [*const f32; ROWS],
    c: [*mut f32; ROWS],
    /// How many there are; the rest are the last one again.
    count: usize,
}

#[expect(unsafe_code, reason = "functions for an instruction set are called after it was detected")]
fn run(kernel: Kernel, product: Product) {
    #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
    unsafe fn wide(product: Product) {
        // SAFETY: as asked of the caller.
        unsafe { product.blocks::<__m512, ROWS_512>() }
    }
    #[target_feature(enable = "avx2,fma")]
    unsafe fn narrow(product: Product) {
        // SAFETY: as asked of the caller.
        unsafe { product.blocks::<__m256, ROWS_256>() }
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
        let (of_outer, of_inner) = if lines >= inner { ((lines / inner.max(1)).max(1), inner.max(1)) } else { (1, lines) };
        let mut into = self.into;
        // Even a depth of nothing is one block: what sums start from is written.
        for i in (0..outer.max(1)).step_by(of_outer) {
            for j in (0..inner.max(1)).step_by(of_inner) {
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
                unsafe { block.tiles::<V, ROWS>() };
                into = Start::Result;
            }
        }
    }

    /// All tiles, panel by panel.
    ///
    /// # Safety
    /// As for [`blocks`](Self::blocks).
    #[inline(always)]
    unsafe fn tiles<V: Vector, const ROWS: usize>(&self) {
        for first in (0..self.n).step_by(2 * V::LANES) {
            let mut rows = Rows::of(self);
            while let Some(tile) = rows.next_tile::<ROWS>() {
                // SAFETY: as asked of the caller.
                unsafe { self.panel::<V, ROWS>(first, tile) };
            }
        }
    }

    /// A tile's columns of one panel.
    ///
    /// # Safety
    /// As for [`blocks`](Self::blocks), and the tile's pointers are to rows of this product.
    #[inline(always)]
    unsafe fn panel<V: Vector, const ROWS: usize>(&self, first: usize, tile: Tile<ROWS>) {
        let columns = 2 * V::LANES;
        let count = columns.min(self.n - first);
        let last = count - (count - 1) / V::LANES * V::LANES;
        // SAFETY: as asked of the caller; where the panel is cut, only its first `count` columns are read and written.
        unsafe {
            if count == columns {
                self.sum::<V, ROWS, 2>(first, tile, |from| V::load(from), |sum, to| sum.store(to));
            } else if count > V::LANES {
                self.sum::<V, ROWS, 2>(first, tile, |from| V::load_first(from, last), |sum, to| sum.store_first(to, last));
            } else if count == V::LANES {
                self.sum::<V, ROWS, 1>(first, tile, |from| V::load(from), |sum, to| sum.store(to));
            } else {
                self.sum::<V, ROWS, 1>(first, tile, |from| V::load_first(from, last), |sum, to| sum.store_first(to, last));
            }
        }
    }

    /// `WIDTH` registers for each row; `load` and `store` are those of the last.
    ///
    /// # Safety
    /// As for [`panel`](Self::panel).
    #[inline(always)]
    unsafe fn sum<V: Vector, const ROWS: usize, const WIDTH: usize>(
        &self,
        first: usize,
        tile: Tile<ROWS>,
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
            let panel = self.b.wrapping_add(first / (2 * V::LANES) * self.b_panel);
            let mut sums = [[V::zero(); WIDTH]; ROWS];
            let [outer, inner, len] = self.depth.counts;
            let (step, b_step) = (self.depth.steps[2], self.b_depth.steps[2] * self.b_step);
            for i in 0..outer {
                for j in 0..inner {
                    let mut at = self.depth.start([i, j]);
                    let mut b = panel.wrapping_add(self.b_depth.start([i, j]) * self.b_step);
                    for _ in 0..len {
                        let right = registers(b);
                        for (&a, sums) in tile.a.iter().zip(&mut sums) {
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
            // All rows are gone through, so that the sums stay in registers.
            for row in 0..ROWS {
                if row < tile.count {
                    let to = tile.c[row].wrapping_add(first);
                    let old = match self.into {
                        Start::Nothing => [V::zero(); WIDTH],
                        Start::Result => registers(to),
                        Start::Columns(bias) => registers(bias.wrapping_add(first)),
                    };
                    for at in 0..WIDTH {
                        let (sum, to) = (sums[row][at].add(old[at]), to.wrapping_add(at * V::LANES));
                        if at + 1 == WIDTH { store(sum, to) } else { sum.store(to) }
                    }
                }
            }
        }
    }
}
