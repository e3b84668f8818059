//! The files that a run is made from, which its own could overwrite.

use std::path::{Path, PathBuf};

use banyan_data::path_text::from_text;

use crate::config::Config;
use crate::run::RunError;

/// # Errors
/// A table, word vectors or a pretrained encoder of the configuration that lie in the folder of the run.
pub(crate) fn expect_no_sources(config: &Config, folder: &Path, run: &Path) -> Result<(), RunError> {
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
