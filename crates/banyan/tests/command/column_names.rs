//! Columns whose names hold commas, quotation marks, line ends and tabs, and how they are named on the command line.

use crate::support::Place;

/// Runs a command whose arguments hold spaces, and gives standard output.
fn succeed(place: &Place, arguments: &[&str]) -> String {
    let output = place.command("").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_comma_in_a_column_s_name_can_be_written() {
    let place = Place::new();
    let rows: String = (0..40).map(|row| format!("{}.5,{}.25,{}\n", row % 9, row % 11 * 2, ["a", "b"][row % 2])).collect();
    place.write("prices.csv", format!("x,\"Price, EUR\",kind\n{rows}"));
    for (number, tasks) in [
        &["--tasks", "Price, EUR"][..],
        &["--tasks", "\"Price, EUR\",kind"],
        &["--target", "Price, EUR,kind"],
        &["--tasks", "kind", "--tasks", "Price, EUR"],
    ]
    .into_iter()
    .enumerate()
    {
        let file = format!("{number}.toml");
        succeed(&place, &[&["init", "prices.csv", "-o", &file], tasks].concat());
        assert!(place.read(&file).contains("[tasks.\"Price, EUR\"]"), "{tasks:?}");
    }
    place.succeed("train 1.toml --out run --quiet --set training.epochs=1 --set model.width=8");
    let header = |arguments: &[&str]| succeed(&place, arguments).lines().next().unwrap().to_owned();
    let predict = ["predict", "run", "--data", "prices.csv"];
    for tasks in ["Price, EUR", "\"Price, EUR\""] {
        assert_eq!(header(&[&predict[..], &["--tasks", tasks]].concat()), "\"Price, EUR\"");
    }
    assert_eq!(header(&[&predict[..], &["--tasks", "kind", "--tasks", "Price, EUR"]].concat()), "\"Price, EUR\",kind,kind=a,kind=b");
    succeed(&place, &["evaluate", "run", "--tasks", "Price, EUR", "--inputs", "x"]);
    assert_eq!(header(&[&predict[..], &["--tasks", "kind", "--keep", "Price, EUR,x"]].concat()), "\"Price, EUR\",x,kind,kind=a,kind=b");
}

#[test]
fn a_list_that_can_be_read_in_two_ways_is_refused() {
    let place = Place::new();
    let rows: String =
        (0..40).map(|row| format!("{{\"x\": {}, \"a\": {}, \"b\": {}, \"a,b\": {}}}\n", row % 7, row % 5, row % 3, row % 4)).collect();
    place.write("two.jsonl", rows);
    let ran = place.run("init two.jsonl --tasks a,b");
    let expected =
        "error: --tasks a,b means \"a\" and \"b\" or \"a,b\"; put quotation marks around a name with commas: --tasks '\"a,b\",c'\n";
    assert_eq!((ran.code, ran.err.as_str()), (2, expected));
    place.succeed("init two.jsonl --tasks \"a,b\" -o one.toml");
    place.succeed("init two.jsonl --tasks a --tasks b -o both.toml");
    assert!(place.read("one.toml").contains("[tasks.\"a,b\"]") && place.read("both.toml").contains("[inputs.\"a,b\"]"));
}

/// Excel's header cells of two lines, and whatever else a name may hold.
#[test]
fn any_column_s_name_makes_a_configuration_that_trains() {
    let place = Place::new();
    let names = ["Total\nsize", "a \"quote\"", "back\\slash", "tab\there", "it's", "#x = [1]", "ü \u{1b}", " ", "Sum\r\nprice\tEUR"];
    let mut table = String::new();
    for row in 0..200 {
        let cells: serde_json::Map<String, serde_json::Value> =
            names.iter().enumerate().map(|(place, name)| ((*name).to_owned(), (row * (place + 3) % 17).into())).collect();
        table += &format!("{}\n", serde_json::Value::from(cells));
    }
    place.write("odd.jsonl", table);
    succeed(&place, &["init", "odd.jsonl", "--tasks", names[8], "--tasks", names[0]]);
    place.succeed("check odd.toml --quiet");
    place.succeed("train odd.toml --out run --quiet --set training.epochs=1 --set model.width=8");
    let summary = succeed(&place, &["evaluate", "run", "--json", "--tasks", names[0], "--inputs", names[1], "--inputs", names[3]]);
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["inputs"], serde_json::json!([names[1], names[3]]));
    assert!(summary["tasks"][names[0]].is_object(), "{summary}");
}
