//! `banyan evaluate`.

use std::path::PathBuf;
use std::process::ExitCode;

use banyan::train::LoadedRun;
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;
use crate::given::Format;
use crate::results;
use crate::selection::Selection;
use crate::waiting::Waiting;

#[derive(Debug, Args)]
#[command(after_help = "Example: banyan evaluate runs/digits-1 --inputs image --json")]
pub(crate) struct Arguments {
    /// The run's folder
    run: PathBuf,
    /// The table to measure on; without it the run's test rows (its validation rows where it has no test); - is standard input
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    selection: Selection,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let mut run = LoadedRun::open(&arguments.run)?;
    let waiting = Waiting::new(console);
    run.observe(waiting.observer());
    let (inputs, tasks) = (arguments.selection.inputs(&run)?, arguments.selection.tasks(&run)?);
    let (inputs, tasks) = (inputs.as_deref(), tasks.as_deref());
    let (evaluation, report) = match &arguments.data {
        Some(path) if arguments.format.is_by_name(path) => run.evaluate(Some(path), inputs, tasks)?,
        Some(path) => {
            let table = arguments.format.read(path, &run.read_options())?;
            run.evaluate_table(&table, inputs, tasks)?
        }
        None => run.evaluate(None, inputs, tasks)?,
    };
    drop(waiting);
    for warning in report.warnings() {
        console.note(warning);
    }
    if arguments.json {
        let object = serde_json::to_string(&evaluation).map_err(Failure::failed)?;
        console.result(object)?;
    } else {
        let all: Vec<String> = run.schema.inputs.iter().map(|input| input.name.clone()).collect();
        console.aside(format!("{} rows\n", results::count(evaluation.rows)))?;
        console.show(results::table(&[&evaluation], &all))?;
        if let Some(note) = results::note_on_loss(&[&evaluation]) {
            console.aside(format!("\n{note}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
