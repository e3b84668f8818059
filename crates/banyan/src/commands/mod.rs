//! The commands, one a file.

mod check;
mod compare;
mod demo;
mod evaluate;
mod init;
mod methods;
mod predict;
mod report;
mod train;

use std::process::ExitCode;

use clap::Subcommand;

use crate::console::Console;
use crate::failure::Failure;

/// What the program can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train on images and audio of digits that ship with the program, and show the results
    Demo(demo::Arguments),
    /// Write a commented configuration for a table, types inferred
    Init(init::Arguments),
    /// Validate a configuration and audit its data, before any training
    Check(check::Arguments),
    /// Train a configuration into a run
    Train(train::Arguments),
    /// Measure a run's model on held-out rows or on another table
    Evaluate(evaluate::Arguments),
    /// Predict the rows of a table
    Predict(predict::Arguments),
    /// Write a run's report: one self-contained HTML page
    Report(report::Arguments),
    /// Compare runs: metrics, relative improvement, mean rank, time
    Compare(compare::Arguments),
    /// List every encoder, fusion, sharing, weighting and aggregator, with its paper and options
    Methods(methods::Arguments),
}

/// Runs a command.
///
/// # Errors
/// A [`Failure`], which says by itself whether the use or the work was at fault.
pub(crate) fn run(command: Command, console: &mut Console) -> Result<ExitCode, Failure> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments, console),
        Command::Init(arguments) => init::run(&arguments, console),
        Command::Check(arguments) => check::run(&arguments, console),
        Command::Train(arguments) => train::run(&arguments, console),
        Command::Evaluate(arguments) => evaluate::run(&arguments, console),
        Command::Predict(arguments) => predict::run(&arguments, console),
        Command::Report(arguments) => report::run(&arguments, console),
        Command::Compare(arguments) => compare::run(&arguments, console),
        Command::Methods(arguments) => methods::run(&arguments, console),
    }
}
