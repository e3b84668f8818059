//! Files in, pixels and frames out; and what is said of files that are damaged.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod bytes;
mod deep_images;
mod index_images;
mod lengths;
mod media;
mod mp3;
mod names;
mod orientation;
mod sounds;
mod wav_kinds;

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

/// A file beside the tests.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}
