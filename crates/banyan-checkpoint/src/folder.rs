//! Which files of a folder hold the weights.

use crate::error::{CheckpointError, DAMAGED, plain, quote};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Names of the Hugging Face Hub, the first of which that is there is read.
const NAMES: [&str; 4] = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"];
const ENDINGS: [&str; 5] = ["safetensors", "pt", "pth", "bin", "ckpt"];
const INDEX: &str = ".index.json";
/// No index is larger.
const LONGEST_INDEX: u64 = 1 << 28;

/// The file that a path means: itself, or the one in the folder.
pub(crate) fn choose(path: &Path) -> Result<PathBuf, CheckpointError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    if let Some(file) = NAMES.iter().map(|name| path.join(name)).find(|file| file.is_file()) {
        return Ok(file);
    }
    let entries = std::fs::read_dir(path).map_err(|cause| CheckpointError::new(path, format!("it cannot be read ({cause})")))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(|file| file.is_file()).collect();
    files.sort();
    let with = |endings: &[&str]| -> Vec<&PathBuf> {
        let ending = |file: &Path| file.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        files.iter().filter(|file| ending(file).is_some_and(|ending| endings.contains(&ending.as_str()))).collect()
    };
    let (all, safe) = (with(&ENDINGS), with(&ENDINGS[..1]));
    match (all.as_slice(), safe.as_slice()) {
        (&[only], _) | (_, &[only]) => Ok(only.clone()),
        ([], _) => Err(CheckpointError::new(
            path,
            "it has no weights: no model.safetensors, no pytorch_model.bin and no other file that ends in .safetensors, .pt, .pth, .bin or .ckpt",
        )),
        (several, _) => {
            let names: Vec<_> = several.iter().take(4).filter_map(|file| file.file_name()?.to_str().map(quote)).collect();
            Err(CheckpointError::new(
                path,
                format!("it has {} files of weights ({}, …); name one of them", several.len(), names.join(", ")),
            ))
        }
    }
}

/// Which file has which tensor.
#[derive(Deserialize)]
pub(crate) struct Index {
    pub(crate) weight_map: BTreeMap<String, String>,
}

impl Index {
    /// Reads an index of weights in several files; `None` if the path is no index.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, CheckpointError> {
        if !path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(INDEX)) {
            return Ok(None);
        }
        let wrong = |problem: String| CheckpointError::new(path, problem);
        let unreadable = |cause: std::io::Error| wrong(format!("it cannot be read ({cause})"));
        if std::fs::metadata(path).map_err(unreadable)?.len() > LONGEST_INDEX {
            return Err(wrong(format!("it is larger than any index; {DAMAGED}")));
        }
        let text = std::fs::read(path).map_err(unreadable)?;
        let index = serde_json::from_slice(&text);
        index.map(Some).map_err(|cause| wrong(format!("it is no index of weights ({}); {DAMAGED}", plain(&cause.to_string()))))
    }

    /// The files, each once, which lie beside the index.
    pub(crate) fn files(&self, path: &Path) -> Result<Vec<PathBuf>, CheckpointError> {
        let mut names: Vec<&str> = self.weight_map.values().map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        let beside = |name: &str| {
            let is_plain = !matches!(name, "" | "." | "..") && !name.contains(['/', '\\', '\0']);
            let problem = || format!("it names {}, which is no file beside it; {DAMAGED}", quote(name));
            if is_plain { Ok(path.with_file_name(name)) } else { Err(CheckpointError::new(path, problem())) }
        };
        names.into_iter().map(beside).collect()
    }
}
