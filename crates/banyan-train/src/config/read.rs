//! From the tree to a configuration.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::document::{Document, Item, Node};
use super::fault::Fault;
use super::reader::Reader;
use super::tagged::{Tagged, TaggedTable};
use super::{Config, ConfigError, ModelConfig, Origin, TrainingConfig};
use banyan_data::config::DataConfig;

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
    let (inputs, tasks) = (tables(&document.root)?, tables(&document.root)?);
    Ok(Config { data, inputs, tasks, model, training, origin: Origin::default() })
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
