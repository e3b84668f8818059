#![no_main]
//! A file of a run: the first byte chooses which, the others are what it holds.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let [which, content @ ..] = bytes {
        let files = banyan_fuzz::RUN_FILES;
        banyan_fuzz::run(files[usize::from(*which) % files.len()], content);
    }
});
