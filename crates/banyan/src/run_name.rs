//! Where a run lies when the user does not say: `runs/NAME-1`, `runs/NAME-2`, …

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The folder of all runs, in the current folder.
const RUNS: &str = "runs";

/// The folder of the next run of this name.
///
/// # Errors
/// Where the folder of runs cannot be read.
pub(crate) fn next(name: &str) -> Result<PathBuf, Failure> {
    let number = numbers(name)?.into_iter().max().map_or(1, |highest| highest + 1);
    Ok(folder(name, number))
}

/// The folder of the newest run of this name, if there is one.
///
/// # Errors
/// Where the folder of runs cannot be read.
pub(crate) fn newest(name: &str) -> Result<Option<PathBuf>, Failure> {
    Ok(numbers(name)?.into_iter().max().map(|number| folder(name, number)))
}

/// The name of a configuration's runs: that of its file, without the ending.
pub(crate) fn of_config(config: &Path) -> String {
    config.file_stem().map_or_else(|| "run".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

fn folder(name: &str, number: u64) -> PathBuf {
    Path::new(RUNS).join(format!("{name}-{number}"))
}

fn numbers(name: &str) -> Result<Vec<u64>, Failure> {
    let entries = match std::fs::read_dir(RUNS) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(Failure::failed(format!("could not read the folder {RUNS}: {cause}"))),
    };
    let number =
        |entry: std::fs::DirEntry| -> Option<u64> { entry.file_name().to_str()?.strip_prefix(name)?.strip_prefix('-')?.parse().ok() };
    Ok(entries.flatten().filter_map(number).collect())
}
