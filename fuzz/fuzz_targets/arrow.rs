#![no_main]
//! A table in the format `arrow`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| banyan_fuzz::table(bytes, Some("arrow")));
