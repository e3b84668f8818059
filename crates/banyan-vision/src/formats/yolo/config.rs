//! `data.yaml`: the names of the classes, and where the images are.

use std::path::{Path, PathBuf};

use super::super::error::{Error, quote, text};
use super::yaml::{Node, Value, parse};

/// What a `data.yaml` says. Paths are from where the program runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// The names of the classes.
    pub names: Vec<String>,
    /// Folders of images, or lists of them, to train with.
    pub train: Vec<PathBuf>,
    /// Those for validation.
    pub val: Vec<PathBuf>,
    /// Those for a test.
    pub test: Vec<PathBuf>,
}

impl Config {
    /// Reads a file. Its `path` is from its own folder, and the others from that.
    ///
    /// # Errors
    /// If it cannot be read, is no YAML, or has no names of classes, or names that are not numbered from 0.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(&text(path)?, &path.display().to_string(), folder)
    }

    fn parse(text: &str, file: &str, folder: &Path) -> Result<Self, Error> {
        let root = parse(text, file)?;
        let Value::Map(entries) = &root.value else {
            return Err(error(file, &root, "this is no list of keys and values, such as names: [cat, dog]"));
        };
        let get = |key: &str| entries.iter().find(|(name, _)| name == key).map(|(_, node)| node).filter(|node| !node.is_nothing());
        let Some(names) = get("names") else {
            return Err(error(file, &root, "it has no names; add the names of the classes, such as names: [cat, dog]"));
        };
        let names = names_of(names, file)?;
        if let Some(node) = get("nc") {
            let Value::Text(count) = &node.value else { return Err(error(file, node, "nc is no number")) };
            if count.parse() != Ok(names.len()) {
                return Err(error(file, node, &format!("nc is {}, but there are {} names", quote(count), names.len())));
            }
        }
        let root = match get("path") {
            Some(node) => one_path(node, file, folder)?,
            None => folder.to_owned(),
        };
        let paths = |key: &str| get(key).map_or(Ok(Vec::new()), |node| paths(node, file, &root));
        Ok(Self { names, train: paths("train")?, val: paths("val")?, test: paths("test")? })
    }
}

/// Names as a list, or each with its number.
fn names_of(node: &Node, file: &str) -> Result<Vec<String>, Error> {
    let name = |node: &Node| match &node.value {
        Value::Text(name) => Ok(name.clone()),
        Value::List(_) | Value::Map(_) => Err(error(file, node, "the name of a class is a text")),
    };
    match &node.value {
        Value::List(nodes) => nodes.iter().map(name).collect(),
        Value::Map(entries) => {
            let mut names: Vec<Option<String>> = vec![None; entries.len()];
            for (key, node) in entries {
                let place = key.parse::<usize>().ok().and_then(|number| names.get_mut(number)).filter(|place| place.is_none());
                let Some(place) = place else {
                    let problem = format!("{} is no number of a class; number the {} names from 0 on", quote(key), entries.len());
                    return Err(error(file, node, &problem));
                };
                *place = Some(name(node)?);
            }
            Ok(names.into_iter().flatten().collect())
        }
        Value::Text(_) => Err(error(file, node, "names is a text; write a list, such as names: [cat, dog]")),
    }
}

fn paths(node: &Node, file: &str, root: &Path) -> Result<Vec<PathBuf>, Error> {
    match &node.value {
        Value::List(nodes) => nodes.iter().map(|node| one_path(node, file, root)).collect(),
        Value::Text(_) | Value::Map(_) => Ok(vec![one_path(node, file, root)?]),
    }
}

fn one_path(node: &Node, file: &str, root: &Path) -> Result<PathBuf, Error> {
    let Value::Text(text) = &node.value else { return Err(error(file, node, "a path is a text")) };
    let path = root.join(text);
    // Some exports say `../train` for what is beside the file.
    let beside = text.strip_prefix("../").map(|rest| root.join(rest));
    Ok(beside.filter(|beside| !path.exists() && beside.exists()).unwrap_or(path))
}

fn error(file: &str, node: &Node, problem: &str) -> Error {
    Error::content(file, format!("line {}", node.line), problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<Config, Error> {
        Config::parse(text, "data.yaml", Path::new("sets"))
    }

    #[test]
    fn lists_and_maps_of_names() {
        let config = parsed("# A comment\npath: coco8\ntrain: images/train\nval:\n  - images/val\n  - /more\ntest:\nnc: 2\nnames:\n  0: person\n  1: 'hot dog'\n").unwrap();
        assert_eq!(config.names, ["person", "hot dog"]);
        assert_eq!(config.train, [PathBuf::from("sets/coco8/images/train")]);
        assert_eq!((config.val, config.test), (vec![PathBuf::from("sets/coco8/images/val"), "/more".into()], vec![]));
        let config = parsed("train: ../train/images\nnames: ['1', \"two\", three]\n").unwrap();
        assert_eq!(
            (config.names, config.train),
            (vec!["1".to_owned(), "two".to_owned(), "three".to_owned()], vec!["sets/../train/images".into()])
        );
    }

    #[test]
    fn mistakes_are_sentences() {
        for (text, message) in [
            ("train: a", "line 1: it has no names; add the names of the classes, such as names: [cat, dog]"),
            ("", "line 1: this is no list of keys and values, such as names: [cat, dog]"),
            ("names: cat", "line 1: names is a text; write a list, such as names: [cat, dog]"),
            ("nc: 3\nnames: [a, b]", "line 1: nc is \"3\", but there are 2 names"),
            ("names:\n  1: a\n  2: b", "line 3: \"2\" is no number of a class; number the 2 names from 0 on"),
            ("names: [[a]]", "line 1: the name of a class is a text"),
            ("names: [a]\ntrain: {a: b}", "line 2: a path is a text"),
            ("a: &x [b]\nnames: *x", "line 2: anchors are not read; write the value itself"),
        ] {
            let error = parsed(text).unwrap_err().to_string();
            assert_eq!(error, format!("data.yaml, {message}"), "{text}");
        }
    }

    #[test]
    fn damaged_and_hostile_files_are_errors() {
        for text in ["names: [a", "names: 'a", "\tnames: x", "a: b: c", "names: [a]\n- b", "{", "%YAML"] {
            assert!(parsed(text).is_err(), "{text:?}");
        }
        assert!(parsed(&"[".repeat(100_000)).is_err());
        assert!(parsed(&"- ".repeat(10_000)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_configuration_or_an_error(
            text in "[a-c\\[\\]{}:,\"'|>&*!%#?~ \\t\\r\\n0-9-]{0,60}",
            other in "\\PC{0,60}",
            names in prop::sample::select(vec!["", "names: ", "names:\n  0: "]),
        ) {
            let _ = parsed(&format!("{names}{text}"));
            let _ = parsed(&format!("{names}{other}"));
        }
    }
}
