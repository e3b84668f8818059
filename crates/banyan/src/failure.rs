//! How a command fails: one sentence on standard error, and an exit code that tells wrong use from failure.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use banyan::data::Error as DataError;
use banyan::model::ModelError;
use banyan::train::TrainError;
use banyan::train::config::ConfigError;
use banyan::train::run::RunError;

use crate::console;

/// Why a command ends without having done its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for cannot be meant: exit code 2.
    Usage(String),
    /// What was asked for could not be done: exit code 1.
    Failed(String),
    /// Whoever read the output has closed it, as `head` does: nothing is wrong.
    Closed,
}

impl Failure {
    pub(crate) fn usage(sentence: impl Display) -> Self {
        Self::Usage(sentence.to_string())
    }

    pub(crate) fn failed(sentence: impl Display) -> Self {
        Self::Failed(sentence.to_string())
    }

    /// Standard output could not be written to.
    pub(crate) fn output(cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Failed(format!("could not write to standard output: {cause}")),
        }
    }

    /// Prints the sentence and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (sentence, code) = match self {
            Self::Usage(sentence) => (sentence, 2),
            Self::Failed(sentence) => (sentence, 1),
            Self::Closed => return ExitCode::SUCCESS,
        };
        console::message(&format!("error: {sentence}"));
        ExitCode::from(code)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error)
    }
}

/// What the parser of the arguments ends the program with: help and the version, or what is wrong with the arguments.
pub(crate) fn report_arguments(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // The help holds nothing of the user's; where it cannot be written, nobody was helped.
        return match error.print().and_then(|()| io::stdout().flush()).map_err(Failure::output) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(),
        };
    }
    let text = error.render().to_string();
    text.trim_end().lines().for_each(console::message);
    ExitCode::from(2)
}

/// Names that do not exist are wrong use; what is inside the tables is not the command line's fault.
impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        match error {
            DataError::NoSuchFile { .. }
            | DataError::UnknownFormat { .. }
            | DataError::NoSuchColumn { .. }
            | DataError::OutputIsSource { .. } => Self::usage(error),
            _ => Self::failed(error),
        }
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Method(_) => Self::usage(error),
            _ => Self::failed(error),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Exists { .. }
            | RunError::Occupied { .. }
            | RunError::AroundSource { .. }
            | RunError::NoFolder { .. }
            | RunError::Absent { .. }
            | RunError::Taken { .. }
            | RunError::Overtaken { .. } => Self::usage(error),
            _ => Self::failed(error),
        }
    }
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        match error {
            TrainError::Config(error) => error.into(),
            TrainError::Data(error) => error.into(),
            TrainError::Model(error) => error.into(),
            TrainError::Run(error) => error.into(),
            TrainError::UnknownName { .. } => Self::usage(error),
            _ => Self::failed(error),
        }
    }
}
