//! A camera's orientation: what an image is as it is shown.

use banyan_media::image::{self as picture, Header};
use image::{DynamicImage, ImageEncoder, Rgb};

use crate::Folder;

/// EXIF data of nothing but an orientation.
fn exif(orientation: u8) -> Vec<u8> {
    [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[orientation, 0, 0, 0], &[0; 4]].concat()
}

/// 40 wide and 20 high, in three formats.
fn files(orientation: u8) -> [Vec<u8>; 3] {
    let image = DynamicImage::ImageRgb8(image::RgbImage::from_fn(40, 20, |x, y| Rgb([x as u8 * 6, y as u8 * 12, 7])));
    let encode = |encoder: &mut dyn FnMut(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        encoder(&mut bytes);
        bytes
    };
    let (pixels, color) = (image.as_bytes(), image::ExtendedColorType::Rgb8);
    [
        encode(&mut |bytes| {
            let mut encoder = image::codecs::jpeg::JpegEncoder::new(bytes);
            encoder.set_exif_metadata(exif(orientation)).unwrap();
            encoder.write_image(pixels, 40, 20, color).unwrap();
        }),
        encode(&mut |bytes| {
            let mut encoder = image::codecs::png::PngEncoder::new(bytes);
            encoder.set_exif_metadata(exif(orientation)).unwrap();
            encoder.write_image(pixels, 40, 20, color).unwrap();
        }),
        encode(&mut |bytes| {
            let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(bytes);
            encoder.set_exif_metadata(exif(orientation)).unwrap();
            encoder.write_image(pixels, 40, 20, color).unwrap();
        }),
    ]
}

#[test]
fn the_sides_of_a_header_are_those_of_the_image_as_it_is_shown() {
    let folder = Folder::new();
    for orientation in 1..=8 {
        let [height, width] = if orientation < 5 { [20, 40] } else { [40, 20] };
        for (format, bytes) in ["JPEG", "PNG", "WebP"].into_iter().zip(files(orientation)) {
            let path = folder.file("a", bytes);
            let decoded = picture::decode(&path, 3, None).unwrap();
            assert_eq!((decoded.height, decoded.width), (height, width), "{format} {orientation}");
            assert_eq!(picture::probe(&path), Ok(Header { height, width, channels: 3, bits: 8 }), "{format} {orientation}");
        }
    }
}
