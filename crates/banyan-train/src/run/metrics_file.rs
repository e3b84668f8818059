//! `metrics.jsonl`: appended to while training, cut back on resume.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Disk, LogRecord, RunError};

/// The open end of the log.
#[derive(Debug)]
pub(super) struct MetricsFile {
    path: PathBuf,
    /// The length up to which every line is whole.
    length: u64,
}

impl MetricsFile {
    /// Cuts the file to the length that a checkpoint recorded (0 without one).
    pub(super) fn cut(disk: &dyn Disk, path: PathBuf, length: u64) -> Result<Self, RunError> {
        let found = disk.length(&path).map_err(RunError::system("read", &path))?.unwrap_or(0);
        if found < length {
            return Err(RunError::Damaged {
                path: path.display().to_string(),
                cause: format!("it has {found} bytes, and the checkpoint was saved when it had {length}"),
                hint: "put the whole file back, or train again into another folder",
            });
        }
        if found > length {
            disk.truncate(&path, length).and_then(|()| disk.sync_file(&path)).map_err(RunError::system("cut back", &path))?;
        }
        Ok(Self { path, length })
    }

    pub(super) fn append(&mut self, disk: &dyn Disk, record: &LogRecord) -> Result<(), RunError> {
        let mut line = serde_json::to_vec(record).expect("names and numbers are JSON");
        line.push(b'\n');
        if let Err(cause) = disk.append(&self.path, &line) {
            // A part of the line may be there; without it the file is whole, and a full disk has room to shorten a file.
            let _ = disk.truncate(&self.path, self.length);
            return Err(RunError::system("write", &self.path)(cause));
        }
        self.length += line.len() as u64;
        Ok(())
    }

    /// Syncs what was appended; the length is then safe to record.
    pub(super) fn sync(&self, disk: &dyn Disk) -> Result<u64, RunError> {
        if self.length > 0 {
            disk.sync_file(&self.path).map_err(RunError::system("write", &self.path))?;
            super::atomic::sync_parent(disk, &self.path)?;
        }
        Ok(self.length)
    }
}

/// All whole lines of a log. A last line without its end is a write that a kill cut short, and is left out; records of a kind
/// that this version does not know are, too.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Vec<LogRecord>, RunError> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let mut records = Vec::new();
    for (number, line) in bytes[..whole].split_inclusive(|byte| *byte == b'\n').enumerate() {
        let damaged = |error: serde_json::Error| RunError::Damaged {
            path: format!("{}, line {}", path.display(), number + 1),
            cause: error.to_string(),
            hint: "remove the line",
        };
        let tag: Tag = serde_json::from_slice(line).map_err(damaged)?;
        if LogRecord::KINDS.contains(&tag.kind.as_str()) {
            // Read again from the text, which has the tasks in their order.
            records.push(serde_json::from_slice(line).map_err(damaged)?);
        }
    }
    Ok(records)
}

/// The one key that every line has, in this version and in later ones.
#[derive(Deserialize)]
struct Tag {
    kind: String,
}
