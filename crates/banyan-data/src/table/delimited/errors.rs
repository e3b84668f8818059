//! What is wrong with a file.

use crate::error::{Error, Hint, Place, Position};

pub(super) fn wrong_width(found: usize, expected: usize, name: &str, at: Position) -> Error {
    let hint = if expected == 1 {
        "the first line must name the columns: remove what stands before it, or look for another delimiter"
    } else if found > expected {
        "put a cell that holds the delimiter in quotes"
    } else {
        "look for a missing delimiter"
    };
    let cells = if found == 1 { "cell" } else { "cells" };
    error_at(name, at, format!("{found} {cells} where the header has {expected}"), Hint::new(hint))
}

pub(super) fn line_error(name: &str, line: u64, problem: String, hint: Hint) -> Error {
    error_at(name, Position::Line(line), problem, hint)
}

fn error_at(name: &str, position: Position, problem: String, hint: Hint) -> Error {
    Error::Line { place: Place { table: name.to_owned(), position, column: None }, problem, hint }
}
