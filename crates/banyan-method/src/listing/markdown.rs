//! A group as a section of a Markdown page.

use super::Group;
use crate::{Method, OptionSpec};

pub(super) fn group(group: &Group) -> String {
    let mut title = group.name.to_owned();
    title[..1].make_ascii_uppercase();
    let mut page = format!("\n## {title}\n\nChosen by {}. {}\n\n", group.chosen_by, group.purpose);
    for common in group.common() {
        page.push_str(&format!("{} {}.\n\n", common.takers(|name| format!("`{name}`")), option(common.option)));
    }
    page.push_str("| name | what it does | paper | options |\n|---|---|---|---|\n");
    page.extend(group.methods.iter().map(row));
    page
}

fn row(method: &Method) -> String {
    let remarks = method.remarks.iter().map(|remark| format!("{}: {}", remark.about, remark.text));
    let described: Vec<String> = std::iter::once(method.summary.to_owned()).chain(remarks).collect();
    let options: Vec<String> = method.options.iter().map(option).collect();
    let cells = [format!("`{}`", method.name), described.join("; "), method.paper.unwrap_or("").to_owned(), options.join("<br>")];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

fn option(spec: &OptionSpec) -> String {
    format!("`{}` = {}: {}; {}", spec.name, spec.default(), spec.summary, spec.kind())
}
