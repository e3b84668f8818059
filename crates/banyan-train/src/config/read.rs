//! From the tree to a configuration.

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::document::{Document, Item, Node};
use super::fault::Fault;
use super::reader::Reader;
use super::tagged::{Tagged, TaggedTable};
use super::{Config, ConfigError, ModelConfig, Origin, TaskConfig, TrainingConfig};
use banyan_data::config::DataConfig;

/// The tables of a configuration, of which those that depend on their `type` are read by themselves.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    data: DataConfig,
    #[serde(default, rename = "inputs")]
    _inputs: Option<IgnoredAny>,
    #[serde(default)]
    tasks: IndexMap<String, TaskConfig>,
    #[serde(default)]
    model: ModelConfig,
    #[serde(default)]
    training: TrainingConfig,
}

pub(super) fn config(document: &Document) -> Result<Config, ConfigError> {
    read(document).map_err(|fault| fault.located(document))
}

fn read(document: &Document) -> Result<Config, Fault> {
    let Tables { data, tasks, model, training, .. } = Tables::deserialize(Reader { item: &document.root, path: Vec::new() })?;
    Ok(Config { data, inputs: tables(&document.root, "inputs")?, tasks, model, training, origin: Origin::default() })
}

/// All tables of a family, by their names.
fn tables<T: Tagged>(root: &Item, family: &str) -> Result<IndexMap<String, T>, Fault> {
    let Node::Table(root) = &root.node else { return Ok(IndexMap::new()) };
    let Some(item) = root.get(family) else { return Ok(IndexMap::new()) };
    let path = vec![family.to_owned()];
    let Node::Table(tables) = &item.node else { return Err(Reader { item, path }.wrong("a table")) };
    let table = |(name, item): (&String, &Item)| {
        let table = TaggedTable::new(item, [path.as_slice(), std::slice::from_ref(name)].concat())?;
        Ok((name.clone(), T::read(&table)?))
    };
    tables.iter().map(table).collect()
}
