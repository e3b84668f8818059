//! A process that is killed between any two steps, and again while it takes the run up.

use std::sync::Arc;

use banyan_train::run::{Disk, RunFolder, StandardDisk};

use crate::failing::{FailingDisk, Failure, at_every_step};
use crate::scenario::{Acknowledged, assert_complete, assert_nothing_lost, leftovers, train};

#[test]
fn a_kill_at_any_step_loses_nothing_that_was_saved() {
    at_every_step(Failure::Killed, |path, acknowledged, context, _| {
        if acknowledged.config {
            assert_nothing_lost(&RunFolder::open(path).unwrap(), acknowledged, context);
        }
        train(path, &FailingDisk::never(), &mut Acknowledged::default()).unwrap_or_else(|error| panic!("{context}, then {error}"));
        assert_complete(&RunFolder::open(path).unwrap(), context);
        assert_eq!(leftovers(&StandardDisk, path), Vec::<String>::new(), "{context}");
    });
}

/// Every pair of a kill and a kill of the resumed training.
#[test]
fn a_second_kill_while_resuming_loses_nothing_either() {
    at_every_step(Failure::Killed, |path, _, context, steps| {
        // Every fifth first kill, which meets all kinds of step; every second kill up to well
        // after the resume.
        if !steps.is_multiple_of(5) {
            return;
        }
        for second in 0..25 {
            let copy = tempfile::tempdir().unwrap();
            copy_folder(path, copy.path());
            let disk: Arc<dyn Disk> = Arc::new(FailingDisk::after(second, Failure::Killed));
            let mut acknowledged = Acknowledged::default();
            if train(copy.path(), &disk, &mut acknowledged).is_err() && acknowledged.config {
                let folder = RunFolder::open(copy.path()).unwrap();
                assert_nothing_lost(&folder, &acknowledged, &format!("{context}, then after {second} steps"));
            }
            train(copy.path(), &FailingDisk::never(), &mut Acknowledged::default()).unwrap();
            assert_complete(&RunFolder::open(copy.path()).unwrap(), context);
        }
    });
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    let Ok(entries) = std::fs::read_dir(from) else { return };
    for entry in entries {
        let entry = entry.expect("entries can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("files can be copied");
        }
    }
}
