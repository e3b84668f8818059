//! What people try first: no tasks, a table in place of a configuration, files of their own for the splits, columns beside predictions.

use crate::support::{Place, things};

#[test]
fn without_tasks_the_columns_are_listed() {
    let place = Place::with_things();
    std::fs::remove_file(place.path("things.toml")).unwrap();
    insta::assert_snapshot!(place.transcript(&["init things.csv", "init things.csv --test things.csv"]));
    assert!(!place.path("things.toml").exists());
}

#[test]
fn a_table_in_place_of_a_configuration_leads_to_init() {
    let place = Place::with_things();
    place.write("my things.csv", things(48));
    insta::assert_snapshot!(place.transcript(&["train things.csv", "check things.csv --json", "check absent.csv"]));
    let output = place.command("train").arg("my things.csv").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("banyan init 'my things.csv' --tasks COLUMNS"));
}

#[test]
fn files_for_the_splits_take_the_place_of_a_split() {
    let place = Place::with_things();
    place.write("held/valid.csv", things(12));
    place.write("held/test.csv", things(16));
    let init = "init things.csv --tasks price,kind --force -o own.toml";
    for (files, lines, rows) in [
        ("--valid held/valid.csv --test held/test.csv", "valid = \"held/valid.csv\"\ntest = \"held/test.csv\"\n\n", [48, 12, 16]),
        (
            "--test held/test.csv",
            "test = \"held/test.csv\"\n# Rows that are kept back to choose the best weights by. A file may be named instead: valid = \"…\".\n\
             split = { valid = 0.1, test = 0.0, by = \"stratified\" }\n",
            [43, 5, 16],
        ),
        (
            "--valid held/valid.csv",
            "valid = \"held/valid.csv\"\n# Rows that are kept back for the final figures. A file may be named instead: test = \"…\".\n\
             split = { valid = 0.0, test = 0.1, by = \"stratified\" }\n",
            [43, 12, 5],
        ),
    ] {
        place.succeed(&format!("{init} {files}"));
        let text = place.read("own.toml");
        assert!(text.contains(&format!("[data]\ntrain = \"things.csv\"\n{lines}")), "{files}\n{text}");
        let checked: serde_json::Value = serde_json::from_str(&place.succeed("check own.toml --json")).unwrap();
        let found = ["train", "valid", "test"].map(|split| checked["data"]["rows"][split].as_u64().unwrap());
        assert_eq!(found, rows, "{files}");
    }
    let ran = place.run(&format!("{init} --test nowhere.csv"));
    assert_eq!((ran.code, ran.err.as_str()), (2, "error: nowhere.csv does not exist\n"));
    place.write("held/bare.csv", "size,color\n1,red\n");
    let ran = place.run(&format!("{init} --test held/bare.csv"));
    assert!(ran.code == 2 && ran.err.starts_with("error: held/bare.csv has no column \"price\""), "{}", ran.err);
}

#[test]
fn a_key_can_be_taken_out_of_the_configuration() {
    let place = Place::with_things();
    place.write("valid.csv", things(12));
    place.write("test.csv", things(16));
    let files = "--set data.valid=valid.csv --set data.test=test.csv";
    let ran = place.run(&format!("check things.toml --quiet {files}"));
    assert!(ran.code == 2 && ran.err.contains("remove the split (--set data.split=)"), "{}", ran.err);
    place.succeed(&format!("check things.toml --quiet {files} --set data.split="));
    for (set, reason) in [
        ("data.splt=", "--set data.splt=: there is no data.splt to take out; did you mean \"split\"?"),
        ("inputs.weight.type=", "--set inputs.weight.type=: there is no inputs.weight to take out; what is set are size and color"),
        ("data.train.x=", "data.train is the text \"things.csv\", which has no \"x\""),
        ("=", "write it as --set training.epochs=3"),
    ] {
        let ran = place.run(&format!("check things.toml --set {set}"));
        assert!(ran.code == 2 && ran.err.contains(reason), "{set}: {}", ran.err);
    }
}

#[test]
fn columns_of_the_table_stand_beside_their_predictions() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    place.write("new.csv", "id,size,color,note,price\n007,3,red,\"a, \"\"b\"\"\",10\n1.50,4,blue,NA,\n1e3,,green,,7\n");
    let ran = place.run("predict run --data new.csv --keep id,note,price --tasks price");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.err, "note: column \"price\" of the table is written as \"data.price\": the predictions have one of its name\n");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines[0], "id,note,data.price,price");
    for (line, start) in lines[1..].iter().zip(["007,\"a, \"\"b\"\"\",10,", "1.50,NA,,", "1e3,,7,"]) {
        assert!(line.starts_with(start), "{line}");
    }
    place.succeed("predict run --data new.csv --keep id -o out.jsonl");
    assert!(place.read("out.jsonl").starts_with("{\"id\": \"007\", \"price\": "), "{}", place.read("out.jsonl"));
    place.succeed("predict run --data new.csv --keep id --keep note -o out.parquet");
    for (keep, code, reason) in [
        ("weight", 2, "error: new.csv has no column \"weight\"; its columns are id, size, color, note and price"),
        ("id,id", 2, "error: --keep names \"id\" twice; name each column once"),
    ] {
        let ran = place.run(&format!("predict run --data new.csv --keep {keep}"));
        assert_eq!((ran.code, ran.err.trim_end()), (code, reason));
    }
}

#[test]
fn quiet_hides_progress_and_never_what_changes_the_result() {
    let place = Place::with_things();
    let ran = place.run("train things.toml --out run -q");
    assert_eq!((ran.out.as_str(), ran.err.as_str(), ran.code), ("run\n", "", 0));
    place.write("new.csv", "color\nred\n");
    let note = "note: input \"size\": the table has no column \"size\", so it is missing in every row\n";
    assert_eq!(place.run("predict run --data new.csv -q").err, note);
    place.write("held.csv", "color,kind\nred,apple\nred,mango\n");
    let told = place.run("evaluate run --data held.csv -q --tasks kind").err;
    assert!(told.starts_with(note) && told.contains("1 label was never seen in training and is unknown (\"mango\")"), "{told}");
    let unsplit = place.read("things.toml").replace("split = { valid = 0.2, test = 0.2, by = \"random\" }\n", "");
    place.write("unsplit.toml", unsplit);
    for command in ["check unsplit.toml -q", "train unsplit.toml -q --out unsplit"] {
        let told = place.run(command).err;
        assert!(told.starts_with("note: no validation table is given: 10 % of the training rows were set aside"), "{command}: {told}");
    }
}
