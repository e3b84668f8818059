#![no_main]
//! The weights of a run, in safetensors.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| banyan_fuzz::run("model.safetensors", bytes));
