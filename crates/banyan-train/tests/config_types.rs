//! What a table of each type holds: the schema, the reader and the tables of methods say the same.

use std::collections::BTreeSet;

use banyan_data::inputs::InputKind;
use banyan_data::labels::{Subject, TaskKind};
use banyan_method::{Method, OptionKind, OptionSpec};
use banyan_model::{ENCODERS, EncoderMethod, HEADS, Methods, ModelError, encoders_of};
use banyan_train::check_choices;
use banyan_train::config::{Choice, Config, TaskConfig};
use serde_json::Value;

const SMALL: &str = r#"[data]
train = "train.csv"

[inputs.words]
type = "tokens"

[inputs.photo]
type = "image"

[tasks.digit]
type = "classification"
"#;

/// A value of each key of an input.
const OF_INPUTS: [(&str, &str); 22] = [
    ("column", "'other'"),
    ("max_values", "5"),
    ("separator", "'|'"),
    ("buckets", "100"),
    ("max_tokens", "50"),
    ("size", "[8, 8]"),
    ("channels", "1"),
    ("fit", "'letterbox'"),
    ("backbone_size", "'tiny'"),
    ("padding", "'even'"),
    ("sample_rate", "8000"),
    ("bands", "40"),
    ("seconds", "1.0"),
    ("vectors", "'vectors.txt'"),
    ("vectors_limit", "10"),
    ("pretrained", "'folder'"),
    ("encoder", "'own'"),
    ("characters", "true"),
    ("word_dropout", "0.1"),
    ("pooling", "'first'"),
    ("frozen", "true"),
    ("learning_rate_factor", "0.1"),
];

/// A value of each key of a task.
const OF_TASKS: [(&str, &str); 27] = [
    ("column", "'label'"),
    ("weight", "0.5"),
    ("score_weight", "0.5"),
    ("metric", "'loss'"),
    ("huber", "1.0"),
    ("distribution", "'poisson'"),
    ("levels", "[0.5]"),
    ("classes", "['a', 'b']"),
    ("label_smoothing", "0.1"),
    ("balanced", "true"),
    ("separator", "'|'"),
    ("decoder", "'softmax'"),
    ("on", "'words'"),
    ("columns", "{}"),
    ("box_format", "'xywh'"),
    ("annotated", "'annotated'"),
    ("score_threshold", "0.5"),
    ("suppression", "0.5"),
    ("max_detections", "10"),
    ("static_steps", "100"),
    ("reg_max", "7"),
    ("one_to_one", "true"),
    ("ignored_index", "0"),
    ("unknown_level", "0"),
    ("dice", "1.0"),
    ("lovasz", "1.0"),
    ("focus", "2.0"),
];

/// The line that names the input which a task's labels belong to.
fn on(kind: TaskKind) -> &'static str {
    match kind.subject() {
        Subject::Row => "",
        Subject::Words => "on = 'words'\n",
        Subject::Image => "on = 'photo'\n",
    }
}

fn parse(lines: &str) -> Result<Config, String> {
    Config::parse("config.toml", &format!("{SMALL}{lines}"), &[]).map_err(|error| error.to_string())
}

/// The keys of each type, from the schema.
fn listed(family: &str) -> Vec<(String, BTreeSet<String>)> {
    let schema = Config::json_schema();
    let variants = schema["$defs"][family]["oneOf"].as_array().expect("one schema a type").clone();
    let keys = |variant: &Value| variant["properties"].as_object().expect("keys").keys().filter(|key| *key != "type").cloned().collect();
    variants.iter().map(|variant| (variant["properties"]["type"]["const"].as_str().expect("a type").to_owned(), keys(variant))).collect()
}

/// All keys of all types, each tried with each.
fn tried(family: &str, values: &[(&str, &str)]) -> Vec<(String, BTreeSet<String>)> {
    let types = listed(family);
    let all: BTreeSet<&str> = types.iter().flat_map(|(_, keys)| keys.iter().map(String::as_str)).collect();
    assert_eq!(
        all,
        values.iter().map(|(key, _)| *key).collect(),
        "each key has a value in OF_INPUTS or OF_TASKS, which is tried with every type"
    );
    types
}

#[test]
fn an_input_has_the_keys_that_the_schema_lists_for_its_type() {
    let types = tried("InputConfig", &OF_INPUTS);
    assert_eq!(
        types.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        InputKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>()
    );
    for (&kind, (name, keys)) in InputKind::ALL.iter().zip(&types) {
        let own: BTreeSet<String> = kind.keys().iter().map(|key| (*key).to_owned()).collect();
        assert!(own.is_subset(keys), "{name}");
        // An option is that of one of the encoders, and `encoder` is known of every type: a program may add one for it.
        for (key, value) in OF_INPUTS.iter().filter(|(key, _)| *key != "encoder") {
            let encoders = encoders_of(kind).map(|encoder| format!("encoder = '{}'\n", encoder.method.name));
            let results: Vec<Result<Config, String>> =
                encoders.map(|encoder| parse(&format!("[inputs.a]\ntype = '{name}'\n{encoder}{key} = {value}\n"))).collect();
            let is_foreign = |result: &Result<Config, String>| {
                result.as_ref().is_err_and(|error| error.contains("unknown key") || error.contains("is for inputs of the type"))
            };
            assert_eq!(results.iter().all(|result| !is_foreign(result)), keys.contains(*key), "{key} of {name}: {results:?}");
        }
    }
}

#[test]
fn a_task_has_the_keys_that_the_schema_lists_for_its_type() {
    let types = tried("TaskConfig", &OF_TASKS);
    assert_eq!(types.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), HEADS.names().collect::<Vec<_>>());
    for (&kind, (name, keys)) in TaskKind::ALL.iter().zip(&types) {
        for (key, value) in OF_TASKS {
            let (on, value) = match (key, kind.subject()) {
                ("on", Subject::Image) => ("", "'photo'"),
                ("on", _) => ("", value),
                _ => (on(kind), value),
            };
            let result = parse(&format!("[tasks.a]\ntype = '{name}'\n{on}{key} = {value}\n"));
            assert_eq!(result.is_ok(), keys.contains(key), "{key} of {name}: {result:?}");
        }
    }
}

/// A number outside the range of an option is refused, and one at its bound is taken.
#[test]
fn numbers_are_checked_by_the_ranges_of_the_heads() {
    for head in HEADS.iter().map(|head| &head.method) {
        for option in head.all_options() {
            let OptionKind::Number(range) = option.kind() else { continue };
            for number in [-1.0, 0.0, 0.5, 1.0, 2.0] {
                let kind = TaskKind::ALL.iter().find(|kind| kind.name() == head.name).expect("a head for a kind");
                let on = on(*kind);
                let result = parse(&format!("[tasks.a]\ntype = '{}'\n{on}{} = {number:?}\n", head.name, option.name));
                assert_eq!(result.is_ok(), range.contains(number), "{} = {number} of {}: {result:?}", option.name, head.name);
            }
        }
    }
}

#[test]
fn every_type_is_written_and_read_as_the_same() {
    let inputs = InputKind::ALL.iter().map(|kind| format!("[inputs.'{0} a']\ntype = '{0}'\n", kind.name()));
    let tasks = TaskKind::ALL.iter().map(|kind| format!("[tasks.'{0} b']\ntype = '{0}'\n{1}", kind.name(), on(*kind)));
    let config = parse(&inputs.chain(tasks).collect::<String>()).expect("every type has defaults");
    let written = config.to_toml().expect("it can be written");
    let again = Config::parse("config.toml", &written, &[]).expect("what is written can be read");
    assert_eq!(again, config);
    assert_eq!(again.to_toml().expect("it can be written"), written);
}

/// Runs of earlier versions wrote `balanced = false` for every kind of task.
#[test]
fn configurations_of_earlier_runs_are_read() {
    let config = parse("[tasks.price]\ntype = \"regression\"\nweight = 1.0\nbalanced = false\n").expect("it means nothing");
    assert_eq!(config.tasks["price"], TaskConfig::new(TaskKind::Regression));
    assert!(parse("[tasks.price]\ntype = \"regression\"\nbalanced = true\n").is_err());
}

/// An encoder of texts, as a program may bring one.
const OWN: EncoderMethod = EncoderMethod::of_one(
    Method::new("convolutions", "words through convolutions").options(&[OptionSpec::count("layers", "how many", 2, 1..=8)]),
    &[InputKind::Text],
    |_, plan| Err(ModelError::NoPretrained { input: plan.inputs[0].name.clone() }),
);

#[test]
fn an_encoder_of_a_programs_own_is_chosen_by_name() {
    let read = |kind: &str, lines: &str| {
        parse(&format!("[inputs.a]\ntype = '{kind}'\nencoder = 'convolutions'\n{lines}")).expect("it may be there")
    };
    let config = read("text", "layers = 3\nmax_tokens = 9\n");
    assert_eq!(config.inputs["a"].encoder, Choice::named("convolutions").with("layers", 3));
    let written = config.to_toml().expect("it can be written");
    assert_eq!(Config::parse("config.toml", &written, &[]).expect("what is written can be read"), config);

    let methods = Methods { encoders: ENCODERS.with(OWN), ..Methods::default() };
    check_choices(&config, &methods).expect("the program has it");
    let sentence = |config: &Config, methods: &Methods| check_choices(config, methods).expect_err("it does not fit").to_string();
    insta::assert_snapshot!(sentence(&config, &Methods::default()), @r#"config.toml, line 14: "encoder" in [inputs.a] cannot be "convolutions"; did you mean "cnn"?"#);
    insta::assert_snapshot!(sentence(&read("image", ""), &methods), @r#"config.toml, line 14: "encoder" in [inputs.a] cannot be "convolutions": inputs of the type "image" are read by "image", "conv", "resnet18", "resnet34", "resnet50", "convnext-atto", "convnext-femto", "convnext-pico", "convnext-nano", "convnext-tiny", "convnext-small", "convnext-base", "efficientnet-lite0", "efficientnet-lite1", "efficientnet-lite2", "efficientnet-lite3" and "efficientnet-lite4""#);
    insta::assert_snapshot!(sentence(&read("text", "layers = 0\n"), &methods), @r#"config.toml, line 15: "layers" in [inputs.a] must be a whole number between 1 and 8, not 0"#);
    insta::assert_snapshot!(sentence(&read("text", "layer = 1\n"), &methods), @r#"config.toml, line 15: unknown option "layer" of "convolutions"; did you mean "layers"?"#);
    insta::assert_snapshot!(parse("[inputs.a]\ntype = 'text'\nencoder = 'lstm'\n").expect_err("it reads tokens"), @r#"config.toml, line 14: "encoder" in [inputs.a] cannot be "lstm": inputs of the type "text" are read by "text""#);
}
