//! Named tensors from files of weights, of which nothing is executed.
//!
//! ```
//! use banyan_checkpoint::{Checkpoint, Dtype};
//!
//! let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/training.pt");
//! let checkpoint = Checkpoint::open(file.as_ref())?;
//! assert_eq!(checkpoint.names().collect::<Vec<_>>(), ["weight", "bias"]);
//! assert_eq!(checkpoint.path(), ["state_dict"]);
//! let weight = checkpoint.tensor("weight").expect("a name that is there");
//! assert_eq!((weight.shape, weight.dtype), (&[2, 3][..], Dtype::F32));
//! assert_eq!(checkpoint.numbers("weight")?, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
//! # Ok::<(), banyan_checkpoint::CheckpointError>(())
//! ```
//!
//! # Formats
//!
//! - safetensors, by the crate of that name;
//! - what `torch.save` writes: a zip file since PyTorch 1.6, and pickles followed by numbers before that;
//! - an index of weights in several files, and folders of the Hugging Face Hub.
//!
//! Which one a file has is seen in its first bytes, whatever its name.
//!
//! # Safety against hostile files
//!
//! A pickle can run any program when Python reads it. Here a pickle makes values: dictionaries, lists, texts, numbers, and tensors by the few
//! functions of PyTorch that checkpoints use. Other classes and functions remain names, so that a checkpoint with the arguments of its training still
//! reads, and none is imported or called. Values lie in a table, so that no nesting is too deep; their number is bounded. Lengths are compared with
//! the file before memory is taken for them, and the numbers of a tensor are read from its place in the file when they are asked for, so that a
//! storage that several tensors share is not copied.
//!
//! # Limits
//!
//! Whole models (`torch.save(model)`), TorchScript, tar archives of before 2018, big-endian numbers, and compressed zip files are errors that say so.
//! Complex, quantized and sparse tensors and those of 8-bit floating point have a name, but no numbers.

mod dtype;
mod entry;
mod error;
mod folder;
mod format;
mod pickle;
mod safetensors;
mod source;
mod torch;

pub use dtype::Dtype;
pub use error::CheckpointError;

use entry::Entry;
use error::{DAMAGED, quote};
use indexmap::IndexMap;
use source::Source;
use std::fmt;
use std::path::{Path, PathBuf};
use torch::State;

/// What a wrapper of a model puts before all its names: `DataParallel`, `torch.compile`.
const WRAPPERS: [&str; 2] = ["module.", "_orig_mod."];

/// A file of weights, or several with an index, whose tensors are described in memory and whose numbers are not.
pub struct Checkpoint {
    file: PathBuf,
    sources: Vec<(PathBuf, Source)>,
    path: Vec<String>,
    tensors: IndexMap<String, Entry>,
    others: IndexMap<String, String>,
}

/// A tensor's description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TensorInfo<'a> {
    /// The sizes of its dimensions, of which a single number has none.
    pub shape: &'a [usize],
    /// The type of its numbers in the file.
    pub dtype: Dtype,
}

impl Checkpoint {
    /// Opens a file of weights, an index (`*.index.json`) of several, or a folder: of that `model.safetensors`, else `pytorch_model.bin` (or the index
    /// of either), else the only file that ends in `.safetensors`, `.pt`, `.pth`, `.bin` or `.ckpt`.
    ///
    /// Of what `torch.save` wrote the state dictionary is found: the dictionary itself if its values are tensors, or the one under a usual key, such as
    /// `state_dict` or `model`. A prefix `module.` or `_orig_mod.` of all names is taken off.
    ///
    /// # Errors
    /// If there is no such file, or if it is damaged, in another format, or without a dictionary of tensors.
    pub fn open(path: &Path) -> Result<Self, CheckpointError> {
        let file = folder::choose(path)?;
        let Some(index) = folder::Index::read(&file)? else {
            let source = Source::open(&file).map_err(|problem| CheckpointError::new(&file, problem))?;
            return Self::of_one(file, source);
        };
        let open = |file: PathBuf| match Source::open(&file) {
            Ok(source) => Ok((file, source)),
            Err(problem) => Err(CheckpointError::new(&file, problem)),
        };
        let sources = index.files(&file)?.into_iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let whole = merge(&sources)?;
        if let Some((name, part)) = index.weight_map.iter().find(|(name, _)| !whole.tensors.contains_key(*name)) {
            let problem = format!("it says that tensor {} is in {}, which does not have it; {DAMAGED}", quote(name), quote(part));
            return Err(CheckpointError::new(&file, problem));
        }
        Ok(Self::new(file, sources, whole))
    }

    /// Reads a file of weights from memory. `name` stands for it in messages.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, CheckpointError> {
        Self::of_one(PathBuf::from(name), Source::from_bytes(bytes))
    }

    fn of_one(file: PathBuf, source: Source) -> Result<Self, CheckpointError> {
        let sources = vec![(file.clone(), source)];
        let whole = merge(&sources)?;
        Ok(Self::new(file, sources, whole))
    }

    fn new(file: PathBuf, sources: Vec<(PathBuf, Source)>, mut state: State) -> Self {
        unwrap(&mut state);
        Self { file, sources, path: state.path, tensors: state.tensors, others: state.others }
    }

    /// The file that was read: the one chosen, if a folder was named.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The keys under which the state dictionary was, from the outside.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// The tensors' names, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// The names of values in the state dictionary that are no tensors, each with its Python type.
    pub fn others(&self) -> impl Iterator<Item = (&str, &str)> {
        self.others.iter().map(|(name, kind)| (name.as_str(), kind.as_str()))
    }

    /// The description of a tensor; `None` if there is none of this name.
    pub fn tensor(&self, name: &str) -> Option<TensorInfo<'_>> {
        self.tensors.get(name).map(|entry| TensorInfo { shape: &entry.layout.shape, dtype: entry.dtype })
    }

    /// Reads the numbers of a tensor in row-major order, those of other types rounded to `f32`.
    ///
    /// # Errors
    /// If there is no such tensor, its type is not read, there is no memory for it, or the file cannot be read.
    pub fn numbers(&self, name: &str) -> Result<Vec<f32>, CheckpointError> {
        let Some(entry) = self.tensors.get(name) else {
            let problem = match self.others.get(name) {
                Some(kind) => format!("its {} is no tensor but of type {kind}", quote(name)),
                None => format!("it has no tensor {}", quote(name)),
            };
            return Err(CheckpointError::new(&self.file, problem));
        };
        let (path, source) = &self.sources[entry.storage.file];
        entry.numbers(source).map_err(|problem| CheckpointError::new(path, format!("its tensor {} {problem}", quote(name))))
    }
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Checkpoint").field("file", &self.file).field("path", &self.path).field("tensors", &self.tensors).finish()
    }
}

/// The tensors of several files, each of which has others.
fn merge(sources: &[(PathBuf, Source)]) -> Result<State, CheckpointError> {
    let mut whole = State::default();
    for (number, (path, source)) in sources.iter().enumerate() {
        let part = format::read(source).map_err(|problem| CheckpointError::new(path, problem))?;
        whole.path = part.path;
        whole.others.extend(part.others);
        for (name, mut entry) in part.tensors {
            entry.storage.file = number;
            if whole.tensors.contains_key(&name) {
                return Err(CheckpointError::new(path, format!("its tensor {} is in another file too; {DAMAGED}", quote(&name))));
            }
            whole.tensors.insert(name, entry);
        }
    }
    Ok(whole)
}

/// Takes the prefixes of wrappers off, as long as all names have them.
fn unwrap(state: &mut State) {
    while !state.tensors.is_empty() {
        let of_all = |prefix: &&&str| state.tensors.keys().all(|name| name.len() > prefix.len() && name.starts_with(**prefix));
        let Some(prefix) = WRAPPERS.iter().find(of_all) else { return };
        state.tensors =
            std::mem::take(&mut state.tensors).into_iter().map(|(name, entry)| (name[prefix.len()..].to_owned(), entry)).collect();
        let shorter = |name: String| name.strip_prefix(prefix).map(str::to_owned).unwrap_or(name);
        state.others = std::mem::take(&mut state.others).into_iter().map(|(name, kind)| (shorter(name), kind)).collect();
    }
}
