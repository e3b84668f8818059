//! Where a run lies when the user does not say: `runs/NAME-1`, `runs/NAME-2`, …

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use banyan::train::run::{Disk as _, RunError, RunFolder, StandardDisk};

use crate::failure::Failure;

/// The folder of all runs, in the current folder.
const RUNS: &str = "runs";

/// A folder for a new run that no other training takes, though it be started at the same moment.
#[derive(Debug)]
pub(crate) struct Claim(PathBuf);

impl Claim {
    /// Makes the folder of the next run of this name.
    ///
    /// # Errors
    /// Where the folder of runs cannot be read, or no folder be made in it.
    pub(crate) fn next(name: &str) -> Result<Self, Failure> {
        let failed = |path: &Path, cause| Failure::failed(format!("could not create the folder {}: {cause}", path.display()));
        let mut number = numbers(name)?.into_iter().max().unwrap_or(0);
        loop {
            number += 1;
            let path = folder(name, number);
            std::fs::create_dir_all(RUNS).map_err(|cause| failed(Path::new(RUNS), cause))?;
            match std::fs::create_dir(&path) {
                Ok(()) => {
                    // So that the run outlasts a loss of power; where it cannot be synced it is there all the same.
                    let _ = StandardDisk.sync_folder(Path::new(RUNS)).and_then(|()| StandardDisk.sync_folder(Path::new(".")));
                    return Ok(Self(path));
                }
                // Somebody was faster.
                Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {}
                // Somebody's start failed, who removed the folder of runs.
                Err(cause) if cause.kind() == ErrorKind::NotFound => number -= 1,
                Err(cause) => return Err(failed(&path, cause)),
            }
        }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Claim {
    /// A start that fails leaves nothing behind: folders that hold nothing go.
    fn drop(&mut self) {
        if std::fs::remove_dir(&self.0).is_ok() {
            let _ = std::fs::remove_dir(RUNS);
        }
    }
}

/// The folder of a new run: the one that was named, or the next of this name.
///
/// # Errors
/// As [`Claim::next`].
pub(crate) fn of_new(out: Option<&Path>, name: &str) -> Result<(PathBuf, Option<Claim>), Failure> {
    match out {
        Some(out) => Ok((out.to_owned(), None)),
        None => {
            let claim = Claim::next(name)?;
            Ok((claim.path().to_owned(), Some(claim)))
        }
    }
}

/// The folder of the newest run of this name, if there is one.
///
/// # Errors
/// Where the folder of runs cannot be read.
pub(crate) fn newest(name: &str) -> Result<Option<PathBuf>, Failure> {
    let mut numbers = numbers(name)?;
    numbers.sort_unstable();
    // A training that is being started, or was killed before its run began, has a folder that holds none.
    Ok(numbers
        .into_iter()
        .rev()
        .map(|number| folder(name, number))
        .find(|path| !matches!(RunFolder::open(path), Err(RunError::Absent { .. } | RunError::NoFolder { .. }))))
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
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(Failure::failed(format!("could not read the folder {RUNS}: {cause}"))),
    };
    let number =
        |entry: std::fs::DirEntry| -> Option<u64> { entry.file_name().to_str()?.strip_prefix(name)?.strip_prefix('-')?.parse().ok() };
    Ok(entries.flatten().filter_map(number).collect())
}
