//! The configuration as TOML that a person would write.

use toml::{Table, Value};

use super::error::header;
use super::{Config, ConfigError, toml_key, toml_text};

/// Tables of the configuration get headers, and tables within them (a method's options, say) stay on one line.
pub(super) fn config(config: &Config) -> Result<String, ConfigError> {
    let tables = Table::try_from(config)
        .map_err(|error| ConfigError::invalid("the configuration", format!("it cannot be written as TOML: {error}")))?;
    let mut text = String::new();
    for (name, value) in &tables {
        let Value::Table(table) = value else { continue };
        if matches!(name.as_str(), "inputs" | "tasks") {
            for (inner, value) in table {
                if let Value::Table(table) = value {
                    section(&mut text, &[name, inner], table);
                }
            }
        } else {
            section(&mut text, &[name], table);
        }
    }
    Ok(text)
}

fn section(text: &mut String, path: &[&str], table: &Table) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&header(path));
    text.push('\n');
    for (name, value) in table {
        text.push_str(&format!("{} = {}\n", toml_key(name), inline(value)));
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::Table(table) => {
            let entries: Vec<String> = table.iter().map(|(name, value)| format!("{} = {}", toml_key(name), inline(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(list) => {
            let values: Vec<String> = list.iter().map(inline).collect();
            format!("[{}]", values.join(", "))
        }
        Value::String(text) => toml_text(text),
        scalar => scalar.to_string(),
    }
}
