//! Elementwise kernels, compiled for several instruction sets and chosen at run time.
//!
//! [`dispatch!`] compiles one plain loop three times (AVX-512, AVX2 with FMA, and the target's baseline)
//! and picks the widest that the processor has. The loops are written so that the compiler vectorises
//! them: sums run in 16 fixed lanes, exponentials are polynomials. No loop uses a fused multiply-add
//! that another set would not (where one is written, all sets use it), so all three give the same bits.

mod level;
#[cfg(target_arch = "x86_64")]
mod matrix_unit;

pub(crate) use level::has_fast_pairs;
pub use level::{Level, check_instruction_set, instruction_set, level};

/// Compiles functions of plain loops for every instruction set; a call runs the widest that the processor has.
///
/// Arguments must be `Copy` or borrowed. As the compiler fuses no multiplication with an addition by itself, all sets give the
/// same bits.
///
/// ```
/// banyan_engine::dispatch! {
///     /// `y += x`
///     fn add(y: &mut [f32], x: &[f32]) {
///         for (y, &x) in y.iter_mut().zip(x) {
///             *y += x;
///         }
///     }
/// }
/// let mut y = [1.0, 2.0];
/// add(&mut y, &[0.5, 0.5]);
/// assert_eq!(y, [1.5, 2.5]);
/// ```
#[macro_export]
macro_rules! dispatch {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$meta])*
        #[expect(unsafe_code, reason = "functions for an instruction set are called after it was detected")]
        #[allow(clippy::too_many_arguments, reason = "not every kernel has many")]
        $vis fn $name($($arg: $type),*) $(-> $result)? {
            #[inline(always)]
            fn body($($arg: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
                fn avx512($($arg: $type),*) $(-> $result)? { body($($arg),*) }
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $type),*) $(-> $result)? { body($($arg),*) }
                match $crate::dispatching::level() {
                    // SAFETY: `level` returns a set only after the processor said that it has it.
                    $crate::dispatching::Level::Avx512 | $crate::dispatching::Level::Avx512Bf16 | $crate::dispatching::Level::Amx => {
                        return unsafe { avx512($($arg),*) };
                    }
                    // SAFETY: as above.
                    $crate::dispatching::Level::Avx2 => return unsafe { avx2($($arg),*) },
                    $crate::dispatching::Level::Baseline => {}
                }
            }
            body($($arg),*)
        }
    };
}
pub(crate) use crate::dispatch;

/// The exponential to about 1 unit in the last place over the range of f32; 0 below -87.3.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Cody and Waite: e^x = 2^n e^r with |r| <= ln(2)/2; Cephes' polynomial for e^r.
    let clamped = x.clamp(-87.336_54, 88.376_26);
    // Added to 1.5 · 2²³ a number is rounded to an integer, which then stands in the sum's last bits.
    let rounded = clamped.mul_add(std::f32::consts::LOG2_E, 12_582_912.0);
    let n = rounded - 12_582_912.0;
    let r = n.mul_add(2.121_944_4e-4, n.mul_add(-0.693_359_4, clamped));
    let mut p = 1.987_569_1e-4_f32;
    p = p.mul_add(r, 1.398_199_9e-3);
    p = p.mul_add(r, 8.333_452e-3);
    p = p.mul_add(r, 4.166_579_6e-2);
    p = p.mul_add(r, 1.666_666_5e-1);
    p = p.mul_add(r, 0.5);
    let value = p.mul_add(r * r, r + 1.0) * f32::from_bits((rounded.to_bits() << 23).wrapping_add(127 << 23));
    if x < -87.336_54 {
        0.0
    } else if x.is_nan() {
        x
    } else {
        value
    }
}

/// The natural logarithm to about 1 unit in the last place: minus infinity of 0, NaN of what is less.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    // x = 2^n m with m from √½ to √2; ln m by the series of ln((1 + s) / (1 - s)), s = (m - 1) / (m + 1), whose coefficients are those of
    // FreeBSD's logf.
    const ROOT_OF_HALF: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    let is_subnormal = x < f32::MIN_POSITIVE;
    let normal = if is_subnormal { x * 8_388_608.0 } else { x };
    let above = normal.to_bits().wrapping_sub(ROOT_OF_HALF);
    let n = (above as i32 >> 23) as f32 - if is_subnormal { 23.0 } else { 0.0 };
    let f = f32::from_bits((above & 0x007f_ffff) + ROOT_OF_HALF) - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let series = z * (0.666_666_6 + w * 0.284_987_87) + w * (0.400_009_72 + w * 0.242_790_79);
    let half_square = 0.5 * f * f;
    let value = s * (half_square + series) + n * 9.058_001e-6 - half_square + f + n * 0.693_138_1;
    if x > 0.0 && x < f32::INFINITY {
        value
    } else if x == 0.0 {
        f32::NEG_INFINITY
    } else if x > 0.0 {
        x
    } else {
        f32::NAN
    }
}

/// `1 / (1 + e^-x)`
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    // For small arguments 1 - 2/(e^2x + 1) cancels; there the odd polynomial is exact to rounding.
    let square = x * x;
    let small = x * (1.0 + square * (-1.0 / 3.0 + square * (2.0 / 15.0 + square * (-17.0 / 315.0))));
    let large = 1.0 - 2.0 / (exp(2.0 * x) + 1.0);
    if x.abs() < 0.15 { small } else { large }
}

/// GELU with the exact error function, and its derivative (Hendrycks and Gimpel, 2016; the error
/// function by Abramowitz and Stegun 7.1.26, whose one exponential serves the density too).
#[inline(always)]
pub(crate) fn gelu(x: f32) -> (f32, f32) {
    let t = 1.0 / x.abs().mul_add(0.327_591_1 * std::f32::consts::FRAC_1_SQRT_2, 1.0);
    let e = exp(-0.5 * x * x);
    let p = 1.061_405_4_f32.mul_add(t, -1.453_152).mul_add(t, 1.421_413_7).mul_add(t, -0.284_496_74).mul_add(t, 0.254_829_6) * t;
    let tail = 0.5 * p * e;
    let cdf = if x < 0.0 { tail } else { 1.0 - tail };
    (x * cdf, (x * e).mul_add(0.398_942_3, cdf))
}

/// The lanes that sums run in.
pub(crate) const LANES: usize = 16;

/// The sum of a function of the elements of two slices, in [`LANES`] fixed lanes.
#[inline(always)]
pub(crate) fn sum2(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let tail: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(&x, &y)| f(x, y)).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += f(x[lane], y[lane]);
        }
    }
    fold(lanes, |x, y| x + y) + tail
}

/// Calls `f` for blocks of [`LANES`] numbers; the last is filled up with `padding`, and what becomes of that is lost. So a row
/// of ten classes costs one block, not ten single numbers.
#[inline(always)]
pub(crate) fn in_blocks(row: &mut [f32], padding: f32, mut f: impl FnMut(&mut [f32; LANES])) {
    let (blocks, tail) = row.as_chunks_mut::<LANES>();
    for block in blocks {
        f(block);
    }
    if !tail.is_empty() {
        let mut block = [padding; LANES];
        block[..tail.len()].copy_from_slice(tail);
        f(&mut block);
        tail.copy_from_slice(&block[..tail.len()]);
    }
}

/// All lanes in one by `f`, halves upon halves.
#[inline(always)]
pub(crate) fn fold(mut lanes: [f32; LANES], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] = f(lanes[lane], lanes[lane + width]);
        }
        width /= 2;
    }
    lanes[0]
}

dispatch! {
    /// The inner product.
    pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
        // Four sums side by side: with one, every addition would wait for the one before it.
        const WIDE: usize = 4 * LANES;
        let (a_blocks, a_tail) = a.as_chunks::<WIDE>();
        let (b_blocks, b_tail) = b.as_chunks::<WIDE>();
        let mut sums = [0.0f32; WIDE];
        for (x, y) in a_blocks.iter().zip(b_blocks) {
            for lane in 0..WIDE {
                sums[lane] += x[lane] * y[lane];
            }
        }
        let mut lanes = [0.0f32; LANES];
        for block in sums.as_chunks::<LANES>().0 {
            for lane in 0..LANES {
                lanes[lane] += block[lane];
            }
        }
        fold(lanes, |x, y| x + y) + sum2(a_tail, b_tail, |x, y| x * y)
    }
}

dispatch! {
    /// `y += x`
    pub(crate) fn add(y: &mut [f32], x: &[f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += x;
        }
    }
}

dispatch! {
    /// `y += factor x`
    pub(crate) fn add_scaled(y: &mut [f32], factor: f32, x: &[f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += factor * x;
        }
    }
}

dispatch! {
    /// `y = factor x`
    pub(crate) fn write_scaled(y: &mut [f32], factor: f32, x: &[f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = factor * x;
        }
    }
}

dispatch! {
    /// `y *= factor`
    pub(crate) fn scale(y: &mut [f32], factor: f32) {
        for y in y.iter_mut() {
            *y *= factor;
        }
    }
}

dispatch! {
    /// `y *= x`
    pub(crate) fn multiply(y: &mut [f32], x: &[f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y *= x;
        }
    }
}

dispatch! {
    /// Adds each column's sum over the rows of `x` to `sums`.
    pub(crate) fn add_column_sums(sums: &mut [f32], x: &[f32]) {
        let width = sums.len().max(1);
        let blocks = x.chunks_exact(4 * width);
        let rest = blocks.remainder();
        for block in blocks {
            let (first, second) = block.split_at(2 * width);
            let ((a, b), (c, d)) = (first.split_at(width), second.split_at(width));
            for ((((sum, &a), &b), &c), &d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *sum += (a + b) + (c + d);
            }
        }
        for row in rest.chunks_exact(width) {
            for (sum, &x) in sums.iter_mut().zip(row) {
                *sum += x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_equal_the_standard_library() {
        for step in -3000..=3000 {
            let x = step as f32 * 0.029;
            let expected = f64::from(x).exp();
            assert!((f64::from(exp(x)) - expected).abs() <= expected * 3e-7 + 1e-37, "exp {x}");
            assert!((f64::from(tanh(x)) - f64::from(x).tanh()).abs() < 2e-7, "tanh {x}");
            assert!((f64::from(sigmoid(x)) - 1.0 / (1.0 + (-f64::from(x)).exp())).abs() < 2e-7, "sigmoid {x}");
        }
        assert_eq!(exp(-200.0), 0.0);
        assert!(exp(f32::NAN).is_nan());
        let (y, d) = gelu(0.5);
        assert!((y - 0.345_731_23).abs() < 1e-6 && (d - 0.867_495_1).abs() < 1e-6, "{y} {d}");
    }

    #[test]
    fn logarithms_equal_the_standard_library() {
        let mut x = f32::from_bits(1);
        while x < f32::MAX / 1.01 {
            let expected = f64::from(x).ln();
            assert!((f64::from(ln(x)) - expected).abs() <= expected.abs() * 1.2e-7, "ln {x}: {} is not {expected}", ln(x));
            x = (x * 1.003).max(f32::from_bits(x.to_bits() + 1));
        }
        assert_eq!((ln(0.0), ln(-0.0), ln(1.0)), (f32::NEG_INFINITY, f32::NEG_INFINITY, 0.0));
        assert_eq!((ln(f32::MAX), ln(f32::INFINITY)), (f32::MAX.ln(), f32::INFINITY));
        assert!(ln(-1.0).is_nan() && ln(f32::NEG_INFINITY).is_nan() && ln(f32::NAN).is_nan());
    }

    #[test]
    fn sums_cover_the_tail() {
        let a: Vec<f32> = (0..37).map(|i| i as f32).collect();
        assert_eq!(dot(&a, &a), (0..37).map(|i| (i * i) as f32).sum());
    }
}
