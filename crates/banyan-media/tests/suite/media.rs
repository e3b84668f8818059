//! Decoding: formats, sizes, and files that are not what they should be.

use std::path::PathBuf;

use banyan_media::{audio, image as picture, log_mel};
use image::{DynamicImage, ImageFormat, Luma, Rgb, Rgba};

use crate::sounds::{sine, wav};
use crate::{Folder, fixture};

fn save(folder: &Folder, name: &str, image: &DynamicImage, format: ImageFormat) -> PathBuf {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    folder.file(name, bytes.into_inner())
}

fn gradient() -> DynamicImage {
    DynamicImage::ImageRgb8(image::RgbImage::from_fn(40, 30, |x, y| Rgb([x as u8 * 6, y as u8 * 8, 77])))
}

#[test]
fn gray_color_alpha_and_sixteen_bits() {
    let folder = Folder::new();
    let pixel = |name: &str, image: DynamicImage, channels| {
        let decoded = picture::decode(&save(&folder, name, &image, ImageFormat::Png), channels, None).unwrap();
        (decoded.height, decoded.width, decoded.pixels[..channels].to_vec())
    };
    let gray = DynamicImage::ImageLuma8(image::GrayImage::from_pixel(3, 2, Luma([9])));
    assert_eq!(pixel("g", gray.clone(), 1), (2, 3, vec![9]));
    assert_eq!(pixel("g3", gray, 3).2, [9, 9, 9]);
    let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(1, 1, Rgba([10, 20, 30, 0])));
    assert_eq!(pixel("clear", clear, 3).2, [255, 255, 255]);
    let half = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(1, 1, Rgba([0, 100, 255, 128])));
    assert_eq!(pixel("half", half, 3).2, [127, 177, 255]);
    let deep = DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(1, 1, Luma([0x8080])));
    assert_eq!(pixel("deep", deep, 1).2, [0x80]);
    let white = DynamicImage::ImageLumaA8(image::GrayAlphaImage::from_pixel(1, 1, image::LumaA([0, 0])));
    assert_eq!(pixel("white", white, 1).2, [255]);
}

#[test]
fn jpeg_and_webp_whatever_the_ending() {
    let folder = Folder::new();
    for (name, format) in [("a.jpg", ImageFormat::Jpeg), ("b.webp", ImageFormat::WebP), ("c.png", ImageFormat::Jpeg)] {
        let path = save(&folder, name, &gradient(), format);
        assert_eq!(picture::probe(&path).unwrap(), picture::Header { height: 30, width: 40, channels: 3, bits: 8 });
        let decoded = picture::decode(&path, 3, None).unwrap();
        let middle = &decoded.pixels[(15 * 40 + 20) * 3..][..3];
        assert!(middle.iter().zip([120, 120, 77]).all(|(found, expected)| found.abs_diff(expected) < 12), "{name} {middle:?}");
    }
}

#[test]
fn resizing_keeps_what_fits() {
    let folder = Folder::new();
    let path = save(&folder, "a.png", &gradient(), ImageFormat::Png);
    let whole = picture::decode(&path, 3, None).unwrap();
    assert_eq!(picture::resize(whole.clone(), 30, 40).unwrap(), whole);
    let small = picture::resize(whole.clone(), 15, 20).unwrap();
    assert_eq!((small.height, small.width, small.pixels.len()), (15, 20, 900));
    // A gradient's half is the gradient of the middles.
    let center = &small.pixels[(7 * 20 + 10) * 3..][..3];
    assert!(center.iter().zip([123u8, 116, 77]).all(|(found, expected)| found.abs_diff(expected) <= 3), "{center:?}");
    let gray = picture::resize(picture::decode(&path, 1, None).unwrap(), 5, 7).unwrap();
    assert_eq!(gray.pixels.len(), 35);
}

#[test]
fn files_cut_short_are_errors() {
    let folder = Folder::new();
    for (name, format) in [("a.png", ImageFormat::Png), ("a.jpg", ImageFormat::Jpeg), ("a.webp", ImageFormat::WebP)] {
        let bytes = std::fs::read(save(&folder, name, &gradient(), format)).unwrap();
        for keep in [bytes.len() / 2, bytes.len() * 9 / 10] {
            let problem = picture::decode(&folder.file(name, &bytes[..keep]), 3, None).unwrap_err();
            assert!(problem.starts_with("is "), "{name} {problem}");
        }
        let problem = picture::decode(&folder.file(name, &bytes[..8]), 3, None).unwrap_err();
        assert!(problem.starts_with("is "), "{name} {problem}");
    }
    // Padding behind the end is harmless.
    let mut padded = std::fs::read(save(&folder, "p.jpg", &gradient(), ImageFormat::Jpeg)).unwrap();
    padded.extend([0; 100]);
    assert!(picture::decode(&folder.file("p.jpg", padded), 3, None).is_ok());
}

/// The header of a PNG file that announces a size, with its checksum right.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    file.extend(13u32.to_be_bytes());
    file.extend(&chunk);
    file.extend(checksum(&chunk).to_be_bytes());
    // The beginning of the data, so that the header is read to its end.
    let data = b"IDAT\x78\x9c".to_vec();
    file.extend(2u32.to_be_bytes());
    file.extend(&data);
    file.extend(checksum(&data).to_be_bytes());
    file
}

fn checksum(bytes: &[u8]) -> u32 {
    let fold = |state: u32, byte: &u8| {
        (0..8).fold(state ^ u32::from(*byte), |state, _| if state & 1 == 1 { (state >> 1) ^ 0xedb8_8320 } else { state >> 1 })
    };
    !bytes.iter().fold(!0, fold)
}

#[test]
fn huge_headers_are_refused() {
    let folder = Folder::new();
    let problem = |width, height| picture::decode(&folder.file("a.png", png_header(width, height)), 3, None).unwrap_err();
    assert_eq!(problem(100_000, 100_000), "announces 100000 × 100000 pixels, more than the 64 megapixels that are read");
    assert!(problem(60_000, 2_000).contains("more than the 64 megapixels"));
    assert!(problem(20, 20).starts_with("is "));
}

#[test]
fn what_is_no_picture() {
    let folder = Folder::new();
    let problem = |name: &str| picture::decode(&folder.path().join(name), 3, None).unwrap_err();
    folder.file("empty.png", "");
    folder.file("text.png", "hello, this is text");
    assert_eq!(problem("none.png"), "does not exist");
    assert_eq!(problem("empty.png"), "is empty (0 bytes)");
    assert_eq!(problem("text.png"), "is not a PNG, JPEG or WebP image");
    std::fs::create_dir(folder.path().join("folder.png")).unwrap();
    assert_eq!(problem("folder.png"), "is a folder, not a file");
}

/// The frequency with the most energy, to the width of a mel band.
fn loudest(sound: &audio::Sound) -> f64 {
    let transform = log_mel::LogMel::new(sound.rate, 60);
    let energies = transform.energies(&sound.samples, usize::MAX);
    let middle = &energies[energies.len() / 120 * 60..][..60];
    let band = (0..60).max_by(|a, b| middle[*a].total_cmp(&middle[*b])).unwrap();
    log_mel::band_center(band, 60, sound.rate)
}

#[test]
fn flac_mp3_and_ogg() {
    for name in ["tone.flac", "tone.mp3", "tone.ogg"] {
        let sound = audio::decode(&fixture(name), 10.0).unwrap();
        assert_eq!(sound.rate, 16_000);
        // MP3 comes in whole frames with silence before and behind.
        let longest = if name == "tone.mp3" { 0.41 } else { 0.3001 };
        assert!((0.2999..longest).contains(&sound.seconds()), "{name} {}", sound.seconds());
        assert!((loudest(&sound) - 1000.0).abs() < 80.0, "{name} {}", loudest(&sound));
        let middle = &sound.samples[sound.samples.len() / 4..sound.samples.len() * 3 / 4];
        let power = middle.iter().map(|sample| sample * sample).sum::<f32>() / middle.len() as f32;
        assert!((power - 0.125).abs() < 0.0125, "{name} {power}");
    }
}

#[test]
fn channels_are_mixed_and_sounds_cut() {
    let folder = Folder::new();
    let stereo: Vec<f32> = sine(500.0, 8000, 0.5).into_iter().flat_map(|sample| [sample, 0.0]).collect();
    let sound = audio::decode(&folder.file("s.wav", wav(&stereo, 8000, 2)), 10.0).unwrap();
    assert_eq!(sound.samples.len(), 4000);
    let peak = sound.samples.iter().copied().fold(0.0, f32::max);
    assert!((peak - 0.25).abs() < 0.01, "{peak}");
    let cut = audio::decode(&folder.path().join("s.wav"), 0.1).unwrap();
    assert_eq!(cut.samples, sound.samples[..800]);
}

#[test]
fn resampling_keeps_the_tone() {
    for (from, to) in [(44_100, 16_000), (8_000, 16_000), (48_000, 8_000), (11_025, 8_000)] {
        let sound = audio::Sound { rate: from, samples: sine(1000.0, from, 0.5) };
        let other = audio::resample(sound, to).unwrap();
        assert!((other.seconds() - 0.5).abs() < 0.001, "{from} to {to}: {}", other.seconds());
        assert!((loudest(&other) - 1000.0).abs() < 80.0, "{from} to {to}: {}", loudest(&other));
        let middle = &other.samples[other.samples.len() / 4..other.samples.len() * 3 / 4];
        let power = middle.iter().map(|sample| sample * sample).sum::<f32>() / middle.len() as f32;
        assert!((power - 0.125).abs() < 0.004, "{from} to {to}: {power}");
    }
    let same = audio::Sound { rate: 8000, samples: vec![0.25; 10] };
    assert_eq!(audio::resample(same.clone(), 8000).unwrap(), same);
}

#[test]
fn sounds_cut_short_are_errors() {
    let folder = Folder::new();
    let whole = wav(&sine(440.0, 8000, 0.5), 8000, 1);
    let problem = audio::decode(&folder.file("a.wav", &whole[..whole.len() / 2]), 10.0).unwrap_err();
    assert!(problem.starts_with("is cut short"), "{problem}");
    for name in ["tone.flac", "tone.ogg"] {
        let whole = std::fs::read(fixture(name)).unwrap();
        let problem = audio::decode(&folder.file(name, &whole[..whole.len() * 2 / 3]), 10.0).unwrap_err();
        assert!(problem.starts_with("is cut short") || problem.starts_with("is damaged"), "{name} {problem}");
    }
}

#[test]
fn jpeg_files_are_written_in_gray_and_in_color() {
    for channels in [1, 3] {
        let pixels = (0..32 * 24 * channels).map(|place| (place / channels / 3) as u8).collect();
        let made = picture::Picture { height: 24, width: 32, channels, pixels };
        let bytes = picture::encode_jpeg(&made).unwrap();
        let read = picture::decode(bytes.as_slice(), channels, None).unwrap();
        assert_eq!((read.height, read.width, picture::probe(bytes.as_slice()).unwrap().channels), (24, 32, channels));
        let furthest = read.pixels.iter().zip(&made.pixels).map(|(one, other)| one.abs_diff(*other)).max();
        assert!(furthest < Some(12), "{channels}: {furthest:?}");
    }
}

#[test]
fn what_is_no_sound() {
    let folder = Folder::new();
    let problem = |name: &str, content: &[u8]| audio::decode(&folder.file(name, content), 10.0).unwrap_err();
    assert_eq!(problem("empty.wav", b""), "is empty (0 bytes)");
    assert_eq!(problem("silent.wav", &wav(&[], 8000, 1)), "holds no sound (0 samples)");
    assert!(problem("text.wav", b"hello, this is only a text and nothing that sounds").starts_with("is "));
    assert!(problem("head.wav", &wav(&[], 8000, 1)[..20]).starts_with("is "));
    assert_eq!(problem("fast.wav", &wav(&[0.1; 100], 4_000_000, 1)), "announces a sample rate of 4000000 Hz; 1000 to 384000 Hz are read");
    assert_eq!(audio::decode(&folder.path().join("none.wav"), 1.0).unwrap_err(), "does not exist");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(60))]
    /// A damaged file is an error or a sound, and never the end of the program.
    #[test]
    fn damaged_sounds_do_no_harm(place in 0usize..4000, byte: u8, name in "tone\\.(flac|mp3|ogg)") {
        let mut bytes = std::fs::read(fixture(&name)).unwrap();
        let place = place % bytes.len();
        bytes[place] = byte;
        let folder = Folder::new();
        if let Ok(sound) = audio::decode(&folder.file(&name, bytes), 10.0) {
            proptest::prop_assert!(sound.samples.iter().all(|sample| sample.is_finite()));
        }
    }
}
