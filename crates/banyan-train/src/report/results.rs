//! The table of results, and bars of each task's first metric by the inputs that were given.

use super::ReportData;
use super::charts::{Figure, NARROW, word};
use super::escape::escape;
use super::number::{count, metric};
use super::svg::{Bar, bars};
use crate::evaluation::{Evaluation, direction, primary};
use crate::metrics::{Direction, TaskMetrics};

/// The results on one split.
pub(super) struct Results {
    /// What they are of, for a heading.
    pub(super) heading: String,
    /// One evaluation for each subset of the inputs.
    evaluations: Vec<Evaluation>,
}

/// The final results, or the newest evaluations of a run that has not ended.
pub(super) fn results(data: &ReportData) -> Vec<Results> {
    let mut all: Vec<(String, Results)> = Vec::new();
    if let Some(summary) = &data.summary {
        for result in &summary.results {
            let evaluation = result.evaluation.clone();
            match all.iter_mut().find(|(split, _)| *split == result.split) {
                Some((_, results)) => results.evaluations.push(evaluation),
                None => {
                    let heading = format!("On the {} rows", word(&result.split));
                    all.push((result.split.clone(), Results { heading, evaluations: vec![evaluation] }));
                }
            }
        }
    }
    if all.is_empty() {
        for record in data.evaluations.iter().rev() {
            if all.iter().all(|(split, _)| *split != record.split) {
                let heading = format!("On the {} rows, after epoch {}", word(&record.split), record.epoch);
                let rows = record.tasks.values().map(|metrics| metrics.rows).max().unwrap_or(0);
                let inputs = data.data().map(|data| data.inputs.keys().cloned().collect()).unwrap_or_default();
                let evaluation = Evaluation { inputs, rows, tasks: record.tasks.clone() };
                all.push((record.split.clone(), Results { heading, evaluations: vec![evaluation] }));
            }
        }
    }
    all.into_iter().map(|(_, results)| results).collect()
}

impl Results {
    /// A row for each task and subset of inputs, a column for each metric; the best of a task's rows in bold.
    pub(super) fn table(&self) -> String {
        let columns = self.columns();
        let mut html = "<div class=\"scroll\"><table>\n<thead><tr><th>Task</th><th>Inputs</th>".to_owned();
        for column in &columns {
            html += &format!("<th class=\"number\">{}</th>", escape(column));
        }
        html += "<th class=\"number\">rows</th></tr></thead>\n<tbody>\n";
        for task in self.tasks() {
            let rows: Vec<(&Evaluation, &TaskMetrics)> =
                self.evaluations.iter().filter_map(|evaluation| Some((evaluation, evaluation.tasks.get(task)?))).collect();
            for (index, (evaluation, metrics)) in rows.iter().enumerate() {
                let class = if index == 0 { " class=\"first\"" } else { "" };
                let name = if index == 0 { escape(task) } else { String::new() };
                html += &format!("<tr{class}><th>{name}</th><td>{}</td>", escape(&given(evaluation)));
                for column in &columns {
                    html += &cell(metrics, column, &rows);
                }
                html += &format!("<td class=\"number\">{}</td></tr>\n", count(metrics.rows as u64));
            }
        }
        html + "</tbody></table></div>\n"
    }

    /// A chart for each task, where there is more than one subset of inputs to compare.
    pub(super) fn pictures(&self, data: &ReportData) -> Vec<Figure> {
        if self.evaluations.len() < 2 {
            return Vec::new();
        }
        let mut figures = Vec::new();
        for task in self.tasks() {
            let Some(kind) = data.kind(task) else { continue };
            let (name, direction) = primary(kind);
            let bar = |evaluation: &Evaluation| {
                let metrics = evaluation.tasks.get(task)?;
                Some(Bar { name: given(evaluation), value: metrics.get(name) })
            };
            let all: Vec<Bar> = self.evaluations.iter().filter_map(bar).collect();
            let full = if direction == Direction::Higher { 1.0 } else { 0.0 };
            let better = if direction == Direction::Higher { "more" } else { "less" };
            let heading = format!("{task}: {name} ({better} is better)");
            let picture = bars(&format!("{heading}, by inputs"), &all, full, data.color(task), NARROW);
            figures.push(Figure { heading, picture });
        }
        figures
    }

    fn tasks(&self) -> Vec<&str> {
        let mut tasks: Vec<&str> = Vec::new();
        for task in self.evaluations.iter().flat_map(|evaluation| evaluation.tasks.keys()) {
            if !tasks.contains(&task.as_str()) {
                tasks.push(task);
            }
        }
        tasks
    }

    fn columns<'a>(&'a self) -> Vec<&'a str> {
        const ORDER: [&str; 9] = ["accuracy", "macro_f1", "auroc", "average_precision", "mae", "rmse", "r2", "ece", "loss"];
        let metrics = || self.evaluations.iter().flat_map(|evaluation| evaluation.tasks.values());
        // A metric that is defined nowhere would be a column of dashes.
        let defined = |metrics: &'a TaskMetrics| metrics.values.iter().filter(|(_, value)| value.is_some());
        let names = || metrics().flat_map(defined).map(|(name, _)| name.as_str());
        let mut columns: Vec<&str> = ORDER.into_iter().filter(|known| names().any(|name| name == *known)).collect();
        for name in names() {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
        columns
    }
}

fn cell(metrics: &TaskMetrics, column: &str, rows: &[(&Evaluation, &TaskMetrics)]) -> String {
    let Some(value) = metrics.get(column) else {
        let meaning = if metrics.values.contains_key(column) { " title=\"not defined for these rows\"" } else { "" };
        return format!("<td class=\"number none\"{meaning}>–</td>");
    };
    let better = |a: f64, b: f64| if direction(column) == Direction::Higher { a > b } else { a < b };
    let others = || rows.iter().filter_map(|(_, other)| other.get(column));
    let is_best = rows.len() > 1 && !others().any(|other| better(other, value));
    let class = if is_best { "number best" } else { "number" };
    format!("<td class=\"{class}\">{}</td>", metric(value))
}

/// The inputs of an evaluation in words.
fn given(evaluation: &Evaluation) -> String {
    if evaluation.inputs.is_empty() { "all".to_owned() } else { evaluation.inputs.join(" + ") }
}
