//! A machine that loses power: what was not synced may be there, or not, or in part.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use banyan_train::run::{BasicDisk, Disk, EntryKind, RunFolder, RunWriter};

use crate::scenario::{Acknowledged, assert_complete, assert_nothing_lost, train};

type Names = BTreeMap<OsString, usize>;

/// A file or folder, as programs see it and as the medium has it.
#[derive(Debug, Clone)]
enum Node {
    File { seen: Vec<u8>, kept: Vec<u8> },
    Folder { seen: Names, kept: Names, pending: Vec<Change> },
}

/// Names that one operation gave or took; the medium has all of it or nothing.
type Change = Vec<(OsString, Option<usize>)>;

#[derive(Debug, Clone, Default)]
struct Medium {
    nodes: Vec<Node>,
    steps_left: usize,
}

/// A disk in memory with a medium behind it.
#[derive(Debug, Default)]
struct MemoryDisk(Mutex<Medium>);

fn absent() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

impl Medium {
    fn new(steps: usize) -> Self {
        let root = Node::Folder { seen: Names::new(), kept: Names::new(), pending: Vec::new() };
        Self { nodes: vec![root], steps_left: steps }
    }

    fn step(&mut self) -> io::Result<()> {
        self.steps_left = self.steps_left.checked_sub(1).ok_or_else(|| io::Error::other("no power"))?;
        Ok(())
    }

    fn names(path: &Path) -> Vec<OsString> {
        let normal = |part: Component<'_>| if let Component::Normal(name) = part { Some(name.to_owned()) } else { None };
        path.components().filter_map(normal).collect()
    }

    fn find(&self, path: &Path) -> Option<usize> {
        let mut node = 0;
        for name in Self::names(path) {
            let Node::Folder { seen, .. } = &self.nodes[node] else { return None };
            node = *seen.get(&name)?;
        }
        Some(node)
    }

    fn parent(&self, path: &Path) -> io::Result<(usize, OsString)> {
        let name = path.file_name().ok_or_else(absent)?.to_owned();
        Ok((self.find(path.parent().ok_or_else(absent)?).ok_or_else(absent)?, name))
    }

    fn change(&mut self, folder: usize, change: Change) {
        if let Node::Folder { seen, pending, .. } = &mut self.nodes[folder] {
            for (name, node) in &change {
                match node {
                    Some(node) => seen.insert(name.clone(), *node),
                    None => seen.remove(name),
                };
            }
            pending.push(change);
        }
    }

    fn file(&mut self, path: &Path) -> io::Result<&mut Vec<u8>> {
        if self.find(path).is_none() {
            let (folder, name) = self.parent(path)?;
            self.nodes.push(Node::File { seen: Vec::new(), kept: Vec::new() });
            let node = self.nodes.len() - 1;
            self.change(folder, vec![(name, Some(node))]);
        }
        let node = self.find(path).ok_or_else(absent)?;
        match &mut self.nodes[node] {
            Node::File { seen, .. } => Ok(seen),
            Node::Folder { .. } => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        }
    }

    /// What a disk may hold when the power is back: for each file and each change of names, chance decides whether it got there.
    fn after_power_loss(&self, random: &mut impl FnMut() -> u64) -> Self {
        let mut medium = self.clone();
        medium.steps_left = usize::MAX;
        for node in &mut medium.nodes {
            match node {
                Node::File { seen, kept } => {
                    // What both have at the beginning was never rewritten; after it, any part of the newer content.
                    let common = seen.iter().zip(kept.iter()).take_while(|(a, b)| a == b).count();
                    let outcome = match random() % 3 {
                        0 => kept.clone(),
                        1 => seen.clone(),
                        _ => seen[..common + (random() % (seen.len() - common + 1) as u64) as usize].to_vec(),
                    };
                    (*seen, *kept) = (outcome.clone(), outcome);
                }
                Node::Folder { seen, kept, pending } => {
                    for change in pending.drain(..) {
                        if random().is_multiple_of(2) {
                            continue;
                        }
                        for (name, node) in change {
                            match node {
                                Some(node) => kept.insert(name, node),
                                None => kept.remove(&name),
                            };
                        }
                    }
                    *seen = kept.clone();
                }
            }
        }
        medium
    }
}

impl MemoryDisk {
    fn medium(&self) -> MutexGuard<'_, Medium> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> io::Result<MutexGuard<'_, Medium>> {
        let mut medium = self.medium();
        medium.step()?;
        Ok(medium)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut medium = self.writing()?;
        medium.find(path).ok_or_else(absent)?;
        let (folder, name) = medium.parent(path)?;
        medium.change(folder, vec![(name, None)]);
        Ok(())
    }
}

impl BasicDisk for MemoryDisk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut medium = self.writing()?;
        *medium.file(path)? = bytes.to_vec();
        Ok(())
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        let mut medium = self.writing()?;
        let node = medium.find(path).ok_or_else(absent)?;
        if let Node::File { seen, kept } = &mut medium.nodes[node] {
            kept.clone_from(seen);
        }
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut medium = self.writing()?;
        let node = medium.find(from).ok_or_else(absent)?;
        let ((folder, old), (same, new)) = (medium.parent(from)?, medium.parent(to)?);
        assert_eq!(folder, same, "a run renames within a folder only: nothing else is atomic");
        medium.change(folder, vec![(old, None), (new, Some(node))]);
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.remove(path)
    }
}

impl Disk for MemoryDisk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        let mut medium = self.writing()?;
        let mut folder = PathBuf::from("/");
        for name in Medium::names(path) {
            folder.push(name);
            if medium.find(&folder).is_none() {
                let (parent, name) = medium.parent(&folder)?;
                medium.nodes.push(Node::Folder { seen: Names::new(), kept: Names::new(), pending: Vec::new() });
                let node = medium.nodes.len() - 1;
                medium.change(parent, vec![(name, Some(node))]);
            }
        }
        Ok(())
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut medium = self.writing()?;
        medium.file(path)?.extend(bytes);
        Ok(())
    }

    fn truncate(&self, path: &Path, length: u64) -> io::Result<()> {
        let mut medium = self.writing()?;
        medium.file(path)?.truncate(length as usize);
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut medium = self.writing()?;
        let node = medium.find(path).ok_or_else(absent)?;
        if let Node::Folder { seen, kept, pending } = &mut medium.nodes[node] {
            kept.clone_from(seen);
            pending.clear();
        }
        Ok(())
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.remove(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let medium = self.medium();
        match &medium.nodes[medium.find(path).ok_or_else(absent)?] {
            Node::File { seen, .. } => Ok(seen.clone()),
            Node::Folder { .. } => Err(io::Error::from(io::ErrorKind::IsADirectory)),
        }
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let medium = self.medium();
        Ok(medium.find(path).map(|node| match &medium.nodes[node] {
            Node::File { .. } => EntryKind::File,
            Node::Folder { .. } => EntryKind::Folder,
        }))
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        let medium = self.medium();
        Ok(medium.find(path).map(|node| match &medium.nodes[node] {
            Node::File { seen, .. } => seen.len() as u64,
            Node::Folder { .. } => 0,
        }))
    }

    fn entries(&self, path: &Path) -> io::Result<Option<Vec<PathBuf>>> {
        let medium = self.medium();
        let Some(node) = medium.find(path) else { return Ok(None) };
        match &medium.nodes[node] {
            Node::Folder { seen, .. } => Ok(Some(seen.keys().map(|name| path.join(name)).collect())),
            Node::File { .. } => Err(io::Error::from(io::ErrorKind::NotADirectory)),
        }
    }
}

/// A run on a disk in memory, for reading: the writer's folder, without keeping its lock.
fn open(path: &Path, disk: &Arc<dyn Disk>) -> RunFolder {
    RunWriter::resume_on(path, Arc::clone(disk)).expect("the run can be taken up").0.folder().clone()
}

#[test]
fn a_loss_of_power_at_any_step_loses_nothing_that_was_saved() {
    // The lock is the system's and needs a real folder; everything else is in memory, under the same path.
    let real = tempfile::tempdir().unwrap();
    let path = real.path();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 11
    };
    for steps in 0.. {
        let memory = Arc::new(MemoryDisk(Mutex::new(Medium::new(steps))));
        let disk: Arc<dyn Disk> = memory.clone();
        let mut acknowledged = Acknowledged::default();
        if train(path, &disk, &mut acknowledged).is_ok() {
            assert!(steps > 60, "a training takes more than {steps} steps");
            break;
        }
        for outcome in 0..20 {
            let context = format!("power lost after {steps} steps, outcome {outcome}");
            let after = memory.medium().after_power_loss(&mut random);
            let disk: Arc<dyn Disk> = Arc::new(MemoryDisk(Mutex::new(after)));
            if acknowledged.config {
                assert_nothing_lost(&open(path, &disk), &acknowledged, &context);
            }
            train(path, &disk, &mut Acknowledged::default()).unwrap_or_else(|error| panic!("{context}, then {error}"));
            assert_complete(&open(path, &disk), &context);
        }
    }
}
