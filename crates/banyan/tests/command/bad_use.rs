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
