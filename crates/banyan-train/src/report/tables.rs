//! Tables by type of span and by relation.

use super::matrix::pairs;
use crate::error_analysis::{SpanErrors, TreeErrors, TypeErrors};
use crate::report::escape::escape;
use crate::report::number::{count, metric};

/// Spans by type, whatever types are called, and all together.
pub(crate) fn types(spans: &SpanErrors, called: &str) -> String {
    let headings =
        ["true", "predicted", "right", "precision", "recall", "F1", "missed", "invented", "wrong type", "wrong ends", "both wrong"];
    let mut all = TypeErrors::default();
    spans.types.values().for_each(|counts| all.add(counts));
    let rows = spans.types.iter().map(|(kind, counts)| (escape(kind), type_cells(counts)));
    let all = (spans.types.len() > 1).then(|| ("all".to_owned(), type_cells(&all)));
    table(called, &headings, rows.chain(all))
        + "<p class=\"note\">Missed: nothing was predicted there. Invented: there is nothing. Wrong type: the right words. Wrong ends: the \
           right type on overlapping words. Both wrong: another type on overlapping words.</p>\n"
}

fn type_cells(counts: &TypeErrors) -> Vec<String> {
    let whole = [counts.truth, counts.predicted, counts.right].map(count);
    let shares = [
        share(counts.right, counts.predicted),
        share(counts.right, counts.truth),
        share(counts.right.saturating_mul(2), counts.truth.saturating_add(counts.predicted)),
    ];
    let kinds = [counts.missed, counts.invented, counts.wrong_type, counts.wrong_ends, counts.wrong_both].map(count);
    whole.into_iter().chain(shares).chain(kinds).collect()
}

/// Attachment by relation, and the relations that are confused most.
pub(crate) fn relations(trees: &TreeErrors) -> String {
    let cells =
        |name: &String, tokens, heads, relations| (escape(name), vec![count(tokens), share(heads, tokens), share(relations, tokens)]);
    let rows = trees.relations.iter().map(|(name, counts)| cells(name, counts.tokens, counts.heads, counts.relations));
    table("Relation", &["tokens", "UAS", "LAS"], rows) + &pairs(&trees.pairs)
}

pub(super) fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "–".to_owned() } else { metric(part as f64 / whole as f64) }
}

pub(super) fn table(first: &str, headings: &[&str], rows: impl Iterator<Item = (String, Vec<String>)>) -> String {
    let headings: String = headings.iter().map(|heading| format!("<th class=\"number\">{heading}</th>")).collect();
    let mut html = format!("<div class=\"scroll\"><table>\n<thead><tr><th>{first}</th>{headings}</tr></thead>\n<tbody>\n");
    for (name, cells) in rows {
        let cells: String = cells.iter().map(|cell| format!("<td class=\"number\">{cell}</td>")).collect();
        html += &format!("<tr><th>{name}</th>{cells}</tr>\n");
    }
    html + "</tbody></table></div>\n"
}
