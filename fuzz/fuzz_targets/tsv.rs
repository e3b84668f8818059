#![no_main]
//! A table in the format `tsv`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| banyan_fuzz::table(bytes, Some("tsv")));
