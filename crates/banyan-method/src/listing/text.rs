//! A group for a terminal.

use super::{Entry, EntryOption, Group};

/// Where a method's description begins.
const INDENT: usize = 18;

pub(super) fn group(group: &Group) -> String {
    let mut lines = vec![format!("{} ({})", group.name.to_uppercase(), group.chosen_by), format!("  {}", group.purpose)];
    lines.extend(group.common().iter().map(|common| format!("  {} {}", common.takers(str::to_owned), option(common.option))));
    lines.push(String::new());
    lines.extend(group.methods.iter().flat_map(entry));
    lines.join("\n") + "\n\n"
}

fn entry(method: &Entry) -> Vec<String> {
    let mut lines = vec![format!("{:INDENT$}{}", format!("  {} ", method.name), method.summary)];
    let below = |text: String| format!("{:INDENT$}{text}", "");
    lines.extend(method.remarks.iter().map(|(about, text)| below(format!("{about}: {text}"))));
    lines.extend(method.paper.iter().map(|paper| below(paper.clone())));
    lines.extend(method.options.iter().map(|spec| below(option(spec))));
    lines
}

fn option(option: &EntryOption) -> String {
    let EntryOption { name, summary, default, expected } = option;
    let default = default.as_ref().map(|default| format!(" = {default}")).unwrap_or_default();
    format!("{name}{default}: {summary} ({expected})")
}
