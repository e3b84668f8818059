//! Any subset of the inputs gives any subset of the tasks.

use crate::support::Place;

#[test]
fn inputs_and_tasks_are_chosen_by_name() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    let parse = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let size = parse(place.succeed("evaluate run --inputs size --tasks price --json"));
    assert_eq!(size["inputs"], serde_json::json!(["size"]));
    assert_eq!(size["tasks"].as_object().unwrap().keys().collect::<Vec<_>>(), ["price"]);
    let color = parse(place.succeed("evaluate run --inputs color --json"));
    assert_ne!(size["tasks"]["price"]["rmse"], color["tasks"]["price"]["rmse"]);

    let header = |arguments: &str| place.succeed(arguments).lines().next().unwrap().to_owned();
    assert_eq!(header("predict run --data things.csv"), "price,kind,kind=apple,kind=pear,kind=plum");
    assert_eq!(header("predict run --data things.csv --tasks price"), "price");
    assert_eq!(header("predict run --data things.csv --inputs color --tasks kind"), "kind,kind=apple,kind=pear,kind=plum");
}

#[test]
fn a_table_that_lacks_an_input_is_predicted_as_if_it_was_left_out() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    place.write("colors.csv", "color\nred\nblue\n");
    place.write("both.csv", "color,size\nred,3\nblue,4\n");
    let lacking = place.succeed("predict run --data colors.csv");
    assert_eq!(lacking, place.succeed("predict run --data both.csv --inputs color"));
    assert_ne!(lacking, place.succeed("predict run --data both.csv"));
}

#[test]
fn unknown_names_are_wrong_use() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    let commands = [
        "evaluate run --inputs siez",
        "evaluate run --tasks prices,kind",
        "predict run --data things.csv --inputs weather",
        "predict run --data nowhere.csv",
        "predict run --data things.csv -o out.xlsx",
    ];
    insta::assert_snapshot!(place.transcript(&commands));
}
