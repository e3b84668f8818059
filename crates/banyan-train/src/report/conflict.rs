//! Where the tasks pull the shared layers in different directions, and what the balancing did about it.

use indexmap::IndexMap;

use super::ReportData;
use super::charts::{Figure, NARROW_CHART, WIDE, spacing, thinned};
use super::number::metric;
use super::svg::{HeatMap, LineChart, Series, Spacing, Stroke, heat_map, line_chart};
use crate::run::StepRecord;

/// More columns than this are narrower than a few pixels.
const MOST_COLUMNS: usize = 90;

/// The heat map of cosines, pairs by time; `None` where none were recorded.
pub(super) fn cosines(data: &ReportData) -> Option<Figure> {
    let steps: Vec<&StepRecord> = data.steps.iter().filter(|step| !step.cosines.is_empty()).collect();
    let (first, last) = (steps.first()?, steps.last()?);
    let groups: Vec<&[&StepRecord]> = steps.chunks(steps.len().div_ceil(MOST_COLUMNS).max(1)).collect();
    let column = |group: &&[&StepRecord]| match group {
        [one] => format!("step {}", one.step),
        group => format!("steps {} to {}", group[0].step, group[group.len() - 1].step),
    };
    let rows = pairs(data).into_iter().map(|pair| {
        let cells = groups.iter().map(|group| mean(group.iter().filter_map(|step| step.cosines.get(pair)).copied()));
        (shown(pair), cells.collect())
    });
    let map = HeatMap {
        title: "Cosine between the gradients of each pair of tasks over time",
        columns: groups.iter().map(column).collect(),
        ends: (format!("step {}", first.step), format!("step {}", last.step)),
        rows: rows.collect(),
        width: WIDE,
    };
    Some(Figure { heading: "Cosine between the tasks' gradients".to_owned(), picture: heat_map(&map) })
}

/// A sentence about each pair.
pub(super) fn sentences(data: &ReportData) -> Vec<String> {
    let mut sentences = Vec::new();
    for pair in pairs(data) {
        let values: Vec<f64> =
            data.steps.iter().filter_map(|step| step.cosines.get(pair)).copied().filter(|value| value.is_finite()).collect();
        if let Some(mean) = mean(values.iter().copied()) {
            let against = values.iter().filter(|value| **value < 0.0).count() as f64 / values.len() as f64;
            let against = (against * 100.0).round();
            sentences.push(format!("{}: cosine {} on average, below 0 in {against} % of the logged steps", shown(pair), metric(mean)));
        }
    }
    sentences
}

/// The norms of the tasks' gradients, and the weights that the balancing chose.
pub(super) fn lines(data: &ReportData) -> Vec<Figure> {
    let norms = per_task(data, "Norm of each task's gradient", |step| &step.norms);
    let weights = per_task(data, "Weight of each task", |step| &step.weights);
    norms.into_iter().chain(weights).collect()
}

fn per_task(data: &ReportData, heading: &str, values: impl Fn(&StepRecord) -> &IndexMap<String, f64>) -> Option<Figure> {
    let mut series = Vec::new();
    for task in data.tasks() {
        let points: Vec<(f64, f64)> = data.steps.iter().filter_map(|step| Some((step.step as f64, *values(step).get(task)?))).collect();
        if !points.is_empty() {
            series.push(Series { name: task.to_owned(), color: data.color(task), stroke: Stroke::Plain, points: thinned(&points) });
        }
    }
    if series.is_empty() {
        return None;
    }
    let spacing = if heading.starts_with("Norm") { spacing(&series) } else { Spacing::Linear };
    let chart = LineChart { title: heading, across: "step", spacing, series, within: &[], size: NARROW_CHART };
    Some(Figure { heading: heading.to_owned(), picture: line_chart(&chart) })
}

fn pairs(data: &ReportData) -> Vec<&str> {
    let mut pairs: Vec<&str> = Vec::new();
    for pair in data.steps.iter().flat_map(|step| step.cosines.keys()) {
        if !pairs.contains(&pair.as_str()) {
            pairs.push(pair);
        }
    }
    pairs
}

fn shown(pair: &str) -> String {
    pair.replacen('/', " / ", 1)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.filter(|value| value.is_finite()).fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then_some(sum / count)
}
