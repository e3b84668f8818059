//! From the tree to a configuration.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::document::{Document, Item, Node};
use super::fault::Fault;
use super::reader::Reader;
use super::tagged::{Tagged, TaggedTable};
use super::{Choice, Config, ConfigError, InputConfig, ModelConfig, Origin, TaskConfig, TrainingConfig};
use banyan_data::config::DataConfig;
use banyan_data::inputs::InputKind;
use banyan_data::labels::Subject;

/// The tables of a configuration, of which those that depend on their `type` are read by themselves.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    data: DataConfig,
    #[serde(default, rename = "inputs")]
    _inputs: Option<IgnoredAny>,
    #[serde(default, rename = "tasks")]
    _tasks: Option<IgnoredAny>,
    #[serde(default)]
    model: ModelConfig,
    #[serde(default)]
    training: TrainingConfig,
}

pub(super) fn config(document: &Document) -> Result<Config, ConfigError> {
    read(document).map_err(|fault| fault.located(document))
}

fn read(document: &Document) -> Result<Config, Fault> {
    let Tables { data, model, training, .. } = Tables::deserialize(Reader { item: &document.root, path: Vec::new() })?;
    let (mut inputs, tasks) = (tables(&document.root)?, tables(&document.root)?);
    read_for_places(&document.root, &mut inputs, &tasks);
    Ok(Config { data, inputs, tasks, model, training, origin: Origin::default() })
}

/// Where no encoder is named for an input of images on which labels lie, it is one that offers what their heads read.
fn read_for_places(root: &Item, inputs: &mut IndexMap<String, InputConfig>, tasks: &IndexMap<String, TaskConfig>) {
    let member = |item: &'_ Item, name: &str| if let Node::Table(table) = &item.node { table.get(name).cloned() } else { None };
    let named = member(root, InputConfig::FAMILY);
    let is_named =
        |name: &str| named.as_ref().and_then(|inputs| member(inputs, name)).is_some_and(|input| member(&input, "encoder").is_some());
    for (name, input) in inputs.iter_mut().filter(|(name, input)| input.kind() == InputKind::Image && !is_named(name)) {
        let on_it = |task: &TaskConfig| task.kind().subject() == Subject::Image && task.settings.on().is_none_or(|on| on == name);
        if tasks.values().any(on_it) {
            input.encoder = Choice::named("conv");
        }
    }
}

/// All tables of a family, by their names.
fn tables<T: Tagged>(root: &Item) -> Result<IndexMap<String, T>, Fault> {
    let Node::Table(root) = &root.node else { return Ok(IndexMap::new()) };
    let Some(item) = root.get(T::FAMILY) else { return Ok(IndexMap::new()) };
    let path = vec![T::FAMILY.to_owned()];
    let Node::Table(tables) = &item.node else { return Err(Reader { item, path }.wrong("a table")) };
    let table = |(name, item): (&String, &Item)| {
        let table = TaggedTable::new(item, [path.as_slice(), std::slice::from_ref(name)].concat())?;
        Ok((name.clone(), T::read(&table)?))
    };
    tables.iter().map(table).collect()
}
