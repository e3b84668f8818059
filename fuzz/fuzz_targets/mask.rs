#![no_main]
//! A PNG whose pixels are classes.

use banyan_media::index_image::{decode, resize};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(image) = decode(&banyan_fuzz::file("mask.png", bytes)) {
        let _ = resize(image, 16, 16);
    }
});
