#![no_main]
//! A sound: WAV, FLAC, MP3 or Ogg Vorbis.

use banyan_media::audio::{decode, resample};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(sound) = decode(&banyan_fuzz::file("sound", bytes), 1.0) {
        let _ = resample(sound, 8000);
    }
});
