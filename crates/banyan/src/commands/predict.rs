//! `banyan predict`.

use std::path::PathBuf;
use std::process::ExitCode;

use banyan::data::output::{OutputFormat, write, write_to};
use banyan::train::LoadedRun;
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;
use crate::results;
use crate::selection::Selection;

#[derive(Debug, Args)]
#[command(after_help = "Example: banyan predict runs/digits-1 --data new.csv -o predictions.parquet --tasks digit")]
pub(crate) struct Arguments {
    /// The run's folder
    run: PathBuf,
    /// The table to predict: a prediction for each of its rows
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Where to write: a .csv, .tsv, .jsonl, .parquet or (for tags of tokens) .conllup file; without it CSV to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    selection: Selection,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    if let Some(path) = &arguments.output {
        // Before the work, not after it.
        OutputFormat::of(path).map_err(Failure::usage)?;
    }
    let mut run = LoadedRun::open(&arguments.run)?;
    let Selection { inputs, tasks } = &arguments.selection;
    let (predictions, report) = run.predict(&arguments.data, inputs.as_deref(), tasks.as_deref())?;
    for warning in report.warnings() {
        console.note(warning);
    }
    match &arguments.output {
        Some(path) => {
            write(path, &predictions.columns)?;
            console.aside(format!("{} rows written to {}", results::count(predictions.rows), path.display()))?;
        }
        None => {
            let mut text = Vec::new();
            write_to(&mut text, OutputFormat::Csv, &predictions.columns)?;
            console.result(String::from_utf8_lossy(&text).trim_end_matches('\n'))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
