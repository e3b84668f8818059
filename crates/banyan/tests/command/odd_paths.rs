//! Paths that are no UTF-8.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::Output;

use crate::support::{CONFIG, Place, things};

/// Runs the program with arguments of any bytes; `~` stands for the folder's name.
fn run(place: &Place, arguments: &str) -> Output {
    let folder = OsString::from_vec(b"caf\xe9".to_vec());
    let mut command = place.command("");
    command.args(arguments.split_whitespace().map(|argument| match argument.strip_prefix('~') {
        Some(rest) => [folder.as_os_str(), OsStr::new(rest)].join(OsStr::new("")),
        None => argument.into(),
    }));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn a_run_in_a_folder_whose_name_is_no_text_is_found_again() {
    let place = Place::new();
    let folder = place.path("").join(OsStr::from_bytes(b"caf\xe9"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("things.csv"), things(48)).unwrap();
    std::fs::write(folder.join("things.toml"), CONFIG).unwrap();
    let trained = run(&place, "train ~/things.toml --out ~/run --quiet");
    assert_eq!(trained.stdout, b"caf\xe9/run\n");
    // The run's configuration leads to the table.
    let evaluated = run(&place, "evaluate ~/run --json");
    assert!(String::from_utf8_lossy(&evaluated.stdout).contains("\"rmse\""));
    run(&place, "train ~/things.toml --out ~/run --resume --quiet");
    run(&place, "predict ~/run --data ~/things.csv -o ~/out.csv");
    assert!(folder.join("out.csv").is_file());
    assert_eq!(run(&place, "report ~/run").stdout, b"caf\xe9/run/report.html\n");
    // Written by init into another folder, and read there.
    run(&place, "init ~/things.csv --tasks kind -o init.toml");
    assert!(place.read("init.toml").contains("train = \"file:caf%E9/things.csv\""), "{}", place.read("init.toml"));
    run(&place, "check init.toml");
    // Its own file may be there, too, and the commands that it names can be copied.
    let written = run(&place, "init ~/things.csv --tasks kind -o ~/init.toml");
    let shown = String::from_utf8_lossy(&written.stdout).into_owned();
    assert!(written.stdout.windows(14).any(|line| line == b"caf\xe9/init.toml"), "{shown}");
    let text = std::fs::read_to_string(folder.join("init.toml")).unwrap();
    for said in [&shown, &text] {
        assert!(said.contains(r"banyan check $'caf\xE9/init.toml'"), "{said}");
    }
    assert!(text.contains(r"banyan init $'caf\xE9/things.csv' --tasks kind") && text.contains("train = \"things.csv\""), "{text}");
    let command = r"eval $(sed -n 's/^# *\(banyan check .*toml.\).*$/\1/p' $'caf\xE9/init.toml')";
    let script = format!("banyan() {{ {} \"$@\"; }}; {command}", env!("CARGO_BIN_EXE_banyan"));
    let checked = std::process::Command::new("bash").args(["-c", &script]).current_dir(place.path("")).output().unwrap();
    assert!(checked.status.success(), "{}{}", String::from_utf8_lossy(&checked.stdout), String::from_utf8_lossy(&checked.stderr));
}
