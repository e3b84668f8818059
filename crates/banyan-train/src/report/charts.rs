//! Losses and metrics over time.

use super::ReportData;
use super::svg::{HEIGHT, LineChart, Series, Spacing, Stroke, line_chart};

/// Width of a chart of which two or three stand side by side.
pub(super) const NARROW: f64 = 350.0;
/// Width and height of a chart of lines of which two or three stand side by side.
pub(super) const NARROW_CHART: (f64, f64) = (NARROW, HEIGHT);
/// Width of a chart that stands alone.
pub(super) const WIDE: f64 = 1070.0;
/// More points than this are not told apart in a narrow chart.
const MOST_POINTS: usize = 150;

/// A chart and its heading.
pub(super) struct Figure {
    pub(super) heading: String,
    pub(super) picture: String,
}

/// Each task's loss: in training over the steps, on other splits at each evaluation.
pub(super) fn losses(data: &ReportData) -> Vec<Figure> {
    let mut figures = Vec::new();
    for task in data.tasks() {
        let training: Vec<(f64, f64)> = data.steps.iter().filter_map(|step| Some((step.step as f64, *step.losses.get(task)?))).collect();
        let mut series = vec![Series { name: "training".to_owned(), color: 0, stroke: Stroke::Plain, points: thinned(&training) }];
        for split in splits(data) {
            let evaluations = data.evaluations.iter().filter(|record| record.split == split);
            let points: Vec<(f64, f64)> =
                evaluations.filter_map(|record| Some((record.step as f64, record.tasks.get(task)?.get("loss")?))).collect();
            if !points.is_empty() {
                series.push(Series { name: word(split).to_owned(), color: series.len(), stroke: Stroke::Dotted, points });
            }
        }
        series.retain(|series| !series.points.is_empty());
        if series.is_empty() {
            continue;
        }
        let title = format!("Loss of {task} over steps");
        let chart = LineChart { title: &title, across: "step", spacing: spacing(&series), series, within: &[], size: NARROW_CHART };
        figures.push(Figure { heading: task.to_owned(), picture: line_chart(&chart) });
    }
    figures
}

/// Each loss of no task over the training steps, without its weight.
pub(super) fn auxiliary_losses(data: &ReportData) -> Vec<Figure> {
    let mut names: Vec<&String> = Vec::new();
    for name in data.steps.iter().flat_map(|step| step.auxiliary.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let figure = |name: &String| {
        let points: Vec<(f64, f64)> = data.steps.iter().filter_map(|step| Some((step.step as f64, *step.auxiliary.get(name)?))).collect();
        one_line(format!("{name} (auxiliary)"), &format!("Auxiliary loss {name} over steps"), "training", &points, spacing)
    };
    names.into_iter().map(figure).collect()
}

/// A chart of one line over the steps.
fn one_line(heading: String, title: &str, name: &str, points: &[(f64, f64)], spacing: fn(&[Series]) -> Spacing) -> Figure {
    let series = vec![Series { name: name.to_owned(), color: 0, stroke: Stroke::Plain, points: thinned(points) }];
    let chart = LineChart { title, across: "step", spacing: spacing(&series), series, within: &[], size: NARROW_CHART };
    Figure { heading, picture: line_chart(&chart) }
}

/// Each task's metrics on the validation rows, and the score over all tasks.
pub(super) fn metrics(data: &ReportData) -> Vec<Figure> {
    // Metrics that share an axis: shares of 1, and errors in the label's unit.
    const TOGETHER: [&[&str]; 3] = [&["accuracy", "macro_f1", "auroc", "average_precision"], &["mae", "rmse"], &["r2"]];
    let mut figures = Vec::new();
    let split = splits(data).into_iter().find(|split| *split == "valid").or_else(|| splits(data).into_iter().next());
    let Some(split) = split else {
        return figures;
    };
    let records: Vec<_> = data.evaluations.iter().filter(|record| record.split == split).collect();
    let mut chart = |heading: String, series: Vec<Series>| {
        if series.iter().any(|series| !series.points.is_empty()) {
            let title = format!("{heading} over epochs");
            let chart = LineChart { title: &title, across: "epoch", spacing: Spacing::Linear, series, within: &[], size: NARROW_CHART };
            figures.push(Figure { heading, picture: line_chart(&chart) });
        }
    };
    for task in data.tasks() {
        for group in TOGETHER {
            let mut series = Vec::new();
            for metric in group {
                let value = |record: &&crate::run::EvaluationRecord| Some((record.epoch as f64, record.tasks.get(task)?.get(metric)?));
                let points: Vec<(f64, f64)> = records.iter().filter_map(value).collect();
                if !points.is_empty() {
                    series.push(Series { name: (*metric).to_owned(), color: series.len(), stroke: Stroke::Dotted, points });
                }
            }
            let names: Vec<&str> = series.iter().map(|series| series.name.as_str()).collect();
            chart(format!("{task}: {}", names.join(", ")), series);
        }
    }
    let score: Vec<(f64, f64)> = records.iter().filter_map(|record| Some((record.epoch as f64, record.score?))).collect();
    let score = Series { name: "score over all tasks".to_owned(), color: 0, stroke: Stroke::Dotted, points: score };
    chart("Score".to_owned(), vec![score]);
    figures
}

/// The learning rate.
pub(super) fn learning_rate(data: &ReportData) -> Option<Figure> {
    let points: Vec<(f64, f64)> = data.steps.iter().map(|step| (step.step as f64, step.learning_rate)).collect();
    if points.len() < 2 {
        return None;
    }
    Some(one_line("Learning rate".to_owned(), "Learning rate over steps", "learning rate", &points, |_| Spacing::Linear))
}

/// The splits that were evaluated, in the order in which they first were.
fn splits(data: &ReportData) -> Vec<&str> {
    let mut splits: Vec<&str> = Vec::new();
    for record in &data.evaluations {
        if !splits.contains(&record.split.as_str()) {
            splits.push(&record.split);
        }
    }
    splits
}

/// The name of a split in a sentence.
pub(super) fn word(split: &str) -> &str {
    match split {
        "valid" => "validation",
        "train" => "training",
        other => other,
    }
}

/// Neighboring points averaged, so that no more are left than can be seen.
pub(super) fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let size = points.len().div_ceil(MOST_POINTS).max(1);
    let mean = |group: &[(f64, f64)]| {
        let (x, y) = group.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
        ((x / group.len() as f64).round(), y / group.len() as f64)
    };
    points.chunks(size).map(mean).collect()
}

/// Logarithmic where values above 0 differ by more than a factor of thirty: the small ones would all lie on the axis.
pub(super) fn spacing(series: &[Series]) -> Spacing {
    let values = || series.iter().flat_map(|series| series.points.iter().map(|point| point.1)).filter(|value| value.is_finite());
    let (low, high) = values().fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    if low > 0.0 && high / low > 30.0 { Spacing::Logarithmic } else { Spacing::Linear }
}
