//! The ranges of numbers in the JSON Schema are those that a configuration is checked against.

use banyan_data::labels::{Subject, TaskKind};
use banyan_train::config::Config;
use serde_json::Value;

const SMALL: &str = r#"
[data]
train = "train.csv"
split = { valid = 0.1, test = 0.1, by = "random" }
[inputs.a]
type = "number"
[tasks.b]
type = "regression"
[tasks.other]
type = "regression"
"#;

/// A number with its place in a configuration, and whether the schema allows it.
struct Tried {
    place: String,
    allowed: bool,
}

/// Numbers at the bounds of a key and just outside of them.
fn tried(place: &str, property: &Value) -> Vec<Tried> {
    let types = &property["type"];
    let is_of = |name: &str| types == name || types.as_array().is_some_and(|types| types.iter().any(|own| own == name));
    let (is_whole, is_number) = (is_of("integer"), is_of("number"));
    if !is_whole && !is_number {
        return Vec::new();
    }
    let shown = |value: f64| if is_whole { format!("{value:.0}") } else { format!("{value:?}") };
    let beyond = if is_whole { 1.0 } else { 1e-6 };
    let bounds =
        [("minimum", -beyond, true), ("maximum", beyond, true), ("exclusiveMinimum", 0.0, false), ("exclusiveMaximum", 0.0, false)];
    let mut found = Vec::new();
    for (key, step, is_in) in bounds {
        let Some(bound) = property.get(key).and_then(Value::as_f64) else { continue };
        // What is not negative by its type is refused by the reader, and a seed's bound is no f64.
        if (key == "minimum" && bound == 0.0 && is_whole) || bound > 1e15 {
            continue;
        }
        if is_in {
            found.push(Tried { place: format!("{place}={}", shown(bound)), allowed: true });
        }
        found.push(Tried { place: format!("{place}={}", shown(bound + step)), allowed: false });
        if is_number {
            let ([inside, outside], single) = match key {
                "minimum" | "exclusiveMinimum" => ([bound.next_up(), bound.next_down()], (bound as f32).next_up()),
                _ => ([bound.next_down(), bound.next_up()], (bound as f32).next_down()),
            };
            // A number that is in by less than single precision holds is at the bound there.
            // One that is 0 there would switch something off.
            let vanishes = bound == 0.0 && inside != 0.0;
            found.push(Tried { place: format!("{place}={}", shown(inside)), allowed: is_in && !vanishes });
            found.push(Tried { place: format!("{place}={}", shown(outside)), allowed: false });
            found.push(Tried { place: format!("{place}={}", shown(f64::from(single))), allowed: true });
        }
    }
    if is_number {
        found.push(Tried { place: format!("{place}=1e39"), allowed: false });
    }
    found
}

fn check(text: &str, overrides: &[String]) -> Result<(), String> {
    let config = Config::parse("config.toml", text, overrides).map_err(|error| error.to_string())?;
    config.check().map_err(|error| error.to_string())
}

/// Tries the numbers of each key of a table that the schema defines.
fn try_all(definition: &Value, prefix: &str, text: &str) -> usize {
    let mut count = 0;
    for (key, property) in definition["properties"].as_object().into_iter().flatten() {
        for tried in tried(&format!("{prefix}.{key}"), property) {
            let result = check(text, std::slice::from_ref(&tried.place));
            if result.as_ref().is_err_and(|error| error.contains("is for the encoder")) {
                continue;
            }
            assert_eq!(result.is_ok(), tried.allowed, "{}: {result:?}", tried.place);
            count += 1;
        }
    }
    count
}

#[test]
fn bounds_of_the_schema_are_those_of_the_check() {
    let schema = Config::json_schema();
    let of = |name: &str| &schema["$defs"][name];
    let mut count = try_all(of("ModelConfig"), "model", SMALL) + try_all(of("TrainingConfig"), "training", SMALL);
    // One share alone, since both together must leave rows to train on.
    let split = SMALL.replacen("valid = 0.1, test = 0.1", "valid = 0.0, test = 0.0", 1);
    count += try_all(of("SplitConfig"), "data.split", &split) + try_all(of("DataConfig"), "data", SMALL);
    for (family, table) in [("InputConfig", "inputs.a"), ("TaskConfig", "tasks.b")] {
        for variant in schema["$defs"][family]["oneOf"].as_array().into_iter().flatten() {
            let kind = variant["properties"]["type"]["const"].as_str().unwrap_or_default();
            let others = "[inputs.words]\ntype = \"tokens\"\n[inputs.photo]\ntype = \"image\"\n";
            let subject = TaskKind::ALL.iter().find(|task| table == "tasks.b" && task.name() == kind).map(|task| task.subject());
            let on = match subject {
                Some(Subject::Words) => "on = \"words\"\n",
                Some(Subject::Image) => "on = \"photo\"\n",
                Some(Subject::Row) | None => "",
            };
            // A limit of word vectors needs some.
            let vectors = if variant["properties"].get("vectors").is_some() { "vectors = \"v.txt\"\n" } else { "" };
            let text = SMALL.replace(&format!("[{table}]\ntype = \"number\""), &format!("[{table}]\ntype = \"{kind}\"\n{vectors}"));
            let text = text.replace(&format!("[{table}]\ntype = \"regression\""), &format!("{others}[{table}]\ntype = \"{kind}\"\n{on}"));
            count += try_all(variant, table, &text);
        }
    }
    assert!(count > 200, "{count} numbers were tried");
}
