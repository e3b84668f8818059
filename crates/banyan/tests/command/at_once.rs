//! Trainings that are started at the same moment.

use std::process::{Child, Output, Stdio};

use crate::support::{Place, names};

const TRAININGS: usize = 8;

/// Starts all, then waits for all.
fn together(place: &Place, arguments: &str) -> Vec<Output> {
    let start = |_| -> Child { place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap() };
    let started: Vec<Child> = (0..TRAININGS).map(start).collect();
    started.into_iter().map(|child| child.wait_with_output().unwrap()).collect()
}

#[test]
fn each_training_without_a_folder_gets_its_own() {
    let place = Place::with_things();
    let outputs = together(&place, "train things.toml --quiet");
    let mut printed: Vec<String> = outputs.iter().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).collect();
    assert!(outputs.iter().all(|output| output.status.success()), "{outputs:?}");
    printed.sort();
    let expected: Vec<String> = (1..=TRAININGS).map(|number| format!("runs/things-{number}")).collect();
    assert_eq!(printed, expected);
    for run in expected {
        place.succeed(&format!("evaluate {run} --quiet"));
    }
}

#[test]
fn of_trainings_into_one_folder_one_makes_the_run_and_the_others_say_so() {
    let place = Place::with_things();
    let outputs = together(&place, "train things.toml --out run --quiet");
    let (won, lost): (Vec<&Output>, Vec<&Output>) = outputs.iter().partition(|output| output.status.success());
    assert_eq!(won.len(), 1, "{outputs:?}");
    for output in lost {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("choose another folder with --out") && output.status.code() == Some(2), "{said}");
    }
    place.succeed("evaluate run --quiet");
}

#[test]
fn a_start_that_fails_leaves_no_folder_behind() {
    let place = Place::with_things();
    place.write("things.csv", "size,color,price,kind\n");
    assert_eq!(place.run("train things.toml --quiet").code, 1);
    assert_eq!(names(&place.path("")), ["things.csv", "things.toml"]);
}
