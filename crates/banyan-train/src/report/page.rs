//! The page.

use super::ReportData;
use super::charts::{Figure, auxiliary_losses, learning_rate, losses, metrics};
use super::conflict;
use super::errors::errors;
use super::escape::escape;
use super::number::{count, duration, short};
use super::results::results;

const STYLE: &str = include_str!("style.css");

/// The page as HTML.
pub fn html(run: &ReportData) -> String {
    let name = escape(&run.name);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{name} – Banyan</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n"
    );
    page += &format!("<header>\n<p class=\"kind\">Banyan run</p>\n<h1>{name}</h1>\n<p>{}</p>\n", escape(&status(run)));
    page += &facts(run);
    page += "</header>\n";
    page += &section("Results", &results_section(run));
    page += &errors_section(run);
    page += &section("Losses", &losses_section(run));
    page += &section("Metrics over epochs", &figures(&metrics(run), "No evaluation has been logged yet."));
    page += &section("Where the tasks pull apart", &conflict_section(run));
    page += &section("Data", &data_section(run));
    page += &section("Configuration", &format!("<pre><code>{}</code></pre>\n", escape(run.config.trim_end())));
    page + "</main>\n</body>\n</html>\n"
}

fn section(heading: &str, content: &str) -> String {
    format!("<section>\n<h2>{heading}</h2>\n{content}</section>\n")
}

fn status(run: &ReportData) -> String {
    let Some(summary) = &run.summary else {
        return match run.steps.last() {
            Some(step) => format!("Not finished: the last logged step is {}, in epoch {}.", count(step.step), step.epoch),
            None => "Not finished: no step has been logged yet.".to_owned(),
        };
    };
    format!(
        "Ended after {} and {} ({}). The weights kept are those after {}.",
        counted(summary.epochs, "epoch"),
        counted(summary.steps, "step"),
        summary.stop_reason,
        if summary.best_step == 0 { "no step".to_owned() } else { format!("epoch {}", summary.best_epoch) },
    )
}

fn facts(run: &ReportData) -> String {
    let mut facts: Vec<(&str, String)> = Vec::new();
    if let Some(summary) = &run.summary {
        facts.extend(summary.best_score.map(|score| ("best score", short(score))));
        facts.push(("time", duration(summary.seconds)));
        facts.push(("waited for data", format!("{} %", short((summary.waited_share() * 1000.0).round() / 10.0))));
        facts.push(("parameters", count(summary.parameters as u64)));
        facts.push(("seed", summary.seed.to_string()));
    } else if let Some(start) = &run.start {
        facts.push(("parameters", count(start.parameters as u64)));
    }
    if let Some(data) = run.data() {
        facts.push(("inputs", data.inputs.len().to_string()));
        facts.push(("tasks", data.tasks.len().to_string()));
        facts.extend(data.rows.get("train").map(|rows| ("training rows", count(*rows as u64))));
    }
    let items: String = facts.iter().map(|(name, value)| format!("<div><dt>{name}</dt><dd>{}</dd></div>", escape(value))).collect();
    if items.is_empty() { items } else { format!("<dl class=\"facts\">{items}</dl>\n") }
}

fn results_section(run: &ReportData) -> String {
    let all = results(run);
    if all.is_empty() {
        return "<p class=\"note\">There has been no evaluation yet.</p>\n".to_owned();
    }
    let mut html = String::new();
    for results in all {
        html += &format!("<h3>{}</h3>\n{}", escape(&results.heading), results.table());
        let pictures = results.pictures(run);
        if !pictures.is_empty() {
            html += &figures(&pictures, "");
        }
    }
    html
}

fn errors_section(run: &ReportData) -> String {
    let damage = run.errors_damage.as_ref().map(|damage| format!("<p class=\"note\">Cannot be shown: {}</p>\n", escape(damage)));
    let content = damage.or_else(|| run.errors.as_ref().map(|found| errors(run, found))).unwrap_or_default();
    if content.is_empty() { content } else { section("Errors", &content) }
}

fn losses_section(run: &ReportData) -> String {
    let mut all = losses(run);
    all.extend(auxiliary_losses(run));
    all.extend(learning_rate(run));
    let note = "The loss is what is trained on, not a metric: of a regression it is in squared standard deviations of the training labels. In \
                training it is taken with dropout and hidden inputs, and so may lie above that of validation rows.";
    let note = if all.is_empty() { String::new() } else { format!("<p class=\"note\">{note}</p>\n") };
    note + &figures(&all, "No step has been logged yet.")
}

fn conflict_section(run: &ReportData) -> String {
    let lines = conflict::lines(run);
    let Some(map) = conflict::cosines(run) else {
        let why = if run.tasks().len() < 2 {
            "There is one task: nothing pulls against it."
        } else {
            "The gradients of the tasks were not compared in the logged steps."
        };
        return format!("<p class=\"note\">{why}</p>\n{}", if lines.is_empty() { String::new() } else { figures(&lines, "") });
    };
    let sentences: String = conflict::sentences(run).iter().map(|text| format!("<li>{}</li>\n", escape(text))).collect();
    format!(
        "<p class=\"note\">The cosine between two tasks' gradients with respect to the shared layers: above 0 a step for one also \
         helps the other, below 0 it harms it.</p>\n<div class=\"wide\">{}</div>\n<ul>\n{sentences}</ul>\n{}",
        figure(&map),
        if lines.is_empty() { String::new() } else { figures(&lines, "") },
    )
}

fn data_section(run: &ReportData) -> String {
    let Some(data) = run.data() else {
        return "<p class=\"note\">Nothing has been logged about the data.</p>\n".to_owned();
    };
    let rows: Vec<String> =
        data.rows.iter().map(|(split, rows)| format!("{} {}", count(*rows as u64), super::charts::word(split))).collect();
    let training = data.rows.get("train").copied();
    let mut html = format!("<p>Rows: {}.</p>\n<div class=\"pair\">\n", escape(&rows.join(", ")));
    html +=
        "<div class=\"scroll\"><table>\n<thead><tr><th>Input</th><th>Type</th><th class=\"number\">present</th><th></th></tr></thead>\n";
    for (name, input) in &data.inputs {
        html += &data_row(name, &input.kind, input.present, training, &input.description);
    }
    html += "</table></div>\n<div class=\"scroll\"><table>\n<thead><tr><th>Task</th><th>Type</th><th class=\"number\">labeled</th><th></th></tr></thead>\n";
    for (name, task) in &data.tasks {
        let classes = task.classes.map(|classes| format!("{} classes", count(classes as u64)));
        let description = [classes.unwrap_or_default(), task.description.clone()];
        let description: Vec<String> = description.into_iter().filter(|text| !text.is_empty()).collect();
        html += &data_row(name, &task.kind, task.known, training, &description.join(", "));
    }
    html += "</table></div>\n</div>\n";
    if !data.notes.is_empty() {
        let notes: String = data.notes.iter().map(|note| format!("<li>{}</li>\n", escape(note))).collect();
        html += &format!("<h3>Found in the data</h3>\n<ul>\n{notes}</ul>\n");
    }
    html
}

fn data_row(name: &str, kind: &impl serde::Serialize, rows: usize, of: Option<usize>, description: &str) -> String {
    let kind = serde_json::to_value(kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default();
    let share = match of {
        Some(of) if of > 0 && rows < of => format!(" ({} %)", short((rows as f64 / of as f64 * 1000.0).floor() / 10.0)),
        _ => String::new(),
    };
    format!(
        "<tr><th>{}</th><td>{}</td><td class=\"number\">{}{share}</td><td>{}</td></tr>\n",
        escape(name),
        escape(&kind),
        count(rows as u64),
        escape(description)
    )
}

fn figures(figures: &[Figure], otherwise: &str) -> String {
    if figures.is_empty() {
        return format!("<p class=\"note\">{otherwise}</p>\n");
    }
    let all: String = figures.iter().map(figure).collect();
    format!("<div class=\"figures\">\n{all}</div>\n")
}

fn figure(figure: &Figure) -> String {
    format!("<figure>\n<figcaption>{}</figcaption>\n{}\n</figure>\n", escape(&figure.heading), figure.picture)
}

/// `1 epoch`, `3 epochs`.
fn counted(number: u64, word: &str) -> String {
    format!("{} {word}{}", count(number), if number == 1 { "" } else { "s" })
}
