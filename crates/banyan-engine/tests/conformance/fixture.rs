//! Reference values from PyTorch; `tests/fixtures/README.md` describes the files.

use crate::case::Case;
use crate::tensor::Tensor;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Operations of the fixtures that are not the engine's: they are tested where they are written.
pub(crate) const ELSEWHERE: &[&str] =
    &["sgd", "adam", "adamw", "clip_global_norm", "cosine_schedule", "transformer_block", "bidirectional_lstm", "multihead_attention"];

/// One file.
#[derive(Debug, Deserialize)]
pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) op: String,
    pub(crate) attributes: serde_json::Value,
    inputs: BTreeMap<String, Tensor>,
    parameters: BTreeMap<String, Tensor>,
    constants: BTreeMap<String, Tensor>,
    outputs: BTreeMap<String, Tensor>,
    cotangents: BTreeMap<String, Tensor>,
    pub(crate) gradients: BTreeMap<String, Tensor>,
    extras: BTreeMap<String, Tensor>,
}

/// Makes the case that a fixture describes.
pub(crate) type Reader = fn(&Fixture) -> Case;

impl Fixture {
    /// Every file, by name.
    pub(crate) fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let entries = std::fs::read_dir(&folder).expect("the fixtures' folder");
        let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a readable fixture");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The fixture of this name.
    pub(crate) fn named(name: &str) -> Self {
        Self::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{name}.json")))
    }

    fn tensor(&self, section: &BTreeMap<String, Tensor>, name: &str) -> Tensor {
        let found = section.get(name).unwrap_or_else(|| panic!("fixture {} has no {name}", self.name));
        Tensor::new(name, &found.shape, found.data.clone())
    }

    pub(crate) fn input(&self, name: &str) -> Tensor {
        self.tensor(&self.inputs, name)
    }

    pub(crate) fn parameter(&self, name: &str) -> Tensor {
        self.tensor(&self.parameters, name)
    }

    pub(crate) fn constant(&self, name: &str) -> Tensor {
        self.tensor(&self.constants, name)
    }

    /// The numbers of a constant.
    pub(crate) fn numbers(&self, name: &str) -> Vec<f32> {
        self.constant(name).data
    }

    pub(crate) fn extra(&self, name: &str) -> Tensor {
        self.tensor(&self.extras, name)
    }

    /// The only output and what it is multiplied with.
    pub(crate) fn output(&self) -> (Tensor, Tensor) {
        let names: Vec<_> = self.outputs.keys().collect();
        let [name] = names[..] else { panic!("fixture {} has outputs {names:?}", self.name) };
        (self.tensor(&self.outputs, name), self.tensor(&self.cotangents, name))
    }

    /// Whole numbers: labels, indices, offsets.
    pub(crate) fn integers(&self, name: &str) -> Vec<u32> {
        self.constant(name).data.iter().map(|&x| x as u32).collect()
    }

    /// A mask.
    pub(crate) fn mask(&self, name: &str) -> Vec<bool> {
        self.constant(name).data.iter().map(|&x| x != 0.0).collect()
    }

    pub(crate) fn word(&self, attribute: &str) -> &str {
        self.attributes[attribute].as_str().unwrap_or_else(|| panic!("fixture {}: {attribute}", self.name))
    }

    pub(crate) fn number(&self, attribute: &str) -> f32 {
        self.attributes[attribute].as_f64().unwrap_or_else(|| panic!("fixture {}: {attribute}", self.name)) as f32
    }

    pub(crate) fn list(&self, attribute: &str) -> Vec<usize> {
        let entries = self.attributes[attribute].as_array().unwrap_or_else(|| panic!("fixture {}: {attribute}", self.name));
        entries.iter().map(|entry| entry.as_u64().unwrap_or_else(|| panic!("fixture {}: {attribute}", self.name)) as usize).collect()
    }

    pub(crate) fn pair(&self, attribute: &str) -> (usize, usize) {
        let [first, second] = self.list(attribute)[..] else { panic!("fixture {}: {attribute} is no pair", self.name) };
        (first, second)
    }
}
