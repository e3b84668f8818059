//! A group as a section of a Markdown page.

use super::{Entry, EntryOption, Group};

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

fn row(method: &Entry) -> String {
    let remarks = method.remarks.iter().map(|(about, text)| format!("{about}: {text}"));
    let described: Vec<String> = std::iter::once(method.summary.clone()).chain(remarks).collect();
    let options: Vec<String> = method.options.iter().map(option).collect();
    let cells = [format!("`{}`", method.name), described.join("; "), method.paper.clone().unwrap_or_default(), options.join("<br>")];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

fn option(option: &EntryOption) -> String {
    let EntryOption { name, summary, default, expected } = option;
    let default = default.as_ref().map(|default| format!(" = {default}")).unwrap_or_default();
    format!("`{name}`{default}: {summary}; {expected}")
}
