//! A run as its readers see it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::error_analysis::RunErrors;

use super::inspect::inspect;
use super::{Checkpoint, Disk, LogRecord, RunData, RunError, StandardDisk, Summary, checkpoint, metrics_file};

/// A run's folder, finished or not. Reading needs no lock: every file is replaced as a whole.
#[derive(Debug, Clone)]
pub struct RunFolder {
    path: PathBuf,
    disk: Arc<dyn Disk>,
}

impl RunFolder {
    /// Opens a run.
    ///
    /// # Errors
    /// Where it is a file, there is no run in the folder, it cannot be read, or a link or a pipe stands where a run has a file.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        // A table or a configuration.
        if path.exists() && !path.is_dir() {
            return Err(RunError::NoFolder { path: path.display().to_string() });
        }
        let folder = Self::new(path, Arc::new(StandardDisk));
        if !folder.is_run()? {
            return Err(RunError::Absent { path: path.display().to_string() });
        }
        inspect(&folder)?;
        Ok(folder)
    }

    pub(super) fn new(path: &Path, disk: Arc<dyn Disk>) -> Self {
        Self { path: path.to_owned(), disk }
    }

    pub(super) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    /// A `config.toml` alone may be the user's own, with a table beside it.
    pub(super) fn is_run(&self) -> Result<bool, RunError> {
        let exists = |path: &Path| self.disk.length(path).map(|length| length.is_some()).map_err(RunError::system("read", path));
        Ok(exists(&self.config_path())? && (exists(&self.checkpoint_path())? || exists(&self.model_path())?))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// `config.toml`.
    pub fn config_path(&self) -> PathBuf {
        self.path.join("config.toml")
    }

    /// `model.safetensors`; the file is there once there was a first evaluation.
    pub fn model_path(&self) -> PathBuf {
        self.path.join("model.safetensors")
    }

    /// `vocabulary/`.
    pub fn vocabulary_path(&self) -> PathBuf {
        self.path.join("vocabulary")
    }

    /// `metrics.jsonl`.
    pub fn log_path(&self) -> PathBuf {
        self.path.join("metrics.jsonl")
    }

    /// `report.html`.
    pub fn report_path(&self) -> PathBuf {
        self.path.join("report.html")
    }

    /// `data.json`.
    pub fn data_path(&self) -> PathBuf {
        self.path.join("data.json")
    }

    pub(super) fn summary_path(&self) -> PathBuf {
        self.path.join("summary.json")
    }

    pub(super) fn errors_path(&self) -> PathBuf {
        self.path.join("errors.json")
    }

    pub(super) fn checkpoint_path(&self) -> PathBuf {
        self.path.join("checkpoint")
    }

    /// The text of `config.toml`.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn config_text(&self) -> Result<String, RunError> {
        let path = self.config_path();
        let bytes = self.disk.read(&path).map_err(RunError::system("read", &path))?;
        String::from_utf8(bytes).map_err(|error| RunError::Damaged {
            path: path.display().to_string(),
            cause: error.to_string(),
            hint: "put the configuration back, or train again into another folder",
        })
    }

    /// The best weights so far, in the safetensors format; `None` before the first evaluation.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn model(&self) -> Result<Option<Vec<u8>>, RunError> {
        self.optional(&self.model_path())
    }

    /// A file of `vocabulary/`; `None` where there is none of this name.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn vocabulary(&self, name: &str) -> Result<Option<Vec<u8>>, RunError> {
        self.optional(&self.vocabulary_path().join(name))
    }

    /// Every whole line of `metrics.jsonl`, in order; none where nothing was logged yet.
    ///
    /// # Errors
    /// Where it cannot be read, or a line other than a torn last one is no record.
    pub fn log(&self) -> Result<Vec<LogRecord>, RunError> {
        let path = self.log_path();
        let bytes = self.optional(&path)?.unwrap_or_default();
        metrics_file::parse(&path, &bytes)
    }

    /// `data.json`; `None` for a run of an earlier version.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn data(&self) -> Result<Option<RunData>, RunError> {
        self.json(&self.data_path(), "put the file back, or remove it: the data can then no longer be compared with that of the training")
    }

    /// `summary.json`; `None` for a run that has not ended.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn summary(&self) -> Result<Option<Summary>, RunError> {
        self.json(&self.summary_path(), "remove it; \"banyan evaluate\" tells the metrics again")
    }

    /// `errors.json`; `None` for a run that has not ended, or that an older version made.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn errors(&self) -> Result<Option<RunErrors>, RunError> {
        self.json(&self.errors_path(), "remove it; the report is then made without it")
    }

    /// The newest checkpoint; `None` where none was saved yet.
    ///
    /// # Errors
    /// Where it cannot be read or is not what was saved.
    pub fn checkpoint(&self) -> Result<Option<Checkpoint>, RunError> {
        checkpoint::read(self.disk(), &self.checkpoint_path())
    }

    fn json<T: DeserializeOwned>(&self, path: &Path, hint: &'static str) -> Result<Option<T>, RunError> {
        let Some(bytes) = self.optional(path)? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| RunError::Damaged {
            path: path.display().to_string(),
            cause: error.to_string(),
            hint,
        })
    }

    fn optional(&self, path: &Path) -> Result<Option<Vec<u8>>, RunError> {
        match self.disk.read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(RunError::system("read", path)(error)),
        }
    }
}
