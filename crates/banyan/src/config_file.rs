//! The configuration that a command is given.

use std::path::Path;

use banyan::data::table::{FolderParts, ReadOptions, Table};
use banyan::train::config::Config;

use crate::failure::Failure;
use crate::shell;

/// Reads a configuration, with overrides.
///
/// # Errors
/// A table in its place, with the way to a configuration, and whatever is wrong with a configuration.
pub(crate) fn load(path: &Path, overrides: &[String]) -> Result<Config, Failure> {
    let (what, tasks) = match path {
        path if Table::annotated_parts(path).is_some() && path.exists() => ("set of annotated images", ""),
        path if Table::is_table(path) && path.exists() => ("table", " --tasks COLUMNS"),
        path if is_folder_of_data(path) => ("folder of data", ""),
        _ => return Ok(Config::load(path, overrides)?),
    };
    Err(Failure::usage(format!(
        "{} is a {what}, not a configuration; write a configuration for it with: banyan init {}{tasks}",
        path.display(),
        shell::path(path)
    )))
}

/// Whether a folder holds images or sounds, and is no run.
fn is_folder_of_data(path: &Path) -> bool {
    path.is_dir()
        && !path.join("config.toml").exists()
        && (FolderParts::of(path).is_some() || Table::read(path, &ReadOptions::default()).is_ok())
}
