//! The keys of the configuration in words, from its JSON Schema: what documents and listings say about them.

use serde_json::Value;

use super::Config;

/// A table of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTable {
    /// Its header: `[inputs.NAME]`.
    pub title: String,
    /// Its keys.
    pub keys: Vec<Key>,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// The types of table that may hold it, where the type of a table decides; empty for all.
    pub types: Vec<String>,
    /// What it takes, in words.
    pub values: String,
    /// The default, where it is one value.
    pub default: Option<String>,
    /// What it means.
    pub meaning: String,
}

/// All tables with their keys.
pub fn key_tables() -> Vec<KeyTable> {
    let schema = Config::json_schema();
    let plain = |title: &str, name: &str| {
        let properties = schema["$defs"][name]["properties"].as_object();
        let keys = properties.into_iter().flatten().map(|(name, property)| key(&schema, name, property)).collect();
        KeyTable { title: title.to_owned(), keys }
    };
    let tagged = |title: &str, name: &str| KeyTable { title: title.to_owned(), keys: keys_by_type(&schema, &schema["$defs"][name]) };
    vec![
        plain("[data]", "DataConfig"),
        plain("split", "SplitConfig"),
        tagged("[inputs.NAME]", "InputConfig"),
        tagged("[tasks.NAME]", "TaskConfig"),
        plain("[model]", "ModelConfig"),
        plain("[training]", "TrainingConfig"),
    ]
}

/// The keys of tables whose `type` decides which they have: those of all types first.
fn keys_by_type(schema: &Value, family: &Value) -> Vec<Key> {
    let variants: &[Value] = family["oneOf"].as_array().map_or(&[], Vec::as_slice);
    let tag = |variant: &Value| variant["properties"]["type"]["const"].as_str().unwrap_or_default().to_owned();
    let types: Vec<String> = variants.iter().map(tag).collect();
    let mut keys: Vec<Key> = Vec::new();
    for (variant, tag) in variants.iter().zip(&types) {
        for (name, property) in variant["properties"].as_object().into_iter().flatten().filter(|(name, _)| *name != "type") {
            let found = key(schema, name, property);
            match keys.iter_mut().find(|known| Key { types: Vec::new(), ..(*known).clone() } == found) {
                Some(known) => known.types.push(tag.clone()),
                None => keys.push(Key { types: vec![tag.clone()], ..found }),
            }
        }
    }
    let (mut common, own): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(|key| key.types.len() == types.len());
    common.iter_mut().for_each(|key| key.types.clear());
    let values = types.iter().map(|tag| format!("`\"{tag}\"`")).collect::<Vec<String>>().join(", ");
    let meaning = "What the column holds, which decides what other keys there are.".to_owned();
    let first = Key { name: "type".to_owned(), types: Vec::new(), values, default: None, meaning };
    std::iter::once(first).chain(common).chain(own).collect()
}

fn key(schema: &Value, name: &str, property: &Value) -> Key {
    let default = property.get("default").filter(|value| !value.is_null()).map(Value::to_string);
    let meaning = property["description"].as_str().unwrap_or_default().replace('\n', " ");
    Key { name: name.to_owned(), types: Vec::new(), values: values(schema, property), default, meaning }
}

/// What a key takes, in words.
fn values(schema: &Value, property: &Value) -> String {
    if let Some(reference) = property["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return match name {
            "SplitConfig" => "a table".to_owned(),
            "OneOrMany" => "a path, or a list of paths".to_owned(),
            _ if is_choice(&schema["$defs"][name]) => "a method".to_owned(),
            _ => values(schema, &schema["$defs"][name]),
        };
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(options) = property[key].as_array() {
            let shown = options.iter().filter(|option| option["type"] != "null").map(|option| values(schema, option));
            return shown.collect::<Vec<String>>().join(", ");
        }
    }
    if let Some(word) = property["const"].as_str() {
        return format!("`\"{word}\"`");
    }
    if let Some(words) = property["enum"].as_array() {
        return words.iter().filter(|word| !word.is_null()).map(|word| format!("`{word}`")).collect::<Vec<String>>().join(", ");
    }
    let kind = match &property["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str).unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    };
    match kind {
        "string" => "a text".to_owned(),
        "integer" => "a whole number".to_owned() + &range(property),
        "number" => "a number".to_owned() + &range(property),
        "boolean" => "true or false".to_owned(),
        "array" => "a list".to_owned(),
        "object" => "a table".to_owned(),
        other => other.to_owned(),
    }
}

/// Whether a definition is that of a method, which a name or a table chooses.
fn is_choice(definition: &Value) -> bool {
    let tables = definition["oneOf"].as_array().into_iter().flatten();
    tables.into_iter().any(|option| option["properties"].get("type").is_some())
}

/// The numbers that are allowed. A whole number that may be 0 is not said to be none below.
fn range(property: &Value) -> String {
    let shown = |bound: &Value| bound.as_f64().filter(|_| bound.is_f64()).map_or_else(|| bound.to_string(), |bound| bound.to_string());
    let bound = |key: &str| property.get(key).map(shown);
    let least = bound("minimum").filter(|least| least != "0" || property["minimum"].is_f64());
    let most = bound("maximum");
    if let (Some(least), Some(most)) = (&least, &most) {
        return format!(" between {least} and {most}");
    }
    let parts = [
        least.map(|least| format!("at least {least}")),
        bound("exclusiveMinimum").map(|bound| format!("above {bound}")),
        most.map(|most| format!("at most {most}")),
        bound("exclusiveMaximum").map(|bound| format!("below {bound}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(", {}", parts.join(" and ")) }
}
