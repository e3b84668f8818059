#![no_main]
//! A table as it comes by standard input: packed or not, in the format that it looks like.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| banyan_fuzz::table(bytes, None));
