#![no_main]
//! A table in the format `conll`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| banyan_fuzz::table(bytes, Some("conll")));
