//! How a command fails: one sentence on standard error, and an exit code that tells wrong use from failure.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

/// Why a command ends without having done its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for cannot be meant: exit code 2.
    Usage(String),
    /// What was asked for could not be done, or a check failed: exit code 1.
    Failed(String),
}

impl Failure {
    pub(crate) fn failed(sentence: impl Display) -> Self {
        Self::Failed(sentence.to_string())
    }

    pub(crate) fn usage(sentence: impl Display) -> Self {
        Self::Usage(sentence.to_string())
    }

    /// Prints the sentence and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (sentence, code) = match self {
            Self::Usage(sentence) => (sentence, 2),
            Self::Failed(sentence) => (sentence, 1),
        };
        // Nothing can be said where standard error is closed; the exit code still tells.
        let _ = writeln!(std::io::stderr().lock(), "error: {sentence}");
        ExitCode::from(code)
    }
}
