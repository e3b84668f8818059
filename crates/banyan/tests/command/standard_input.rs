//! Tables that come by standard input.

use std::io::Write;
use std::process::Stdio;

use crate::support::{Place, Ran};

/// Runs the program with bytes on its standard input.
fn run_with(place: &Place, arguments: &str, input: &[u8]) -> Ran {
    let mut command = place.command(arguments);
    let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut standard_input = program.stdin.take().unwrap();
    // A command that refuses at once has closed it by now.
    let _ = standard_input.write_all(input);
    drop(standard_input);
    let output = program.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { out: text(output.stdout), err: text(output.stderr), code: output.status.code().unwrap() }
}

#[test]
fn predictions_and_metrics_are_those_of_the_file() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet --set training.epochs=2");
    let table = place.bytes("things.csv");
    let expected = place.succeed("predict run --data things.csv");
    for format in ["", " --format csv"] {
        let ran = run_with(&place, &format!("predict run --data -{format}"), &table);
        assert_eq!((ran.out, ran.code), (expected.clone(), 0), "{format}: {}", ran.err);
    }
    let ran = run_with(&place, "evaluate run --data - --json", &table);
    assert_eq!((ran.out, ran.code), (place.succeed("evaluate run --data things.csv --json"), 0), "{}", ran.err);

    // A file whose name does not tell its format.
    place.write("things.data", &table);
    assert_eq!(place.succeed("predict run --data things.data --format csv"), expected);

    let broken = run_with(&place, "predict run --data -", b"{\"height\": 3}\n{\"height\":\n");
    assert!(broken.err.starts_with("error: standard input, line 2: broken JSON: EOF while parsing a value at character"), "{}", broken.err);
    assert_eq!((broken.code, broken.out.as_str()), (1, ""));
    let empty = run_with(&place, "predict run --data -", b"");
    assert_eq!((empty.err.as_str(), empty.code), ("error: standard input is empty; a table needs at least one row\n", 1));
}

#[test]
fn a_configuration_names_a_file() {
    let ran = run_with(&Place::new(), "init - --tasks price", b"a,price\n1,2\n");
    let expected =
        "error: the configuration names the table that a training reads: write standard input into a file, and name that\n".to_owned();
    assert_eq!((ran.err, ran.code), (expected, 2));
}
