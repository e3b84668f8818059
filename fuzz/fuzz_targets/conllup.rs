#![no_main]
//! A table in the format `conllup`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| banyan_fuzz::table(bytes, Some("conllup")));
