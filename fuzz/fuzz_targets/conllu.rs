#![no_main]
//! A table in the format `conllu`.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| banyan_fuzz::table(bytes, Some("conllu")));
