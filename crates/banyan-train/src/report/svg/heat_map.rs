//! Values between −1 and 1 over time, a row for each pair of tasks.

use super::{Anchor, Picture, fitted, width_of};
use crate::report::number::short;

/// A chart of cosines.
pub(in crate::report) struct HeatMap<'a> {
    /// What it shows, for readers who cannot see it.
    pub(in crate::report) title: &'a str,
    /// The name of each column, for tooltips: `steps 10 to 40`.
    pub(in crate::report) columns: Vec<String>,
    /// What stands below the first and the last column.
    pub(in crate::report) ends: (String, String),
    /// Each row's name and its values, one a column; `None` where there is none.
    pub(in crate::report) rows: Vec<(String, Vec<Option<f64>>)>,
    /// Width in pixels.
    pub(in crate::report) width: f64,
}

const FONT: f64 = 11.0;
const ROW: f64 = 22.0;
const TOP: f64 = 34.0;

pub(in crate::report) fn heat_map(map: &HeatMap<'_>) -> String {
    let widest = map.rows.iter().map(|(name, _)| width_of(name, FONT)).fold(0.0, f64::max);
    let left = (widest + 14.0).min(map.width * 0.3);
    let right = map.width - 12.0;
    let bottom = TOP + ROW * map.rows.len() as f64;
    // Rounded as they are written, so that a cell ends exactly where the next begins.
    let edge = |column: usize| ((left + (right - left) * column as f64 / map.columns.len().max(1) as f64) * 10.0).round() / 10.0;
    let mut picture = Picture::new(map.width, bottom + 24.0, map.title);
    legend(&mut picture, right);
    for (row, (name, values)) in map.rows.iter().enumerate() {
        let y = TOP + ROW * row as f64;
        picture.words("legend", (left - 8.0, y + ROW * 0.66), Anchor::End, &fitted(name, FONT, left - 12.0));
        for (column, value) in values.iter().enumerate() {
            let (corner, size) = ((edge(column), y), (edge(column + 1) - edge(column), ROW - 2.0));
            let title = |shown: &str| format!("{name}, {}: {shown}", map.columns[column]);
            match value {
                Some(value) => color(&mut picture, *value, corner, size, &title(&short(*value))),
                None => picture.rectangle("absent", corner, size, 1.0, &title("not recorded")),
            }
        }
    }
    picture.words("tick", (left, bottom + 14.0), Anchor::Start, &map.ends.0);
    picture.words("tick", (right, bottom + 14.0), Anchor::End, &map.ends.1);
    picture.finish()
}

/// The color's strength is the value's size, over the page's own ground: 0 is the ground, in light and in dark.
fn color(picture: &mut Picture, value: f64, corner: (f64, f64), size: (f64, f64), title: &str) {
    let class = if value < 0.0 { "negative" } else { "positive" };
    // The square root, because most cosines are small and their sign is what matters.
    picture.rectangle(class, corner, size, value.abs().min(1.0).sqrt(), title);
}

fn legend(picture: &mut Picture, right: f64) {
    const SWATCHES: usize = 21;
    const SWATCH: f64 = 8.0;
    let words = ("−1 against each other", "1 together");
    let end = right - width_of(words.1, FONT) - 6.0;
    let start = (end - SWATCHES as f64 * SWATCH).round();
    picture.words("legend", (start - 6.0, 16.0), Anchor::End, words.0);
    for index in 0..SWATCHES {
        let value = index as f64 / (SWATCHES - 1) as f64 * 2.0 - 1.0;
        color(picture, value, (start + index as f64 * SWATCH, 7.0), (SWATCH, 11.0), "");
    }
    picture.words("legend", (end + 6.0, 16.0), Anchor::Start, words.1);
}
