//! Whether the processor has the matrix unit and the system lets this process use it.

use std::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

/// Asks for the matrix unit: the system saves 8 KiB more for each thread that uses it, so Linux wants to be asked.
pub(super) fn is_permitted() -> bool {
    exists() && granted()
}

#[expect(unsafe_code, reason = "reading the register of enabled states")]
fn exists() -> bool {
    const TILES: u32 = 1 << 24;
    const BFLOAT16: u32 = 1 << 22;
    const STATES: u64 = 0b11 << 17;
    if !is_x86_feature_detected!("avx512bf16") || !is_x86_feature_detected!("xsave") || __cpuid(0).eax < 7 {
        return false;
    }
    let features = __cpuid_count(7, 0).edx;
    #[target_feature(enable = "xsave")]
    unsafe fn enabled_states() -> u64 {
        // SAFETY: the system has enabled `xgetbv`, since the feature test above reads it to answer.
        unsafe { _xgetbv(0) }
    }
    // SAFETY: the processor has `xsave`, tested above.
    features & TILES != 0 && features & BFLOAT16 != 0 && unsafe { enabled_states() } & STATES == STATES
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "a system call that the standard library has no function for")]
fn granted() -> bool {
    const ARCH_PRCTL: i64 = 158;
    const REQUEST_STATE: u64 = 0x1023;
    const TILE_DATA: u64 = 18;
    let mut result = ARCH_PRCTL;
    // SAFETY: `arch_prctl` reads two numbers and no memory; the call clobbers the registers that are named.
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") result,
            in("rdi") REQUEST_STATE,
            in("rsi") TILE_DATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack)
        );
    }
    result == 0
}

/// Other systems are not known to grant it.
#[cfg(not(target_os = "linux"))]
fn granted() -> bool {
    false
}
