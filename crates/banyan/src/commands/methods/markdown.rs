//! The list as the page `docs/methods.md`.

use std::fmt::Write;

use super::{Family, Method};

const HEAD: &str = "# Methods

This page is what `banyan methods --markdown` prints; a test compares the two. A method is chosen by its name, or by a table with its
options: `balance = \"upgrad\"`, or `balance = { type = \"cagrad\", c = 0.4 }`.
";

pub(super) fn page(families: &[Family]) -> String {
    let mut page = HEAD.to_owned();
    for family in families {
        let mut title = family.name.to_owned();
        title[..1].make_ascii_uppercase();
        // Writing to a String does not fail.
        let _ = writeln!(page, "\n## {title}\n\nChosen by {}. {}\n", family.chosen_by, family.purpose);
        page.push_str("| name | what it does | paper | options |\n|---|---|---|---|\n");
        for method in &family.methods {
            page.push_str(&row(method));
        }
    }
    page
}

fn row(method: &Method) -> String {
    let options: Vec<String> = method
        .options
        .iter()
        .map(|option| {
            let summary = option.summary.map_or(String::new(), |summary| format!("{summary}; "));
            format!("`{}` = {}: {summary}{}", option.name, option.default, option.expected)
        })
        .collect();
    let cells = [format!("`{}`", method.name), described(method), method.paper.unwrap_or("").to_owned(), options.join("<br>")];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

fn described(method: &Method) -> String {
    method.scale.map_or_else(|| method.summary.to_owned(), |scale| format!("{}; scale: {scale}", method.summary))
}
