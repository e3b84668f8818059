//! `banyan compare`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use banyan::data::labels::TaskKind;
use banyan::train::config::Config;
use banyan::train::evaluation::{Evaluation, direction, primary};
use banyan::train::metrics::Direction;
use banyan::train::run::{RunFolder, Summary};
use clap::Args;
use indexmap::IndexMap;
use serde::Serialize;

use crate::console::Console;
use crate::failure::Failure;
use crate::results;
use crate::table::Table;

#[derive(Debug, Args)]
#[command(after_help = "Example: banyan compare runs/digits-1 runs/digits-2")]
pub(crate) struct Arguments {
    /// The runs' folders; the first is the one that the others are measured against
    #[arg(required = true, num_args = 1..)]
    runs: Vec<PathBuf>,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// One line of the comparison.
#[derive(Debug, Serialize)]
struct Line {
    run: String,
    /// Rows that the metrics were measured on, and their split.
    split: &'static str,
    rows: usize,
    /// Each task's first metric, by `task metric`.
    metrics: IndexMap<String, Option<f64>>,
    /// Mean relative improvement over the first run, in per cent, tasks of both counted alike.
    delta_m_percent: Option<f64>,
    /// Mean over its tasks of the run's place among those that have the task, the best being 1; runs with equal metrics share their places.
    mean_rank: Option<f64>,
    seconds: f64,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let mut lines = arguments.runs.iter().map(|run| line(run)).collect::<Result<Vec<Line>, Failure>>()?;
    let metrics = all_metrics(&lines);
    let is_alone = |place: &usize| {
        let others = lines.iter().enumerate().filter(|(other, _)| other != place).map(|(_, line)| line);
        lines.len() > 1 && !others.into_iter().any(|other| other.metrics.keys().any(|metric| lines[*place].metrics.contains_key(metric)))
    };
    if let Some(alone) = (0..lines.len()).find(is_alone) {
        let run = &lines[alone].run;
        return Err(Failure::usage(format!("the run {run} has no metric of a task that another run has; compare runs that share tasks")));
    }
    for place in 0..lines.len() {
        lines[place].delta_m_percent = delta_m(&lines[place], &lines[0], &metrics);
        lines[place].mean_rank = mean_rank(place, &lines, &metrics);
    }
    if arguments.json {
        console.result(serde_json::to_string(&lines).map_err(Failure::failed)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let header = ["run", "split", "rows"].map(str::to_owned).into_iter().chain(metrics.iter().cloned());
    let mut table = Table::new(header.chain(["Δm %", "mean rank", "seconds"].map(str::to_owned)));
    for line in &lines {
        let shown = |number: Option<f64>| number.map_or_else(|| "–".to_owned(), |number| format!("{number:.2}"));
        let values = metrics.iter().map(|metric| results::value(line.value(metric)));
        let start = [line.run.clone(), line.split.to_owned(), line.rows.to_string()];
        let end = [shown(line.delta_m_percent), shown(line.mean_rank), format!("{:.1}", line.seconds)];
        table.row(start.into_iter().chain(values).chain(end));
    }
    console.show(table)?;
    console.aside(
        "\nΔm: mean over the tasks of the relative improvement over the first run, above 0 is better (Maninis et al., CVPR 2019).\n\
         Δm is over the tasks that a run shares with the first one, its mean rank over all of its own.\n\
         Each line is one training. Another seed alone changes it, so train each configuration with the same several seeds\n\
         (--set training.seed=1, 2, …): a paired sign test can call no difference significant (p < 0.05) before 6 of 6 seeds agree.",
    )?;
    Ok(ExitCode::SUCCESS)
}

impl Line {
    /// A metric; nothing where the run has no such task, or the metric no value.
    fn value(&self, metric: &str) -> Option<f64> {
        self.metrics.get(metric).copied().flatten()
    }
}

/// The metrics of all runs: those of the run with the most tasks first, which are in the order of its configuration, so that the order of the
/// runs matters little.
fn all_metrics(lines: &[Line]) -> Vec<String> {
    let mut by_size: Vec<&Line> = lines.iter().collect();
    by_size.sort_by_key(|line| std::cmp::Reverse(line.metrics.len()));
    let mut all: Vec<String> = Vec::new();
    for metric in by_size.into_iter().flat_map(|line| line.metrics.keys()) {
        if !all.contains(metric) {
            all.push(metric.clone());
        }
    }
    all
}

fn line(path: &Path) -> Result<Line, Failure> {
    let folder = RunFolder::open(path)?;
    let config = Config::parse(&folder.config_path().display().to_string(), &folder.config_text()?, &[])?;
    let run = path.display().to_string();
    let Some(summary) = folder.summary()? else {
        return Err(Failure::failed(format!("the run {run} has not ended; finish it with --resume")));
    };
    let Some((split, evaluations)) = results::held_out(&summary) else {
        return Err(Failure::failed(format!("the run {run} was measured on no held-out rows")));
    };
    let evaluation = evaluations[0];
    let metrics = config.tasks.iter().map(|(name, task)| metric(evaluation, name, task.kind(), task.metric.as_deref())).collect();
    let Summary { seconds, .. } = summary;
    Ok(Line { run, split, rows: evaluation.rows, metrics, delta_m_percent: None, mean_rank: None, seconds })
}

fn metric(evaluation: &Evaluation, task: &str, kind: TaskKind, chosen: Option<&str>) -> (String, Option<f64>) {
    let name = chosen.unwrap_or(primary(kind).0);
    (format!("{task} {name}"), evaluation.tasks.get(task).and_then(|metrics| metrics.get(name)))
}

/// How much better a metric is, as a fraction of what it was.
fn improvement(metric: &str, value: f64, baseline: f64) -> Option<f64> {
    let gain = match direction(metric.rsplit(' ').next().unwrap_or(metric)) {
        Direction::Higher => value - baseline,
        Direction::Lower => baseline - value,
    };
    (baseline != 0.0).then(|| gain / baseline.abs())
}

fn delta_m(line: &Line, first: &Line, metrics: &[String]) -> Option<f64> {
    let shared = metrics.iter().filter(|metric| [line, first].iter().all(|line| line.metrics.contains_key(*metric)));
    let gains = shared.map(|metric| improvement(metric, line.value(metric)?, first.value(metric)?));
    let gains = gains.collect::<Option<Vec<f64>>>()?;
    (!gains.is_empty()).then(|| 100.0 * gains.iter().sum::<f64>() / gains.len() as f64)
}

fn mean_rank(place: usize, lines: &[Line], metrics: &[String]) -> Option<f64> {
    let ranks = metrics.iter().filter(|metric| lines[place].metrics.contains_key(*metric)).map(|metric| {
        let own = lines[place].value(metric)?;
        let (mut better, mut equal) = (0.0, 0.0);
        for line in lines.iter().filter(|line| line.metrics.contains_key(metric)) {
            let other = line.value(metric)?;
            match direction(metric.rsplit(' ').next().unwrap_or(metric)) {
                _ if other == own => equal += 1.0,
                Direction::Higher if other > own => better += 1.0,
                Direction::Lower if other < own => better += 1.0,
                _ => {}
            }
        }
        Some(better + (equal + 1.0) / 2.0)
    });
    let ranks = ranks.collect::<Option<Vec<f64>>>()?;
    (!ranks.is_empty()).then(|| ranks.iter().sum::<f64>() / ranks.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(accuracy: f64, rmse: f64) -> Line {
        let metrics = IndexMap::from([("a accuracy".to_owned(), Some(accuracy)), ("b rmse".to_owned(), Some(rmse))]);
        Line { run: String::new(), split: "test", rows: 10, metrics, delta_m_percent: None, mean_rank: None, seconds: 1.0 }
    }

    /// Single-task runs beside the joint one.
    #[test]
    fn the_order_of_runs_with_fewer_tasks_does_not_matter() {
        let only = |metric: &str, line: Line| {
            let metrics = line.metrics.into_iter().filter(|(name, _)| name == metric).collect();
            Line { metrics, ..line }
        };
        let (joint, first, second) = (line(0.6, 1.0), only("a accuracy", line(0.5, 0.0)), only("b rmse", line(0.0, 0.5)));
        let lines = [joint, first, second];
        assert_eq!(all_metrics(&lines), ["a accuracy", "b rmse"]);
        let metrics = all_metrics(&lines);
        let ranks: Vec<f64> = (0..3).map(|place| mean_rank(place, &lines, &metrics).unwrap()).collect();
        assert_eq!(ranks, [1.5, 2.0, 1.0]);
        let mut lines = lines;
        lines.reverse();
        assert_eq!(all_metrics(&lines), metrics);
        let ranks: Vec<f64> = (0..3).map(|place| mean_rank(place, &lines, &metrics).unwrap()).collect();
        assert_eq!(ranks, [1.0, 2.0, 1.5]);
        assert_eq!((delta_m(&lines[2], &lines[0], &metrics), delta_m(&lines[1], &lines[0], &metrics)), (Some(-100.0), None));
    }

    #[test]
    fn improvement_counts_both_directions() {
        let lines = [line(0.5, 2.0), line(0.6, 1.0), line(0.5, 3.0)];
        let metrics: Vec<String> = lines[0].metrics.keys().cloned().collect();
        let delta: Vec<f64> = lines.iter().map(|line| delta_m(line, &lines[0], &metrics).unwrap()).collect();
        // (20 % + 50 %) / 2 and (0 % - 50 %) / 2.
        assert!((delta[0].abs() + (delta[1] - 35.0).abs() + (delta[2] + 25.0).abs()) < 1e-9, "{delta:?}");
        let ranks: Vec<f64> = (0..3).map(|place| mean_rank(place, &lines, &metrics).unwrap()).collect();
        assert_eq!(ranks, [2.25, 1.0, 2.75]);
    }
}
