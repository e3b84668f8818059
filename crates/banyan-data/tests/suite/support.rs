//! Folders, tables and small media files made for a test.

use std::path::{Path, PathBuf};

use banyan_data::inputs::{InputConfig, InputKind};
use banyan_data::labels::{TargetConfig, TaskKind};
use banyan_data::table::{ReadOptions, Table};

use crate::cells::sounds::{sine, wav};

/// A folder that is removed with the value.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn table(&self, name: &str, content: impl AsRef<[u8]>) -> Table {
        Table::read(&self.file(name, content), &ReadOptions::default()).unwrap()
    }

    /// A message without the folder's path, which differs from run to run.
    pub(crate) fn strip(&self, message: impl ToString) -> String {
        message.to_string().replace(&format!("{}/", self.0.path().display()), "")
    }

    /// A gray image of one level.
    pub(crate) fn gray(&self, name: &str, height: u32, width: u32, level: u8) {
        let path = self.file(name, "");
        image::GrayImage::from_pixel(width, height, image::Luma([level])).save(path).unwrap();
    }

    /// A sine, written as 16-bit WAV.
    pub(crate) fn tone(&self, name: &str, hertz: f64, rate: u32, seconds: f64) {
        self.file(name, wav(&sine(hertz, rate, seconds), rate, 1));
    }
}

/// A table from text, in a folder that is gone when the table is returned.
pub(crate) fn csv(content: &str) -> Table {
    Folder::new().table("train.csv", content)
}

pub(crate) fn all(table: &Table) -> Vec<usize> {
    (0..table.rows()).collect()
}

pub(crate) fn input(kind: InputKind) -> InputConfig {
    InputConfig::from(kind)
}

pub(crate) fn inputs(list: &[(&str, InputKind)]) -> Vec<(String, InputConfig)> {
    list.iter().map(|(name, kind)| ((*name).to_owned(), input(*kind))).collect()
}

pub(crate) fn target(column: &str, kind: TaskKind) -> TargetConfig {
    TargetConfig::new(kind, column)
}

pub(crate) fn targets(list: &[(&str, TaskKind)]) -> Vec<(String, TargetConfig)> {
    list.iter().map(|(name, kind)| ((*name).to_owned(), target(name, *kind))).collect()
}
