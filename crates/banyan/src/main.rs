//! The command `banyan`: it reads arguments, calls the library, and prints what comes of it.

mod annotated;
mod commands;
mod config_file;
mod console;
mod duration;
mod failure;
mod given;
mod interrupt;
mod keep;
mod media_root;
mod names;
mod progress;
mod results;
mod resumed;
mod run_name;
mod selection;
mod shell;
mod sources;
mod table;
mod template;
mod waiting;

use clap::Parser;
use console::{Console, Volume};
use std::process::ExitCode;

/// Trains one neural network on many kinds of input and many tasks at once.
#[derive(Debug, Parser)]
#[command(name = "banyan", version, arg_required_else_help = true, max_term_width = 110)]
#[command(after_help = "Begin with \"banyan demo\", or with \"banyan init TABLE --tasks COLUMNS\" for a table of your own.")]
struct Arguments {
    /// Print results, notes and errors only: no progress, and nothing on what to do next
    #[arg(short, long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return failure::report_arguments(&error),
    };
    if let Err(problem) = banyan::engine::check_instruction_set() {
        return failure::Failure::usage(problem).report();
    }
    let mut console = Console::new(if arguments.quiet { Volume::Quiet } else { Volume::Normal });
    match commands::run(arguments.command, &mut console) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
