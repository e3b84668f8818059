//! Which errors the final evaluation found: a part for each task, as its kind tells of them.

use super::ReportData;
use super::charts::word;
use super::escape::escape;
use crate::error_analysis::RunErrors;
use crate::tasks;

/// A part for each task; empty where there is nothing to tell.
pub(super) fn errors(data: &ReportData, found: &RunErrors) -> String {
    let mut html = String::new();
    for (task, errors) in &found.tasks {
        let content = data.kind(task).and_then(|kind| tasks::of(kind).report(errors));
        html += &content.map(|content| format!("<h3 class=\"task\">{}</h3>\n{content}", escape(task))).unwrap_or_default();
    }
    if html.is_empty() {
        html
    } else {
        format!("<p class=\"note\">On the {} rows, with all inputs.</p>\n{html}", escape(word(&found.split)))
    }
}
