//! Memory, asked for before it is taken.

/// What the system gives memory in.
#[repr(align(4096))]
struct Page(#[expect(dead_code, reason = "only its size matters")] [u8; PAGE as usize]);
const PAGE: u64 = 4096;

/// Asks whether so many bytes could be had at once, and gives them back. An allocation that fails ends the program; this is for sizes that a
/// file states, before anything is made of that size.
///
/// # Errors
/// If the system would not give them: the end of a sentence, with the size.
pub fn check_memory(bytes: u64) -> Result<(), String> {
    let pages = usize::try_from(bytes.div_ceil(PAGE));
    let had = pages.is_ok_and(|pages| Vec::<Page>::new().try_reserve_exact(pages).is_ok());
    if had { Ok(()) } else { Err(format!("it needs {} of memory, more than there is", size(bytes))) }
}

/// Gives freed memory back to the system, which the allocator would keep for later: behind work that took far more than what comes after.
pub fn return_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "a call of the C library")]
    // SAFETY: it may be called at any time, by any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Bytes in the unit that a person reads: `512 MiB`, `3.5 GiB`.
fn size(bytes: u64) -> String {
    let gibibytes = bytes as f64 / f64::from(1 << 30);
    if gibibytes < 1.0 { format!("{:.0} MiB", gibibytes * 1024.0) } else { format!("{gibibytes:.1} GiB") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_machine_has_is_refused() {
        assert_eq!(check_memory(1 << 20), Ok(()));
        assert_eq!(check_memory(u64::MAX).unwrap_err(), "it needs 17179869184.0 GiB of memory, more than there is");
        assert_eq!((size(512 << 20), size(7 << 29)), ("512 MiB".to_owned(), "3.5 GiB".to_owned()));
    }
}
