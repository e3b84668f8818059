//! Which errors the final evaluation found: what is taken for what, and sentences.

mod examples;
mod matrix;
mod tables;

use super::charts::word;
use super::escape::escape;
use crate::errors::{RunErrors, TaskErrors};

/// A part for each task; empty where there is nothing to tell.
pub(super) fn errors(found: &RunErrors) -> String {
    let mut html = String::new();
    for (task, errors) in &found.tasks {
        let content = match errors {
            TaskErrors::Classes(confusion) => matrix::confusion(confusion, "rows"),
            TaskErrors::Tags { confusion, examples } => {
                matrix::confusion(confusion, "tokens") + &examples::sentences(examples, &confusion.classes)
            }
            TaskErrors::Spans(spans) => {
                let types: Vec<String> = spans.types.keys().cloned().collect();
                tables::types(spans) + &examples::sentences(&spans.examples, &types)
            }
            TaskErrors::Trees(trees) => tables::relations(trees),
            TaskErrors::Unknown => continue,
        };
        html += &format!("<h3 class=\"task\">{}</h3>\n{content}", escape(task));
    }
    if html.is_empty() {
        html
    } else {
        format!("<p class=\"note\">On the {} rows, with all inputs.</p>\n{html}", escape(word(&found.split)))
    }
}
