//! Where a command writes: results to standard output, everything else to standard error.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use crate::failure::Failure;

/// How much a command says besides its results and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Volume {
    /// Progress, notes, and what to do next.
    Normal,
    /// Only what changed the result.
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

    /// Prints a result, and a line's end.
    ///
    /// # Errors
    /// Where standard output cannot be written to.
    pub(crate) fn result(&mut self, text: impl Display) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(Failure::output)
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
    pub(crate) fn aside(&mut self, text: impl Display) -> Result<(), Failure> {
        match self.volume {
            Volume::Normal => self.result(text),
            Volume::Quiet => Ok(()),
        }
    }

    /// Tells what changed the result: an input that is not there, rows that were left out. With every [`Volume`], on standard error.
    pub(crate) fn warning(&mut self, text: impl Display) {
        // Nothing can be said where standard error is closed.
        let _ = writeln!(io::stderr().lock(), "note: {text}");
    }

    /// Tells something the user should know while or after the work is done, on standard error.
    pub(crate) fn note(&mut self, text: impl Display) {
        if self.volume == Volume::Normal {
            self.warning(text);
        }
    }
}
