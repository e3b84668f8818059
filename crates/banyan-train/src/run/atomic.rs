//! Writing a file so that it is there whole or not at all.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Disk, RunError};

/// Replaces a file: new file beside it, sync, rename, sync of the folder.
pub(super) fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    let temporary = temporary(path);
    let written = disk.write(&temporary, bytes).and_then(|()| disk.sync_file(&temporary));
    let renamed = written.and_then(|()| disk.rename(&temporary, path));
    if let Err(cause) = renamed {
        // Half a file is of no use and takes the room that is wanted; that it cannot be removed either is the smaller error.
        let _ = disk.remove_file(&temporary);
        return Err(RunError::system("write", path)(cause));
    }
    sync_parent(disk, path)
}

/// `.NAME.new` beside `NAME`: no reader looks for it, and [`is_temporary`] knows it.
fn temporary(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}

/// Whether a path is what an interrupted [`replace`] leaves.
pub(super) fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && name.ends_with(".new")
}

pub(super) fn sync_parent(disk: &dyn Disk, path: &Path) -> Result<(), RunError> {
    match path.parent() {
        Some(folder) => disk.sync_folder(folder).map_err(RunError::system("write", folder)),
        None => Ok(()),
    }
}
