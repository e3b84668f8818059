//! The few things that a run asks of a disk, so that a test can stand in for one that fails.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use banyan_data::atomic::{BasicDisk, StandardDisk};

/// What a name in a folder stands for, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A plain file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

impl fmt::Display for EntryKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Link => "a symbolic link",
            Self::Other => "a pipe, a socket or a device",
        })
    }
}

impl From<fs::FileType> for EntryKind {
    fn from(kind: fs::FileType) -> Self {
        if kind.is_symlink() {
            Self::Link
        } else if kind.is_dir() {
            Self::Folder
        } else if kind.is_file() {
            Self::File
        } else {
            Self::Other
        }
    }
}

/// The file-system steps that a run is made of, besides those that replace a file. Each is one step for the purpose of a crash: it
/// happened, or did not, or (for [`BasicDisk::write`] and [`Disk::append`]) happened in part.
pub trait Disk: BasicDisk + fmt::Debug + Send + Sync {
    /// Creates a folder and those above it; one that exists is left as it is.
    ///
    /// # Errors
    /// What the system says.
    fn create_folder(&self, path: &Path) -> io::Result<()>;

    /// Writes at the end of a file, which is created if need be.
    ///
    /// # Errors
    /// What the system says; the file may then hold a part of the bytes.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file to a length.
    ///
    /// # Errors
    /// What the system says.
    fn truncate(&self, path: &Path, length: u64) -> io::Result<()>;

    /// Waits until a folder's entries (creations, renames, removals) are on the medium.
    ///
    /// # Errors
    /// What the system says.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// What the system says.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;

    /// A file's bytes.
    ///
    /// # Errors
    /// What the system says.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// What is of this name, a link not followed; `None` where there is nothing.
    ///
    /// # Errors
    /// What the system says.
    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>>;

    /// A file's length in bytes; `None` where there is nothing of this name. A folder has some length.
    ///
    /// # Errors
    /// What the system says.
    fn length(&self, path: &Path) -> io::Result<Option<u64>>;

    /// What a folder holds, sorted by name; `None` where there is no such folder.
    ///
    /// # Errors
    /// What the system says.
    fn entries(&self, path: &Path) -> io::Result<Option<Vec<PathBuf>>>;
}

impl Disk for StandardDisk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).create(true).open(path)?.write_all(bytes)
    }

    fn truncate(&self, path: &Path, length: u64) -> io::Result<()> {
        OpenOptions::new().write(true).open(path)?.set_len(length)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // Windows opens no folders as files; there the entries are written with the files.
        if cfg!(windows) { Ok(()) } else { File::open(path)?.sync_all() }
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        banyan_data::pipe::read(path)
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        absent_as_none(fs::symlink_metadata(path).map(|entry| entry.file_type().into()))
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        absent_as_none(fs::metadata(path).map(|file| file.len()))
    }

    fn entries(&self, path: &Path) -> io::Result<Option<Vec<PathBuf>>> {
        let Some(folder) = absent_as_none(fs::read_dir(path))? else {
            return Ok(None);
        };
        let mut paths = folder.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        Ok(Some(paths))
    }
}

fn absent_as_none<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
