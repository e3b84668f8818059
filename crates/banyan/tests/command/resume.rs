//! A training that is killed, or interrupted, and resumed ends with the same weights as one that was left alone.

use crate::support::Place;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Enough steps for a kill to find some of them undone; a checkpoint after every step.
const SLOW: &str = "--set training.epochs=60 --set training.checkpoint_seconds=0 --set model.width=64";

fn start(place: &Place, arguments: &str) -> Child {
    place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until the run has a checkpoint whose number is at least this.
fn wait_for_checkpoint(place: &Place, run: &str, number: u64) {
    let folder = place.path(run).join("checkpoint");
    let begun = Instant::now();
    loop {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let newest = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u64>().ok()).max();
        if newest.is_some_and(|newest| newest >= number) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "no checkpoint {number} in two minutes");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_killed_training_ends_with_the_same_weights() {
    let place = Place::with_things();
    place.succeed(&format!("train things.toml --out whole --quiet {SLOW}"));
    for (resume, checkpoint) in [("", 3), (" --resume", 40)] {
        let mut child = start(&place, &format!("train things.toml --out killed --quiet {SLOW}{resume}"));
        wait_for_checkpoint(&place, "killed", checkpoint);
        // SIGKILL: the program cannot hear it.
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success(), "the kill came after the end: give the training more epochs");
    }
    assert!(!place.path("killed/summary.json").exists());
    place.succeed(&format!("train things.toml --out killed --resume --quiet {SLOW}"));
    for name in ["model.safetensors", "vocabulary/inputs.json", "vocabulary/targets.json"] {
        assert_eq!(place.bytes(&format!("killed/{name}")), place.bytes(&format!("whole/{name}")), "{name}");
    }
    assert_eq!(steps(&place, "killed"), steps(&place, "whole"));
}

/// The logged steps, without the evaluations' order in time.
fn steps(place: &Place, run: &str) -> Vec<String> {
    let log = place.read(&format!("{run}/metrics.jsonl"));
    log.lines().filter(|line| line.contains("\"kind\":\"step\"")).map(str::to_owned).collect()
}

#[test]
fn without_out_the_newest_run_is_resumed() {
    let place = Place::with_things();
    place.succeed("train things.toml --quiet");
    place.succeed("train things.toml --quiet");
    // A run that has ended stays as it is.
    assert_eq!(place.succeed("train things.toml --resume --quiet"), "runs/things-2\n");
}

/// With a learning rate that does not depend on the end of the training, it does not matter that the end was put off.
#[test]
fn a_run_that_has_ended_goes_on_with_more_epochs() {
    let place = Place::with_things();
    let constant = "--quiet --set training.schedule=constant --set training.warmup=0";
    place.succeed(&format!("train things.toml --out whole {constant} --set training.epochs=5"));
    place.succeed(&format!("train things.toml --out more {constant} --set training.epochs=2"));
    place.succeed(&format!("train things.toml --out more --resume {constant} --set training.epochs=5"));
    assert_eq!(place.bytes("more/model.safetensors"), place.bytes("whole/model.safetensors"));
    assert_eq!(steps(&place, "more"), steps(&place, "whole"));
    let summary: serde_json::Value = serde_json::from_str(&place.read("more/summary.json")).unwrap();
    assert_eq!((&summary["epochs"], &summary["stop_reason"]), (&5.into(), &"completed".into()));
    // The run remembers its new end; fewer epochs than it has had would be another training.
    place.succeed(&format!("train things.toml --out more --resume {constant} --set training.epochs=5"));
    let ran = place.run(&format!("train things.toml --out more --resume {constant} --set training.epochs=3"));
    assert!(ran.code == 2 && ran.err.contains("training.epochs is 3 here and 5 in the run"), "{}", ran.err);
}

/// A training that is killed after its end was put off goes on to the new end.
#[test]
fn more_epochs_survive_a_kill() {
    let place = Place::with_things();
    let slow = SLOW.replace("epochs=60", "epochs=20");
    place.succeed(&format!("train things.toml --out run --quiet {slow} --set training.epochs=1"));
    let before = std::fs::read_dir(place.path("run/checkpoint")).unwrap().flatten().next().unwrap();
    let number: u64 = before.file_name().to_str().unwrap().parse().unwrap();
    let mut child = start(&place, &format!("train things.toml --out run --quiet {slow} --resume"));
    wait_for_checkpoint(&place, "run", number + 3);
    child.kill().unwrap();
    child.wait().unwrap();
    place.succeed(&format!("train things.toml --out run --resume --quiet {slow}"));
    let summary: serde_json::Value = serde_json::from_str(&place.read("run/summary.json")).unwrap();
    assert_eq!(summary["epochs"], 20);
}

#[cfg(unix)]
#[test]
fn an_interrupted_training_saves_and_says_how_to_go_on() {
    let place = Place::with_things();
    place.succeed(&format!("train things.toml --out whole --quiet {SLOW}"));
    let mut command = place.command(&format!("train things.toml --out stopped {SLOW}"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for_checkpoint(&place, "stopped", 2);
    let interrupt = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupt.success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    // The overrides are part of the command: without them the run's configuration would not be the one given.
    let overrides: String = SLOW.split_whitespace().filter(|word| *word != "--set").map(|change| format!(" --set {change}")).collect();
    assert!(said.contains(&format!("interrupted; continue with: banyan train things.toml{overrides} --out stopped --resume")), "{said}");
    place.succeed(&format!("train things.toml --out stopped --resume --quiet {SLOW}"));
    assert_eq!(place.bytes("stopped/model.safetensors"), place.bytes("whole/model.safetensors"));
}
