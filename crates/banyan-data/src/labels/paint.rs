//! Outlines and runs as a grid of class indices.

use banyan_media::index_image::IndexImage;
use banyan_vision::formats::Segmentation;

use super::segmentation::BACKGROUND;
use super::settings::canonical;
use super::shapes::Shapes;
use crate::batch::UNKNOWN_CELL;
use crate::vocabulary::Vocabulary;

/// Draws a mask as large as its image.
///
/// # Errors
/// What is wrong, as the end of a sentence: a mask of another size than its image, or one that contradicts itself.
pub(super) fn draw(shapes: &Shapes, classes: &[String], image: Option<[usize; 2]>) -> Result<IndexImage, String> {
    match shapes {
        Shapes::Runs { size: [height, width], runs } => {
            let pixels = height.checked_mul(*width);
            let found = runs.iter().try_fold(0_usize, |sum, (_, pixels)| sum.checked_add(*pixels));
            match (pixels, found) {
                (Some(pixels), Some(found)) if pixels == found && pixels <= banyan_vision::masks::MOST_PIXELS as usize => {}
                _ => return Err(format!("has runs that do not fill its size of {}", sides([*height, *width]))),
            }
            let indices = runs.iter().flat_map(|(index, pixels)| std::iter::repeat_n(*index, *pixels)).collect();
            Ok(IndexImage { height: *height, width: *width, indices })
        }
        Shapes::Outlines(outlines) => {
            let [height, width] = image.ok_or("lies on an image that cannot be read, whose size its outlines need")?;
            let known = Vocabulary::of_labels(classes, outlines.len());
            let class = |label: &str| known.find(canonical(label)).and_then(|class| u8::try_from(class).ok());
            let mut indices = vec![class(BACKGROUND).unwrap_or(UNKNOWN_CELL); height * width];
            for (number, (label, outline)) in outlines.iter().enumerate() {
                check_size(outline, [height, width])?;
                let mask = outline
                    .mask(height as u32, width as u32)
                    .map_err(|cause| format!("has a wrong outline {} (\"{label}\"): {cause}", number + 1))?;
                mask.paint(&mut indices, class(label).unwrap_or(UNKNOWN_CELL));
            }
            Ok(IndexImage { height, width, indices })
        }
    }
}

fn check_size(outline: &Segmentation, image: [usize; 2]) -> Result<(), String> {
    match outline {
        Segmentation::Runs { height, width, .. } | Segmentation::Text { height, width, .. } => {
            same_size([*height, *width].map(|side| side as usize), image)
        }
        Segmentation::Polygons(_) => Ok(()),
    }
}

/// Whether a mask is as large as its image; both as height and width.
///
/// # Errors
/// If it is not, the end of a sentence with both.
pub(super) fn same_size(mask: [usize; 2], image: [usize; 2]) -> Result<(), String> {
    if mask == image {
        return Ok(());
    }
    Err(format!("is {}, and its image {}; a mask is as large as its image", sides(mask), sides(image)))
}

fn sides([height, width]: [usize; 2]) -> String {
    format!("{width} × {height} pixels")
}
