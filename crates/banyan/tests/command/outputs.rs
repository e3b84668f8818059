//! Where commands write: never over what they read, through links, with the permissions that were there, into pipes and devices.

use crate::support::{Place, names};
use std::process::Stdio;

/// A folder with a small run.
fn with_run() -> Place {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    place.write("new.csv", "size,color\n3,red\n5,blue\n");
    place
}

/// Runs a command that must refuse, in one sentence and as wrong use, and change nothing of a file.
fn refuses(place: &Place, arguments: &str, file: &str, reason: &str) {
    let before = place.bytes(file);
    let ran = place.run(arguments);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.lines().count()), (2, "", 1), "banyan {arguments}\n{}", ran.err);
    assert!(ran.err.contains(reason), "banyan {arguments}\n{}", ran.err);
    assert!(place.bytes(file) == before, "banyan {arguments} changed {file}");
}

#[test]
fn an_output_is_never_one_of_the_inputs() {
    let place = with_run();
    let data = "is the table to predict, and would be overwritten";
    place.write("sub/keep", "");
    for output in ["new.csv", "./new.csv", "sub/../new.csv"] {
        refuses(&place, &format!("predict run --data new.csv -o {output}"), "new.csv", data);
    }
    refuses(&place, "predict run --data new.csv -o things.csv", "things.csv", "is a training table of the run");
    refuses(&place, "predict run --data new.csv -o run/metrics.jsonl", "run/metrics.jsonl", "is metrics.jsonl of the run run");
    refuses(&place, "report run -o run/model.safetensors", "run/model.safetensors", "is model.safetensors of the run run");
    refuses(&place, "report run -o run/vocabulary/inputs.json", "run/vocabulary/inputs.json", "is vocabulary of the run run");
    refuses(&place, "report run -o things.csv --force", "things.csv", "is a training table of the run");
    refuses(&place, "report run -o things.toml", "things.toml", "is no HTML page; name another file with -o, or overwrite it with --force");
    refuses(&place, "init new.csv --tasks color -o new.csv --force", "new.csv", "is a table that is read");
    refuses(&place, "init things.csv --tasks price --test new.csv -o new.csv --force", "new.csv", "is a table that is read");
    // What is no input may be replaced: earlier predictions, also in the run's folder, and earlier pages.
    for _ in 0..2 {
        place.succeed("predict run --data new.csv -o run/predictions.csv");
        place.succeed("report run -o page.html");
    }
    place.succeed("report run -o things.toml --force");
    assert_eq!(place.read("things.toml"), place.read("page.html"));
}

#[cfg(unix)]
#[test]
fn links_to_an_input_are_seen_through() {
    let place = with_run();
    std::os::unix::fs::symlink("new.csv", place.path("link.csv")).unwrap();
    std::os::unix::fs::symlink("link.csv", place.path("link2.csv")).unwrap();
    std::fs::hard_link(place.path("new.csv"), place.path("hard.csv")).unwrap();
    std::os::unix::fs::symlink(".", place.path("here")).unwrap();
    for output in ["link.csv", "link2.csv", "hard.csv", "here/new.csv", "here/here/hard.csv"] {
        refuses(&place, &format!("predict run --data new.csv -o {output}"), "new.csv", "is the table to predict");
        refuses(&place, &format!("init new.csv --tasks color --force -o {output}"), "new.csv", "is a table that is read");
    }
}

#[cfg(unix)]
#[test]
fn planted_links_are_not_written_through_and_those_of_the_user_are() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = with_run();
    place.write("theirs.txt", "theirs");
    // The name that an earlier version wrote to first.
    for name in [".out.csv.new", ".page.html.new", "run/.report.html.new"] {
        symlink(place.path("theirs.txt"), place.path(name)).unwrap();
    }
    // The run may come from somebody else, with links in it.
    std::fs::remove_file(place.path("run/report.html")).unwrap();
    symlink(place.path("theirs.txt"), place.path("run/report.html")).unwrap();
    place.write("disk/real.csv", "old");
    std::fs::set_permissions(place.path("disk/real.csv"), std::fs::Permissions::from_mode(0o600)).unwrap();
    symlink("disk/real.csv", place.path("latest.csv")).unwrap();
    symlink("disk/fresh.csv", place.path("dangling.csv")).unwrap();
    for arguments in ["-o out.csv", "-o latest.csv", "-o dangling.csv"] {
        place.succeed(&format!("predict run --data new.csv {arguments}"));
    }
    place.succeed("report run -o page.html");
    place.succeed("report run");
    assert_eq!(place.read("theirs.txt"), "theirs");
    let expected = place.read("out.csv");
    assert!(expected.starts_with("price,kind,"));
    assert_eq!((place.read("disk/real.csv"), place.read("disk/fresh.csv")), (expected.clone(), expected));
    assert_eq!(std::fs::metadata(place.path("disk/real.csv")).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(std::fs::symlink_metadata(place.path("latest.csv")).unwrap().is_symlink());
    assert_eq!(names(&place.path("disk")), ["fresh.csv", "real.csv"]);
}

#[test]
fn names_as_long_as_they_may_be_can_be_written() {
    let place = with_run();
    let name = format!("{}.csv", "x".repeat(251));
    place.succeed(&format!("predict run --data new.csv -o {name}"));
    assert!(place.read(&name).starts_with("price,"));
}

#[test]
fn outputs_that_cannot_be_written_are_told_before_the_work() {
    let place = with_run();
    place.write("folder.csv/keep", "");
    for (arguments, reason) in [
        ("predict run --data new.csv -o folder.csv", "cannot write folder.csv: it is a folder; name a file in it"),
        ("predict run --data new.csv -o nowhere/out.csv", "cannot write nowhere/out.csv: the folder nowhere does not exist; make it first"),
        ("report run -o nowhere/page.html", "cannot write nowhere/page.html: the folder nowhere does not exist; make it first"),
        (
            "init new.csv --tasks color -o nowhere/new.toml",
            "cannot write nowhere/new.toml: the folder nowhere does not exist; make it first",
        ),
    ] {
        let ran = place.run(arguments);
        assert_eq!((ran.code, ran.err.trim_end()), (1, format!("error: {reason}").as_str()), "{arguments}");
    }
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_written_to_as_they_are() {
    let place = with_run();
    let expected = place.succeed("predict run --data new.csv");
    for output in ["-o /dev/stdout", "-o -"] {
        assert_eq!(place.succeed(&format!("predict run --data new.csv {output}")), expected, "{output}");
    }
    place.succeed("predict run --data new.csv -o /dev/null");
    assert!(std::process::Command::new("mkfifo").arg(place.path("pipe")).status().unwrap().success());
    let reader = place.path("pipe");
    let reader = std::thread::spawn(move || std::fs::read_to_string(reader).unwrap());
    place.succeed("predict run --data new.csv -o pipe");
    assert_eq!(reader.join().unwrap(), expected);
    // A file that the shell appends to keeps what it held.
    place.write("log", "before\n");
    let log = std::fs::OpenOptions::new().append(true).open(place.path("log")).unwrap();
    assert!(place.command("predict run --data new.csv -o /dev/stdout").stdout(log).status().unwrap().success());
    assert_eq!(place.read("log"), format!("before\n{expected}"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_a_failure_whatever_is_printed() {
    let place = with_run();
    for arguments in ["--help", "--version", "predict --help", "methods", "predict run --data new.csv", "evaluate run --json"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = place.command(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "banyan {arguments}: {told}");
        assert!(told.starts_with("error: could not write to standard output: ") && told.lines().count() == 1, "banyan {arguments}: {told}");
    }
    let ran = place.run("predict run --data new.csv -o /dev/full");
    assert_eq!((ran.code, ran.err.lines().count()), (1, 1), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn a_pipe_that_nobody_writes_to_is_refused_and_one_with_a_writer_is_read() {
    let place = Place::with_things();
    for name in ["idle.toml", "pipe.toml", "pipe.csv"] {
        assert!(std::process::Command::new("mkfifo").arg(place.path(name)).status().unwrap().success());
    }
    let ran = place.run("check idle.toml");
    assert_eq!((ran.code, ran.err.trim_end()), (2, "error: cannot read idle.toml: it is a named pipe that nothing writes to"));
    let (pipe, config) = (place.path("pipe.toml"), place.read("things.toml"));
    let writer = std::thread::spawn(move || std::fs::write(pipe, config).unwrap());
    place.succeed("check pipe.toml --quiet");
    writer.join().unwrap();
    let ran = place.run("init pipe.csv --tasks price -o new.toml");
    assert_eq!(
        (ran.code, ran.err.trim_end()),
        (1, "error: cannot read pipe.csv: it is a pipe or a device; give a table by standard input as \"-\"")
    );
}

#[test]
fn the_file_behind_standard_input_is_an_input() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    let before = place.bytes("things.csv");
    let mut command = place.command("predict run --data - -o things.csv");
    let output = command.stdin(std::fs::File::open(place.path("things.csv")).unwrap()).output().unwrap();
    let problem = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && problem.contains("would be overwritten"), "{problem}");
    assert_eq!(place.bytes("things.csv"), before);
}

#[test]
fn a_run_is_not_begun_around_its_own_table() {
    let place = Place::with_things();
    std::fs::create_dir(place.path("mine")).unwrap();
    std::fs::copy(place.path("things.csv"), place.path("mine/metrics.csv")).unwrap();
    let ran = place.run("train things.toml --set data.train=mine/metrics.csv --out mine");
    assert!(ran.code == 2 && ran.err.contains("mine/metrics.csv lies in the folder of the run"), "{}", ran.err);
}
