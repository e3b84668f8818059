//! PNG images whose pixels are indices: the masks of a segmentation.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage};
use png::{BitDepth, ColorType, DecodingError, Limits, Transformations};

use crate::budget::DECODED;
use crate::fit::{Fit, Placement};
use crate::image::{MOST_BYTES, MOST_PIXELS};
use crate::{Origin, file, guarded, signature};

/// What every PNG file begins with.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A decoded image of indices: `height × width` bytes, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexImage {
    /// Height in pixels.
    pub height: usize,
    /// Width in pixels.
    pub width: usize,
    /// The index of each pixel: its level in a grayscale image, its place in the palette in one with a palette.
    pub indices: Vec<u8>,
}

/// Decodes a PNG file to the indices that it holds, without a change: a palette's colors do not matter, levels of 1, 2 or 4 bits are not
/// stretched. It is turned as its EXIF data say. Formats with loss, colors, transparency and 16 bits are refused, since what they hold are no indices.
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with the file's name.
pub fn decode<'a>(from: impl Into<Origin<'a>>) -> Result<IndexImage, String> {
    decode_then(from, Ok)
}

/// Decodes as [`decode`] does and hands the image on. Threads that decode at the same time share a bound on memory, and the image counts until
/// `then` returns.
///
/// # Errors
/// As [`decode`], and those of `then`.
pub fn decode_then<'a, T>(from: impl Into<Origin<'a>>, then: impl FnOnce(IndexImage) -> Result<T, String>) -> Result<T, String> {
    let content = file::read(from.into())?;
    guarded(|| decode_bytes(&content.bytes, then))
}

fn decode_bytes<T>(bytes: &[u8], then: impl FnOnce(IndexImage) -> Result<T, String>) -> Result<T, String> {
    if !bytes.starts_with(SIGNATURE) {
        let what = signature::name(bytes).map_or_else(|| "is not a PNG image".to_owned(), |name| format!("is {name} and not a PNG image"));
        return Err(format!("{what}, the format of images whose pixels are class indices"));
    }
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: MOST_BYTES as usize });
    decoder.set_transformations(Transformations::IDENTITY);
    decoder.set_ignore_text_chunk(true);
    let header = decoder.read_header_info().map_err(|cause| describe(&cause))?;
    let (width, height) = header.size();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("announces {width} × {height} pixels, more than the 64 megapixels that are read"));
    }
    let refused = match header.color_type {
        ColorType::Grayscale | ColorType::Indexed => None,
        ColorType::Rgb | ColorType::Rgba => Some("is a color image"),
        ColorType::GrayscaleAlpha => Some("has an alpha channel"),
    };
    let refused = refused.or((header.bit_depth == BitDepth::Sixteen).then_some("has 16 bits a pixel"));
    if let Some(what) = refused {
        return Err(format!("{what}; class indices are the pixels of a grayscale or palette PNG of at most 8 bits"));
    }
    let bits = header.bit_depth as usize;
    // The pixels as they are stored, and one byte for each.
    let _decoded = DECODED.take(2 * u64::from(width) * u64::from(height));
    let mut reader = decoder.read_info().map_err(|cause| describe(&cause))?;
    let mut packed = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let frame = reader.next_frame(&mut packed).map_err(|cause| describe(&cause))?;
    let line_width = width as usize;
    let indices: Vec<u8> = packed.chunks_exact(frame.line_size.max(1)).flat_map(|line| unpack(line, bits).take(line_width)).collect();
    drop(packed);
    let orientation = reader.info().exif_metadata.as_deref().and_then(Orientation::from_exif_chunk);
    then(turned(indices, [width, height], orientation.unwrap_or(Orientation::NoTransforms))?)
}

/// An image as it is shown, as the image that it lies on is.
fn turned(indices: Vec<u8>, [width, height]: [u32; 2], orientation: Orientation) -> Result<IndexImage, String> {
    let image = GrayImage::from_raw(width, height, indices).ok_or("is damaged: it has fewer pixels than it announces")?;
    let mut image = DynamicImage::ImageLuma8(image);
    image.apply_orientation(orientation);
    Ok(IndexImage { height: image.height() as usize, width: image.width() as usize, indices: image.into_bytes() })
}

/// The numbers of so many bits each that a line of bytes holds, from the highest bit of each byte.
fn unpack(line: &[u8], bits: usize) -> impl Iterator<Item = u8> + '_ {
    let mask = u8::MAX >> (8 - bits);
    line.iter().flat_map(move |byte| (0..8 / bits).rev().map(move |place| (byte >> (place * bits)) & mask))
}

fn describe(cause: &DecodingError) -> String {
    match cause {
        DecodingError::IoError(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => {
            "is cut short: the end of the PNG image is missing".to_owned()
        }
        DecodingError::LimitsExceeded => format!("needs more memory than the {} MiB that are given", MOST_BYTES >> 20),
        DecodingError::IoError(_) | DecodingError::Format(_) | DecodingError::Parameter(_) => format!("is damaged: {cause}"),
    }
}

/// The image at another size: each pixel is the one nearest to its middle, since indices have no mean. The aspect is not kept, as
/// [`image::resize`](crate::image::resize) does not.
#[must_use]
pub fn resize(image: IndexImage, height: usize, width: usize) -> IndexImage {
    if (image.height, image.width) == (height, width) {
        return image;
    }
    let sources = |from: usize, to: usize| (0..to).map(move |place| (2 * place + 1) * from / (2 * to));
    let line = |row: usize| &image.indices[row * image.width..][..image.width];
    let indices = sources(image.height, height).flat_map(|row| sources(image.width, width).map(move |column| line(row)[column])).collect();
    IndexImage { height, width, indices }
}

/// The image on a canvas of `[height, width]`, as an image that it lies on [fits](Fit) there. What it does not cover has the index `outside`.
#[must_use]
pub fn fit(image: IndexImage, canvas: [usize; 2], fit: Fit, outside: u8) -> IndexImage {
    let placement = fit.place([image.height, image.width], canvas);
    let [lines, columns] = placement.covered();
    let indices = match fit {
        Fit::Stretch | Fit::Letterbox => resize(image, lines, columns).indices,
        Fit::Crop => part(&image, placement.seen(), canvas),
    };
    IndexImage { height: canvas[0], width: canvas[1], indices: placement.lay(indices, 1, outside) }
}

/// An image of `[height, width]` from a canvas on which it [lies](Placement): each pixel is the one of the canvas under its middle. What was cut off takes
/// the nearest that was not.
#[must_use]
pub fn taken_from(canvas: &IndexImage, placement: Placement, [height, width]: [usize; 2]) -> IndexImage {
    let place = |row: usize, column: usize| {
        let (x, y) = (column as f64 + 0.5, row as f64 + 0.5);
        let [x, y, ..] = placement.to_canvas([x, y, x, y]);
        let (x, y) = (x.clamp(0.0, canvas.width as f64 - 1.0) as usize, y.clamp(0.0, canvas.height as f64 - 1.0) as usize);
        canvas.indices[y * canvas.width + x]
    };
    let indices = (0..height).flat_map(|row| (0..width).map(move |column| place(row, column))).collect();
    IndexImage { height, width, indices }
}

/// The image as a PNG file in gray of 8 bits.
///
/// # Errors
/// Never for an image with as many indices as it has pixels.
pub fn encode(image: &IndexImage) -> Result<Vec<u8>, String> {
    crate::image::write_png(&image.indices, [image.height, image.width], ColorType::Grayscale, |_| {})
}

/// The image as a PNG file with a palette, to be laid over another image: the red, green, blue and opacity of each index, of which the last one
/// stands for all that are higher.
///
/// # Errors
/// Without a color, or with more than 256.
pub fn encode_in_colors(image: &IndexImage, colors: &[[u8; 4]]) -> Result<Vec<u8>, String> {
    let last = colors.len().checked_sub(1).and_then(|last| u8::try_from(last).ok());
    let last = last.ok_or_else(|| format!("a palette has 1 to 256 colors, not {}", colors.len()))?;
    let indices: Vec<u8> = image.indices.iter().map(|index| *index.min(&last)).collect();
    crate::image::write_png(&indices, [image.height, image.width], ColorType::Indexed, |encoder| {
        encoder.set_palette(colors.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect::<Vec<u8>>());
        encoder.set_trns(colors.iter().map(|color| color[3]).collect::<Vec<u8>>());
    })
}

/// A part of an image (its upper left corner, and its height and width) at another size: each pixel is the one nearest to its middle.
fn part(image: &IndexImage, [start, size]: [[f64; 2]; 2], [height, width]: [usize; 2]) -> Vec<u8> {
    let source = |side: usize, place: usize, of: usize, most: usize| {
        ((start[side] + (place as f64 + 0.5) * size[side] / of as f64) as usize).min(most.saturating_sub(1))
    };
    let columns: Vec<usize> = (0..width).map(|column| source(1, column, width, image.width)).collect();
    let lines = (0..height).map(|line| &image.indices[source(0, line, height, image.height) * image.width..]);
    lines.flat_map(|line| columns.iter().map(move |column| line[*column])).collect()
}
