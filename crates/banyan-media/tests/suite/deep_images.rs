//! Images of 16 bits a channel.

use std::path::PathBuf;

use banyan_media::image as picture;
use banyan_media::levels::{Histogram, Levels};
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb};

use crate::Folder;

fn save(folder: &Folder, name: &str, image: impl Into<DynamicImage>) -> PathBuf {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, ImageFormat::Png).unwrap();
    folder.file(name, bytes.into_inner())
}

/// What a sensor of 300 levels gives.
fn dark(folder: &Folder) -> PathBuf {
    save(folder, "dark.png", ImageBuffer::from_fn(31, 10, |x, _| Luma([x as u16 * 10])))
}

#[test]
fn the_levels_in_use_are_spread_over_8_bits() {
    let folder = Folder::new();
    let path = dark(&folder);
    let levels = Histogram::of_file(&path).unwrap().levels();
    assert_eq!(levels, Some(Levels { least: 0, greatest: 300 }));
    let row = |levels| picture::decode(&path, 1, levels).unwrap().pixels[..31].to_vec();
    let expected: Vec<u8> = (0..31).map(|x| ((x * 255 + 15) / 30) as u8).collect();
    assert_eq!(row(levels), expected);
    assert_eq!(row(None)[..], [&[0; 13][..], &[1; 18]].concat(), "all levels there are");
    // Another image may have levels outside.
    let other = save(&folder, "other.png", ImageBuffer::from_fn(2, 1, |x, _| Luma([[50_u16, 40_000][x as usize]])));
    assert_eq!(picture::decode(&other, 1, Some(Levels { least: 100, greatest: 300 })).unwrap().pixels, [0, 255]);
}

#[test]
fn colors_share_a_range_and_transparency_has_its_own() {
    let folder = Folder::new();
    let path = save(&folder, "rgb.png", ImageBuffer::from_pixel(2, 2, Rgb([100u16, 200, 300])));
    let levels = Histogram::of_file(&path).unwrap().levels();
    assert_eq!(levels, Some(Levels { least: 100, greatest: 300 }));
    assert_eq!(picture::decode(&path, 3, levels).unwrap().pixels[..3], [0, 128, 255]);
    let path = save(&folder, "alpha.png", ImageBuffer::from_fn(2, 1, |x, _| LumaA([[0u16, 300][x as usize], u16::MAX])));
    assert_eq!(Histogram::of_file(&path).unwrap().levels(), Some(Levels { least: 0, greatest: 300 }));
    assert_eq!(picture::decode(&path, 1, Some(Levels { least: 0, greatest: 300 })).unwrap().pixels, [0, 255]);
}

#[test]
fn pixels_that_are_stuck_do_not_count() {
    let folder = Folder::new();
    let at = |x: u32, y: u32| if (x, y) == (5, 5) { u16::MAX } else { 1000 + (x as u16 % 100) };
    let path = save(&folder, "stuck.png", ImageBuffer::from_fn(150, 100, |x, y| Luma([at(x, y)])));
    assert_eq!(Histogram::of_file(&path).unwrap().levels(), Some(Levels { least: 1000, greatest: 1099 }));
}

#[test]
fn images_of_8_bits_have_no_levels_and_stay_as_they_are() {
    let folder = Folder::new();
    let path = save(&folder, "a.png", ImageBuffer::from_fn(31, 10, |x, _| Luma([x as u8])));
    assert_eq!(Histogram::of_file(&path).unwrap().levels(), None);
    let levels = Some(Levels { least: 3, greatest: 9 });
    assert_eq!(picture::decode(&path, 1, levels), picture::decode(&path, 1, None));
    assert_eq!((picture::probe(&path).unwrap().bits, picture::probe(&dark(&folder)).unwrap().bits), (8, 16));
    let even = save(&folder, "even.png", ImageBuffer::from_pixel(9, 9, Luma([7u16])));
    assert_eq!(Histogram::of_file(&even).unwrap().levels(), Some(Levels { least: 0, greatest: u16::MAX }), "nothing to spread");
}
