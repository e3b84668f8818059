#![no_main]
//! A configuration: parsed, and every key checked.

use banyan::train::config::Config;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = Config::parse("fuzz.toml", text, &[]);
});
