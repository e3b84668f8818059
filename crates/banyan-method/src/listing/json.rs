//! Groups as JSON: each method with all its options, the common ones included.

use super::{Entry, EntryOption, Group};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

#[derive(Serialize)]
struct GroupJson<'a> {
    name: &'static str,
    chosen_by: &'static str,
    purpose: &'static str,
    methods: Vec<MethodJson<'a>>,
}

/// Name, summary, paper, a key for each remark, options.
struct MethodJson<'a>(&'a Entry);

#[derive(Serialize)]
struct OptionJson<'a> {
    name: &'a str,
    default: &'a str,
    expected: &'a str,
    summary: &'a str,
}

pub(super) fn page(groups: &[Group]) -> Result<String, serde_json::Error> {
    let groups: Vec<GroupJson<'_>> = groups.iter().map(group).collect();
    serde_json::to_string(&groups)
}

fn group(group: &Group) -> GroupJson<'_> {
    let methods = group.methods.iter().map(MethodJson).collect();
    GroupJson { name: group.name, chosen_by: group.chosen_by, purpose: group.purpose, methods }
}

impl Serialize for MethodJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let method = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &method.name)?;
        map.serialize_entry("summary", &method.summary)?;
        if let Some(paper) = &method.paper {
            map.serialize_entry("paper", paper)?;
        }
        for (about, text) in &method.remarks {
            map.serialize_entry(about, text)?;
        }
        let all = method.options.iter().chain(&method.common_options);
        let options = all.map(|EntryOption { name, summary, default, expected }| OptionJson {
            name,
            default: default.as_deref().unwrap_or(""),
            expected,
            summary,
        });
        map.serialize_entry("options", &options.collect::<Vec<_>>())?;
        map.end()
    }
}
