//! A run as the training that makes it sees it.

use std::path::Path;
use std::sync::Arc;

use banyan_data::atomic::is_temporary;

use super::inspect::inspect;
use super::lock::{Lock, held_by};
use super::metrics_file::MetricsFile;
use super::{Checkpoint, Disk, LogRecord, Part, RunData, RunError, RunFolder, StandardDisk, Summary, atomic, checkpoint};
use crate::error_analysis::RunErrors;

/// Writes a run. Holds the folder's lock until it is dropped.
#[derive(Debug)]
pub struct RunWriter {
    folder: RunFolder,
    log: MetricsFile,
    _lock: Lock,
}

/// What a folder may hold and still be free for a new run: what a run that was killed before its `config.toml` leaves.
const OWN_NAMES: [&str; 5] = [".lock", "vocabulary", "checkpoint", "data.json", "metrics.jsonl"];

impl RunWriter {
    /// Begins a run in a folder that does not exist yet, or is empty.
    ///
    /// Write the vocabulary and the data first and the configuration then: a folder with a `config.toml` is a run.
    ///
    /// # Errors
    /// Where the folder holds a run or anything else, another training holds it, or it cannot be made.
    pub fn create(path: &Path) -> Result<Self, RunError> {
        Self::create_on(path, Arc::new(StandardDisk))
    }

    /// As [`RunWriter::create`], on a disk of the caller's.
    ///
    /// # Errors
    /// As [`RunWriter::create`].
    pub fn create_on(path: &Path, disk: Arc<dyn Disk>) -> Result<Self, RunError> {
        let folder = RunFolder::new(path, disk);
        expect_free(&folder)?;
        create_folders(&folder).map_err(RunError::before_the_run)?;
        let lock = Lock::acquire(path).map_err(|error| match error {
            RunError::Locked { path, process } => RunError::Taken { path, process },
            other => other.before_the_run(),
        })?;
        // Another training may have come first and be done: only what is seen under the lock stays true.
        match expect_free(&folder) {
            Err(RunError::Exists { path }) => return Err(RunError::Overtaken { path }),
            free => free?,
        }
        inspect(&folder)?;
        remove_temporaries(&folder)?;
        let log = MetricsFile::cut(folder.disk(), folder.log_path(), 0)?;
        Ok(Self { folder, log, _lock: lock })
    }

    /// Whether a new run can begin in a folder, as far as can be told before.
    ///
    /// # Errors
    /// As [`RunWriter::create`].
    pub fn expect_free(path: &Path) -> Result<(), RunError> {
        match expect_free(&RunFolder::new(path, Arc::new(StandardDisk))) {
            Err(RunError::Exists { path: name }) => Err(match held_by(path) {
                Some(process) => RunError::Taken { path: name, process },
                None => RunError::Exists { path: name },
            }),
            other => other,
        }
    }

    /// Takes a run up again at its newest checkpoint: removes what an interrupted write left, and cuts the log back to where it was
    /// when the checkpoint was saved. Without a checkpoint (`None`) the training begins anew.
    ///
    /// # Errors
    /// Where there is no run, another training holds the folder, or the checkpoint is damaged.
    pub fn resume(path: &Path) -> Result<(Self, Option<Checkpoint>), RunError> {
        Self::resume_on(path, Arc::new(StandardDisk))
    }

    /// As [`RunWriter::resume`], on a disk of the caller's.
    ///
    /// # Errors
    /// As [`RunWriter::resume`].
    pub fn resume_on(path: &Path, disk: Arc<dyn Disk>) -> Result<(Self, Option<Checkpoint>), RunError> {
        let folder = RunFolder::new(path, disk);
        if !folder.is_run()? {
            return Err(RunError::Absent { path: path.display().to_string() });
        }
        let lock = Lock::acquire(path)?;
        let disk = folder.disk();
        inspect(&folder)?;
        remove_temporaries(&folder)?;
        // Read before anything is removed: where the newest checkpoint is damaged, nothing that could help is lost.
        let newest = folder.checkpoint()?;
        checkpoint::clean(disk, &folder.checkpoint_path())?;
        let length = newest.as_ref().map_or(0, |checkpoint| checkpoint.metrics_length);
        let log = MetricsFile::cut(disk, folder.log_path(), length)?;
        Ok((Self { folder, log, _lock: lock }, newest))
    }

    /// The folder, for reading.
    pub fn folder(&self) -> &RunFolder {
        &self.folder
    }

    /// Writes `config.toml`.
    ///
    /// # Errors
    /// Where it cannot be written; an older one is then still there.
    pub fn write_config(&self, text: &str) -> Result<(), RunError> {
        self.begin(&self.folder.config_path(), text.as_bytes())
    }

    /// Writes a file of `vocabulary/`.
    ///
    /// # Errors
    /// Where it cannot be written; an older one is then still there.
    pub fn write_vocabulary(&self, name: &str, bytes: &[u8]) -> Result<(), RunError> {
        self.begin(&self.folder.vocabulary_path().join(name), bytes)
    }

    /// Writes `data.json`.
    ///
    /// # Errors
    /// Where it cannot be written; an older one is then still there.
    pub fn write_data(&self, data: &RunData) -> Result<(), RunError> {
        let mut bytes = serde_json::to_vec_pretty(data).expect("names and numbers are JSON");
        bytes.push(b'\n');
        self.begin(&self.folder.data_path(), &bytes)
    }

    /// Writes `model.safetensors`.
    ///
    /// # Errors
    /// Where it cannot be written; an older one is then still there.
    pub fn write_model(&self, bytes: &[u8]) -> Result<(), RunError> {
        self.replace(&self.folder.model_path(), bytes)
    }

    /// Writes `summary.json`.
    ///
    /// # Errors
    /// Where it cannot be written; an older one is then still there.
    pub fn write_summary(&self, summary: &Summary) -> Result<(), RunError> {
        let mut bytes = serde_json::to_vec_pretty(summary).expect("names and numbers are JSON");
        bytes.push(b'\n');
        self.replace(&self.folder.summary_path(), &bytes)
    }

    /// Writes `errors.json`.
    ///
    /// # Errors
    /// Where it cannot be written; an older one is then still there.
    pub fn write_errors(&self, errors: &RunErrors) -> Result<(), RunError> {
        let mut bytes = serde_json::to_vec(errors).expect("names and numbers are JSON");
        bytes.push(b'\n');
        self.replace(&self.folder.errors_path(), &bytes)
    }

    /// Writes `report.html`.
    ///
    /// # Errors
    /// Where it cannot be written; an older one is then still there.
    pub fn write_report(&self, html: &str) -> Result<(), RunError> {
        self.replace(&self.folder.report_path(), html.as_bytes())
    }

    /// Appends a line to `metrics.jsonl`.
    ///
    /// # Errors
    /// Where it cannot be written; the lines before it are then whole.
    pub fn log(&mut self, record: &LogRecord) -> Result<(), RunError> {
        self.log.append(self.folder.disk(), record)
    }

    /// Saves a checkpoint, which then takes the place of the one before, together with everything logged so far. Names of parts are
    /// names of files, `manifest.json` excepted.
    ///
    /// Returns its generation: 1 for a run's first.
    ///
    /// # Errors
    /// Where it cannot be written; the one before is then still there.
    pub fn save_checkpoint(&mut self, parts: &[Part<'_>]) -> Result<u64, RunError> {
        let disk = self.folder.disk();
        let length = self.log.sync(disk)?;
        checkpoint::save(disk, &self.folder.checkpoint_path(), parts, length)
    }

    /// Writes what a run begins with.
    fn begin(&self, path: &Path, bytes: &[u8]) -> Result<(), RunError> {
        self.replace(path, bytes).map_err(|error| match self.folder.is_run() {
            Ok(true) => error,
            _ => error.before_the_run(),
        })
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> Result<(), RunError> {
        atomic::replace(self.folder.disk(), path, bytes)
    }
}

/// Checks that a folder holds neither a run nor anything that is not a run's.
fn expect_free(folder: &RunFolder) -> Result<(), RunError> {
    if folder.is_run()? {
        return Err(RunError::Exists { path: folder.path().display().to_string() });
    }
    let entries = folder.disk().entries(folder.path()).map_err(RunError::system("read", folder.path()))?.unwrap_or_default();
    for entry in &entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        if !OWN_NAMES.contains(&&*name) && !is_temporary(entry) {
            return Err(RunError::Occupied { path: folder.path().display().to_string() });
        }
    }
    Ok(())
}

/// Removes what was being written when a training was killed.
fn remove_temporaries(folder: &RunFolder) -> Result<(), RunError> {
    let disk = folder.disk();
    for place in [folder.path().to_owned(), folder.vocabulary_path()] {
        let entries = disk.entries(&place).map_err(RunError::system("read", &place))?;
        for entry in entries.unwrap_or_default().iter().filter(|entry| is_temporary(entry)) {
            disk.remove_file(entry).map_err(RunError::system("remove", entry))?;
        }
    }
    Ok(())
}

/// Creates the run's folders, and syncs each folder that has a new entry: those above the run that did not exist either.
fn create_folders(folder: &RunFolder) -> Result<(), RunError> {
    let disk = folder.disk();
    let path = std::path::absolute(folder.path()).map_err(RunError::system("create", folder.path()))?;
    let mut changed = vec![path.clone()];
    for above in path.ancestors() {
        if disk.length(above).map_err(RunError::system("read", above))?.is_some() {
            break;
        }
        changed.extend(above.parent().map(Path::to_owned));
    }
    for inner in [folder.checkpoint_path(), folder.vocabulary_path()] {
        disk.create_folder(&inner).map_err(RunError::system("create", &inner))?;
    }
    for folder in &changed {
        disk.sync_folder(folder).map_err(RunError::system("create", folder))?;
    }
    Ok(())
}
