//! What tables hold cannot act on a terminal: it is shown written out, in messages of one line and of bounded length.

use crate::support::{CONFIG, Place};

/// Moves the cursor, names the window, turns the direction of what follows, ends the line.
const ACTS: &str = "\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\r\n";
const SHOWN: &str = r"\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\r\n";

fn is_clean(text: &str) -> bool {
    !text.contains(|character: char| (character.is_control() && character != '\n') || character == '\u{202e}')
}

/// The small table with such a class, and such a column.
fn acting() -> Place {
    let place = Place::new();
    let mut table = String::new();
    for row in 0..48 {
        let kind = ["apple".to_owned(), format!("x{ACTS}y")][row % 2].clone();
        let (name, color) = (format!("c{ACTS}z"), ["red", "blue"][row % 3 % 2]);
        table += &format!("{}\n", serde_json::json!({name: row % 7, "color": color, "kind": kind}));
    }
    place.write("acts.jsonl", table);
    place
}

#[test]
fn columns_and_classes_are_shown_written_out() {
    let place = acting();
    for arguments in ["init acts.jsonl", "init acts.jsonl --tasks kind", "check acts.toml"] {
        let ran = place.run(arguments);
        let all = ran.out + &ran.err;
        assert!(is_clean(&all) && all.contains(SHOWN), "banyan {arguments}\n{all}");
    }
    // A run reads back what it has written of such names, and data for programs stays as it is.
    place.succeed("train acts.toml --out run --quiet --set training.epochs=1 --set model.width=8");
    let ran = place.run("evaluate run");
    assert!(ran.code == 0 && is_clean(&(ran.out + &ran.err)));
    let first = place.succeed("predict run --data acts.jsonl").lines().next().unwrap().to_owned();
    assert!(first.contains("kind=x\u{1b}]0;owned"), "{first}");
}

#[test]
fn errors_are_one_line_of_bounded_length() {
    let place = acting();
    let long = "k".repeat(6000);
    place.write("key.toml", format!("{CONFIG}\"{long}\\u001b[2J\\n\" = 1\n"));
    place.write("things.csv", format!("size,color,price,kind\n\"ta{ACTS}ll{long}\",red,1,a\n1,blue,2,b\n3,red,3,a\n4,red,5,b\n"));
    place.write("things.toml", CONFIG);
    place.write("syntax.toml", format!("{CONFIG}\n\u{1b}[2J{long}"));
    let odd = format!("no{ACTS}where{long}.toml");
    let flag = format!("--fl\u{1b}[2Jag{long}");
    let commands: [&[&str]; 6] = [
        &["check", "key.toml"],
        &["check", "things.toml", "--set", "data.split={ valid = 0.3, test = 0.0, by = \"random\" }"],
        &["check", "syntax.toml"],
        &["check", &odd],
        &["evaluate", &odd],
        &["init", "acts.jsonl", "--tasks", &odd],
    ];
    for arguments in commands {
        let output = place.command("").args(arguments).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code().is_some_and(|code| code > 0), "{arguments:?}: {told}");
        assert!(is_clean(&told) && told.starts_with("error: ") && told.lines().count() == 1, "{arguments:?}: {told}");
        assert!(told.trim_end().chars().count() <= 1500, "{arguments:?}: {} characters", told.chars().count());
    }
    let output = place.command("check").arg(&flag).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && is_clean(&told) && told.contains("error: unexpected argument"), "{told}");
    assert!(told.lines().all(|line| line.chars().count() <= 1500));
}
