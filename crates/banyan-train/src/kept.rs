//! Encoded rows that an earlier training on the same data kept in the cache.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use banyan_data::cache;
use banyan_data::dataset::Kept;
use banyan_data::fingerprint::Fingerprint;
use banyan_data::path_text::from_text;
use banyan_data::schema::Schema;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::error::TrainError;
use crate::pipeline::{Prepared, inputs, targets};
use crate::run::RunData;

/// It changes when the same data would be encoded in another way.
const VERSION: u32 = 1;

/// Bytes of encoded rows that one byte of a packed table can become.
const UNPACKED: u64 = 16;

/// The content of files, each of which is read once for it.
#[derive(Debug, Default)]
pub(crate) struct Fingerprints(HashMap<PathBuf, Fingerprint>);

impl Fingerprints {
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn of(&mut self, path: &Path) -> Result<Fingerprint, TrainError> {
        if let Some(known) = self.0.get(path) {
            return Ok(known.clone());
        }
        let content = Fingerprint::of_file(path)?;
        self.0.insert(path.to_owned(), content.clone());
        Ok(content)
    }
}

/// The folder of the cache for them.
pub(crate) fn folder() -> PathBuf {
    cache::folder().join("encoded")
}

/// What is kept with the rows.
#[derive(Serialize, Deserialize)]
struct About {
    schema: Schema,
    notes: Vec<String>,
    data: RunData,
}

/// What the rows go by: the tables' content, and all that decides how they are read, cut and encoded. `None` where the tables are too small for
/// their rows to be kept.
///
/// # Errors
/// A table that cannot be read.
pub(crate) fn key(config: &Config, folder: &Path, fingerprints: &mut Fingerprints) -> Result<Option<String>, TrainError> {
    let files: Vec<PathBuf> = config.data.tables().flat_map(|(_, paths)| paths.paths()).map(|path| folder.join(from_text(path))).collect();
    let length = |path: &PathBuf| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    if files.iter().map(length).sum::<u64>().saturating_mul(UNPACKED) <= config.data.memory_bytes()
        || !files.iter().all(|path| path.is_file())
    {
        return Ok(None);
    }
    let contents = files.iter().map(|path| fingerprints.of(path)).collect::<Result<Vec<Fingerprint>, TrainError>>()?;
    let mut data = config.data.clone();
    // Neither changes a row.
    (data.memory, data.media_megabytes) = (0, 0);
    let tables: IndexMap<&str, usize> = config.data.tables().map(|(key, paths)| (key, paths.paths().len())).collect();
    (data.train, data.valid, data.test) = (banyan_data::config::OneOrMany::Many(Vec::new()), None, None);
    let all =
        format!("{VERSION} {} {contents:?} {tables:?} {data:?} {:?} {:?}", env!("CARGO_PKG_VERSION"), inputs(config), targets(config));
    let key = Fingerprint::of(all.as_bytes());
    Ok(Some(format!("{}-{:x}", key.checksum, key.bytes)))
}

/// What is to be kept with encoded rows.
///
/// # Errors
/// None that a schema and the rows of splits can give.
pub(crate) fn about(prepared: &Prepared, data: &RunData) -> Result<String, TrainError> {
    let about = About { schema: prepared.schema.clone(), notes: prepared.notes.clone(), data: data.clone() };
    serde_json::to_string(&about)
        .map_err(|cause| TrainError::System(format!("what is known of encoded rows could not be written: {cause}")))
}

/// The rows of an earlier training on the same data, if they are kept, with the tables and rows that they came from.
pub(crate) fn recall(key: &str) -> Option<(Prepared, RunData)> {
    let kept = Kept::open(&folder(), key)?;
    let About { schema, notes, data } = serde_json::from_str(kept.about()).ok()?;
    let train = kept.dataset("train", &schema)?;
    // A split without rows is not there.
    let other = |name: &str| if data.splits.contains_key(name) { kept.dataset(name, &schema).map(Some) } else { Some(None) };
    let (valid, test) = (other("valid")?, other("test")?);
    Some((Prepared { schema, train, valid, test, words: IndexMap::new(), notes }, data))
}
