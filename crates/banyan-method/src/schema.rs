//! JSON Schema of a choice: what an editor offers while a configuration is written.

use crate::{Described, Method, OptionKind, OptionSpec, Range, Registry};
use serde_json::{Map, Value, json};
use std::ops::Bound;

impl<M: Described + Clone + 'static> Registry<M> {
    /// The schema of a choice among these methods: a name, or a table with `type` and the options of that method. `reference` is where
    /// the schema will be, for methods that take another of the same kind: `#/$defs/Balance`.
    pub fn json_schema(&self, reference: &str) -> Value {
        let methods = || self.iter().map(Described::method);
        let names = methods().map(name);
        let tables = methods().filter(|method| method.all_options().next().is_some()).map(|method| table(method, reference));
        // A table without options is as good as the name alone.
        let bare: Vec<&str> = methods().filter(|method| method.all_options().next().is_none()).map(|method| method.name).collect();
        let bare = (!bare.is_empty()).then(
            || json!({ "type": "object", "properties": { "type": { "enum": bare } }, "required": ["type"], "additionalProperties": false }),
        );
        json!({
            "description": format!("The {} by its name, or a table with its name as `type` and its options.", self.kind()),
            "oneOf": names.chain(tables).chain(bare).collect::<Vec<Value>>(),
        })
    }
}

fn name(method: &Method) -> Value {
    json!({ "type": "string", "const": method.name, "description": method.summary })
}

fn table(method: &Method, reference: &str) -> Value {
    let mut properties = Map::new();
    properties.insert("type".to_owned(), json!({ "const": method.name }));
    for spec in method.all_options() {
        properties.insert(spec.name.to_owned(), option(spec, reference));
    }
    json!({
        "type": "object",
        "description": method.summary,
        "properties": properties,
        "required": ["type"],
        "additionalProperties": false,
    })
}

impl OptionSpec {
    /// The schema of the option's value; `reference` is as for [`Registry::json_schema`].
    pub fn json_schema(&self, reference: &str) -> Value {
        option(self, reference)
    }
}

fn option(spec: &OptionSpec, reference: &str) -> Value {
    let mut schema = match spec.kind() {
        OptionKind::Number(range) => number(range),
        OptionKind::Count { minimum, maximum } => json!({ "type": "integer", "minimum": minimum, "maximum": maximum }),
        OptionKind::Flag => json!({ "type": "boolean" }),
        OptionKind::Word(words) => json!({ "type": "string", "enum": words }),
        OptionKind::Text => json!({ "type": "string" }),
        OptionKind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        OptionKind::Table(keys) => {
            let properties: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), json!({ "type": "string" }))).collect();
            json!({ "type": "object", "properties": properties, "additionalProperties": false })
        }
        OptionKind::PerTask(range) => json!({ "type": "array", "items": number(range) }),
        OptionKind::Method => json!({ "allOf": [{ "$ref": reference }] }),
    };
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), spec.summary.into());
        // A default that depends on the number of tasks has no place in a schema.
        if let Some(default) = spec.default().value(1).filter(|_| !matches!(spec.kind(), OptionKind::PerTask(_))) {
            schema.insert("default".to_owned(), json!(default));
        }
    }
    schema
}

fn number(range: Range) -> Value {
    let mut schema = Map::from_iter([("type".to_owned(), json!("number"))]);
    let mut bound = |key: &str, value: f64| schema.insert(key.to_owned(), json!(value));
    match range.lower() {
        Bound::Included(value) => drop(bound("minimum", value)),
        Bound::Excluded(value) => drop(bound("exclusiveMinimum", value)),
        Bound::Unbounded => {}
    }
    match range.upper() {
        Bound::Included(value) => drop(bound("maximum", value)),
        Bound::Excluded(value) => drop(bound("exclusiveMaximum", value)),
        Bound::Unbounded => {}
    }
    match range.exception() {
        Some(exception) => json!({ "anyOf": [schema, { "const": exception }] }),
        None => Value::Object(schema),
    }
}
