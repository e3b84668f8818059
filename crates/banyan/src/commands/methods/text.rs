//! The list for a terminal.

use std::fmt::Write;

use super::{Family, Method};

/// Where a method's description begins.
const INDENT: usize = 18;

pub(super) fn page(families: &[Family]) -> String {
    let mut page = String::new();
    for family in families {
        // Writing to a String does not fail.
        let _ = writeln!(page, "{} ({})\n  {}\n", family.name.to_uppercase(), family.chosen_by, family.purpose);
        for method in &family.methods {
            page.push_str(&entry(method));
        }
        page.push('\n');
    }
    page
}

fn entry(method: &Method) -> String {
    let mut lines = vec![format!("{:width$}{}", format!("  {}", method.name), method.summary, width = INDENT)];
    lines.extend(method.paper.map(|paper| format!("{:INDENT$}{paper}", "")));
    lines.extend(method.options.iter().map(|option| {
        let summary = option.summary.map_or(String::new(), |summary| format!(": {summary}"));
        format!("{:INDENT$}{} = {}{summary} ({})", "", option.name, option.default, option.expected)
    }));
    lines.join("\n") + "\n"
}
