//! An image with boxes and a mask over it.

use super::{Anchor, Picture, fitted, width_of};
use crate::colors::color;
use crate::error_analysis::{DrawnBox, Layer, Mark};
use banyan_text::hash::hash;

const FONT: f64 = 11.0;
/// Pixels of the longer side.
const LONGEST_SIDE: f64 = 320.0;

/// Which of the two times that an image stands on the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Time {
    /// Here are its bytes.
    First,
    /// It is there already.
    Again,
}

/// A layer over an image of `[height, width]`, which is a JPEG file in base64; over a gray ground where it is none.
pub(in crate::report) fn overlay(title: &str, [height, width]: [usize; 2], image: Option<&str>, time: Time, layer: &Layer) -> String {
    let scale = LONGEST_SIDE / height.max(width).max(1) as f64;
    let size = (width as f64 * scale, height as f64 * scale);
    let mut picture = Picture::new(size.0, size.1, title);
    picture.rectangle("ground", (0.0, 0.0), size, 1.0, "");
    if let Some(image) = image.filter(|image| is_base64(image)) {
        let name = format!("image-{:016x}", hash(image.bytes()));
        match time {
            Time::First => picture.image(&format!("id=\"{name}\" "), "jpeg", image, size),
            Time::Again => picture.text += &format!("<use href=\"#{name}\"/>\n"),
        }
    }
    if let Some(mask) = layer.mask.as_deref().filter(|mask| is_base64(mask)) {
        picture.image("class=\"mask\" ", "png", mask, size);
    }
    // The surest last, so that its name lies on top.
    for own in layer.boxes.iter().rev() {
        picture.labeled_box(own, scale, size);
    }
    picture.finish()
}

/// Whether a text holds nothing that could end an attribute.
fn is_base64(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

impl Picture {
    fn image(&mut self, attributes: &str, kind: &str, base64: &str, (width, height): (f64, f64)) {
        self.text += &format!(
            "<image {attributes}width=\"{width:.1}\" height=\"{height:.1}\" preserveAspectRatio=\"none\" href=\"data:image/{kind};base64,{base64}\"/>\n"
        );
    }

    fn labeled_box(&mut self, own: &DrawnBox, scale: f64, (width, height): (f64, f64)) {
        let [x1, y1, x2, y2] = own.corners.map(|place| place * scale);
        let ((x1, x2), (y1, y2)) = ((x1.clamp(0.0, width), x2.clamp(0.0, width)), (y1.clamp(0.0, height), y2.clamp(0.0, height)));
        let rgb = color(own.color);
        let shade = format!("#{:02x}{:02x}{:02x}", rgb[0], rgb[1], rgb[2]);
        let (class, what) = match own.mark {
            Mark::Right => ("box", ""),
            Mark::OtherClass => ("box wrong", ", of another class"),
            Mark::Alone if own.score.is_some() => ("box wrong", ", wrong"),
            Mark::Alone => ("box wrong", ", missed"),
            Mark::Ignored => ("box ignored", ", does not count"),
        };
        let score = own.score.map(|score| format!(" {score:.2}")).unwrap_or_default();
        let (box_width, box_height) = ((x2 - x1).max(0.0), (y2 - y1).max(0.0));
        self.text += &format!(
            "<rect class=\"{class}\" stroke=\"{shade}\" x=\"{x1:.1}\" y=\"{y1:.1}\" width=\"{box_width:.1}\" height=\"{box_height:.1}\""
        );
        self.finish_with_title("rect", &format!("{}{score}{what}", own.label));

        let mark = if own.mark == Mark::Right || own.mark == Mark::Ignored { "" } else { "✗ " };
        let name = format!("{mark}{}{score}", fitted(&own.label, FONT, (width * 0.6).max(30.0)));
        let (tag_width, tag_height) = (width_of(&name, FONT) + 6.0, FONT + 4.0);
        // Above the box, or within it where there is no room; always within the image.
        let x = x1.min(width - tag_width).max(0.0);
        let y = if y1 >= tag_height { y1 - tag_height } else { y1 };
        self.text += &format!("<rect fill=\"{shade}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{tag_width:.1}\" height=\"{tag_height:.1}\"/>\n");
        let is_dark = rgb[0] as f64 * 0.299 + rgb[1] as f64 * 0.587 + rgb[2] as f64 * 0.114 < 110.0;
        self.words(if is_dark { "tag bright" } else { "tag" }, (x + 3.0, y + FONT), Anchor::Start, &name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(label: &str, corners: [f64; 4]) -> Layer {
        let own = DrawnBox { label: label.to_owned(), color: 9, corners, score: Some(0.5), mark: Mark::Alone };
        Layer { boxes: vec![own], mask: Some("\"/><script>".to_owned()), ..Layer::default() }
    }

    #[test]
    fn boxes_are_scaled_and_nothing_of_a_damaged_file_gets_onto_the_page() {
        let svg = overlay("<t>", [32, 64], Some("abc="), Time::First, &layer("<cat>", [8.0, 16.0, 16.0, 1e300]));
        assert!(svg.contains("<rect class=\"box wrong\" stroke=\"#56b4e9\" x=\"40.0\" y=\"80.0\" width=\"40.0\" height=\"80.0\""), "{svg}");
        assert!(svg.contains("✗ &lt;cat&gt; 0.50</text>") && svg.contains("base64,abc=\""), "{svg}");
        assert!(!svg.contains("<script>") && !svg.contains("<cat>"), "{svg}");
        let again = overlay("t", [32, 64], Some("abc="), Time::Again, &Layer::default());
        let name = svg.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none");
        assert!(again.contains(&format!("<use href=\"#{name}\"/>")) && !again.contains("base64"), "{again}");
    }
}
