//! Charts: a small writer of SVG, the three kinds of chart that the page has, and images with boxes and masks over them.
//!
//! Colors are classes, which the page's style sheet fills in for light and dark: `s0` to `s7` for series, `positive` and
//! `negative` for the heat map; what lies over an image has colors of its own. No gradients or clip paths, so that nothing depends on unique names; an
//! image that stands on the page twice is named after its content.

mod bars;
mod heat_map;
mod line_chart;
mod overlay;
mod scale;

pub(super) use bars::{Bar, bars};
pub(super) use heat_map::{HeatMap, heat_map};
pub(super) use line_chart::{HEIGHT, LineChart, Series, Stroke, line_chart};
pub(super) use overlay::{Time, overlay};
pub(super) use scale::Spacing;

use super::escape::escape;

/// Series colors of the style sheet; more series begin again with the first, with dashes.
pub(super) const COLORS: usize = 8;

/// A chart under construction. Coordinates are in pixels of a chart that is shown at its own size.
struct Picture {
    text: String,
}

/// Where a text is put with respect to its point.
#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

impl Picture {
    fn new(width: f64, height: f64, title: &str) -> Self {
        let label = escape(title);
        Self { text: format!("<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{label}\">\n") }
    }

    fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.text += &format!("<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\n");
    }

    fn words(&mut self, class: &str, at: (f64, f64), anchor: Anchor, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y) = at;
        let words = escape(words);
        self.text += &format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>\n");
    }

    /// A rectangle with a tooltip (none where the title is empty) and an opacity from 0 to 1.
    fn rectangle(&mut self, class: &str, corner: (f64, f64), size: (f64, f64), opacity: f64, title: &str) {
        let ((x, y), (width, height)) = (corner, size);
        self.text += &format!("<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"");
        if opacity < 1.0 {
            self.text += &format!(" fill-opacity=\"{opacity:.2}\"");
        }
        self.finish_with_title("rect", title);
    }

    fn dot(&mut self, class: &str, center: (f64, f64), radius: f64) {
        let (x, y) = center;
        self.text += &format!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>\n");
    }

    /// A line through points; a point that is not finite interrupts it.
    fn path(&mut self, class: &str, points: impl IntoIterator<Item = (f64, f64)>) {
        let mut path = String::new();
        let mut pen_is_down = false;
        for (x, y) in points {
            if x.is_finite() && y.is_finite() {
                path += &format!("{}{x:.1} {y:.1}", if pen_is_down { "L" } else { "M" });
                pen_is_down = true;
            } else {
                pen_is_down = false;
            }
        }
        self.text += &format!("<path class=\"{class}\" d=\"{path}\"/>\n");
    }

    fn finish_with_title(&mut self, element: &str, title: &str) {
        if title.is_empty() {
            self.text += "/>\n";
        } else {
            self.text += &format!("><title>{}</title></{element}>\n", escape(title));
        }
    }

    fn finish(mut self) -> String {
        self.text += "</svg>";
        self.text
    }
}

/// The class of a series: its color, and dashes where the colors have run out.
fn series_class(number: usize) -> String {
    let dashes = if number >= COLORS { " dashed" } else { "" };
    format!("s{}{dashes}", number % COLORS)
}

/// How much room a text takes, which SVG does not tell its writer: a little more than the usual system fonts need.
fn width_of(words: &str, font_size: f64) -> f64 {
    words.chars().count() as f64 * font_size * 0.58
}

/// The text, cut so that it fits.
fn fitted(words: &str, font_size: f64, room: f64) -> String {
    let letters = (room / (font_size * 0.58)).floor() as usize;
    if words.chars().count() <= letters {
        return words.to_owned();
    }
    let mut cut: String = words.chars().take(letters.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
