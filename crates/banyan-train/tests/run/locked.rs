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

/// Whoever comes second is refused, whether the first still writes or is done: never do two write one run.
#[test]
fn of_trainings_begun_at_once_in_one_folder_one_makes_the_run() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("runs").join("one");
    let start = std::sync::Barrier::new(8);
    let train = |number: usize| -> Result<(), RunError> {
        start.wait();
        let mut run = RunWriter::create(&path)?;
        run.write_config(&number.to_string())?;
        for step in 1..=3 {
            run.log(&crate::scenario::record(step))?;
        }
        std::thread::sleep(std::time::Duration::from_millis(30));
        Ok(())
    };
    let results: Vec<Result<(), RunError>> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..8).map(|number| scope.spawn(move || train(number))).collect();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winner = results.iter().position(Result::is_ok).unwrap();
    for (number, result) in results.into_iter().enumerate().filter(|(number, _)| *number != winner) {
        let error = result.unwrap_err();
        assert!(matches!(error, RunError::Taken { .. } | RunError::Overtaken { .. } | RunError::Exists { .. }), "{number}: {error}");
        assert!(error.to_string().contains("choose another folder with --out"), "{error}");
    }
    let run = banyan_train::run::RunFolder::open(&path).unwrap();
    assert_eq!(run.config_text().unwrap(), winner.to_string());
    assert_eq!(run.log().unwrap().len(), 3);
}

#[test]
fn a_new_run_is_refused_at_once_where_another_training_writes() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("run");
    let first = RunWriter::create(&path).unwrap();
    first.write_config("").unwrap();
    let complaint = || {
        let sentence = RunWriter::expect_free(&path).unwrap_err().to_string().replace(&path.display().to_string(), "RUN");
        sentence.replace(&std::process::id().to_string(), "1234")
    };
    insta::assert_snapshot!(complaint(), @"another training (process 1234) is writing into RUN; choose another folder with --out");
    drop(first);
    insta::assert_snapshot!(complaint(), @"RUN holds a run already; continue it with --resume, or choose another folder with --out");
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
