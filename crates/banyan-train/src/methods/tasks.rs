//! The kinds of task as a listing shows them: the head's summary and paper, and all keys of `[tasks.NAME]`.

use banyan_method::listing::{Entry, EntryOption, Group};
use banyan_model::HEADS;

use crate::config::{Key, key_tables};

/// All kinds of task.
pub(super) fn group() -> Group {
    let keys: Vec<Key> = key_tables().into_iter().filter(|table| table.title == "[tasks.NAME]").flat_map(|table| table.keys).collect();
    let option = |key: &Key| EntryOption {
        name: key.name.clone(),
        summary: key.meaning.trim_end_matches('.').to_owned(),
        default: key.default.clone(),
        expected: key.values.replace('`', ""),
    };
    let group = HEADS.group("type in [tasks.NAME]");
    let methods = group.methods.into_iter().map(|entry| {
        let own = keys.iter().filter(|key| key.types.contains(&entry.name)).map(option).collect();
        let common = keys.iter().filter(|key| key.types.is_empty() && key.name != "type").map(option).collect();
        Entry { options: own, common_options: common, ..entry }
    });
    Group { methods: methods.collect(), ..group }
}
