//! YAML as far as configurations need it: texts, lists and maps.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::super::error::Error;

/// How deep lists and maps may stand in one another.
const DEEPEST: usize = 16;

/// A value and the line on which it begins, from 1.
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
    /// Whether it stands without quotation marks.
    is_plain: bool,
}

pub(super) enum Value {
    Text(String),
    List(Vec<Node>),
    /// In the order of the file.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// Whether it is YAML's null.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(&self.value, Value::Text(text) if self.is_plain && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }
}

/// A list or a map that is not complete; of a map the keys and values in turn.
struct Open {
    line: usize,
    is_map: bool,
    nodes: Vec<Node>,
}

/// The first document of a text; `file` is what messages call it.
pub(super) fn parse(text: &str, file: &str) -> Result<Node, Error> {
    let error = |line: usize, problem: &str| Error::content(file, format!("line {line}"), problem);
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|cause| error(cause.marker().line(), &format!("this is no YAML: {}", cause.info())))?;
        let line = span.start.line();
        let node = match event {
            Event::Scalar(text, style, ..) => Node { line, value: Value::Text(text.into_owned()), is_plain: style == ScalarStyle::Plain },
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == DEEPEST => {
                return Err(error(line, "lists stand too deep in one another"));
            }
            Event::SequenceStart(..) => {
                open.push(Open { line, is_map: false, nodes: Vec::new() });
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open { line, is_map: true, nodes: Vec::new() });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(complete) => close(complete).map_err(|line| error(line, "a key is a text"))?,
                None => continue,
            },
            Event::Alias(_) => return Err(error(line, "anchors are not read; write the value itself")),
            Event::DocumentEnd | Event::StreamEnd => break,
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => continue,
        };
        match open.last_mut() {
            Some(outer) => outer.nodes.push(node),
            None => return Ok(node),
        }
    }
    Ok(Node { line: 1, value: Value::Text(String::new()), is_plain: true })
}

/// A complete list or map; the line of a key that is none where there is one.
fn close(Open { line, is_map, nodes }: Open) -> Result<Node, usize> {
    if !is_map {
        return Ok(Node { line, value: Value::List(nodes), is_plain: false });
    }
    let mut entries = Vec::with_capacity(nodes.len() / 2);
    let mut nodes = nodes.into_iter();
    while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
        let Value::Text(name) = key.value else { return Err(key.line) };
        entries.push((name, value));
    }
    Ok(Node { line, value: Value::Map(entries), is_plain: false })
}
