//! A table to measure on or to predict that lacks columns of the run.

use crate::support::{CONFIG, Place, things};

#[test]
fn a_mistyped_column_is_an_error_with_the_nearest_name() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    for (column, name) in [("size", "Size"), ("size", "siez"), ("color", "colour"), ("color", "COLOR")] {
        place.write("new.csv", things(12).replacen(column, name, 1));
        for command in ["predict run --data new.csv", "evaluate run --data new.csv", "predict run --data new.csv --quiet"] {
            let ran = place.run(command);
            let expected = format!(
                "error: new.csv has no column \"{column}\"; did you mean \"{name}\"? rename it in the table, or, if input \"{column}\" is \
                 not in this table, leave it out with --inputs\n"
            );
            assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (2, "", expected.as_str()), "{command}");
        }
        let other = if column == "size" { "color" } else { "size" };
        place.succeed(&format!("predict run --data new.csv --inputs {other}"));
    }
}

#[test]
fn a_mistyped_label_is_an_error_where_labels_are_needed() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    place.write("new.csv", things(12).replacen("price", "Price", 1));
    let ran = place.run("evaluate run --data new.csv");
    assert!(ran.code == 2 && ran.err.contains("new.csv has no column \"price\"; did you mean \"Price\"?"), "{}", ran.err);
    place.succeed("evaluate run --data new.csv --tasks kind");
    place.succeed("predict run --data new.csv");
}

#[test]
fn a_table_of_something_else_is_an_error() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    place.write("other.csv", "weather,wind\nsun,3\nrain,4\n");
    let ran = place.run("predict run --data other.csv -o out.csv");
    let expected =
        "error: other.csv has no column \"size\"; nor any other that the inputs need (size and color); its columns are weather and wind\n";
    assert_eq!((ran.code, ran.err.as_str()), (2, expected));
    assert!(!place.path("out.csv").exists());
    place.write("unlabeled.csv", "size,color\n3,red\n4,blue\n");
    let ran = place.run("evaluate run --data unlabeled.csv");
    assert!(ran.code == 2 && ran.err.contains("nor any other that the tasks need (price and kind)"), "{}", ran.err);
    place.succeed("predict run --data unlabeled.csv");
}

#[test]
fn quiet_does_not_hide_what_changes_the_result() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    place.write("colors.csv", "color,price,weather\nred,3,sun\nblue,4,rain\n");
    for command in ["predict run --data colors.csv --quiet", "evaluate run --data colors.csv --quiet"] {
        let ran = place.run(command);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("note: input \"size\": the table has no column \"size\", so it is missing in every row"), "{}", ran.err);
    }
    // A training tells what it was given, too; where there is nothing to tell, it is silent.
    place.write("gaps.toml", CONFIG.replace("split = { valid = 0.2, test = 0.2, by = \"random\" }", ""));
    let ran = place.run("train gaps.toml --out gaps --quiet");
    assert!(ran.err.contains("note: no validation table is given"), "{}", ran.err);
    assert_eq!(place.run("train things.toml --out whole --quiet").err, "");
}

#[test]
fn a_validation_table_with_a_mistyped_column_is_an_error() {
    let place = Place::with_things();
    place.write("valid.csv", things(12).replacen("size", "Size", 1));
    place.write("given.toml", CONFIG.replace("split = { valid = 0.2, test = 0.2, by = \"random\" }", "valid = \"valid.csv\""));
    let ran = place.run("train given.toml --out run --quiet");
    assert!(
        ran.code == 2 && ran.err.contains("valid.csv has no column \"size\"; did you mean \"Size\"? rename it in the table\n"),
        "{}",
        ran.err
    );
}
