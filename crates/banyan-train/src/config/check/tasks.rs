//! `[tasks.*]`.

use banyan_data::inputs::InputKind;
use banyan_data::labels::Subject;
use banyan_method::Registry;
use banyan_model::{HEADS, HeadMethod};
use indexmap::IndexMap;

use super::{NOT_NEGATIVE, Problem, number, option, setting};
use crate::config::error::{subject, suggestion};
use crate::config::{InputConfig, TaskConfig};
use crate::evaluation::metric_names;

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
        labels_on(name, task, inputs)?;
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
    let path = |key| ["tasks", name, key];
    number(&path("weight"), task.weight, NOT_NEGATIVE)?;
    number(&path("score_weight"), task.score_weight(), NOT_NEGATIVE)?;
    task.settings.check().map_err(|error| setting(&["tasks", name], &error))?;
    head(name, task, &HEADS)?;
    if let Some(metric) = &task.metric {
        let names = metric_names(task.kind());
        if !names.contains(&metric.as_str()) {
            let hint = suggestion(metric, &names, "the metrics of this kind of task are");
            let message = format!("{} cannot be \"{metric}\"{hint}", subject(&path("metric")));
            return Err(Problem::new(&path("metric"), message));
        }
    }
    Ok(())
}

/// Whether the head of a task has the options that are set.
pub(super) fn head(name: &str, task: &TaskConfig, heads: &Registry<HeadMethod>) -> Result<(), Problem> {
    let table = ["tasks", name];
    let (entry, _) = heads.check(&task.head, 1).map_err(|error| option(&table, "type", &error))?;
    (entry.check)(&task.head).map_err(|error| setting(&table, &error))
}

/// Whether the input that labels belong to is there.
fn labels_on(name: &str, task: &TaskConfig, inputs: &IndexMap<String, InputConfig>) -> Result<(), Problem> {
    let [what, kind] = match task.kind().subject() {
        Subject::Row => return Ok(()),
        Subject::Words => ["tokens", "tokens"],
        Subject::Image => ["images", "image"],
    };
    let path = ["tasks", name, "on"];
    let fits = |input: &InputConfig| match task.kind().subject() {
        Subject::Row => false,
        Subject::Words => input.settings.has_words(),
        Subject::Image => input.kind() == InputKind::Image,
    };
    let candidates: Vec<&str> = inputs.iter().filter(|(_, input)| fits(input)).map(|(name, _)| name.as_str()).collect();
    let Some(on) = task.settings.on() else {
        // An image is rarely one of several.
        if task.kind().subject() == Subject::Image && candidates.len() == 1 {
            return Ok(());
        }
        let hint = match candidates.first() {
            Some(input) => format!("add on = \"{input}\""),
            None => format!("add an input with type = \"{kind}\", and name it with on = \"…\""),
        };
        let message = format!("the task \"{name}\" labels {what} and does not say of which input; {hint}");
        return Err(Problem::new(&path[..2], message));
    };
    if candidates.contains(&on) {
        return Ok(());
    }
    let found = match inputs.get(on) {
        Some(input) => format!("of the type \"{}\"", input.kind().name()),
        None => "not an input".to_owned(),
    };
    let hint = suggestion(on, &candidates, &format!("inputs with {what} are"));
    Err(Problem::new(&path, format!("{} names \"{on}\", which is {found}, and must name an input with {what}{hint}", subject(&path))))
}
