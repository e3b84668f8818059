//! PNG images of indices: palettes, few bits, sizes, and what is refused.

use std::path::PathBuf;

use banyan_media::index_image::{IndexImage, decode, encode_in_colors, resize};
use png::{BitDepth, ColorType};

use crate::Folder;

/// A PNG file with these packed bytes.
fn png(folder: &Folder, name: &str, [width, height]: [u32; 2], color: ColorType, depth: BitDepth, data: &[u8]) -> PathBuf {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == ColorType::Indexed {
        encoder.set_palette((0..=255).flat_map(|level| [level, 255 - level, 7]).take(3 << (depth as usize)).collect::<Vec<u8>>());
    }
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    folder.file(name, bytes)
}

#[test]
fn indices_are_what_the_file_holds() {
    let folder = Folder::new();
    type Case<'a> = (ColorType, BitDepth, [u32; 2], &'a [u8], &'a [u8]);
    let cases: [Case<'_>; 5] = [
        (ColorType::Indexed, BitDepth::Eight, [3, 2], &[0, 1, 2, 200, 254, 255], &[0, 1, 2, 200, 254, 255]),
        (ColorType::Grayscale, BitDepth::Eight, [3, 2], &[0, 1, 2, 200, 254, 255], &[0, 1, 2, 200, 254, 255]),
        // Lines begin with a byte of their own.
        (ColorType::Indexed, BitDepth::Four, [3, 2], &[0x12, 0x30, 0xf0, 0x70], &[1, 2, 3, 15, 0, 7]),
        (ColorType::Grayscale, BitDepth::Two, [5, 1], &[0b0001_1011, 0b0100_0000], &[0, 1, 2, 3, 1]),
        (ColorType::Indexed, BitDepth::One, [10, 1], &[0b1010_0001, 0b1000_0000], &[1, 0, 1, 0, 0, 0, 0, 1, 1, 0]),
    ];
    for (color, depth, size, data, expected) in cases {
        let image = decode(&png(&folder, "a.png", size, color, depth, data)).unwrap();
        assert_eq!((image.width, image.height), (size[0] as usize, size[1] as usize));
        assert_eq!(image.indices, expected, "{color:?} {depth:?}");
    }
}

#[test]
fn what_holds_no_indices_is_refused() {
    let folder = Folder::new();
    let problem = |color, depth, data: &[u8]| decode(&png(&folder, "a.png", [1, 1], color, depth, data)).unwrap_err();
    let rule = "; class indices are the pixels of a grayscale or palette PNG of at most 8 bits";
    assert_eq!(problem(ColorType::Rgb, BitDepth::Eight, &[1, 2, 3]), format!("is a color image{rule}"));
    assert_eq!(problem(ColorType::Rgba, BitDepth::Eight, &[1, 2, 3, 4]), format!("is a color image{rule}"));
    assert_eq!(problem(ColorType::GrayscaleAlpha, BitDepth::Eight, &[1, 2]), format!("has an alpha channel{rule}"));
    assert_eq!(problem(ColorType::Grayscale, BitDepth::Sixteen, &[0, 1]), format!("has 16 bits a pixel{rule}"));

    let jpeg = folder.file("a.jpg", "");
    image::GrayImage::new(4, 4).save(&jpeg).unwrap();
    assert!(decode(&jpeg).unwrap_err().starts_with("is a JPEG image and not a PNG image"));
    assert_eq!(decode(&folder.file("empty.png", "")).unwrap_err(), "is empty (0 bytes)");
    assert_eq!(decode(&folder.path().join("none.png")).unwrap_err(), "does not exist");
}

#[test]
fn damaged_files_are_errors() {
    let folder = Folder::new();
    let noise: Vec<u8> = (0..64 * 64_u32).map(|pixel| (pixel.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let bytes = std::fs::read(png(&folder, "a.png", [64, 64], ColorType::Grayscale, BitDepth::Eight, &noise)).unwrap();
    for keep in [20, bytes.len() / 2, bytes.len() * 9 / 10] {
        let problem = decode(&folder.file("cut.png", &bytes[..keep])).unwrap_err();
        assert!(problem.starts_with("is cut short"), "{keep}: {problem}");
    }
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 0x55;
    let problem = decode(&folder.file("damaged.png", damaged)).unwrap_err();
    assert!(problem.starts_with("is damaged: "), "{problem}");
}

#[test]
fn a_label_image_is_turned_as_its_image_is() {
    let folder = Folder::new();
    // To be turned clockwise by a quarter.
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    image::ImageEncoder::set_exif_metadata(&mut encoder, exif).unwrap();
    image::ImageEncoder::write_image(encoder, &[1, 2, 3, 4, 5, 6], 3, 2, image::ExtendedColorType::L8).unwrap();
    let turned = decode(&folder.file("a.png", bytes)).unwrap();
    assert_eq!(turned, IndexImage { height: 3, width: 2, indices: vec![4, 1, 5, 2, 6, 3] });
}

#[test]
fn resizing_takes_the_nearest_and_makes_no_new_index() {
    let image = IndexImage { height: 2, width: 4, indices: vec![1, 2, 3, 4, 5, 6, 7, 8] };
    assert_eq!(resize(image.clone(), 2, 4), image);
    assert_eq!(resize(image.clone(), 4, 4).indices, [1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8]);
    assert_eq!(resize(image.clone(), 1, 2).indices, [6, 8]);
    assert_eq!(resize(image.clone(), 2, 3).indices, [1, 3, 4, 5, 7, 8]);
    assert_eq!(resize(image, 1, 1), IndexImage { height: 1, width: 1, indices: vec![7] });
}

#[test]
fn masks_are_written_in_colors_with_their_opacity() {
    let image = IndexImage { height: 2, width: 2, indices: vec![0, 1, 2, 255] };
    let bytes = encode_in_colors(&image, &[[0, 0, 0, 0], [10, 20, 30, 115], [40, 50, 60, 200]]).unwrap();
    let shown = ::image::load_from_memory(&bytes).unwrap().to_rgba8().into_raw();
    assert_eq!(shown, [[0, 0, 0, 0], [10, 20, 30, 115], [40, 50, 60, 200], [40, 50, 60, 200]].concat(), "higher ones have the last color");
    assert!(encode_in_colors(&image, &[]).is_err() && encode_in_colors(&image, &[[0; 4]; 257]).is_err());
}
