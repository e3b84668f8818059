//! `[inputs.NAME]`.

use std::borrow::Cow;

use banyan_data::inputs::{InputKind, InputSettings};
use banyan_method::{Choice, Described, OptionSpec};
use banyan_model::{ENCODERS, EncoderMethod, default_encoder, encoders_of};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{Error, Serializer};
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::tagged::{self, Tagged, TaggedTable, other_types};

/// `[inputs.NAME]`: one column that the model reads.
#[derive(Debug, Clone, PartialEq)]
pub struct InputConfig {
    /// The column, where it is not the table's name.
    pub column: Option<String>,
    /// The kind of input, with its settings.
    pub settings: InputSettings,
    /// What reads it, with its options.
    pub encoder: Choice,
}

/// The keys of every input.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Common {
    /// The column, where it is not the table's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// What reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    encoder: Option<String>,
}

/// The key that chooses among the encoders of a kind that has several.
const ENCODER: &str = "encoder";

impl InputConfig {
    /// What the data side needs to know.
    pub fn data(&self) -> banyan_data::inputs::InputConfig {
        banyan_data::inputs::InputConfig { column: self.column.clone(), settings: self.settings.clone() }
    }

    /// The kind of input.
    pub fn kind(&self) -> InputKind {
        self.settings.kind()
    }

    /// The column of the input of this name.
    pub fn column<'a>(&'a self, name: &'a str) -> &'a str {
        self.column.as_deref().unwrap_or(name)
    }
}

impl<S: Into<InputSettings>> From<S> for InputConfig {
    fn from(settings: S) -> Self {
        let settings = settings.into();
        let encoder = Choice::named(default_encoder(settings.kind()).method.name);
        Self { column: None, settings, encoder }
    }
}

/// The keys of a kind's inputs that do not depend on the encoder.
fn own_keys(kind: InputKind) -> Vec<&'static str> {
    [&["type", "column", ENCODER], kind.keys()].concat()
}

fn options(encoder: &EncoderMethod) -> impl Iterator<Item = &'static OptionSpec> + use<> {
    encoder.method().all_options()
}

/// Why a key does not belong to an input that this encoder reads: it is an option of another one, or of another kind of input.
fn elsewhere(kind: InputKind, encoder: &EncoderMethod, key: &str) -> Option<String> {
    let mut others = encoders_of(kind).filter(|other| options(other).any(|option| option.name == key));
    match others.next() {
        Some(other) => Some(format!(
            "is for the encoder \"{}\", and this input has \"{}\"; add encoder = \"{0}\", or remove it",
            other.method.name, encoder.method.name
        )),
        None => other_types::<InputConfig>(kind.name(), key),
    }
}

impl Tagged for InputConfig {
    const FAMILY: &'static str = "inputs";

    fn read(table: &TaggedTable<'_>) -> Result<Self, Fault> {
        let kind: InputKind = table.tag()?;
        let Common { column, encoder: name } = table.part(&["column", ENCODER], |reader| Common::deserialize(reader))?;
        let settings = table.part(kind.keys(), |reader| kind.read_settings(reader))?;
        let name = name.unwrap_or_else(|| default_encoder(kind).method.name.to_owned());
        let own = own_keys(kind);
        let encoder = match ENCODERS.iter().find(|encoder| encoder.method.name == name) {
            Some(encoder) => {
                let known: Vec<&str> = own.into_iter().chain(options(encoder).map(|option| option.name)).collect();
                table.expect(&known, |key| elsewhere(kind, encoder, key))?;
                table.choice(&name, |key| options(encoder).any(|option| option.name == key))?
            }
            // A program's own, whose options are known where it is built.
            None => table.choice(&name, |key| !own.contains(&key))?,
        };
        Ok(Self { column, settings, encoder })
    }

    fn types() -> Vec<&'static str> {
        InputKind::ALL.iter().map(|kind| kind.name()).collect()
    }

    fn keys(tag: &str) -> Vec<&'static str> {
        let kind = InputKind::ALL.iter().copied().find(|kind| kind.name() == tag);
        let options = |kind| encoders_of(kind).flat_map(|encoder| options(encoder).map(|option| option.name));
        kind.into_iter().flat_map(|kind| own_keys(kind).into_iter().chain(options(kind))).collect()
    }
}

impl Serialize for InputConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        // A kind that has one encoder needs no mention of it.
        let is_chosen = encoders_of(kind).count() > 1 || self.encoder.name != default_encoder(kind).method.name;
        let common = Common { column: self.column.clone(), encoder: is_chosen.then(|| self.encoder.name.clone()) };
        let common = tagged::part_of(&common).map_err(S::Error::custom)?;
        let settings = tagged::part_of(&self.settings).map_err(S::Error::custom)?;
        tagged::written(kind.name(), &[&common, &settings], &self.encoder).serialize(serializer)
    }
}

impl JsonSchema for InputConfig {
    fn schema_name() -> Cow<'static, str> {
        "InputConfig".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let of_kind = |kind: &InputKind| {
            let mut parts = vec![tagged::struct_schema::<Common>(generator)];
            parts.extend(choice_schema(*kind));
            parts.push(kind.settings_schema(generator));
            tagged::type_schema(kind.name(), kind.summary(), parts, &all_options(*kind))
        };
        tagged::schema("`[inputs.NAME]`: one column that the model reads.", InputKind::ALL.iter().map(of_kind).collect())
    }
}

/// The key that chooses an encoder, for a kind that has several.
fn choice_schema(kind: InputKind) -> Option<Schema> {
    let default = default_encoder(kind).method.name;
    if encoders_of(kind).count() < 2 {
        return None;
    }
    let named =
        |encoder: &EncoderMethod| json_schema!({ "const": encoder.method.name, "type": "string", "description": encoder.method.summary });
    let encoders: Vec<Schema> = encoders_of(kind).map(named).collect();
    Some(json_schema!({
        "properties": { ENCODER: { "description": "What reads it.", "default": default, "oneOf": encoders } }
    }))
}

/// The options of all encoders of a kind, each once.
fn all_options(kind: InputKind) -> Vec<OptionSpec> {
    let mut all: Vec<OptionSpec> = Vec::new();
    for option in encoders_of(kind).flat_map(options) {
        if all.iter().all(|known| known.name != option.name) {
            all.push(*option);
        }
    }
    all
}
