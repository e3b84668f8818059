//! Which instruction set kernels run with: what the processor has, the system permits and the environment allows.

#[cfg(target_arch = "x86_64")]
use super::matrix_unit;
use std::sync::OnceLock;

/// The instruction sets that kernels are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[doc(hidden)]
pub enum Level {
    Baseline,
    Avx2,
    Avx512,
    /// AVX-512 with products of bfloat16 numbers.
    Avx512Bf16,
    /// The same and the matrix unit.
    Amx,
}

/// The widest set this processor has; `BANYAN_SIMD=baseline|avx2|avx512|avx512bf16|amx` forces a narrower one.
///
/// # Panics
/// If the variable is another word: [`check_instruction_set`] tells beforehand.
#[doc(hidden)]
pub fn level() -> Level {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| match asked() {
        Ok(most) => most.map_or_else(detect, |most| detect().min(most)),
        Err(problem) => panic!("{problem}"),
    })
}

/// The widest set that the environment allows; none where it says nothing.
fn asked() -> Result<Option<Level>, String> {
    Ok(match std::env::var("BANYAN_SIMD").as_deref() {
        Ok("baseline") => Some(Level::Baseline),
        Ok("avx2") => Some(Level::Avx2),
        Ok("avx512") => Some(Level::Avx512),
        Ok("avx512bf16") => Some(Level::Avx512Bf16),
        Ok("amx" | "") | Err(_) => None,
        Ok(other) => {
            return Err(format!(
                "BANYAN_SIMD is \"{other}\": it must be baseline, avx2, avx512, avx512bf16 or amx; leave it out for the widest"
            ));
        }
    })
}

/// Checks the environment variable `BANYAN_SIMD`, for a program that would rather say what is wrong with it than panic.
///
/// # Errors
/// A word that names no instruction set, in one sentence.
pub fn check_instruction_set() -> Result<(), String> {
    asked().map(|_| ())
}

/// The instruction set that kernels run with: `amx` (AVX-512 with the matrix unit), `avx512bf16`, `avx512`, `avx2` or `baseline`. It is the
/// widest that the processor has; the environment variable `BANYAN_SIMD` can name a narrower one. Elementwise kernels
/// give the same bits with each; products of matrices agree to their rounding.
pub fn instruction_set() -> &'static str {
    match level() {
        Level::Amx => "amx",
        Level::Avx512Bf16 => "avx512bf16",
        Level::Avx512 => "avx512",
        Level::Avx2 => "avx2",
        Level::Baseline => "baseline",
    }
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Level {
    if is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
    {
        match (is_x86_feature_detected!("avx512bf16"), matrix_unit::is_permitted()) {
            (true, true) => Level::Amx,
            (true, false) => Level::Avx512Bf16,
            (false, _) => Level::Avx512,
        }
    } else if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        Level::Avx2
    } else {
        Level::Baseline
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Level {
    Level::Baseline
}

/// Whether AVX-512's products of pairs of bfloat16 numbers are faster than products of f32 numbers. AMD's processors start as many of the one as of
/// the other, and each does twice the work. Intel's start a quarter as many: they have the matrix unit for this, and where a virtual machine
/// hides it, f32 is 1.8 times as fast (measured on Emerald Rapids).
#[cfg(target_arch = "x86_64")]
pub(crate) fn has_fast_pairs() -> bool {
    // Asked once: in a virtual machine the question goes to its host.
    static IS_AMD: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| {
        let vendor = std::arch::x86_64::__cpuid(0);
        [vendor.ebx, vendor.edx, vendor.ecx].map(u32::to_le_bytes).as_flattened() == b"AuthenticAMD"
    });
    *IS_AMD
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn has_fast_pairs() -> bool {
    false
}
