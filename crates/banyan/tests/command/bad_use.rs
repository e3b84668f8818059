//! Wrong use: exit code 2 and the hint.

use crate::support::Place;

#[test]
fn configurations_that_cannot_be_meant() {
    let place = Place::with_things();
    let config = place.read("things.toml");
    place.write("key.toml", config.replace("epochs", "epoch"));
    place.write("column.toml", config.replace("[inputs.size]", "[inputs.sise]"));
    place.write("kind.toml", config.replace("\"regression\"", "\"regresion\""));
    place.write("syntax.toml", config.replace("epochs = 1", "epochs = "));
    place.write("table.toml", config.replace("things.csv", "thing.csv"));
    place.write("ending.toml", config.replace("things.csv", "things.xlsx"));
    let commands = [
        "check key.toml",
        "train column.toml --quiet",
        "check column.toml",
        "check kind.toml",
        "check syntax.toml",
        "check table.toml",
        "check ending.toml",
        "check nothing.toml",
        "check things.toml --set training.balance=upgard",
        "check things.toml --set training.balance={type=\"cagrad\",d=1}",
        "check things.toml --set model.fusion=concatenate",
        "check things.toml --set training.epochs=0",
        "check things.toml --set training.epochs",
    ];
    insta::assert_snapshot!(place.transcript(&commands));
}

#[test]
fn flags_that_cannot_be_meant() {
    let place = Place::with_things();
    let commands = [
        "trian things.toml",
        "train things.toml --epochs 3",
        "train things.toml --time-limit 10",
        "train things.toml --resume",
        "train things.toml --resume --out nowhere",
        "evaluate nowhere",
        "predict nowhere --data things.csv -o out.xlsx",
        "compare nowhere",
        "report nowhere",
        "demo --data nowhere",
    ];
    insta::assert_snapshot!(place.transcript(&commands));
    assert_eq!(place.run("").code, 2, "without a command the help is shown, and nothing was done");
}

#[test]
fn a_run_is_never_overwritten() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    let before = place.bytes("run/model.safetensors");
    place.write("notes/mine.txt", "mine");
    let commands = [
        "train things.toml --out run --quiet",
        "train things.toml --out notes --quiet",
        "train things.toml --out run --resume --set training.batch_size=4 --quiet",
        "train things.toml --out run --resume --set training.threads=2 --quiet",
    ];
    insta::assert_snapshot!(place.transcript(&commands));
    assert_eq!(place.bytes("run/model.safetensors"), before);
}

#[test]
fn what_is_no_run_is_told_from_one() {
    let place = Place::with_things();
    for verb in ["evaluate", "report", "compare things.toml", "predict --data things.csv"] {
        for file in ["things.csv", "things.toml"] {
            let ran = place.run(&format!("{verb} {file}"));
            let name = if verb.starts_with("compare") { "things.toml" } else { file };
            let sentence =
                format!("error: {name} is a file, and a run is a folder: name the one that \"banyan train\" made, such as runs/NAME-1\n");
            assert_eq!((ran.code, ran.err), (2, sentence), "{verb} {file}");
        }
    }
}

/// The audit finds nothing, and the training would not begin.
#[test]
fn a_check_that_fails_does_not_call_the_data_good_before() {
    let place = Place::with_things();
    place.write(
        "things.csv",
        place
            .read("things.csv")
            .lines()
            .enumerate()
            .map(|(line, text)| {
                let mut cells: Vec<&str> = text.split(',').collect();
                if line == 3 {
                    cells[2] = "1e39";
                }
                cells.join(",") + "\n"
            })
            .collect::<String>(),
    );
    let ran = place.run("check things.toml");
    assert!(ran.code == 1 && ran.err.contains("1e39 is out of range"), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("Task price") && !ran.out.contains("Nothing to worry about"), "{}", ran.out);
}

#[test]
fn a_check_with_a_note_does_not_call_the_data_good() {
    let place = Place::with_things();
    // The color gives the kind away.
    let row = |(line, text): (usize, &str)| text.replacen(["red", "green", "blue"][(line + 2) % 3], ["gray", "white"][line % 2], 1) + "\n";
    place.write("things.csv", place.read("things.csv").lines().enumerate().map(row).collect::<String>());
    let clean = place.run("check things.toml");
    assert!(clean.out.contains("Nothing to worry about was found.") && clean.err.is_empty(), "{}{}", clean.out, clean.err);
    place.write("things.csv", "# made by a tool\n".to_owned() + &place.read("things.csv"));
    let noted = place.run("check things.toml");
    assert!(noted.code == 0 && noted.err.starts_with("note: things.csv: the line before the header"), "{}{}", noted.out, noted.err);
    assert!(noted.out.contains("Task price") && !noted.out.contains("Nothing to worry about"), "{}", noted.out);
}
