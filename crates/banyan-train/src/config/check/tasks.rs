//! `[tasks.*]`.

use banyan_data::config::{TagDecoder, TaskKind};
use banyan_method::enumerate;
use indexmap::IndexMap;

use super::{NOT_NEGATIVE, POSITIVE, Problem, SHARE_BELOW_ONE, distinct, foreign, number};
use crate::config::error::{subject, suggestion};
use crate::config::{InputConfig, TaskConfig};
use crate::metrics::metric_names;

pub(super) fn check(tasks: &IndexMap<String, TaskConfig>, inputs: &IndexMap<String, InputConfig>) -> Result<(), Problem> {
    if tasks.is_empty() {
        let message = "there are no tasks; add for each column that the model predicts a table [tasks.COLUMN] with its type";
        return Err(Problem::new(&["tasks"], message));
    }
    for (name, task) in tasks {
        if name.trim().is_empty() || name.contains('/') {
            let message = format!(
                "a task cannot be called \"{name}\": a name is not empty and holds no \"/\", with which pairs of tasks are \
                 written; choose another and name the column with column = \"…\""
            );
            return Err(Problem::new(&["tasks", name], message));
        }
        one(name, task)?;
        labels_of_tokens(name, task, inputs)?;
    }
    match tasks.keys().next() {
        Some(first) if tasks.values().all(|task| task.weight == 0.0) => {
            let message = "every task has weight 0, so that nothing is learned; raise one";
            Err(Problem::new(&["tasks", first, "weight"], message))
        }
        Some(first) if tasks.values().all(|task| task.score_weight() == 0.0) => {
            let message = "no task counts in the score, so that there is no best checkpoint; raise a score_weight";
            Err(Problem::new(&["tasks", first, "score_weight"], message))
        }
        _ => Ok(()),
    }
}

fn one(name: &str, task: &TaskConfig) -> Result<(), Problem> {
    let kind = task.kind;
    let path = |key| ["tasks", name, key];
    let only = |key, present: bool, kinds: &[TaskKind]| {
        let words: Vec<&str> = kinds.iter().map(|kind| word(*kind)).collect();
        let fits = !present || kinds.contains(&kind);
        fits.then_some(()).ok_or_else(|| foreign(&path(key), &enumerate(&words), word(kind)))
    };
    let with_classes = [TaskKind::Binary, TaskKind::Classification, TaskKind::Multilabel, TaskKind::Ordinal];
    only("classes", task.classes.is_some(), &with_classes)?;
    let balanced = [&with_classes[..], &[TaskKind::Tagging]].concat();
    only("balanced", task.balanced, &balanced)?;
    only("separator", task.separator.is_some(), &[TaskKind::Multilabel])?;
    only("label_smoothing", task.label_smoothing.is_some(), &[TaskKind::Binary, TaskKind::Classification, TaskKind::Tagging])?;
    only("decoder", task.decoder.is_some(), &[TaskKind::Tagging])?;
    loss_of_chains(name, task)?;
    only("huber", task.huber.is_some(), &[TaskKind::Regression])?;
    for (key, present) in
        [("on", task.on.is_some() && !OF_TOKENS.contains(&kind)), ("columns", task.columns.is_some() && parts(kind).is_empty())]
    {
        if present {
            // Accepted and ignored, the key would promise what no head of this version does.
            let message = format!(
                "{} is for tasks on the parts of an input, such as tagging, and this is {}; remove it",
                subject(&path(key)),
                word(kind)
            );
            return Err(Problem::new(&path(key), message));
        }
    }

    if let Some(columns) = &task.columns {
        columns_of_parts(&path("columns"), kind, columns)?;
    }
    number(&path("weight"), task.weight, &NOT_NEGATIVE)?;
    number(&path("score_weight"), task.score_weight(), &NOT_NEGATIVE)?;
    if let Some(share) = task.label_smoothing {
        number(&path("label_smoothing"), share, &SHARE_BELOW_ONE)?;
    }
    if let Some(width) = task.huber {
        number(&path("huber"), width, &POSITIVE)?;
    }
    if task.separator.as_deref() == Some("") {
        let message = format!("{} is empty; give the character between the labels", subject(&path("separator")));
        return Err(Problem::new(&path("separator"), message));
    }
    if let Some(classes) = &task.classes {
        names_of_classes(&path("classes"), kind, classes)?;
    }
    if let Some(metric) = &task.metric {
        let names = metric_names(kind);
        if !names.contains(&metric.as_str()) {
            let hint = suggestion(metric, &names, "the metrics of this kind of task are");
            let message = format!("{} cannot be \"{metric}\"{hint}", subject(&path("metric")));
            return Err(Problem::new(&path("metric"), message));
        }
    }
    Ok(())
}

/// The kinds of task that label the tokens of an input.
const OF_TOKENS: [TaskKind; 5] = [TaskKind::Tagging, TaskKind::Spans, TaskKind::Dependencies, TaskKind::Srl, TaskKind::Lemmas];

/// A chain is learned as a whole, so that there is no loss of one label to be weighted or smoothed.
fn loss_of_chains(name: &str, task: &TaskConfig) -> Result<(), Problem> {
    let of_labels = [("label_smoothing", task.label_smoothing.is_some()), ("balanced", task.balanced)];
    match of_labels.into_iter().find(|(_, present)| *present) {
        Some((key, _)) if task.decoder == Some(TagDecoder::Crf) => {
            let path = ["tasks", name, key];
            let message = format!(
                "{} does not go with decoder = \"crf\", which learns all labels of a sentence together; remove one of the two",
                subject(&path)
            );
            Err(Problem::new(&path, message))
        }
        _ => Ok(()),
    }
}

fn labels_of_tokens(name: &str, task: &TaskConfig, inputs: &IndexMap<String, InputConfig>) -> Result<(), Problem> {
    if !OF_TOKENS.contains(&task.kind) {
        return Ok(());
    }
    let path = ["tasks", name, "on"];
    let of_words = || inputs.iter().filter(|(_, input)| input.settings.has_words()).map(|(name, _)| name.as_str());
    let Some(on) = &task.on else {
        let hint = match of_words().next() {
            Some(input) => format!("add on = \"{input}\""),
            None => "add an input with type = \"tokens\", and name it with on = \"…\"".to_owned(),
        };
        let message = format!("the task \"{name}\" labels tokens and does not say of which input; {hint}");
        return Err(Problem::new(&path[..2], message));
    };
    if of_words().any(|input| input == on) {
        return Ok(());
    }
    let what = match inputs.get(on) {
        Some(input) => format!("of the type \"{}\"", input.kind().name()),
        None => "not an input".to_owned(),
    };
    let names: Vec<&str> = of_words().collect();
    let hint = suggestion(on, &names, "inputs with tokens are");
    Err(Problem::new(&path, format!("{} names \"{on}\", which is {what}, and must name an input with tokens{hint}", subject(&path))))
}

/// The parts of a label that have a column each.
fn parts(kind: TaskKind) -> &'static [&'static str] {
    match kind {
        TaskKind::Dependencies => &["head", "relation"],
        TaskKind::Srl => &["predicate", "role"],
        _ => &[],
    }
}

/// The columns of a label's parts.
fn columns_of_parts(path: &[&str], kind: TaskKind, columns: &IndexMap<String, String>) -> Result<(), Problem> {
    let parts = parts(kind);
    if let Some(other) = columns.keys().find(|part| !parts.contains(&part.as_str())) {
        let hint = suggestion(other, parts, "its parts are");
        let what = if kind == TaskKind::Dependencies { "a dependency" } else { "a semantic role" };
        return Err(Problem::new(path, format!("{} names the column of \"{other}\", which {what} does not have{hint}", subject(path))));
    }
    Ok(())
}

fn names_of_classes(path: &[&str], kind: TaskKind, classes: &[String]) -> Result<(), Problem> {
    distinct(path, classes)?;
    let wrong = |expected: &str| {
        let message = format!("{} must name {expected} classes, not {}", subject(path), classes.len());
        Err(Problem::new(path, message))
    };
    match kind {
        TaskKind::Binary if classes.len() != 2 => wrong("2"),
        TaskKind::Multilabel if classes.is_empty() => wrong("1 or more"),
        TaskKind::Classification | TaskKind::Ordinal if classes.len() < 2 => wrong("2 or more"),
        _ => Ok(()),
    }
}

fn word(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Regression => "regression",
        TaskKind::Binary => "binary",
        TaskKind::Classification => "classification",
        TaskKind::Multilabel => "multilabel",
        TaskKind::Ordinal => "ordinal",
        TaskKind::Tagging => "tagging",
        TaskKind::Spans => "spans",
        TaskKind::Dependencies => "dependencies",
        TaskKind::Srl => "srl",
        TaskKind::Lemmas => "lemmas",
    }
}
