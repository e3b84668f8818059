//! `banyan report`.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    write(&path, &page).map_err(|cause| Failure::failed(format!("could not write {}: {cause}", path.display())))?;
    console.result(path.display())?;
    Ok(ExitCode::SUCCESS)
}

/// Under another name first, so that a browser never loads half a page.
fn write(path: &Path, page: &str) -> std::io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fresh = path.with_file_name(format!(".{name}.new"));
    let mut file = File::create(&fresh)?;
    file.write_all(page.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&fresh, path)
}
