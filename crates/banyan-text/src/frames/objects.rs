//! Frames as JSON.

use serde::Deserialize;

use super::{Argument, Frame, VERB};
use crate::LabelError;

const HINT: &str = "write each as {\"predicate\": 3, \"args\": [{\"role\": \"ARG0\", \"start\": 0, \"end\": 2}]}";

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
/// What is wrong with it, and how an object is written.
pub fn parse(json: &str) -> Result<Vec<Frame>, LabelError> {
    let objects: Vec<Object> = serde_json::from_str(json).map_err(|cause| {
        let cause = cause.to_string();
        LabelError::new(format!("its objects are not predicates: {}", cause.split(" at line").next().unwrap_or(&cause)), HINT)
    })?;
    objects.into_iter().map(frame).collect()
}

/// The role of each argument in a list of objects, whatever the words; none where the list cannot be read.
pub fn roles_of_objects(json: &str) -> Vec<String> {
    let arguments = parse(json).unwrap_or_default().into_iter().flat_map(|frame| frame.arguments.unwrap_or_default());
    arguments.map(|argument| argument.role).filter(|role| role != VERB).collect()
}

fn frame(object: Object) -> Result<Frame, LabelError> {
    let argument = |part: Part| match (part.start, part.end, part.head) {
        (Some(begin), Some(end), _) => Ok(Argument { role: part.role, begin, end }),
        (None, None, Some(head)) => Ok(Argument { role: part.role, begin: head, end: head + 1 }),
        _ => {
            let problem = format!("the {} of predicate {} has neither \"start\" and \"end\" nor \"head\"", part.role, object.predicate);
            Err(LabelError::new(problem, HINT))
        }
    };
    let arguments = object.args.map(|parts| parts.into_iter().map(argument).collect()).transpose()?;
    Ok(Frame { predicate: object.predicate, sense: object.sense.unwrap_or_default(), arguments })
}
