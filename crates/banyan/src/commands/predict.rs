//! `banyan predict`.

use std::path::PathBuf;
use std::process::ExitCode;

use banyan::data::output::{OutputColumn, OutputFormat, OutputValues, write, write_to};
use banyan::train::{LoadedRun, Predictions};
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;
use crate::given::Format;
use crate::results;
use crate::selection::Selection;

/// The column that tells a prediction's row where rows were left out.
const ROW: &str = "row";

#[derive(Debug, Args)]
#[command(after_help = "Example: banyan predict runs/digits-1 --data new.csv -o predictions.parquet --tasks digit")]
pub(crate) struct Arguments {
    /// The run's folder
    run: PathBuf,
    /// The table to predict: a prediction for each of its rows; - is standard input
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    format: Format,
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
    let table = arguments.format.read(&arguments.data, &run.read_options())?;
    let (mut predictions, report) = run.predict_table(&table, inputs.as_deref(), tasks.as_deref())?;
    for warning in report.warnings() {
        console.warning(warning);
    }
    number_rows(&mut predictions, report.skipped_rows);
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

/// Where rows were left out, predictions no longer stand beside their rows: a column tells each one's, from 1.
fn number_rows(predictions: &mut Predictions, left_out: usize) {
    if left_out > 0 {
        let numbers = predictions.table_rows.iter().map(|row| (row + 1) as f64).collect();
        predictions.columns.insert(0, OutputColumn::new(ROW, OutputValues::Numbers(numbers)));
    }
}
