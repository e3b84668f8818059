//! One training at a time, and none that is dead.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use banyan_train::run::{RunError, RunWriter};

const CHILD: &str = "BANYAN_TEST_HOLDS_LOCK";

#[test]
fn a_second_training_is_refused_while_the_first_lives() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let first = RunWriter::create(&path).unwrap();
    first.write_config("").unwrap();
    let error = RunWriter::resume(&path).unwrap_err();
    assert!(matches!(error, RunError::Locked { .. }));
    let sentence = error.to_string().replace(&path.display().to_string(), "RUN");
    let sentence = sentence.replace(&std::process::id().to_string(), "1234");
    insta::assert_snapshot!(sentence, @"another training (process 1234) is writing into RUN; wait until it ends, or stop it");
    drop(first);
    assert!(RunWriter::resume(&path).is_ok());
}

/// The child of the next test: holds the lock until it is killed. A test of its own, so that the child can be this program.
#[test]
fn holds_the_lock_when_told_to() {
    let Ok(path) = std::env::var(CHILD) else { return };
    let run = RunWriter::create(path.as_ref()).unwrap();
    run.write_config("").unwrap();
    println!("\nholding");
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn a_killed_training_blocks_nobody() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "locked::holds_the_lock_when_told_to", "--nocapture"])
        .env(CHILD, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let held = lines.map_while(Result::ok).any(|line| line.contains("holding"));
    let refused = RunWriter::resume(&path);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(held, "the child took the lock");
    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains(&format!("(process {})", child.id())), "{sentence}");
    assert!(RunWriter::resume(&path).is_ok());
}
