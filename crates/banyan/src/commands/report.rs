//! `banyan report`.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use banyan::data::atomic::{self, StandardDisk};
use banyan::data::output::{check_output, is_stream, write_file};
use banyan::train::config::Config;
use banyan::train::report::{ReportData, html};
use banyan::train::run::RunFolder;
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;
use crate::sources;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The run's folder, of a training that has ended or still runs
    run: PathBuf,
    /// Where to write the page; without it report.html in the run's folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite a file that is no HTML page
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let folder = RunFolder::open(&arguments.run)?;
    if let Some(path) = &arguments.output {
        let mut read = sources::of_run(&folder);
        let config = Config::parse(&folder.config_path().display().to_string(), &folder.config_text()?, &[])?;
        read.extend(sources::of_config(&config, Path::new("")));
        check_output(path, &read)?;
        if !arguments.force && !is_stream(path) && is_another(path) {
            return Err(Failure::usage(format!(
                "{} is there already and is no HTML page; name another file with -o, or overwrite it with --force",
                path.display()
            )));
        }
    }
    let page = html(&ReportData::read(&folder)?);
    // A browser that loads it meanwhile never sees half a page. In the run, which may come from somebody else, no link is followed.
    let (path, written) = match &arguments.output {
        Some(path) => (path.clone(), write_file(path, |file| file.write_all(page.as_bytes()))),
        None => (folder.report_path(), atomic::replace(&StandardDisk, &folder.report_path(), page.as_bytes())),
    };
    written.map_err(|cause| Failure::failed(format!("could not write {}: {cause}", path.display())))?;
    console.path(&path)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether there is a file that is neither empty nor a page, and so none that this command has written.
fn is_another(path: &Path) -> bool {
    let mut start = Vec::new();
    if File::open(path).and_then(|file| file.take(512).read_to_end(&mut start)).is_err() {
        return false;
    }
    let start = String::from_utf8_lossy(&start).trim_start_matches('\u{feff}').trim_start().to_lowercase();
    !start.is_empty() && !start.starts_with("<!doctype html") && !start.starts_with("<html")
}
