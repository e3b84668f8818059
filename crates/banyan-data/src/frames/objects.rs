//! Frames as JSON.

use serde::Deserialize;

use super::{Argument, Frame};

#[derive(Deserialize)]
struct Object {
    predicate: usize,
    sense: Option<String>,
    args: Option<Vec<Part>>,
}

#[derive(Deserialize)]
struct Part {
    role: String,
    start: Option<usize>,
    end: Option<usize>,
    head: Option<usize>,
}

/// The frames of a list of objects.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn parse(json: &str) -> Result<Vec<Frame>, String> {
    let objects: Vec<Object> = serde_json::from_str(json).map_err(|cause| {
        let cause = cause.to_string();
        format!("its objects are not predicates: {}", cause.split(" at line").next().unwrap_or(&cause))
    })?;
    objects.into_iter().map(frame).collect()
}

fn frame(object: Object) -> Result<Frame, String> {
    let argument = |part: Part| match (part.start, part.end, part.head) {
        (Some(begin), Some(end), _) => Ok(Argument { role: part.role, begin, end }),
        (None, None, Some(head)) => Ok(Argument { role: part.role, begin: head, end: head + 1 }),
        _ => Err(format!("the {} of predicate {} has neither \"start\" and \"end\" nor \"head\"", part.role, object.predicate)),
    };
    let arguments = object.args.map(|parts| parts.into_iter().map(argument).collect()).transpose()?;
    Ok(Frame { predicate: object.predicate, sense: object.sense.unwrap_or_default(), arguments })
}
