//! `banyan report`.

use std::path::PathBuf;
use std::process::ExitCode;

use banyan::data::atomic::{self, StandardDisk};
use banyan::train::report::{ReportData, html};
use banyan::train::run::RunFolder;
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The run's folder, of a training that has ended or still runs
    run: PathBuf,
    /// Where to write the page; without it report.html in the run's folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let folder = RunFolder::open(&arguments.run)?;
    let page = html(&ReportData::read(&folder)?);
    let path = arguments.output.clone().unwrap_or_else(|| folder.report_path());
    // A browser that loads it meanwhile never sees half a page.
    atomic::replace(&StandardDisk, &path, page.as_bytes())
        .map_err(|cause| Failure::failed(format!("could not write {}: {cause}", path.display())))?;
    console.path(&path)?;
    Ok(ExitCode::SUCCESS)
}
