//! A group for a terminal.

use super::Group;
use crate::{Method, OptionSpec};

/// Where a method's description begins.
const INDENT: usize = 18;

pub(super) fn group(group: &Group) -> String {
    let mut lines = vec![format!("{} ({})", group.name.to_uppercase(), group.chosen_by), format!("  {}", group.purpose)];
    lines.extend(group.common().iter().map(|common| format!("  {} {}", common.takers(str::to_owned), option(common.option))));
    lines.push(String::new());
    lines.extend(group.methods.iter().flat_map(entry));
    lines.join("\n") + "\n\n"
}

fn entry(method: &Method) -> Vec<String> {
    let mut lines = vec![format!("{:INDENT$}{}", format!("  {} ", method.name), method.summary)];
    let below = |text: String| format!("{:INDENT$}{text}", "");
    lines.extend(method.remarks.iter().map(|remark| below(format!("{}: {}", remark.about, remark.text))));
    lines.extend(method.paper.map(|paper| below(paper.to_owned())));
    lines.extend(method.options.iter().map(|spec| below(option(spec))));
    lines
}

fn option(spec: &OptionSpec) -> String {
    format!("{} = {}: {} ({})", spec.name, spec.default(), spec.summary, spec.kind())
}
