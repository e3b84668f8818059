//! Confusion as a table whose cells are tinted.

use crate::error_analysis::{ConfusedPair, Confusion};
use crate::report::escape::escape;
use crate::report::number::{count, short};

/// What stands in a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cells {
    /// The count.
    Counts,
    /// The share of the true class, in percent.
    Shares,
}

/// The share that is right, the matrix, and the pairs that are confused most.
///
/// A note where the counts are not those of the classes, as in a damaged file.
pub(crate) fn confusion(confusion: &Confusion, of: &str, cells: Cells) -> String {
    let share = short((confusion.right as f64 / confusion.total.max(1) as f64 * 1000.0).round() / 10.0);
    let (right, total) = (count(confusion.right), count(confusion.total));
    let sentence = format!("<p>{right} of {total} {of} are right ({share} %).</p>\n");
    let Some(matrix) = matrix(&confusion.classes, &confusion.classes, &confusion.counts, cells) else { return DAMAGED.to_owned() };
    sentence + &matrix + &pairs(&confusion.pairs)
}

/// What is said of a damaged file.
pub(crate) const DAMAGED: &str = "<p>The confusion of classes cannot be shown: errors.json is damaged.</p>\n";

/// A row for each true class and a column for each predicted one; nothing where the counts are not as many.
pub(crate) fn matrix(truth: &[String], predicted: &[String], counts: &[Vec<u64>], cells: Cells) -> Option<String> {
    if counts.len() != truth.len() || counts.iter().any(|row| row.len() != predicted.len()) {
        return None;
    }
    let mut html = "<div class=\"scroll\"><table class=\"confusion\">\n<thead><tr><th scope=\"col\">true \\ predicted</th>".to_owned();
    for class in predicted {
        html += &format!("<th scope=\"col\" class=\"number\">{}</th>", escape(class));
    }
    html += "</tr></thead>\n<tbody>\n";
    for (row, class) in truth.iter().enumerate() {
        html += &format!("<tr><th scope=\"row\">{}</th>", escape(class));
        let all = counts[row].iter().fold(0, |all: u64, cell| all.saturating_add(*cell)).max(1);
        for (column, &cell) in counts[row].iter().enumerate() {
            let kind = if row == column { "right" } else { "wrong" };
            let share = cell as f64 / all as f64;
            // By share of the true class, so that a rare class is seen too; never so strong that the number is hard to read.
            let tint = (share * 45.0).ceil();
            let title = format!("true {class}, predicted {}: {cell}", predicted[column]);
            let text = match cells {
                _ if cell == 0 => "·".to_owned(),
                Cells::Counts => count(cell),
                Cells::Shares => format!("{:.1}", share * 100.0),
            };
            html += &format!("<td class=\"number {kind}\" style=\"--tint:{tint}%\" title=\"{}\">{text}</td>", escape(&title));
        }
        html += "</tr>\n";
    }
    Some(html + "</tbody></table></div>\n")
}

/// The pairs that are confused most.
pub(crate) fn pairs(pairs: &[ConfusedPair]) -> String {
    if pairs.is_empty() {
        return String::new();
    }
    let mut html = "<h4>Confused most</h4>\n<div class=\"scroll\"><table>\n<thead><tr><th>true</th><th>predicted</th>\
                    <th class=\"number\">times</th><th></th></tr></thead>\n<tbody>\n"
        .to_owned();
    for pair in pairs {
        let example = pair.example.as_ref().map(|example| {
            let [before, word, after] = [&example.before, &example.word, &example.after].map(|text| escape(text));
            format!("{before} <b>{word}</b> {after}")
        });
        let (truth, predicted) = (escape(&pair.truth), escape(&pair.predicted));
        let (times, example) = (count(pair.count), example.unwrap_or_default());
        html += &format!("<tr><th>{truth}</th><td>{predicted}</td><td class=\"number\">{times}</td><td>{example}</td></tr>\n");
    }
    html + "</tbody></table></div>\n"
}
