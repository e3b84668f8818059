//! `--set training.epochs=3`.

use toml::de::{DeTable, DeValue};

use super::document::{Document, Item, Node, Place, Table, parse_value, syntax_message};
use super::error::suggestion;
use super::{ConfigError, toml_key};

/// Writes one override into the tree. The key is a dotted TOML key, the value a TOML value; what is none, and does not
/// begin like one (with a quote or a bracket), is a text without quotes: `training.balance=upgrad`. Without a value the key is taken out of the
/// file, and its default holds: `data.split=`.
pub(super) fn apply(document: &mut Document, argument: &str) -> Result<(), ConfigError> {
    let place = Place::Override(argument.to_owned());
    let wrong = |message: String| ConfigError::invalid(format!("--set {argument}"), message);
    let (path, value) = split(argument).map_err(wrong)?;
    if value.is_empty() {
        return remove(document, &path).map_err(wrong);
    }
    let node = match parse_value(&value, &place) {
        Ok(node) => node,
        Err(message) if value.starts_with(['"', '\'', '[', '{']) => return Err(wrong(message)),
        Err(_) => Node::Text(value),
    };
    let (last, tables) = path.split_last().ok_or_else(|| wrong("there is no key before the \"=\"".to_owned()))?;
    let mut item = &mut document.root;
    for (depth, part) in tables.iter().enumerate() {
        let table = as_table(item, &path[..depth], &path[depth..]).map_err(wrong)?;
        let fresh = || Item { node: Node::Table(Table::new()), place: place.clone() };
        item = table.entry(part.clone()).or_insert_with(fresh);
    }
    let table = as_table(item, tables, &path[tables.len()..]).map_err(wrong)?;
    table.insert(last.clone(), Item { node, place: place.clone() });
    Ok(())
}

/// Takes a key out of the tree. One that is not there is a slip: nothing else would tell of it.
fn remove(document: &mut Document, path: &[String]) -> Result<(), String> {
    let (last, tables) = path.split_last().ok_or_else(|| "there is no key before the \"=\"".to_owned())?;
    let mut item = &mut document.root;
    for (depth, part) in tables.iter().enumerate() {
        let table = as_table(item, &path[..depth], &path[depth..])?;
        let hint = absent(table, part);
        item = table.get_mut(part).ok_or_else(|| format!("there is no {} to take out{hint}", dotted(&path[..=depth])))?;
    }
    let table = as_table(item, tables, &path[tables.len()..])?;
    match table.shift_remove(last) {
        Some(_) => Ok(()),
        None => Err(format!("there is no {} to take out{}", dotted(path), absent(table, last))),
    }
}

fn absent(table: &Table, part: &str) -> String {
    let keys: Vec<&str> = table.keys().map(String::as_str).collect();
    suggestion(part, &keys, "what is set are")
}

fn as_table<'a>(item: &'a mut Item, path: &[String], rest: &[String]) -> Result<&'a mut Table, String> {
    let found = item.node.describe();
    match &mut item.node {
        Node::Table(table) => Ok(table),
        // A method chosen by its name alone, of which an option is set.
        Node::Text(name) if matches!(path, [table, _] if table == "model" || table == "training") => {
            let (whole, option) = (dotted(path), dotted(rest));
            Err(format!(
                "{whole} is {found}, which has no \"{option}\"; set the whole of it: \
                 {whole}={{ type = \"{name}\", {option} = … }}"
            ))
        }
        _ => Err(format!("{} is {found}, which has no \"{}\"", dotted(path), dotted(rest))),
    }
}

fn dotted(path: &[String]) -> String {
    let parts: Vec<String> = path.iter().map(|part| toml_key(part)).collect();
    parts.join(".")
}

/// The key's parts and the value's text. The first `=` outside quotes divides them.
fn split(argument: &str) -> Result<(Vec<String>, String), String> {
    let usage = || "write it as --set training.epochs=3".to_owned();
    let mut quote = None;
    let divider = argument.char_indices().find(|&(_, character)| {
        match quote {
            Some(open) if character == open => quote = None,
            None if character == '"' || character == '\'' => quote = Some(character),
            None if character == '=' => return true,
            _ => {}
        }
        false
    });
    let Some((divider, _)) = divider else {
        return Err(usage());
    };
    let (key, value) = (argument[..divider].trim(), argument[divider + 1..].trim());
    if key.is_empty() {
        return Err(usage());
    }
    // The key alone is the start of a TOML line; with a value behind it, TOML's own parser takes it apart.
    let line = format!("{key} = 0");
    let table = DeTable::parse(&line).map_err(|error| syntax_message(error.message()))?;
    let mut path = Vec::new();
    let mut table = table.into_inner();
    while let Some((part, inner)) = table.into_iter().next() {
        path.push(part.into_inner().into_owned());
        match inner.into_inner() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    Ok((path, value.to_owned()))
}
