//! Products of bfloat16 numbers in tiles of 16 rows of 64 bytes: on the processor's matrix unit (Intel's AMX), or in registers where it
//! has their products and no such unit.
//!
//! A tile of the left operand is 16 rows of 32 bfloat16 numbers; one of the right operand is 16 pairs of rows of 16
//! columns, the two numbers of a pair side by side; an instruction of the unit adds their product to a tile of 16×16 f32 sums. Four
//! tiles of sums are in use at once. Operands are laid out tile after tile along the depth:
//!
//! * left: `[m / 16][k / 32][parts][16 rows][32 columns]`
//! * right: `[n / 32][k / 32][parts][2 tiles][16 pairs][16 columns][2]`
//!
//! with one part (the high bits) or two (high and low), and zeros beyond the matrix. The sums of a depth's products are in a
//! fixed order, so bits do not depend on how a batch is cut. Numbers under 2^-126 count as zero, as the unit has it.

mod blocks;
mod instructions;
mod pack;
mod registers;

pub(super) use pack::{pack_left, pack_right};

use super::packing::{Left, Operand, Right};
use super::{Accumulate, Terms};
use crate::scratch;
use crate::simd::{self, Level};
use instructions::Unit;
use registers::Registers;

/// Rows of a tile.
const ROWS: usize = 16;
/// bfloat16 numbers in a tile's row.
const DEPTH: usize = 32;
/// f32 words that a tile fills.
const TILE: usize = 256;

/// Words of the left operand that are packed together: half of a second-level cache of 1 MiB.
const LEFT_BLOCK: usize = 96 * 1024;

fn parts(terms: Terms) -> usize {
    match terms {
        Terms::One => 1,
        Terms::Three => 2,
    }
}

pub(super) fn left_len(terms: Terms, m: usize, k: usize) -> usize {
    m.div_ceil(ROWS) * k.div_ceil(DEPTH) * parts(terms) * TILE
}

pub(super) fn right_len(terms: Terms, k: usize, n: usize) -> usize {
    n.div_ceil(2 * ROWS) * k.div_ceil(DEPTH) * parts(terms) * 2 * TILE
}

#[expect(clippy::too_many_arguments, reason = "a matrix product has three sizes and three matrices")]
pub(super) fn multiply(terms: Terms, m: usize, n: usize, k: usize, a: Left<'_>, b: Right<'_>, c: &mut [f32], into: Accumulate<'_>) {
    let right_len = if let Operand::Strided(_) = b.0 { right_len(terms, k, n) } else { 0 };
    let strip = left_len(terms, ROWS, k);
    // An even number of strips, so that only the last pair can lack its second.
    let block = (LEFT_BLOCK / strip).max(2) / 2 * 2;
    let left_len = if let Operand::Strided(_) = a.0 { strip * block.min(m.div_ceil(ROWS)) } else { 0 };
    scratch::with(left_len + right_len, |memory| {
        let (left_memory, right_memory) = memory.split_at_mut(left_len);
        let b = match b.0 {
            Operand::Strided(matrix) => {
                pack_right(terms, k, n, matrix, right_memory);
                &*right_memory
            }
            Operand::Packed(_, values) => values,
        };
        for begin in (0..m).step_by(block * ROWS) {
            let rows = (block * ROWS).min(m - begin);
            let a = match a.0 {
                Operand::Strided(matrix) => {
                    pack_left(terms, rows, k, matrix.skip_rows(begin), left_memory);
                    &*left_memory
                }
                Operand::Packed(_, values) => &values[begin / ROWS * strip..],
            };
            let (depth, c) = (k.div_ceil(DEPTH), &mut c[begin * n..]);
            if simd::level() == Level::Amx {
                blocks::multiply(&Unit::configured(terms), rows, n, depth, a, b, c, into);
            } else {
                blocks::multiply(&Registers(terms), rows, n, depth, a, b, c, into);
            }
        }
    });
}
