//! Checkpoints by generation: a folder under its number is complete.

use std::path::{Path, PathBuf};

use banyan_data::fingerprint::Fingerprint;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::inspect::expect;
use super::{Disk, EntryKind, RunError};

const MANIFEST: &str = "manifest.json";
const HINT: &str = "train again without --resume, into another folder";

/// A part of a checkpoint that is to be saved: one file.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The file's name, such as `optimizer.safetensors`.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// A checkpoint that was read, and found to be what was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// How many checkpoints the run had saved with this one.
    pub generation: u64,
    /// The folder it was read from.
    pub path: PathBuf,
    /// The length of `metrics.jsonl` when it was saved.
    pub(super) metrics_length: u64,
    parts: IndexMap<String, Vec<u8>>,
}

impl Checkpoint {
    /// The bytes of a part.
    ///
    /// # Errors
    /// Where the checkpoint has no such part.
    pub fn part(&self, name: &str) -> Result<&[u8], RunError> {
        self.parts.get(name).map(Vec::as_slice).ok_or_else(|| RunError::Damaged {
            path: self.path.display().to_string(),
            cause: format!("it has no part {name}"),
            hint: HINT,
        })
    }

    /// The names of all parts, in the order in which they were saved.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }
}

/// What a checkpoint is made of, so that a reader can tell it is whole.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    metrics_length: u64,
    parts: IndexMap<String, Fingerprint>,
}

/// Saves a generation, and then removes those before it.
pub(super) fn save(disk: &dyn Disk, folder: &Path, parts: &[Part<'_>], metrics_length: u64) -> Result<u64, RunError> {
    let generations = list(disk, folder)?;
    let generation = generations.last().map_or(1, |last| last + 1);
    let (unfinished, finished) = (folder.join(format!("{generation}.new")), folder.join(generation.to_string()));
    let saved = write_parts(disk, &unfinished, parts, metrics_length).and_then(|()| {
        disk.rename(&unfinished, &finished).map_err(RunError::system("save the checkpoint", &finished))?;
        disk.sync_folder(folder).map_err(RunError::system("save the checkpoint", &finished))
    });
    if let Err(error) = saved {
        // Its room is wanted back; the checkpoint before it is still there.
        let _ = remove(disk, &unfinished);
        return Err(error);
    }
    for older in generations {
        let (path, old) = (folder.join(older.to_string()), folder.join(format!("{older}.old")));
        disk.rename(&path, &old).map_err(RunError::system("remove the old checkpoint", &path))?;
        remove(disk, &old)?;
    }
    Ok(generation)
}

fn write_parts(disk: &dyn Disk, folder: &Path, parts: &[Part<'_>], metrics_length: u64) -> Result<(), RunError> {
    remove(disk, folder)?;
    disk.create_folder(folder).map_err(RunError::system("create", folder))?;
    let fingerprints = parts.iter().map(|part| (part.name.to_owned(), Fingerprint::of(part.bytes)));
    let manifest = Manifest { metrics_length, parts: fingerprints.collect() };
    let manifest = serde_json::to_vec_pretty(&manifest).expect("numbers and texts are JSON");
    for part in parts.iter().chain([&Part { name: MANIFEST, bytes: &manifest }]) {
        let path = folder.join(part.name);
        disk.write(&path, part.bytes).and_then(|()| disk.sync_file(&path)).map_err(RunError::system("save the checkpoint", &path))?;
    }
    disk.sync_folder(folder).map_err(RunError::system("save the checkpoint", folder))
}

/// The newest checkpoint; `None` where none was ever completed.
pub(super) fn read(disk: &dyn Disk, folder: &Path) -> Result<Option<Checkpoint>, RunError> {
    let Some(generation) = list(disk, folder)?.pop() else {
        return Ok(None);
    };
    let path = folder.join(generation.to_string());
    expect(disk, &path, EntryKind::Folder)?;
    let read = |name: &str| {
        let path = path.join(name);
        expect(disk, &path, EntryKind::File)?;
        disk.read(&path).map_err(RunError::system("read the checkpoint", &path))
    };
    let damaged = |name: &str, cause: String| RunError::Damaged { path: path.join(name).display().to_string(), cause, hint: HINT };
    let manifest: Manifest = serde_json::from_slice(&read(MANIFEST)?).map_err(|error| damaged(MANIFEST, error.to_string()))?;
    let mut parts = IndexMap::new();
    for (name, expected) in manifest.parts {
        if !is_file_name(&name) {
            return Err(damaged(MANIFEST, format!("{name:?} is not the name of a part")));
        }
        let bytes = read(&name)?;
        let found = Fingerprint::of(&bytes);
        if found.bytes != expected.bytes {
            return Err(damaged(&name, format!("it has {} bytes instead of {}", found.bytes, expected.bytes)));
        }
        if found != expected {
            return Err(damaged(&name, "its content has changed since it was saved".to_owned()));
        }
        parts.insert(name, bytes);
    }
    Ok(Some(Checkpoint { generation, path, metrics_length: manifest.metrics_length, parts }))
}

/// Removes what interrupted saves and removals left.
pub(super) fn clean(disk: &dyn Disk, folder: &Path) -> Result<(), RunError> {
    let entries = disk.entries(folder).map_err(RunError::system("read", folder))?.unwrap_or_default();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        let number = name.strip_suffix(".new").or_else(|| name.strip_suffix(".old"));
        if number.is_some_and(|number| number.parse::<u64>().is_ok()) {
            remove(disk, &entry)?;
        }
    }
    // A kill after the newest generation was renamed, and before the one below it was.
    let mut generations = list(disk, folder)?;
    generations.pop();
    for older in generations {
        remove(disk, &folder.join(older.to_string()))?;
    }
    Ok(())
}

/// The complete generations, oldest first.
fn list(disk: &dyn Disk, folder: &Path) -> Result<Vec<u64>, RunError> {
    let entries = disk.entries(folder).map_err(RunError::system("read", folder))?.unwrap_or_default();
    let number = |path: PathBuf| path.file_name()?.to_str()?.parse().ok();
    let mut generations: Vec<u64> = entries.into_iter().filter_map(number).collect();
    generations.sort_unstable();
    Ok(generations)
}

/// Whether a name is that of a file in the checkpoint's own folder, on every system.
fn is_file_name(name: &str) -> bool {
    !name.contains(['/', '\\', ':', '\0']) && !name.is_empty() && name != "." && name != ".."
}

/// Removes a folder of files; one that is not there is fine. Of a link the link itself is removed, and nothing where it leads.
fn remove(disk: &dyn Disk, folder: &Path) -> Result<(), RunError> {
    if disk.kind(folder).map_err(RunError::system("read", folder))?.is_some_and(|kind| kind != EntryKind::Folder) {
        return disk.remove_file(folder).map_err(RunError::system("remove", folder));
    }
    let Some(entries) = disk.entries(folder).map_err(RunError::system("read", folder))? else {
        return Ok(());
    };
    for entry in entries {
        disk.remove_file(&entry).map_err(RunError::system("remove", &entry))?;
    }
    disk.remove_folder(folder).map_err(RunError::system("remove", folder))
}
