//! Files in, pixels and frames out; and what is said of files that are damaged.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod index_images;
mod media;
mod sounds;

use std::path::{Path, PathBuf};

/// A folder that is removed with the value.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}
