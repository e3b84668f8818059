//! Images with what is true and what was predicted, side by side.

use super::escape::escape;
use super::number::count;
use super::svg::{Time, overlay};
use crate::colors::mask_color;
use crate::error_analysis::{Gallery, ImageExample, Layer, MaskClass};

/// The sizes of a canvas that an image can have; others are those of a damaged file.
const SIDES: std::ops::RangeInclusive<usize> = 1..=4096;

/// The images with the worst errors and those drawn evenly; `order` says what the worst are, and `note` what is drawn.
pub(super) fn gallery(gallery: &Gallery, order: &str, note: &str) -> String {
    let figures = |examples: &[ImageExample]| examples.iter().map(figure).collect::<String>();
    let part = |heading: &str, examples: &[ImageExample]| {
        let figures = figures(examples);
        if figures.is_empty() { figures } else { format!("<h4>{heading}</h4>\n<div class=\"gallery\">\n{figures}</div>\n") }
    };
    let html = part(&format!("Worst errors, {order}"), &gallery.worst) + &part("Examples from all rows", &gallery.examples);
    if html.is_empty() {
        return html;
    }
    let left_out = match gallery.left_out {
        0 => String::new(),
        number => format!(" {} images are left out, to keep the page small.", count(number as u64)),
    };
    format!("{html}<p class=\"note\">Images are as the model sees them. {note}{left_out}</p>\n")
}

fn figure(example: &ImageExample) -> String {
    if !example.size.iter().all(|side| SIDES.contains(side)) {
        return String::new();
    }
    let row = count(example.row as u64);
    let gone = if example.image.is_none() { "; its image could not be read any more" } else { "" };
    let side = |name: &str, time: Time, layer: &Layer| {
        let title = format!("Row {row}, {name}");
        let picture = overlay(&title, example.size, example.image.as_deref(), time, layer);
        format!("<div>\n<span class=\"side\">{name}</span>{}\n{picture}\n</div>\n", legend(&layer.classes))
    };
    format!(
        "<figure>\n<figcaption>Row {row}: {}{gone}</figcaption>\n<div class=\"sides\">\n{}{}</div>\n</figure>\n",
        escape(&example.summary),
        side("true", Time::First, &example.truth),
        side("predicted", Time::Again, &example.predicted)
    )
}

/// The classes of a mask with their colors.
fn legend(classes: &[MaskClass]) -> String {
    let entry = |class: &MaskClass| {
        let [red, green, blue] = class.color.and_then(|color| mask_color(color.saturating_add(1)))?;
        Some(format!("<span class=\"swatch\" style=\"--swatch:rgb({red} {green} {blue})\">{}</span>", escape(&class.label)))
    };
    classes.iter().filter_map(entry).collect()
}
