//! Where a command writes: results to standard output, everything else to standard error.
//!
//! Tables hold whatever others wrote into them, and a terminal obeys what it is sent: whatever a person is shown passes through here, where
//! characters that act are written out ([`visible`](banyan::text::visible)). Data that goes to a file or a program stays as it is.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use banyan::text::{visible, visible_but};

use crate::failure::Failure;

/// Characters of a note or an error: what a screen shows at once.
const LONGEST_MESSAGE: usize = 1500;
/// Of a message that is cut, the characters at its end, where the hint is.
const KEPT_END: usize = 400;

/// How much a command says besides its results, notes and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Volume {
    /// Progress, and what to do next.
    Normal,
    /// Nothing.
    Quiet,
}

/// The two outputs of a command.
#[derive(Debug)]
pub(crate) struct Console {
    volume: Volume,
}

impl Console {
    pub(crate) fn new(volume: Volume) -> Self {
        Self { volume }
    }

    pub(crate) fn volume(&self) -> Volume {
        self.volume
    }

    /// Prints a result that may be data for a program, and a line's end: as it is, but for a terminal.
    ///
    /// # Errors
    /// Where standard output cannot be written to.
    pub(crate) fn result(&mut self, text: impl Display) -> Result<(), Failure> {
        let text = text.to_string();
        // Cells of a printed table may be on several lines, and tabs move to columns.
        print(&if io::stdout().is_terminal() { visible_but(&text, &['\n', '\t']) } else { Cow::Borrowed(&*text) })
    }

    /// Prints a result that is for people alone.
    ///
    /// # Errors
    /// Where standard output cannot be written to.
    pub(crate) fn show(&mut self, text: impl Display) -> Result<(), Failure> {
        print(&visible_but(&text.to_string(), &['\n']))
    }

    /// Prints a path, with the bytes that it has, so that a script can use it.
    ///
    /// # Errors
    /// As [`result`](Self::result).
    pub(crate) fn path(&mut self, path: &Path) -> Result<(), Failure> {
        let mut line = path.as_os_str().as_encoded_bytes().to_vec();
        line.push(b'\n');
        let mut out = io::stdout().lock();
        out.write_all(&line).and_then(|()| out.flush()).map_err(Failure::output)
    }

    /// Prints something that belongs to a person: after the results, with [`Volume::Normal`] only.
    ///
    /// # Errors
    /// Where standard output cannot be written to.
    pub(crate) fn aside(&mut self, text: impl Display) -> Result<(), Failure> {
        match self.volume {
            Volume::Normal => self.show(text),
            Volume::Quiet => Ok(()),
        }
    }

    /// Tells on standard error what changes the result or what it means: rows left out, inputs that are missing. It is shown at any volume.
    pub(crate) fn note(&mut self, text: impl Display) {
        message(&format!("note: {text}"));
    }
}

/// Prints one line on standard error.
pub(crate) fn message(text: &str) {
    // Nothing can be said where standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{}", line(text));
}

/// A message as one line of bounded length that can do nothing on a terminal.
pub(crate) fn line(text: &str) -> String {
    let text = visible(text);
    let count = text.chars().count();
    if count <= LONGEST_MESSAGE {
        return text.into_owned();
    }
    let start: String = text.chars().take(LONGEST_MESSAGE - KEPT_END - 5).collect();
    let end: String = text.chars().skip(count - KEPT_END).collect();
    format!("{start} ... {end}")
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Failure::output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_one_line_of_bounded_length() {
        assert_eq!(line("a\n\u{1b}[0m"), r"a\n\u{1b}[0m");
        let long = format!("begin {} the hint", "\u{1b}".repeat(9000));
        let shown = line(&long);
        assert_eq!(shown.chars().count(), LONGEST_MESSAGE);
        assert!(shown.starts_with("begin ") && shown.ends_with(" the hint"));
        let whole = "ü".repeat(LONGEST_MESSAGE);
        assert_eq!(line(&whole), whole);
    }
}
