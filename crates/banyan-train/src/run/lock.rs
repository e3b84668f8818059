//! One training at a time in a folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::inspect::expect;
use super::{EntryKind, RunError, StandardDisk};

const NAME: &str = ".lock";

/// Held while a training writes into a folder; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn acquire(folder: &Path) -> Result<Self, RunError> {
        let path = folder.join(NAME);
        // The number is written into it: not into a file elsewhere that a link leads to.
        expect(&StandardDisk, &path, EntryKind::File)?;
        // Not emptied here: until it is locked, the number in it is the holder's.
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(RunError::system("open", &path))?;
        match patiently(&file) {
            Ok(()) => {
                let process = std::process::id().to_string();
                // The number only makes another training's error clearer: without it that error is less clear, no more.
                let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(process.as_bytes()));
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => Err(RunError::Locked { path: folder.display().to_string(), process: holder(&mut file) }),
            Err(TryLockError::Error(cause)) => Err(RunError::system("lock", &path)(cause)),
        }
    }
}

/// Who holds a folder's lock at this moment, in words; `None` where nobody does.
pub(super) fn held_by(folder: &Path) -> Option<String> {
    let path = folder.join(NAME);
    expect(&StandardDisk, &path, EntryKind::File).ok()?;
    let mut file = File::open(path).ok()?;
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then(|| holder(&mut file))
}

/// ` (process 1234)`, as far as it is known.
fn holder(file: &mut File) -> String {
    let mut number = String::new();
    let _ = file.read_to_string(&mut number);
    number.trim().parse::<u32>().map_or_else(|_| String::new(), |process| format!(" (process {process})"))
}

/// Tries for half a second: a process that is being started holds copies of its parent's files for a moment, and a killed one
/// is not gone at once.
fn patiently(file: &File) -> Result<(), TryLockError> {
    for _ in 0..50 {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(std::time::Duration::from_millis(10)),
            outcome => return outcome,
        }
    }
    file.try_lock()
}
