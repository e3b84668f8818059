//! Replacing a file of a run, and seeing to it that a loss of power does not bring the old one back.

use std::path::Path;

use banyan_data::atomic;

use super::{Disk, RunError};

/// Replaces a file as [`atomic::replace`] does, and syncs the folder.
pub(super) fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    atomic::replace(disk, path, bytes).map_err(RunError::system("write", path))?;
    sync_parent(disk, path)
}

pub(super) fn sync_parent(disk: &dyn Disk, path: &Path) -> Result<(), RunError> {
    match path.parent() {
        Some(folder) => disk.sync_folder(folder).map_err(RunError::system("write", folder)),
        None => Ok(()),
    }
}
