#![no_main]
//! An image: PNG, JPEG or WebP.

use banyan_media::image::{decode, probe, resize};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = banyan_fuzz::file("image", bytes);
    let _ = probe(&path);
    for channels in [1, 3] {
        if let Ok(picture) = decode(&path, channels, None) {
            let _ = resize(picture, 16, 16);
        }
    }
});
