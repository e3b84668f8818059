//! Lines over steps or epochs.

use super::scale::Scale;
use super::{Anchor, Picture, Spacing, fitted, series_class, width_of};
use crate::report::number::short;

/// A chart of lines.
pub(in crate::report) struct LineChart<'a> {
    /// What it shows, for readers who cannot see it.
    pub(in crate::report) title: &'a str,
    /// What the horizontal axis counts: `step`, `epoch`; or what it measures: `recall`.
    pub(in crate::report) across: &'a str,
    /// How values are spaced on the vertical axis.
    pub(in crate::report) spacing: Spacing,
    /// The lines.
    pub(in crate::report) series: Vec<Series>,
    /// Values that the vertical axis shows besides those of the lines.
    pub(in crate::report) within: &'a [f64],
    /// Width and height in pixels, the latter with one line of a legend.
    pub(in crate::report) size: (f64, f64),
}

/// One line.
pub(in crate::report) struct Series {
    /// Its name in the legend.
    pub(in crate::report) name: String,
    /// The number of its color.
    pub(in crate::report) color: usize,
    /// How it is drawn.
    pub(in crate::report) stroke: Stroke,
    /// Its points, from left to right; a value that is not finite interrupts the line.
    pub(in crate::report) points: Vec<(f64, f64)>,
}

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Stroke {
    /// A line.
    Plain,
    /// A line with a dot at each point.
    Dotted,
}

/// The height of most charts.
pub(in crate::report) const HEIGHT: f64 = 210.0;
const FONT: f64 = 11.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 34.0;
/// Height of a line of the legend.
const LINE: f64 = 16.0;
/// More places to point at than this cannot be told apart with a pointer.
const MOST_BANDS: usize = 120;

pub(in crate::report) fn line_chart(chart: &LineChart<'_>) -> String {
    let values = || chart.series.iter().flat_map(|series| series.points.iter().copied());
    let heights = || values().map(|point| point.1).chain(chart.within.iter().copied());
    let vertical = |range| Scale::new(heights(), chart.spacing, range, 5).rounded();
    let widest = vertical((1.0, 0.0)).ticks().iter().map(|(_, label)| width_of(label, FONT)).fold(0.0, f64::max);
    let (width, left, right) = (chart.size.0, widest + 14.0, chart.size.0 - 12.0);
    let entries = legend(chart, left);
    let further_lines = entries.last().map_or(0.0, |entry| entry.y);
    let (top, height) = (TOP + further_lines, chart.size.1 + further_lines);
    let bottom = height - BOTTOM;
    let up = vertical((bottom, top));
    let along = Scale::new(values().map(|point| point.0), Spacing::Linear, (left, right), (width / 50.0) as usize);

    let mut picture = Picture::new(width, height, chart.title);
    entries.iter().for_each(|entry| entry.draw(&mut picture));
    for (value, label) in up.ticks() {
        let y = up.pixel(value);
        picture.line("grid", (left, y), (right, y));
        picture.words("tick", (left - 6.0, y + FONT * 0.35), Anchor::End, &label);
    }
    picture.line("axis", (left, bottom), (right, bottom));
    // Steps and epochs are whole: a tick at 2.5 would name none.
    let are_whole = values().all(|(value, _)| value.fract() == 0.0);
    for (value, label) in along.ticks().into_iter().filter(|(value, _)| !are_whole || value.fract().abs() < 1e-9) {
        let x = along.pixel(value);
        picture.line("axis", (x, bottom), (x, bottom + 4.0));
        picture.words("tick", (x, bottom + 16.0), Anchor::Middle, &label);
    }
    picture.words("tick", (right, height - 4.0), Anchor::End, chart.across);
    for series in &chart.series {
        let class = series_class(series.color);
        let points = || series.points.iter().map(|&(x, y)| (along.pixel(x), up.pixel(y)));
        picture.path(&format!("line {class}"), points());
        let is_alone = series.points.len() == 1;
        if series.stroke == Stroke::Dotted || is_alone {
            for (x, y) in points().filter(|(_, y)| y.is_finite()) {
                picture.dot(&format!("dot {class}"), (x, y), 2.6);
            }
        }
    }
    bands(&mut picture, chart, &along, (left, right), (top, bottom));
    picture.finish()
}

/// A line of the chart in its legend.
struct Entry<'a> {
    series: &'a Series,
    name: String,
    x: f64,
    /// How far below the first line.
    y: f64,
}

/// The lines by name, on as many lines of text as they need.
fn legend<'a>(chart: &'a LineChart<'_>, left: f64) -> Vec<Entry<'a>> {
    /// More names than this have room of their own only on further lines.
    const BESIDE: usize = 6;
    let width = chart.size.0;
    let room = (width - left) / chart.series.len().clamp(1, BESIDE) as f64;
    let (mut x, mut y) = (left, 0.0);
    let entry = |series: &'a Series| {
        let name = fitted(&series.name, FONT, (room - 32.0).max(30.0));
        let end = x + 21.0 + width_of(&name, FONT);
        if end > width && chart.series.len() > BESIDE {
            (x, y) = (left, y + LINE);
        }
        let entry = Entry { series, x, y, name };
        x += 21.0 + width_of(&entry.name, FONT) + 12.0;
        entry
    };
    chart.series.iter().map(entry).collect()
}

impl Entry<'_> {
    fn draw(&self, picture: &mut Picture) {
        let Self { series, name, x, y } = self;
        let class = series_class(series.color);
        picture.line(&format!("line {class}"), (*x, y + 12.0), (x + 16.0, y + 12.0));
        if series.stroke == Stroke::Dotted {
            picture.dot(&format!("dot {class}"), (x + 8.0, y + 12.0), 2.6);
        }
        picture.words("legend", (x + 21.0, y + 16.0), Anchor::Start, name);
    }
}

/// Upright bands that say, when pointed at, what every line has there.
fn bands(picture: &mut Picture, chart: &LineChart<'_>, along: &Scale, (left, right): (f64, f64), (top, bottom): (f64, f64)) {
    let mut places: Vec<f64> = chart.series.iter().flat_map(|series| series.points.iter().map(|point| point.0)).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let size = places.len().div_ceil(MOST_BANDS).max(1);
    let groups: Vec<&[f64]> = places.chunks(size).collect();
    let middle = |group: &[f64]| along.pixel((group[0] + group[group.len() - 1]) / 2.0);
    for (index, group) in groups.iter().enumerate() {
        let from = if index == 0 { left } else { (middle(groups[index - 1]) + middle(group)) / 2.0 };
        let to = if index + 1 == groups.len() { right } else { (middle(group) + middle(groups[index + 1])) / 2.0 };
        let (first, last) = (group[0], group[group.len() - 1]);
        let mut title = if first == last { format!("{} {first}", chart.across) } else { format!("{}s {first} to {last}", chart.across) };
        for series in &chart.series {
            let within = series.points.iter().filter(|point| (first..=last).contains(&point.0) && point.1.is_finite());
            let (sum, count) = within.fold((0.0, 0.0), |(sum, count), point| (sum + point.1, count + 1.0));
            if count > 0.0 {
                title += &format!("\n{}: {}", series.name, short(sum / count));
            }
        }
        picture.rectangle("band", (from, top), ((to - from).max(0.5), bottom - top), 1.0, &title);
    }
}
