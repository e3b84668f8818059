//! What stands before every training, by whoever it is begun.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use banyan_data::path_text::from_text;

use crate::config::Config;
use crate::error::TrainError;
use crate::observer::Observer;
use crate::run::{RunError, Summary};
use crate::trainer::{self, Resume, TrainOptions};

/// Trains a configuration into a run.
///
/// `folder` is what the configuration's data paths are relative to. Setting `interrupt` ends the training after the
/// step at hand, with a checkpoint.
///
/// The same configuration gives the same weights, bit for bit, whatever the number of threads and however
/// often the training was interrupted and resumed.
///
/// # Errors
/// Everything that [`TrainError`] names; what the run had kept by then stays. A new run is not begun in a folder that holds one of the files
/// that it is made from: its own files could overwrite it.
pub fn train(
    config: &Config,
    folder: &Path,
    options: &TrainOptions,
    observer: &mut dyn Observer,
    interrupt: &AtomicBool,
) -> Result<Summary, TrainError> {
    if options.resume == Resume::No {
        expect_no_sources(config, folder, &options.out)?;
    }
    trainer::train(config, folder, options, observer, interrupt)
}

/// # Errors
/// A table, word vectors or a pretrained encoder of the configuration that lie in the folder of the run.
fn expect_no_sources(config: &Config, folder: &Path, run: &Path) -> Result<(), RunError> {
    // A folder that is not there holds nothing.
    let Ok(run) = run.canonicalize() else { return Ok(()) };
    let mut sources: Vec<PathBuf> =
        config.data.tables().flat_map(|(_, paths)| paths.paths()).map(|path| folder.join(from_text(path))).collect();
    for input in config.inputs.values() {
        sources.extend(input.settings.clone().paths().into_iter().map(|path| folder.join(from_text(path))));
    }
    let inside = sources.into_iter().find(|path| path.canonicalize().is_ok_and(|path| path.starts_with(&run)));
    inside.map_or(Ok(()), |path| Err(RunError::AroundSource { path: path.display().to_string() }))
}
