//! The command `banyan-bench`: training steps of four reference models, timed, checked against PyTorch, and counted.
//!
//! The models are built from ordinary layers and their steps are made by [`banyan_train::TrainStep`], as the trainer's
//! are, so what is measured is what a training does. `bench/README.md` tells how to compare with other programs.

mod check;
mod convolutions;
mod count;
mod failure;
mod models;
mod output;
mod parts;
mod plan;
mod precision;
mod program;
mod reference;
mod session;
mod step;

use clap::{Parser, Subcommand};
use failure::Failure;
use std::process::ExitCode;

/// Times, checks and counts training steps of four reference models.
#[derive(Debug, Parser)]
#[command(name = "banyan-bench", version, arg_required_else_help = true, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Time training steps of one model
    Step(step::Arguments),
    /// Compare losses and Gramian with those that PyTorch found (files of bench/export.py)
    Check(check::Arguments),
    /// Make a fixed number of small steps, for a program that counts instructions
    Count(count::Arguments),
    /// Time the passes of single convolutions
    Conv(convolutions::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(problem) = banyan_engine::check_instruction_set() {
        return Failure::usage(problem).report();
    }
    let done = match arguments.command {
        Command::Step(arguments) => step::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Count(arguments) => count::run(&arguments),
        Command::Conv(arguments) => convolutions::run(&arguments),
    };
    done.map_or_else(|failure| failure.report(), |()| ExitCode::SUCCESS)
}
