//! Which errors the final evaluation found: what is taken for what, and sentences.

mod examples;
mod matrix;
mod tables;

use super::charts::word;
use super::escape::escape;
use crate::errors::{RunErrors, SpanErrors, TaskErrors};

/// A part for each task; empty where there is nothing to tell.
pub(super) fn errors(found: &RunErrors) -> String {
    let mut html = String::new();
    for (task, errors) in &found.tasks {
        let content = match errors {
            TaskErrors::Classes(confusion) => matrix::confusion(confusion, "rows"),
            TaskErrors::Tags { confusion, examples } => {
                matrix::confusion(confusion, "tokens") + &examples::sentences(examples, &confusion.classes)
            }
            TaskErrors::Spans(spans) => tables::types(spans, "Type") + &examples::sentences(&spans.examples, &names(spans)),
            TaskErrors::Roles(spans) => {
                let what = "<p class=\"note\">The arguments of given predicates. A part that continues an argument (C-…) counts as a span of its own.</p>\n";
                what.to_owned() + &tables::types(spans, "Role") + &examples::sentences(&spans.examples, &names(spans))
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

/// The types by frequency: their places choose their colours.
fn names(spans: &SpanErrors) -> Vec<String> {
    spans.types.keys().cloned().collect()
}
