//! `banyan predict`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use banyan::data::output::{OutputFormat, check_output, is_stream, write, write_file, write_to};
use banyan::train::LoadedRun;
use banyan::train::exports::{coco, write_drawings, write_masks};
use banyan::train::run::RunFolder;
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;
use crate::given::Format;
use crate::keep::Keep;
use crate::selection::Selection;
use crate::waiting::Waiting;
use crate::{results, sources};

#[derive(Debug, Args)]
#[command(after_help = "Example: banyan predict runs/digits-1 --data new.csv -o predictions.parquet --tasks digit")]
pub(crate) struct Arguments {
    /// The run's folder
    run: PathBuf,
    /// The table to predict, or a folder of images: a prediction for each of its rows; - is standard input
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    #[command(flatten)]
    format: Format,
    /// Where to write: a .csv, .tsv, .jsonl, .parquet, (for tags of tokens) .conllup or (for boxes, as COCO has them) .json file, which is
    /// replaced; without it, or as -, CSV to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the predicted masks into this folder, as PNG files of class indices in the size of each image
    #[arg(long, value_name = "FOLDER")]
    masks: Option<PathBuf>,
    /// Draw the predicted boxes and masks over the images, and write them into this folder as PNG files
    #[arg(long, value_name = "FOLDER")]
    draw: Option<PathBuf>,
    /// Copy these columns of the table into the predictions; may be repeated
    #[arg(long, value_name = "COLUMNS")]
    keep: Vec<String>,
    #[command(flatten)]
    selection: Selection,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let output = arguments.output.as_deref().filter(|path| *path != Path::new("-"));
    let is_coco = |path: &Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if let Some(path) = output.filter(|path| !is_coco(path)) {
        // Before the work, not after it.
        OutputFormat::of(path).map_err(Failure::usage)?;
    }
    let mut run = LoadedRun::open(&arguments.run)?;
    let waiting = Waiting::new(console);
    run.observe(waiting.observer());
    if let Some(path) = output {
        let mut read = sources::of_run(&RunFolder::open(&arguments.run)?);
        read.extend(sources::of_config(&run.config, Path::new("")));
        read.extend(sources::table(&arguments.data, "the table to predict"));
        check_output(path, &read)?;
    }
    let (inputs, tasks) = (arguments.selection.inputs(&run)?, arguments.selection.tasks(&run)?);
    let table = arguments.format.read(&arguments.data, &run.read_options())?;
    let keep = Keep::read(&arguments.keep, (&arguments.data, &arguments.format), &table, &run.read_options())?;
    let (mut predictions, report) = run.predict_table(&table, inputs.as_deref(), tasks.as_deref())?;
    drop(waiting);
    for warning in report.warnings() {
        console.note(warning);
    }
    for note in keep.add_to(&mut predictions)? {
        console.note(note);
    }
    if let Some(folder) = &arguments.masks {
        let written = write_masks(&run.schema, &table, &predictions, folder)?;
        console.aside(format!("{} masks written to {}", results::count(written), folder.display()))?;
    }
    if let Some(folder) = &arguments.draw {
        let written = write_drawings(&run.schema, &table, &predictions, folder)?;
        console.aside(format!("{} drawings written to {}", results::count(written), folder.display()))?;
    }
    match output {
        Some(path) if is_coco(path) => {
            let boxes = coco(&run.schema, &table, &predictions)?;
            let written = write_file(path, |file| writeln!(file, "{boxes}"));
            written.map_err(|cause| Failure::failed(format!("{} cannot be written: {cause}", path.display())))?;
            console.aside(format!("boxes of {} images written to {}", results::count(predictions.rows), path.display()))?;
        }
        Some(path) => {
            write(path, &predictions.columns)?;
            // Where it may be standard output, nothing comes between the rows and their reader.
            if !is_stream(path) {
                console.aside(format!("{} rows written to {}", results::count(predictions.rows), path.display()))?;
            }
        }
        None => {
            let mut text = Vec::new();
            write_to(&mut text, OutputFormat::Csv, &predictions.columns)?;
            console.result(String::from_utf8_lossy(&text).trim_end_matches('\n'))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
