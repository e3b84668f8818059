//! PNG, JPEG and WebP to pixels of one size.

use std::io::Cursor;
use std::path::Path;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use image::{ColorType, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::{guarded, jpeg, read_file};

/// Headers that announce more pixels are refused before anything is allocated.
pub(crate) const MOST_PIXELS: u64 = 64_000_000;
/// The most a decoder may allocate.
pub(crate) const MOST_BYTES: u64 = 512 << 20;

/// A decoded image: `height × width × channels` bytes, rows from the top, channels last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Height in pixels.
    pub height: usize,
    /// Width in pixels.
    pub width: usize,
    /// 1 (gray) or 3 (red, green, blue).
    pub channels: usize,
    /// The pixels.
    pub pixels: Vec<u8>,
}

/// What a file's header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Height in pixels.
    pub height: usize,
    /// Width in pixels.
    pub width: usize,
    /// 1 where the file is stored as gray, 3 where it is stored in color.
    pub channels: usize,
}

/// Reads a file's header, within the limits of [`decode`].
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with the file's name.
pub fn probe(path: &Path) -> Result<Header, String> {
    let bytes = read_file(path)?;
    guarded(|| {
        let (_, decoder) = open(&bytes)?;
        let (width, height) = decoder.dimensions();
        let gray = matches!(decoder.color_type(), ColorType::L8 | ColorType::La8 | ColorType::L16 | ColorType::La16);
        Ok(Header { height: height as usize, width: width as usize, channels: if gray { 1 } else { 3 } })
    })
}

/// Decodes an image to gray (`channels` 1) or color (3). Transparency is laid on white, 16 bits become 8,
/// a camera's orientation is applied.
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with the file's name: no file, no image, more than
/// 64 megapixels or 512 MiB announced, a file that is cut short.
pub fn decode(path: &Path, channels: usize) -> Result<Picture, String> {
    let bytes = read_file(path)?;
    guarded(|| decode_bytes(&bytes, channels))
}

fn open(bytes: &[u8]) -> Result<(ImageFormat, impl ImageDecoder + '_), String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|cause| format!("cannot be read: {cause}"))?;
    let format = match reader.format() {
        Some(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => format,
        _ => return Err("is not a PNG, JPEG or WebP image".to_owned()),
    };
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|cause| describe(&cause))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("announces {width} × {height} pixels, more than the 64 megapixels that are read"));
    }
    if decoder.total_bytes() > MOST_BYTES {
        return Err(format!("would need {} MiB of memory, more than the 512 MiB that are given", decoder.total_bytes() >> 20));
    }
    if width == 0 || height == 0 {
        return Err("has no pixels".to_owned());
    }
    Ok((format, decoder))
}

fn decode_bytes(bytes: &[u8], channels: usize) -> Result<Picture, String> {
    let (format, mut decoder) = open(bytes)?;
    if format == ImageFormat::Jpeg && !jpeg::is_whole(bytes) {
        return Err("is cut short: the end of the JPEG image is missing".to_owned());
    }
    let orientation = decoder.orientation().map_err(|cause| describe(&cause))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|cause| describe(&cause))?;
    picture.apply_orientation(orientation);
    if picture.color().has_alpha() {
        picture = on_white(&picture);
    }
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let pixels = if channels == 1 { picture.into_luma8().into_raw() } else { picture.into_rgb8().into_raw() };
    Ok(Picture { height, width, channels, pixels })
}

fn describe(cause: &image::ImageError) -> String {
    // A decoder's words may go over several lines; a message is one.
    let words = cause.to_string().split_whitespace().collect::<Vec<&str>>().join(" ");
    let end = ["eof", "end of file", "unexpected end", "exhausted", "failed to fill", "not enough bytes"];
    if end.iter().any(|sign| words.to_lowercase().contains(sign)) {
        return format!("is cut short: {words}");
    }
    match cause {
        image::ImageError::Limits(_) => format!("needs more memory than the 512 MiB that are given: {words}"),
        _ => format!("is damaged: {words}"),
    }
}

fn on_white(picture: &DynamicImage) -> DynamicImage {
    let mut flat = image::RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.to_rgba8().pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        // Rounded to the nearest; at full opacity the color is kept exactly.
        to.0 = [red, green, blue].map(|color| ((color * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    DynamicImage::ImageRgb8(flat)
}

/// The image at another size, antialiased (a triangle filter as wide as the shrinking asks); the same pixels
/// where the size is the same already. The aspect is not kept.
///
/// # Errors
/// Never for an image that [`decode`] made and sizes above zero.
pub fn resize(picture: Picture, height: usize, width: usize) -> Result<Picture, String> {
    if (picture.height, picture.width) == (height, width) {
        return Ok(picture);
    }
    let size = (height, width);
    let pixels = if picture.channels == 1 { resize_pixels::<U8>(&picture, size) } else { resize_pixels::<U8x3>(&picture, size) };
    let pixels = pixels.map_err(|cause| format!("cannot be resized: {cause}"))?;
    Ok(Picture { height, width, channels: picture.channels, pixels })
}

/// The pixels at another size. The type of a pixel is named, since a resizer that is handed any is compiled for each that there is.
fn resize_pixels<P: PixelTrait>(picture: &Picture, (height, width): (usize, usize)) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let from = TypedImageRef::<P>::from_buffer(picture.width as u32, picture.height as u32, &picture.pixels)?;
    let mut pixels = vec![0; height * width * picture.channels];
    let mut to = TypedImage::<P>::from_buffer(width as u32, height as u32, &mut pixels)?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize_typed(&from, &mut to, &options)?;
    Ok(pixels)
}
