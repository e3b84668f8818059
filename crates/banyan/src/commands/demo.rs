//! `banyan demo`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use banyan::train::TrainOptions;
use banyan::train::config::Config;
use banyan::train::run::{StopReason, Summary};
use clap::Args;

use super::train;
use crate::console::Console;
use crate::failure::Failure;
use crate::{interrupt, results, run_name, shell};

/// The data beside the program's source; a program that was moved to another machine does not find it.
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/demo");
const CONFIG: &str = "demo.toml";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Two epochs only, to see that everything works
    #[arg(long)]
    quick: bool,
    /// The run's folder; without it runs/demo-1, runs/demo-2, …
    #[arg(long, value_name = "RUN")]
    out: Option<PathBuf>,
    /// The demo's data: the folder crates/banyan/demo of the repository
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let folder = arguments.data.as_deref().unwrap_or(Path::new(DATA));
    let path = folder.join(CONFIG);
    if !path.is_file() {
        return Err(Failure::usage(format!(
            "the demo's data is not in {}; name its folder with --data FOLDER: it is crates/banyan/demo in Banyan's repository",
            folder.display()
        )));
    }
    let overrides = if arguments.quick { vec!["training.epochs=2".to_owned()] } else { Vec::new() };
    let config = Config::load(&path, &overrides)?;
    let (out, _claim) = run_name::of_new(arguments.out.as_deref(), "demo")?;
    console.aside(
        "One network, two inputs (a blurred image of a digit, a recording of somebody saying it),\n\
         two tasks (which digit, which speaker).\n",
    )?;
    let options = TrainOptions { out, ..TrainOptions::default() };
    let summary = train::train(&config, folder, &options, console)?;
    console.aside(train::how_it_went(&summary))?;
    show(&summary, console)?;
    if summary.stop_reason == StopReason::Interrupted {
        return Ok(ExitCode::from(interrupt::EXIT_CODE));
    }
    next(&options.out, folder, console)?;
    Ok(ExitCode::SUCCESS)
}

/// What the one model is worth with each subset of its inputs.
fn show(summary: &Summary, console: &mut Console) -> Result<(), Failure> {
    let Some((split, evaluations)) = results::held_out(summary) else { return Ok(()) };
    let inputs: Vec<String> = summary.data.inputs.keys().cloned().collect();
    let rows = evaluations.first().map_or(0, |evaluation| evaluation.rows);
    console.aside(format!("\nThe same model on {} {split} rows, given both inputs or one:\n", results::count(rows)))?;
    console.show(results::table(&evaluations, &inputs))
}

fn next(out: &Path, data: &Path, console: &mut Console) -> Result<(), Failure> {
    let (place, run, table) = (out.display(), shell::path(out), shell::path(&data.join("test.csv")));
    console.aside(format!(
        "\nThe run lies in {place}: open {place}/report.html in a browser. Next:\n\
         \n  banyan evaluate {run} --inputs sound\
         \n  banyan predict {run} --data {table} --inputs image --tasks digit\
         \n  banyan init TABLE.csv --tasks COLUMN,COLUMN      a configuration for a table of your own\
         \n\nWithout an installed program, \"cargo run --release --\" stands for \"banyan\"."
    ))
}
