//! Pages that are made from the program are current. `BANYAN_UPDATE_DOCS=1 cargo test -p banyan --test command documents` writes them anew.

use crate::support::Place;
use banyan::train::config::{Config, KeyTable, key_tables};
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

/// A table for each table of the configuration.
fn keys() -> String {
    let mut text = String::new();
    for KeyTable { title, keys } in key_tables() {
        let by_type = keys.iter().any(|key| !key.types.is_empty());
        let (column, line) = if by_type { (" types |", "---|") } else { ("", "") };
        writeln!(text, "\n### `{title}`\n\n| key |{column} values | default | meaning |\n|---|{line}---|---|---|").unwrap();
        for key in keys {
            let types = if key.types.is_empty() { "all".to_owned() } else { key.types.join(", ") };
            let types = if by_type { format!(" {types} |") } else { String::new() };
            let default = key.default.map(|default| format!("`{default}`")).unwrap_or_default();
            let [values, meaning] = [key.values, key.meaning].map(|cell| cell.replace('|', "\\|"));
            writeln!(text, "| `{}` |{types} {values} | {default} | {meaning} |", key.name).unwrap();
        }
    }
    text.push('\n');
    text
}
