//! Tables whose `type` says which keys they may hold: `[inputs.NAME]` and `[tasks.NAME]`.
//!
//! The keys of such a table are those that every type has, those of the data (a struct beside the kind, in `banyan-data`), and options of what
//! the model makes of it (a method of a registry, in `banyan-model`). Each part is read by its own code, and sees its own keys only.

use banyan_method::{Choice, OptionSpec, Value, enumerate};
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::document::{Item, Node, Table};
use super::fault::{Cause, Fault};
use super::reader::Reader;

/// A family of such tables.
pub(super) trait Tagged: Sized {
    /// What they are called: "inputs".
    const FAMILY: &'static str;

    /// Reads one.
    fn read(table: &TaggedTable<'_>) -> Result<Self, Fault>;

    /// All types, in the order of a listing.
    fn types() -> Vec<&'static str>;

    /// The keys that tables of a type may hold, however else they are set.
    fn keys(tag: &str) -> Vec<&'static str>;
}

/// One table.
pub(super) struct TaggedTable<'a> {
    item: &'a Item,
    entries: &'a Table,
    path: Vec<String>,
}

impl<'a> TaggedTable<'a> {
    pub(super) fn new(item: &'a Item, path: Vec<String>) -> Result<Self, Fault> {
        match &item.node {
            Node::Table(entries) => Ok(Self { item, entries, path }),
            Node::Text(_) | Node::Integer(_) | Node::Float(_) | Node::Boolean(_) | Node::Date(_) | Node::List(_) => {
                Err(Reader { item, path }.wrong("a table"))
            }
        }
    }

    /// What `type` says.
    pub(super) fn tag<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Fault> {
        let missing = || Fault::new(Cause::Missing { key: "type" }).at(self.item, &self.path);
        T::deserialize(self.reader("type").ok_or_else(missing)?)
    }

    /// Whether a key has this value.
    pub(super) fn is(&self, key: &str, value: &Value) -> bool {
        self.reader(key).is_some_and(|reader| Value::deserialize(reader).is_ok_and(|found| found == *value))
    }

    /// Whether all keys are among some. `elsewhere` says of another one why it is not, as the rest of a sentence that begins with the key, if it
    /// knows it.
    pub(super) fn expect(&self, known: &[&'static str], elsewhere: impl Fn(&str) -> Option<String>) -> Result<(), Fault> {
        let Some((key, item)) = self.entries.iter().find(|(key, _)| !known.contains(&key.as_str())) else { return Ok(()) };
        let cause = match elsewhere(key) {
            Some(problem) => Cause::Misplaced(problem),
            None => Cause::UnknownKey { key: key.clone(), known: known.to_vec() },
        };
        Err(Fault::new(cause).at(item, &self.inner(key)))
    }

    /// Reads the part of the table that has these keys.
    pub(super) fn part<T>(&self, keys: &[&str], read: impl FnOnce(Reader<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let entries = self.entries.iter().filter(|(key, _)| keys.contains(&key.as_str()));
        let node = Node::Table(entries.map(|(key, item)| (key.clone(), item.clone())).collect());
        let item = Item { node, place: self.item.place.clone() };
        read(Reader { item: &item, path: self.path.clone() })
    }

    /// A method, with the keys of the table that are options of it.
    pub(super) fn choice(&self, name: &str, is_option: impl Fn(&str) -> bool) -> Result<Choice, Fault> {
        let keys: Vec<&str> = self.entries.keys().map(String::as_str).filter(|key| is_option(key)).collect();
        let values = self.part(&keys, |reader| IndexMap::<String, Value>::deserialize(reader))?;
        Ok(Choice { name: name.to_owned(), options: values.into_iter().collect() })
    }

    fn reader(&self, key: &str) -> Option<Reader<'a>> {
        self.entries.get(key).map(|item| Reader { item, path: self.inner(key) })
    }

    fn inner(&self, key: &str) -> Vec<String> {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        path
    }
}

/// Why a key does not belong into a table of a type: others have it. `None` if no type does.
pub(super) fn other_types<T: Tagged>(tag: &str, key: &str) -> Option<String> {
    let types = T::types().into_iter().filter(|other| T::keys(other).contains(&key));
    let types: Vec<String> = types.map(|other| format!("\"{other}\"")).collect();
    let (types, s): (Vec<&str>, &str) = (types.iter().map(String::as_str).collect(), if types.len() == 1 { "" } else { "s" });
    (!types.is_empty())
        .then(|| format!("is for {} of the type{s} {}, and this one is of the type \"{tag}\"; remove it", T::FAMILY, enumerate(&types)))
}

/// A table as it is written: `type`, then the keys of its parts that have a value.
pub(super) fn written(tag: &str, parts: &[&toml::Table], choice: &Choice) -> toml::Table {
    let mut table = toml::Table::new();
    table.insert("type".to_owned(), tag.into());
    for (key, value) in parts.iter().flat_map(|part| part.iter()) {
        table.insert(key.clone(), value.clone());
    }
    for (option, value) in &choice.options {
        table.extend(toml::Value::try_from(value).ok().map(|value| (option.clone(), value)));
    }
    table
}

/// A part of a table, as TOML.
pub(super) fn part_of(part: &impl Serialize) -> Result<toml::Table, toml::ser::Error> {
    toml::Table::try_from(part)
}

/// The JSON Schema of a family: one of its types.
pub(super) fn schema(description: &str, types: Vec<Schema>) -> Schema {
    Schema::try_from(json!({ "description": description, "oneOf": types })).unwrap_or_default()
}

/// The JSON Schema of one type, whose parts are structs and options.
pub(super) fn type_schema(tag: &str, description: &str, parts: Vec<Schema>, options: &[OptionSpec]) -> Schema {
    let mut properties = Map::new();
    properties.insert("type".to_owned(), json!({ "const": tag }));
    for part in parts {
        let part = part.to_value();
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
    }
    properties.extend(options.iter().map(|option| (option.name.to_owned(), option.json_schema(""))));
    let schema = json!({
        "description": description,
        "type": "object",
        "properties": properties,
        "required": ["type"],
        "additionalProperties": false,
    });
    Schema::try_from(schema).unwrap_or_default()
}

/// The JSON Schema of a struct, in place.
pub(super) fn struct_schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    T::json_schema(generator)
}
