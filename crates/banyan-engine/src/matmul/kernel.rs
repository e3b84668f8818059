//! Which kernel computes a product, and in what precision.

use super::packing::{Left, Right};
use super::{Accumulate, Matrix, blocked, packing, strided};
use crate::simd::{self, Level};

/// How exactly products of matrices are computed. Everything else is f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// [`Bf16x3`](Self::Bf16x3) where the processor has a matrix unit, else [`F32`](Self::F32).
    #[default]
    Auto,
    /// Single precision.
    F32,
    /// Each factor as a sum of two bfloat16 numbers, three of the four products, summed in f32: an error
    /// of about 4 times f32's rounding. Without a matrix unit products are in f32, which is more exact and no slower.
    Bf16x3,
    /// Factors rounded to bfloat16 (8 bits), summed in f32. Where the processor has no products of such numbers, or slow ones, products
    /// are in f32, which is more exact.
    Bf16,
}

impl Precision {
    /// All of them: configurations, their schema and the benchmarks' flag take the names from here.
    pub const ALL: [Self; 4] = [Self::Auto, Self::F32, Self::Bf16x3, Self::Bf16];

    /// The precision that this processor computes when asked for this one.
    pub fn effective(self) -> Self {
        match (self, simd::level()) {
            (Self::F32, _) => Self::F32,
            (Self::Auto, Level::Amx) => Self::Bf16x3,
            (other, Level::Amx) => other,
            (Self::Bf16, Level::Avx512Bf16) if simd::has_fast_pairs() => Self::Bf16,
            _ => Self::F32,
        }
    }

    /// The precision of a forward pass before a Gramian. It is a small part of such a step, and most of the error: rounded to 8 bits it moves the Gramian of the reference models by 6e-4 to 3e-3 of its largest entry;
    /// with the sweeps rounded alone that is 2e-4 to 9e-4.
    pub(crate) fn before_gramian(self) -> Self {
        match self {
            Self::Bf16 => Self::Bf16x3.effective(),
            other => other,
        }
    }

    /// As the configuration and the benchmarks call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::F32 => "f32",
            Self::Bf16x3 => "bf16x3",
            Self::Bf16 => "bf16",
        }
    }

    /// What it means, in a sentence for those who choose one.
    pub fn summary(self) -> &'static str {
        match self {
            Self::Auto => "`bf16x3` where the processor has a unit for it, else `f32`.",
            Self::F32 => "Single precision.",
            Self::Bf16x3 => "Each factor as a sum of two bfloat16 numbers: an error of about 4 times `f32`'s rounding.",
            Self::Bf16 => "Factors rounded to bfloat16, 8 bits.",
        }
    }

    /// The precision of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|precision| precision.name() == name)
    }
}

/// How many bfloat16 parts a factor is cut into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Terms {
    /// The high part alone.
    One,
    /// High and low, for three of their four products.
    Three,
}

/// The code that computes a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kernel {
    /// The matrix unit, or registers, in bfloat16.
    Tiles(Terms),
    /// Registers of 16 numbers.
    Blocked512,
    /// Registers of 8 numbers.
    Blocked256,
    /// The `gemm` crate.
    Strided,
}

/// The least rows, columns and depth that fill enough of a tile to pay.
const LEAST_FOR_TILES: usize = 16;

impl Kernel {
    /// The kernel for `c[m,n] = a[m,k] b[k,n]` on this processor.
    pub fn choose(precision: Precision, m: usize, n: usize, k: usize) -> Self {
        let terms = match precision.effective() {
            Precision::Bf16x3 => Some(Terms::Three),
            Precision::Bf16 => Some(Terms::One),
            Precision::F32 | Precision::Auto => None,
        };
        match terms {
            Some(terms) if m.min(n).min(k) >= LEAST_FOR_TILES => Self::Tiles(terms),
            _ => Self::of_processor(),
        }
    }

    /// The kernel for products in f32 on this processor.
    pub fn of_processor() -> Self {
        match simd::level() {
            Level::Amx | Level::Avx512Bf16 | Level::Avx512 => Self::Blocked512,
            Level::Avx2 => Self::Blocked256,
            Level::Baseline => Self::Strided,
        }
    }

    /// Whether this processor has the kernel's instructions.
    pub(super) fn is_there(self) -> bool {
        match self {
            Self::Strided => true,
            Self::Blocked256 => simd::level() >= Level::Avx2,
            Self::Blocked512 => simd::level() >= Level::Avx512,
            Self::Tiles(_) => simd::level() >= Level::Avx512Bf16,
        }
    }

    /// `c[m,n] (+)= a[m,k] b[k,n]`; `c` is row-major. Packed operands must have been packed for this kernel and these sizes.
    ///
    /// # Panics
    /// If an operand or the result is too small, or the processor lacks the kernel's instructions.
    #[expect(clippy::too_many_arguments, reason = "a matrix product has three sizes and three matrices")]
    pub fn multiply(self, m: usize, n: usize, k: usize, a: Left<'_>, b: Right<'_>, c: &mut [f32], into: Accumulate<'_>) {
        assert!(self.is_there(), "{self:?} is for another processor");
        let fits = m.checked_mul(n).is_some_and(|len| c.len() >= len);
        assert!(fits, "a product of {m}x{n} does not fit into {} numbers", c.len());
        if m == 0 || n == 0 {
            return;
        }
        if k == 0 {
            match into {
                Accumulate::Add => {}
                Accumulate::Replace => c[..m * n].fill(0.0),
                Accumulate::Bias(bias) => c[..m * n].chunks_exact_mut(n).for_each(|row| row.copy_from_slice(&bias[..n])),
            }
            return;
        }
        if let Accumulate::Bias(bias) = into {
            assert_eq!(bias.len(), n, "a number for each column");
        }
        a.check(self, m, k);
        b.check(self, k, n);
        match self {
            Self::Strided => strided::multiply(m, n, k, a, b, c, into),
            #[cfg(target_arch = "x86_64")]
            Self::Tiles(terms) => super::tiles::multiply(terms, m, n, k, a, b, c, into),
            #[cfg(target_arch = "x86_64")]
            Self::Blocked512 | Self::Blocked256 => blocked::multiply(self, m, n, k, a, b, c, into),
            #[cfg(not(target_arch = "x86_64"))]
            _ => unreachable!("chosen on x86-64 alone"),
        }
    }

    /// How many numbers a packed left operand of `m` rows and `k` columns takes.
    pub fn left_len(self, m: usize, k: usize) -> usize {
        packing::left_len(self, m, k)
    }

    /// How many numbers a packed right operand of `k` rows and `n` columns takes.
    pub fn right_len(self, k: usize, n: usize) -> usize {
        packing::right_len(self, k, n)
    }

    /// Lays out a left operand `[m, k]` for this kernel, in memory of [`left_len`](Self::left_len).
    pub fn pack_left(self, m: usize, k: usize, matrix: Matrix<'_>, packed: &mut [f32]) {
        assert!(self.is_there(), "{self:?} is for another processor");
        packing::pack_left(self, m, k, matrix, packed);
    }

    /// Lays out a right operand `[k, n]` for this kernel, in memory of [`right_len`](Self::right_len).
    pub fn pack_right(self, k: usize, n: usize, matrix: Matrix<'_>, packed: &mut [f32]) {
        assert!(self.is_there(), "{self:?} is for another processor");
        packing::pack_right(self, k, n, matrix, packed);
    }
}
