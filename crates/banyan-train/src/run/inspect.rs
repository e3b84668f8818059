//! A run's folder holds plain files and folders only. One that came from somebody else may hold links that lead out of it, through which
//! a training would read, overwrite or remove what is not its own; a pipe would be waited for without end.

use std::path::Path;

use super::{Disk, EntryKind, RunError, RunFolder};

/// Looks at everything of a run that is read, written or removed later.
///
/// # Errors
/// The first name of a run's own that is not the file or the folder that a run has there.
pub(super) fn inspect(run: &RunFolder) -> Result<(), RunError> {
    let disk = run.disk();
    let files = [run.config_path(), run.data_path(), run.log_path(), run.model_path(), run.summary_path(), run.errors_path()];
    for file in &files {
        expect(disk, file, EntryKind::File)?;
    }
    for folder in [run.vocabulary_path(), run.checkpoint_path()] {
        expect(disk, &folder, EntryKind::Folder)?;
    }
    let vocabulary = run.vocabulary_path();
    for file in disk.entries(&vocabulary).map_err(RunError::system("read", &vocabulary))?.unwrap_or_default() {
        expect(disk, &file, EntryKind::File)?;
    }
    Ok(())
}

/// Checks that what is of this name, if anything, is of a kind.
///
/// # Errors
/// Where it is of another.
pub(super) fn expect(disk: &dyn Disk, path: &Path, wanted: EntryKind) -> Result<(), RunError> {
    match disk.kind(path).map_err(RunError::system("read", path))? {
        Some(found) if found != wanted => Err(RunError::Foreign { path: path.display().to_string(), found, wanted }),
        _ => Ok(()),
    }
}
