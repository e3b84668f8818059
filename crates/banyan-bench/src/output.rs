//! What the command prints.

use crate::failure::Failure;
use std::fmt::Display;
use std::io::Write;

/// Writes one line to standard output.
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    writeln!(std::io::stdout().lock(), "{text}").map_err(|cause| Failure::failed(format!("could not write to standard output: {cause}")))
}
