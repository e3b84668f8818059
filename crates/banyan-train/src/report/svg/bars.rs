//! One value for each of a few things.

use super::{Anchor, Picture, fitted, series_class, width_of};
use crate::report::number::metric;

/// One bar.
pub(in crate::report) struct Bar {
    /// What it stands for.
    pub(in crate::report) name: String,
    /// Its length; `None` for a value that is not defined.
    pub(in crate::report) value: Option<f64>,
}

const FONT: f64 = 11.0;
const ROW: f64 = 22.0;

/// Lying bars from 0 to `full` (or the largest value, where that is more), with their values at their ends.
pub(in crate::report) fn bars(title: &str, bars: &[Bar], full: f64, color: usize, width: f64) -> String {
    let widest = bars.iter().map(|bar| width_of(&bar.name, FONT)).fold(0.0, f64::max);
    let left = (widest + 12.0).min(width * 0.45);
    let room = width - left - width_of("0.0000", FONT) - 12.0;
    let longest = bars.iter().filter_map(|bar| bar.value).filter(|value| value.is_finite()).fold(full, f64::max);
    let mut picture = Picture::new(width, ROW * bars.len() as f64 + 8.0, title);
    for (row, bar) in bars.iter().enumerate() {
        let y = 4.0 + ROW * row as f64;
        let text = y + ROW * 0.62;
        picture.words("legend", (left - 8.0, text), Anchor::End, &fitted(&bar.name, FONT, left - 10.0));
        let value = bar.value.filter(|value| value.is_finite());
        let length = value.map_or(0.0, |value| if longest > 0.0 { (value / longest).max(0.0) * room } else { 0.0 });
        let shown = value.map_or("–".to_owned(), metric);
        let class = format!("bar {}", series_class(color));
        picture.rectangle(&class, (left, y + 2.0), (length.max(0.5), ROW - 7.0), 1.0, &format!("{}: {shown}", bar.name));
        picture.words("value", (left + length + 5.0, text), Anchor::Start, &shown);
    }
    picture.line("axis", (left, 2.0), (left, 4.0 + ROW * bars.len() as f64));
    picture.finish()
}
