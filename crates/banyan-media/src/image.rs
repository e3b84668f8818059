//! PNG, JPEG and WebP to pixels of one size.

use std::io::Cursor;

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::budget::DECODED;
use crate::fit::Fit;
use crate::levels::Levels;
use crate::{Origin, file, guarded, jpeg, signature};

/// Headers that announce more pixels are refused before anything is allocated.
pub(crate) const MOST_PIXELS: u64 = 64_000_000;
/// The most a decoder may allocate.
pub(crate) const MOST_BYTES: u64 = 512 << 20;

/// What a canvas shows beside an image.
const GRAY: u8 = 114;

/// The formats that are read, for messages.
const READ: &str = "PNG, JPEG or WebP";

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
    /// Height in pixels, as the image is shown: a camera's orientation is applied.
    pub height: usize,
    /// Width in pixels, as the image is shown.
    pub width: usize,
    /// 1 where the file is stored as gray, 3 where it is stored in color.
    pub channels: usize,
    /// Bits of a channel: 8 or 16.
    pub bits: u8,
}

/// Reads a file's header, within the limits of [`decode`].
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with the file's name.
pub fn probe<'a>(from: impl Into<Origin<'a>>) -> Result<Header, String> {
    let content = file::read(from.into())?;
    guarded(|| {
        let (_, mut decoder) = open(&content.bytes)?;
        let (width, height) = decoder.dimensions();
        let orientation = decoder.orientation().map_err(|cause| describe(&cause))?;
        let (width, height) = if lies_on_its_side(orientation) { (height, width) } else { (width, height) };
        let color = decoder.color_type();
        let channels = if color.has_color() { 3 } else { 1 };
        Ok(Header { height: height as usize, width: width as usize, channels, bits: if is_deep(color) { 16 } else { 8 } })
    })
}

/// Whether an orientation exchanges height and width.
fn lies_on_its_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

fn is_deep(color: ColorType) -> bool {
    color.bytes_per_pixel() / color.channel_count() > 1
}

/// Decodes an image to gray (`channels` 1) or color (3). Transparency is laid on white, a camera's orientation is applied, and 16 bits become
/// 8: the levels are spread over 0 to 255, without levels those of 0 to 65535.
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with the file's name: no file, no image, more than
/// 64 megapixels or 512 MiB announced, a file that is cut short.
pub fn decode<'a>(from: impl Into<Origin<'a>>, channels: usize, levels: Option<Levels>) -> Result<Picture, String> {
    decode_then(from, channels, levels, Ok)
}

/// Decodes as [`decode`] does and hands the image on. Threads that decode at the same time share a bound on memory, and the image counts until
/// `then` returns.
///
/// # Errors
/// As [`decode`], and those of `then`.
pub fn decode_then<'a, T>(
    from: impl Into<Origin<'a>>,
    channels: usize,
    levels: Option<Levels>,
    then: impl FnOnce(Picture) -> Result<T, String>,
) -> Result<T, String> {
    decode_dynamic(from.into(), |mut picture| {
        if let (Some(levels), true) = (levels, is_deep(picture.color())) {
            picture = levels.spread(picture);
        }
        if picture.color().has_alpha() {
            picture = on_white(&picture);
        }
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let pixels = if channels == 1 { picture.into_luma8().into_raw() } else { picture.into_rgb8().into_raw() };
        then(Picture { height, width, channels, pixels })
    })
}

/// Decodes an image and hands on its sides and what makes it the same image as another one: its colors, on white, and those of an image of 16
/// bits with all its bits and its transparency.
///
/// # Errors
/// As [`decode`].
pub fn content_then<'a, T>(from: impl Into<Origin<'a>>, then: impl FnOnce([u32; 2], &[u8]) -> T) -> Result<T, String> {
    decode_dynamic(from.into(), |picture| {
        let picture = if is_deep(picture.color()) {
            DynamicImage::ImageRgba16(picture.into_rgba16())
        } else if picture.color().has_alpha() {
            on_white(&picture)
        } else {
            DynamicImage::ImageRgb8(picture.into_rgb8())
        };
        Ok(then([picture.height(), picture.width()], picture.as_bytes()))
    })
}

/// Decodes an image as it is stored and turns it as it is shown.
pub(crate) fn decode_dynamic<T>(from: Origin<'_>, then: impl FnOnce(DynamicImage) -> Result<T, String>) -> Result<T, String> {
    let content = file::read(from)?;
    guarded(|| {
        let (format, mut decoder) = open(&content.bytes)?;
        if format == ImageFormat::Jpeg && !jpeg::is_whole(&content.bytes) {
            return Err("is cut short: the end of the JPEG image is missing".to_owned());
        }
        let _decoded = DECODED.take(needed(format, &decoder));
        let orientation = decoder.orientation().map_err(|cause| describe(&cause))?;
        let mut picture = DynamicImage::from_decoder(decoder).map_err(|cause| describe(&cause))?;
        drop(content);
        picture.apply_orientation(orientation);
        then(picture)
    })
}

/// The most bytes that decoding takes at a moment: the pixels as they are stored, with what a decoder keeps beside them, and then with copies of
/// 8 bits in color, with and without transparency.
fn needed(format: ImageFormat, decoder: &impl ImageDecoder) -> u64 {
    let (width, height) = decoder.dimensions();
    let stored = decoder.total_bytes();
    // A progressive JPEG is kept as coefficients of 16 bits, a WebP as pixels of 32.
    let beside = if format == ImageFormat::Png { 0 } else { 2 * stored };
    let color = decoder.color_type();
    let copy = if is_deep(color) { 8 } else { 3 + if color.has_alpha() { 4 } else { 0 } };
    let copies = u64::from(width) * u64::from(height) * copy;
    stored + beside.max(copies)
}

fn open(bytes: &[u8]) -> Result<(ImageFormat, impl ImageDecoder + '_), String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|cause| format!("cannot be read: {cause}"))?;
    let format = match reader.format() {
        Some(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) => format,
        _ => {
            return Err(signature::name(bytes)
                .map_or_else(|| format!("is not a {READ} image"), |name| format!("is {name}, which is not read; convert it to {READ}")));
        }
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

/// The image as a PNG file.
///
/// # Errors
/// Never for an image that [`decode`] made.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>, String> {
    let color = if picture.channels == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb };
    write_png(&picture.pixels, [picture.height, picture.width], color, |_| {})
}

/// The image as a JPEG file, small enough for a page that shows several.
///
/// # Errors
/// Never for an image that [`decode`] made.
pub fn encode_jpeg(picture: &Picture) -> Result<Vec<u8>, String> {
    const QUALITY: u8 = 85;
    let color = if picture.channels == 1 { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    encoder.encode(&picture.pixels, picture.width as u32, picture.height as u32, color).map_err(|cause| cause.to_string())?;
    Ok(bytes)
}

/// An image of 8 bits a channel as a PNG file; `finish_header` adds what its header holds besides.
pub(crate) fn write_png(
    pixels: &[u8],
    [height, width]: [usize; 2],
    color: png::ColorType,
    finish_header: impl FnOnce(&mut png::Encoder<'_, &mut Vec<u8>>),
) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    finish_header(&mut encoder);
    let mut writer = encoder.write_header().map_err(|cause| cause.to_string())?;
    writer.write_image_data(pixels).map_err(|cause| cause.to_string())?;
    writer.finish().map_err(|cause| cause.to_string())?;
    Ok(bytes)
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
    let seen = [[0.0; 2], [picture.height as f64, picture.width as f64]];
    let pixels = resized(&picture, seen, [height, width])?;
    Ok(Picture { height, width, channels: picture.channels, pixels })
}

/// A part of an image (its upper left corner, and its height and width) at another size.
fn resized(picture: &Picture, seen: [[f64; 2]; 2], size: [usize; 2]) -> Result<Vec<u8>, String> {
    let resize = if picture.channels == 1 { resize_pixels::<U8> } else { resize_pixels::<U8x3> };
    resize(picture, seen, size).map_err(|cause| format!("cannot be resized: {cause}"))
}

/// The image on a canvas of `[height, width]`, as it [fits](Fit) there. What it does not cover is gray.
///
/// # Errors
/// As [`resize`].
pub fn fit(picture: Picture, canvas: [usize; 2], fit: Fit) -> Result<Picture, String> {
    let placement = fit.place([picture.height, picture.width], canvas);
    let (channels, covered) = (picture.channels, placement.covered());
    let pixels = if [picture.height, picture.width] == canvas { picture.pixels } else { resized(&picture, placement.seen(), covered)? };
    Ok(Picture { height: canvas[0], width: canvas[1], channels, pixels: placement.lay(pixels, channels, GRAY) })
}

/// The pixels at another size. The type of a pixel is named, since a resizer that is handed any is compiled for each that there is.
fn resize_pixels<P: PixelTrait>(
    picture: &Picture,
    [[top, left], [rows, columns]]: [[f64; 2]; 2],
    [height, width]: [usize; 2],
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let from = TypedImageRef::<P>::from_buffer(picture.width as u32, picture.height as u32, &picture.pixels)?;
    let mut pixels = vec![0; height * width * picture.channels];
    let mut to = TypedImage::<P>::from_buffer(width as u32, height as u32, &mut pixels)?;
    let mut options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    // A part is named only where it is one: rounding must not take it past the edge.
    let (all_rows, all_columns) = (picture.height as f64, picture.width as f64);
    if (rows, columns) != (all_rows, all_columns) {
        options = options.crop(left, top, columns.min(all_columns - left), rows.min(all_rows - top));
    }
    Resizer::new().resize_typed(&from, &mut to, &options)?;
    Ok(pixels)
}
