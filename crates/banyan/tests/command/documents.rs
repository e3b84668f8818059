//! Pages that are made from the program are current. `BANYAN_UPDATE_DOCS=1 cargo test -p banyan --test command documents` writes them anew.

use crate::support::Place;
use banyan::train::config::Config;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const BEGIN: &str = "<!-- keys: made from the program -->\n";
const END: &str = "<!-- end of keys -->\n";

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

fn expect_current(name: &str, expected: &str) {
    let path = page(name);
    if std::env::var_os("BANYAN_UPDATE_DOCS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/{name} is not current; run the tests once with BANYAN_UPDATE_DOCS=1");
}

#[test]
fn the_list_of_methods_is_current() {
    expect_current("methods.md", &Place::new().succeed("methods --markdown"));
}

#[test]
fn the_schema_is_current() {
    expect_current("banyan.schema.json", &format!("{:#}\n", Config::json_schema()));
}

#[test]
fn the_tables_of_keys_are_current() {
    let text = std::fs::read_to_string(page("configuration.md")).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    expect_current("configuration.md", &format!("{before}{BEGIN}{}{END}{after}", keys()));
}

/// The commands' own help holds every flag that the page explains, and the page every flag.
#[test]
fn every_flag_is_documented() {
    let (place, page) = (Place::new(), std::fs::read_to_string(page("commands.md")).unwrap());
    for command in ["demo", "init", "check", "train", "evaluate", "predict", "report", "compare", "methods"] {
        assert!(page.contains(&format!("## `banyan {command}")), "{command}");
        let help = place.succeed(&format!("{command} --help"));
        for word in help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2) {
            let flag = word.trim_end_matches(|character: char| !character.is_ascii_lowercase());
            assert!(page.contains(flag), "{command} {flag}");
        }
    }
}

/// A table for each table of the configuration, from the JSON schema.
fn keys() -> String {
    let schema = Config::json_schema();
    let tables = [
        ("[data]", "DataConfig"),
        ("split", "SplitConfig"),
        ("[inputs.NAME]", "InputConfig"),
        ("[tasks.NAME]", "TaskConfig"),
        ("[model]", "ModelConfig"),
        ("[training]", "TrainingConfig"),
    ];
    let mut text = String::new();
    for (title, definition) in tables {
        let definition = &schema["$defs"][definition];
        writeln!(text, "\n### `{title}`\n\n| key | values | default | meaning |\n|---|---|---|---|").unwrap();
        for (key, property) in definition["properties"].as_object().unwrap() {
            let default = property.get("default").filter(|value| !value.is_null()).map_or(String::new(), |value| format!("`{value}`"));
            let meaning = property["description"].as_str().unwrap_or_default().replace('\n', " ").replace('|', "\\|");
            writeln!(text, "| `{key}` | {} | {default} | {meaning} |", values(&schema, property).replace('|', "\\|")).unwrap();
        }
    }
    text.push('\n');
    text
}

/// What a key takes, in words.
fn values(schema: &serde_json::Value, property: &serde_json::Value) -> String {
    if let Some(reference) = property["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return match name {
            "Fusion" | "Sharing" | "Optimizer" | "Schedule" | "Balance" | "Augmentation" => "a method".to_owned(),
            "SplitConfig" => "a table".to_owned(),
            "OneOrMany" => "a path, or a list of paths".to_owned(),
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
        serde_json::Value::Array(kinds) => kinds[0].as_str().unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    };
    match kind {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
    .to_owned()
}
