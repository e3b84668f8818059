//! A disk that works for a number of steps and then does not any more: for a process that is killed, and for a full disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use banyan_train::run::{BasicDisk, Disk, EntryKind, RunFolder, StandardDisk};

use crate::scenario::{Acknowledged, assert_complete, assert_nothing_lost, leftovers, train};

/// What happens at the step at which the disk fails, and after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Failure {
    /// The process is gone: the step happens in part (a half-written file) or not at all, and no other follows.
    Killed,
    /// There is no room: every step that needs room fails from then on, writing what fits; removing and shortening work.
    Full,
}

#[derive(Debug)]
pub(crate) struct FailingDisk {
    disk: StandardDisk,
    steps_left: AtomicUsize,
    failure: Failure,
}

impl FailingDisk {
    pub(crate) fn after(steps: usize, failure: Failure) -> Self {
        Self { disk: StandardDisk, steps_left: AtomicUsize::new(steps), failure }
    }

    /// A disk that does not fail.
    pub(crate) fn never() -> Arc<dyn Disk> {
        Arc::new(Self::after(usize::MAX, Failure::Killed))
    }

    /// `Err` from the step on at which the disk fails.
    fn step(&self) -> io::Result<()> {
        let before = self.steps_left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        before.map(drop).map_err(|_| match self.failure {
            Failure::Killed => io::Error::other("killed"),
            Failure::Full => io::Error::from(io::ErrorKind::StorageFull),
        })
    }

    /// A step that a full disk does not stop.
    fn roomless(&self) -> io::Result<()> {
        if self.failure == Failure::Full { Ok(()) } else { self.step() }
    }
}

impl BasicDisk for FailingDisk {
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let step = self.step();
        if step.is_err() && self.steps_left.load(Ordering::SeqCst) == 0 {
            // Half of it; a killed process writes no second half, nor anything after.
            self.disk.write(path, &bytes[..bytes.len() / 2])?;
        }
        step?;
        self.disk.write(path, bytes)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        // A dead process loses nothing that the system has taken: syncing would only take time. `power` tests it.
        self.step()?;
        self.disk.length(path).map(drop)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        self.disk.rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.roomless()?;
        self.disk.remove_file(path)
    }
}

impl Disk for FailingDisk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.disk.create_folder(path)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.step() {
            self.disk.append(path, &bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        self.disk.append(path, bytes)
    }

    fn truncate(&self, path: &Path, length: u64) -> io::Result<()> {
        self.roomless()?;
        self.disk.truncate(path, length)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.disk.length(path).map(drop)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.roomless()?;
        self.disk.remove_folder(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.disk.read(path)
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        self.disk.kind(path)
    }

    fn length(&self, path: &Path) -> io::Result<Option<u64>> {
        self.disk.length(path)
    }

    fn entries(&self, path: &Path) -> io::Result<Option<Vec<PathBuf>>> {
        self.disk.entries(path)
    }
}

/// Trains with a disk that fails after each possible number of steps, until one number is enough; gives each folder to `check`.
pub(crate) fn at_every_step(failure: Failure, check: impl Fn(&Path, &Acknowledged, &str, usize)) {
    for steps in 0.. {
        let parent = tempfile::tempdir().expect("a folder for the test");
        let path = parent.path().join("run");
        let disk: Arc<dyn Disk> = Arc::new(FailingDisk::after(steps, failure));
        let mut acknowledged = Acknowledged::default();
        let result = train(&path, &disk, &mut acknowledged);
        let context = format!("{failure:?} after {steps} steps");
        match result {
            Ok(()) => {
                assert!(steps > 60, "a training takes more than {steps} steps");
                return;
            }
            Err(error) => check(&path, &acknowledged, &format!("{context} ({error})"), steps),
        }
    }
}

#[test]
fn a_full_disk_loses_nothing_and_says_so() {
    at_every_step(Failure::Full, |path, acknowledged, context, _| {
        if acknowledged.config {
            let folder = RunFolder::open(path).unwrap();
            assert_nothing_lost(&folder, acknowledged, context);
            // No half line, no half file: they were taken back at once.
            let log = std::fs::read(folder.log_path()).unwrap_or_default();
            assert!(log.is_empty() || log.ends_with(b"\n"), "{context}");
            assert_eq!(leftovers(&StandardDisk, path), Vec::<String>::new(), "{context}");
        }
        assert!(context.contains("the disk is full"), "{context}");
        // Advice that can be followed: where no run has begun, there is none to resume.
        let advice =
            if RunFolder::open(path).is_ok() { "free some space and continue with --resume" } else { "free some space and train again" };
        assert!(context.contains(advice), "{context}");
        // There is room again.
        train(path, &FailingDisk::never(), &mut Acknowledged::default()).unwrap_or_else(|error| panic!("{context}, then {error}"));
        assert_complete(&RunFolder::open(path).unwrap(), context);
    });
}
