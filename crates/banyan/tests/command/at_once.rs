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

#[test]
fn of_configurations_for_one_file_one_is_written_and_the_others_say_so() {
    let place = Place::with_things();
    let start = |task: &str| -> Child {
        let arguments = format!("init things.csv --tasks {task} -o new.toml");
        place.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for _ in 0..4 {
        let tasks = ["price", "kind", "price", "kind", "price", "kind"];
        let started: Vec<Child> = tasks.into_iter().map(start).collect();
        let outputs: Vec<Output> = started.into_iter().map(|child| child.wait_with_output().unwrap()).collect();
        let won: Vec<&str> = tasks.into_iter().zip(&outputs).filter(|(_, output)| output.status.success()).map(|(task, _)| task).collect();
        assert_eq!(won.len(), 1, "{outputs:?}");
        assert!(place.read("new.toml").contains(&format!("[tasks.{}]", won[0])));
        for lost in outputs.iter().filter(|output| !output.status.success()) {
            let error = String::from_utf8_lossy(&lost.stderr);
            assert!(error.contains("new.toml is there already; overwrite it with --force") && lost.status.code() == Some(2), "{error}");
        }
        std::fs::remove_file(place.path("new.toml")).unwrap();
    }
    assert_eq!(names(&place.path("")), ["things.csv", "things.toml"]);
}
