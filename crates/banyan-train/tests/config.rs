//! What a configuration says, and every sentence about one that says something that cannot be meant.

use std::path::Path;

use banyan_data::config::{OneOrMany, SplitRule};
use banyan_data::inputs::{ImageSettings, InputKind};
use banyan_data::labels::TaskKind;
use banyan_model::Methods;
use banyan_train::check_choices;
use banyan_train::config::{Choice, Config, ModelConfig, Precision, TaskConfig, TrainingConfig};

const SMALL: &str = r#"[data]
train = "digits/train.csv"

[inputs.image]
type = "image"

[inputs.sound]
type = "audio"

[tasks.digit]
type = "classification"
"#;

fn parse(text: &str, overrides: &[&str]) -> Result<Config, String> {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    Config::parse("config.toml", text, &overrides).map_err(|error| error.to_string())
}

/// The sentence about `SMALL` with more lines at its end.
fn with(lines: &str) -> String {
    parse(&format!("{SMALL}{lines}"), &[]).expect_err(lines)
}

/// The sentence about `SMALL` with one override.
fn set(argument: &str) -> String {
    parse(SMALL, &[argument]).expect_err(argument)
}

#[test]
fn a_small_file_gets_every_default() {
    let config = parse(SMALL, &[]).unwrap();
    assert_eq!(config.data.train, OneOrMany::One("digits/train.csv".to_owned()));
    assert_eq!(config.inputs["sound"].kind(), InputKind::Audio);
    assert_eq!(config.tasks["digit"], TaskConfig::new(TaskKind::Classification));
    assert_eq!(config.model, ModelConfig::default());
    assert_eq!(config.training, TrainingConfig::default());
    assert_eq!((config.training.epochs, config.training.batch_size), (20, 64));
    assert_eq!((config.training.augment, config.training.precision), (Choice::named("auto"), Precision::Auto));
}

#[test]
fn tables_keep_the_order_of_the_file() {
    let text = "[tasks.z]\ntype = 'binary'\n[tasks.a]\ntype = 'regression'\n[inputs.q]\ntype = 'text'\n\
                [inputs.b]\ntype = 'number'\n[tasks.m]\ntype = 'ordinal'\n[data]\ntrain = ['x.csv', 'y.jsonl']\n";
    let config = parse(text, &["tasks.first.type=binary"]).unwrap();
    assert_eq!(config.tasks.keys().collect::<Vec<_>>(), ["z", "a", "m", "first"]);
    assert_eq!(config.inputs.keys().collect::<Vec<_>>(), ["q", "b"]);
    assert_eq!(config.data.train.paths(), ["x.csv", "y.jsonl"]);
    let again = parse(&config.to_toml().unwrap(), &[]).unwrap();
    assert_eq!(again.tasks.keys().collect::<Vec<_>>(), ["z", "a", "m", "first"]);
}

const FULL: &str = r#"
[data]
train = ["a.csv", "b.jsonl"]
split = { valid = 0.2, test = 0.1, by = "grouped", column = "patient" }
sampling = "square-root"
on_bad_row = "skip"
media_root = "media"
missing = ["-"]

[inputs."the picture"]
type = "image"
column = "file"
size = [28, 20]
channels = 1

[inputs.tags]
type = "set"
separator = ";"
max_values = 50

[tasks.grade]
type = "ordinal"
classes = [1, 2, 2.5, "four"]
weight = 2
score_weight = 0.5
balanced = true
metric = "accuracy"

[tasks.price]
type = "regression"
huber = 1

[model]
fusion = { type = "lmf", rank = 8 }

[training]
epochs = 3
learning_rate = 3e-4
balance = { type = "cagrad", c = 0.4 }
patience = 2
augment = "none"
"#;

#[test]
fn what_is_written_is_read() {
    let config = parse(FULL, &[]).unwrap();
    assert_eq!(config.data.split.as_ref().unwrap().by, SplitRule::Grouped);
    let picture = ImageSettings { size: Some([28, 20]), channels: Some(1), ..ImageSettings::default() };
    assert_eq!(config.inputs["the picture"].settings, picture.into());
    let classes = config.tasks["grade"].settings.classes().unwrap();
    assert_eq!(classes, ["1", "2", "2.5", "four"]);
    assert_eq!((config.tasks["grade"].weight, config.tasks["grade"].score_weight()), (2.0, 0.5));
    assert_eq!(config.tasks["price"].score_weight(), 1.0);
    assert_eq!(config.tasks["price"].target("price").column, "price");
    assert_eq!(config.model.fusion.options, [("rank".to_owned(), 8.into())]);
    assert_eq!(config.training.balance, Choice::named("cagrad").with("c", 0.4));
    assert_eq!(config.training.balance.to_string(), "cagrad (c = 0.4)");
    assert_eq!(config.training.augment, Choice::named("none"));
    assert_eq!(config.training.learning_rate, 3e-4);
}

#[test]
fn a_written_configuration_loads_as_the_same_value() {
    for text in [SMALL, FULL] {
        let config = parse(text, &[]).unwrap();
        let written = config.to_toml().unwrap();
        assert_eq!(parse(&written, &[]).unwrap(), config);
    }
    insta::assert_snapshot!(parse(FULL, &[]).unwrap().to_toml().unwrap(), @r#"
    [data]
    train = ["a.csv", "b.jsonl"]
    split = { valid = 0.2, test = 0.1, by = "grouped", column = "patient", seed = 0 }
    sampling = "square-root"
    on_bad_row = "skip"
    media_megabytes = 2000
    memory = 1000
    media_root = "media"
    missing = ["-"]

    [inputs."the picture"]
    type = "image"
    column = "file"
    encoder = "image"
    size = [28, 20]
    channels = 1

    [inputs.tags]
    type = "set"
    max_values = 50
    separator = ";"

    [tasks.grade]
    type = "ordinal"
    weight = 2.0
    score_weight = 0.5
    metric = "accuracy"
    classes = ["1", "2", "2.5", "four"]
    balanced = true

    [tasks.price]
    type = "regression"
    weight = 1.0
    huber = 1

    [model]
    width = 128
    fusion = { type = "lmf", rank = 8 }
    sharing = "hard"
    trunk_layers = 2
    dropout = 0.1

    [training]
    epochs = 3
    batch_size = 64
    learning_rate = 0.0003
    optimizer = "adamw"
    weight_decay = 0.01
    schedule = "cosine"
    warmup = 0.05
    clip = 1.0
    balance = { type = "cagrad", c = 0.4 }
    auxiliary = "added"
    modality_dropout = 0.1
    seed = 1
    patience = 2
    evaluate_every = 1
    log_every = 10
    checkpoint_seconds = 30.0
    precision = "auto"
    augment = "none"
    average = 0.0
    "#);
}

#[test]
fn overrides_are_toml_values_or_bare_texts() {
    let config = parse(
        SMALL,
        &[
            "training.epochs=3",
            "training.balance=upgrad",
            "model.fusion={ type = \"lmf\", rank = 8 }",
            "inputs.image.size=[28, 28]",
            "tasks.\"two words\".type=binary",
            "training.learning_rate = 1e-2",
            "data.train=other.csv",
            "training.epochs=4",
        ],
    )
    .unwrap();
    assert_eq!(config.training.epochs, 4);
    assert_eq!(config.training.balance, Choice::named("upgrad"));
    assert_eq!(config.model.fusion.name, "lmf");
    assert_eq!(config.inputs["image"].settings, ImageSettings { size: Some([28, 28]), channels: None, ..ImageSettings::default() }.into());
    assert_eq!(config.tasks["two words"].kind(), TaskKind::Binary);
    assert_eq!(config.training.learning_rate, 0.01);
    assert_eq!(config.data.train.paths(), ["other.csv"]);
}

#[test]
fn an_option_is_set_within_a_table() {
    let text = format!("{SMALL}[training]\nbalance = {{ type = \"cagrad\", c = 0.4 }}\n");
    let config = parse(&text, &["training.balance.c=0.5"]).unwrap();
    assert_eq!(config.training.balance, Choice::named("cagrad").with("c", 0.5));
}

#[test]
fn sentences_about_keys() {
    insta::assert_snapshot!(with("\n[training]\nepoch = 3\n"), @r#"config.toml, line 14: unknown key "epoch" in [training]; did you mean "epochs"?"#);
    insta::assert_snapshot!(with("[training]\nmomentum_of_inertia = 3\n"), @r#"config.toml, line 13: unknown key "momentum_of_inertia" in [training]; the known keys are epochs, batch_size, learning_rate, optimizer, weight_decay, schedule, warmup, clip, balance, auxiliary, modality_dropout, seed, patience, evaluate_every, log_every, checkpoint_seconds, threads, precision, augment and average"#);
    insta::assert_snapshot!(with("[trainning]\nepochs = 3\n"), @r#"config.toml, line 12: unknown table or key "trainning"; did you mean "training"?"#);
    insta::assert_snapshot!(with("[tasks.speaker]\ntype = 'binary'\nwieght = 2\n"), @r#"config.toml, line 14: unknown key "wieght" in [tasks.speaker]; did you mean "weight"?"#);
    insta::assert_snapshot!(parse(&SMALL.replace("train =", "trian ="), &[]).unwrap_err(), @r#"config.toml, line 2: unknown key "trian" in [data]; did you mean "train"?"#);
    insta::assert_snapshot!(with("[inputs.\"a b\"]\ntype = 'image'\nsise = 3\n"), @r#"config.toml, line 14: unknown key "sise" in [inputs."a b"]; did you mean "size"?"#);
    insta::assert_snapshot!(parse(&SMALL.replace("train = ", "split = { vaild = 0.1 }\ntrain = "), &[]).unwrap_err(), @r#"config.toml, line 2: unknown key "vaild" in [data.split]; did you mean "valid"?"#);
}

#[test]
fn sentences_about_types() {
    insta::assert_snapshot!(with("[training]\nepochs = \"many\"\n"), @r#"config.toml, line 13: "epochs" in [training] must be a whole number, 0 or more, not the text "many""#);
    insta::assert_snapshot!(with("[training]\nepochs = 2.5\n"), @r#"config.toml, line 13: "epochs" in [training] must be a whole number, 0 or more, not 2.5"#);
    insta::assert_snapshot!(with("[training]\nepochs = -1\n"), @r#"config.toml, line 13: "epochs" in [training] must be a whole number, 0 or more, not -1"#);
    insta::assert_snapshot!(with("[training]\nlearning_rate = true\n"), @r#"config.toml, line 13: "learning_rate" in [training] must be a number, not true"#);
    insta::assert_snapshot!(with("[training]\naugment = 1\n"), @r#"config.toml, line 13: "augment" in [training] must be a name or a table such as { type = "name", option = 1 }, not 1"#);
    insta::assert_snapshot!(with("[training]\nbalance = 1\n"), @r#"config.toml, line 13: "balance" in [training] must be a name or a table such as { type = "name", option = 1 }, not 1"#);
    insta::assert_snapshot!(with("[training]\nbalance = { c = 0.4 }\n"), @r#"config.toml, line 13: "balance" in [training] needs a "type""#);
    insta::assert_snapshot!(with("[training]\nbalance = { type = 4 }\n"), @r#"config.toml, line 13: "type" in [training.balance] must be a text in quotes, not 4"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\nbalanced = 'yes'\n"), @r#"config.toml, line 14: "balanced" in [tasks.a] must be true or false, not "yes""#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\ncolumn = 4\n"), @r#"config.toml, line 14: "column" in [tasks.a] must be a text in quotes, not 4"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\nclasses = 'no'\n"), @r#"config.toml, line 14: "classes" in [tasks.a] must be a list in square brackets, not the text "no""#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\nclasses = [\n  'no',\n  []]\n"), @r#"config.toml, line 16: "classes" in [tasks.a]: a class is a text, a number, or true or false"#);
    insta::assert_snapshot!(with("[tasks]\nspeaker = 'binary'\n"), @r#"config.toml, line 13: "speaker" in [tasks] must be a table, not the text "binary""#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'image'\nsize = 28\n"), @r#"config.toml, line 14: "size" in [inputs.a] must be a list of 2 values, not 28"#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'image'\nsize = [28]\n"), @r#"config.toml, line 14: "size" in [inputs.a] must be a list of 2 values, not a list of 1"#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'audio'\nsample_rate = 5000000000\n"), @r#"config.toml, line 14: "sample_rate" in [inputs.a] must be a whole number between 0 and 4294967295, not 5000000000"#);
    insta::assert_snapshot!(parse(&SMALL.replace("\"digits/train.csv\"", "7"), &[]).unwrap_err(), @r#"config.toml, line 2: "train" in [data] must be a path in quotes or a list of them, not 7"#);
    insta::assert_snapshot!(parse("data = 3\n", &[]).unwrap_err(), @r#"config.toml, line 1: "data" must be a table, not 3"#);
}

#[test]
fn the_precisions_are_those_of_the_engine() {
    for precision in Precision::ALL {
        let config = parse(SMALL, &[&format!("training.precision={}", precision.name())]).unwrap();
        assert_eq!(config.training.precision, precision);
        let written = config.to_toml().unwrap();
        assert_eq!(parse(&written, &[]).unwrap().training.precision, precision, "{written}");
    }
    let schema = Config::json_schema();
    let property = &schema["$defs"]["TrainingConfig"]["properties"]["precision"];
    let names: Vec<&str> = property["oneOf"].as_array().unwrap().iter().map(|one| one["const"].as_str().unwrap()).collect();
    assert_eq!((names.as_slice(), property["default"].as_str()), (Precision::ALL.map(Precision::name).as_slice(), Some("auto")));
    insta::assert_snapshot!(set("training.precision=16"), @r#"--set training.precision=16: "precision" in [training] must be one of auto, f32, bf16x3 and bf16, not 16"#);
    insta::assert_snapshot!(set("training.precision=half"), @r#"--set training.precision=half: "precision" in [training] cannot be "half"; it must be one of auto, f32, bf16x3 and bf16"#);
}

#[test]
fn sentences_about_names() {
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'classificaton'\n"), @r#"config.toml, line 13: "type" in [tasks.a] cannot be "classificaton"; did you mean "classification"?"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'xyz'\n"), @r#"config.toml, line 13: "type" in [tasks.a] cannot be "xyz"; it must be one of regression, count, quantiles, binary, classification, multilabel, ordinal, tagging, spans, dependencies, srl, lemmas, detection, segmentation and dense"#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'img'\n"), @r#"config.toml, line 13: "type" in [inputs.a] cannot be "img"; did you mean "image"?"#);
    insta::assert_snapshot!(with("[training]\nprecision = 'bf16x2'\n"), @r#"config.toml, line 13: "precision" in [training] cannot be "bf16x2"; did you mean "bf16x3"?"#);
    insta::assert_snapshot!(with("[training]\nauxiliary = 'balance'\n"), @r#"config.toml, line 13: "auxiliary" in [training] cannot be "balance"; did you mean "balanced"?"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\nmetric = 'aucroc'\n"), @r#"config.toml, line 14: "metric" in [tasks.a] cannot be "aucroc"; did you mean "auroc"?"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'regression'\nmetric = 'speed'\n"), @r#"config.toml, line 14: "metric" in [tasks.a] cannot be "speed"; the metrics of this kind of task are mae, rmse, r2 and loss"#);
}

#[test]
fn sentences_about_what_is_missing() {
    insta::assert_snapshot!(parse("", &[]).unwrap_err(), @r#"config.toml: there is no table [data], which names the data: write [data] and below it train = "FILE""#);
    insta::assert_snapshot!(parse("[data]\n", &[]).unwrap_err(), @r#"config.toml, line 1: [data] names no training table; add train = "FILE""#);
    insta::assert_snapshot!(parse("[data]\ntrain = 'a.csv'\n", &[]).unwrap_err(), @"config.toml: there are no inputs; add for each column that the model reads a table [inputs.COLUMN] with its type");
    insta::assert_snapshot!(parse("[data]\ntrain = 'a.csv'\n[inputs.a]\ntype = 'number'\n", &[]).unwrap_err(), @"config.toml: there are no tasks; add for each column that the model predicts a table [tasks.COLUMN] with its type");
    insta::assert_snapshot!(with("[tasks.a]\nweight = 1\n"), @r#"config.toml, line 12: [tasks.a] has no type; add for example type = "classification""#);
    insta::assert_snapshot!(with("[inputs.a]\ncolumn = 'b'\n"), @r#"config.toml, line 12: [inputs.a] has no type; add for example type = "number""#);
}

#[test]
fn sentences_about_syntax() {
    insta::assert_snapshot!(with("[training\nepochs = 3\n"), @"config.toml, line 12, column 10: this is not valid TOML: unclosed table, expected `]`");
    insta::assert_snapshot!(with("[training]\naugment = none\n"), @r#"config.toml, line 13, column 11: a text needs quotes: write augment = "none""#);
    insta::assert_snapshot!(with("[training]\nepochs = 3\nepochs = 4\n"), @"config.toml, line 14, column 1: this is not valid TOML: duplicate key");
    insta::assert_snapshot!(with("[training]\nepochs = 99999999999999999999\n"), @"config.toml, line 13: the whole number 99999999999999999999 is too large");
    insta::assert_snapshot!(with("[training]\nepochs =\n"), @r#"config.toml, line 13, column 9: there is no value after "epochs =""#);
}

#[test]
fn sentences_about_numbers() {
    insta::assert_snapshot!(with("[training]\nepochs = 0\n"), @r#"config.toml, line 13: "epochs" in [training] must be between 1 and 16777216, not 0"#);
    insta::assert_snapshot!(with("[training]\nlearning_rate = 0\n"), @r#"config.toml, line 13: "learning_rate" in [training] must be a number above 0, not 0"#);
    insta::assert_snapshot!(with("[training]\nlearning_rate = nan\n"), @r#"config.toml, line 13: "learning_rate" in [training] must be a number above 0, not nan"#);
    insta::assert_snapshot!(with("[training]\nwarmup = 1.5\n"), @r#"config.toml, line 13: "warmup" in [training] must be a number between 0 and 1, not 1.5"#);
    insta::assert_snapshot!(with("[training]\nmodality_dropout = 1\n"), @r#"config.toml, line 13: "modality_dropout" in [training] must be a number of at least 0 and below 1, not 1"#);
    insta::assert_snapshot!(with("[training]\nclip = -1\n"), @r#"config.toml, line 13: "clip" in [training] must be a number of at least 0, not -1"#);
    insta::assert_snapshot!(with("[model]\nwidth = 0\n"), @r#"config.toml, line 13: "width" in [model] must be between 1 and 65536, not 0"#);
    insta::assert_snapshot!(with("[model]\ndropout = 1.0\n"), @r#"config.toml, line 13: "dropout" in [model] must be a number of at least 0 and below 1, not 1"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\nweight = -1\n"), @r#"config.toml, line 14: "weight" in [tasks.a] must be a number of at least 0, not -1"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\nscore_weight = nan\n"), @r#"config.toml, line 14: "score_weight" in [tasks.a] must be a number of at least 0, not nan"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'regression'\nhuber = 0\n"), @r#"config.toml, line 14: "huber" in [tasks.a] must be a number above 0, not 0"#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'image'\nchannels = 4\n"), @r#"config.toml, line 14: "channels" in [inputs.a] must be 1 (grayscale) or 3 (color), not 4"#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'image'\nsize = [0, 28]\n"), @r#"config.toml, line 14: "size" in [inputs.a] must be between 1 and 4096, not 0"#);
    insta::assert_snapshot!(parse(&SMALL.replace("train = ", "split = { valid = 0.5, test = 0.5 }\ntrain = "), &[]).unwrap_err(), @"config.toml, line 2: the split leaves no rows for training: valid = 0.5 and test = 0.5 together must be below 1");
    insta::assert_snapshot!(parse(&SMALL.replace("train = ", "split = { valid = 2 }\ntrain = "), &[]).unwrap_err(), @r#"config.toml, line 2: "valid" in [data.split] must be a number of at least 0 and below 1, not 2"#);
    insta::assert_snapshot!(set("tasks.digit.weight=0"), @"--set tasks.digit.weight=0: every task has weight 0, so that nothing is learned; raise one");
    insta::assert_snapshot!(set("tasks.digit.score_weight=0"), @"--set tasks.digit.score_weight=0: no task counts in the score, so that there is no best checkpoint; raise a score_weight");
}

#[test]
fn sentences_about_tables_that_do_not_fit_together() {
    insta::assert_snapshot!(with("[tasks.image]\ntype = 'binary'\n"), @r#"config.toml, line 4: the input "image" reads the column "image", which is the label of the task "image": the model would copy it; remove one of the two"#);
    insta::assert_snapshot!(with("[inputs.leak]\ntype = 'number'\ncolumn = 'digit'\n"), @r#"config.toml, line 12: the input "leak" reads the column "digit", which is the label of the task "digit": the model would copy it; remove one of the two"#);
    insta::assert_snapshot!(with("[inputs.digit]\ntype = 'number'\ncolumn = 'other'\n"), @r#"config.toml, line 12: "digit" is the name of an input and of a task; give one of them another name and keep its column with column = "other""#);
    insta::assert_snapshot!(with("[tasks.'a/b']\ntype = 'binary'\n"), @r#"config.toml, line 12: a task cannot be called "a/b": a name is not empty and holds no "/", with which pairs of tasks are written; choose another and name the column with column = "…""#);
    insta::assert_snapshot!(with("[inputs.'']\ntype = 'number'\n"), @r#"config.toml, line 12: an input has an empty name; name it, and its column with column = "…" if need be"#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'image'\nbands = 40\n"), @r#"config.toml, line 14: "bands" in [inputs.a] is for inputs of the type "audio", and this one is of the type "image"; remove it"#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'text'\nmax_values = 40\n"), @r#"config.toml, line 14: "max_values" in [inputs.a] is for inputs of the types "category" and "set", and this one is of the type "text"; remove it"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\nhuber = 1\n"), @r#"config.toml, line 14: "huber" in [tasks.a] is for tasks of the types "regression" and "dense", and this one is of the type "binary"; remove it"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'regression'\nbalanced = true\n"), @r#"config.toml, line 14: "balanced" in [tasks.a] is for tasks of the types "binary", "classification", "multilabel", "ordinal", "tagging" and "segmentation", and this one is of the type "regression"; remove it"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\non = 'image'\n"), @r#"config.toml, line 14: "on" in [tasks.a] is for tasks of the types "tagging", "spans", "dependencies", "srl", "lemmas", "detection", "segmentation" and "dense", and this one is of the type "binary"; remove it"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'spans'\ndecoder = 'crf'\n"), @r#"config.toml, line 14: "decoder" in [tasks.a] is for tasks of the type "tagging", and this one is of the type "spans"; remove it"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'tagging'\ndecoder = 'crf'\nbalanced = true\n"), @r#"config.toml, line 15: "balanced" in [tasks.a] does not go with decoder = "crf", which learns all labels of a sentence together; remove one of the two"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'tagging'\ndecoder = 'crff'\n"), @r#"config.toml, line 14: "decoder" in [tasks.a] must be "softmax" or "crf", not "crff"; did you mean "crf"?"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'lemmas'\nbalanced = true\n"), @r#"config.toml, line 14: "balanced" in [tasks.a] is for tasks of the types "binary", "classification", "multilabel", "ordinal", "tagging" and "segmentation", and this one is of the type "lemmas"; remove it"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'tagging'\n"), @r#"config.toml, line 12: the task "a" labels tokens and does not say of which input; add an input with type = "tokens", and name it with on = "…""#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'spans'\non = 'image'\n"), @r#"config.toml, line 14: "on" in [tasks.a] names "image", which is of the type "image", and must name an input with tokens"#);
    insta::assert_snapshot!(with("[inputs.w]\ntype = 'tokens'\n[tasks.a]\ntype = 'dependencies'\non = 'w'\ncolumns = { haed = 'x' }\n"), @r#"config.toml, line 17: unknown key "haed" in [tasks.a.columns]; did you mean "head"?"#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'text'\nencoder = 'lstm'\n"), @r#"config.toml, line 14: "encoder" in [inputs.a] cannot be "lstm": inputs of the type "text" are read by "text""#);
    let words = |lines: &str| with(&format!("[inputs.a]\ntype = 'tokens'\n{lines}\n"));
    insta::assert_snapshot!(words("vectors_limit = 10"), @r#"config.toml, line 14: "vectors_limit" in [inputs.a] limits word vectors, and there are none; add vectors = "FILE""#);
    insta::assert_snapshot!(words("encoder = 'bert'"), @r#"config.toml, line 14: "encoder" in [inputs.a] is "bert", which needs a pretrained encoder; add pretrained = "FOLDER""#);
    insta::assert_snapshot!(words("encoder = 'bert'\npretrained = 'x'\nvectors = 'y'"), @r#"config.toml, line 16: "vectors" in [inputs.a] is for the encoders that read hashed features, and "bert" reads pieces of words; remove it"#);
    insta::assert_snapshot!(words("encoder = 'bert'\npretrained = 'x'\nbuckets = 9"), @r#"config.toml, line 16: "buckets" in [inputs.a] is for the encoders that read hashed features, and "bert" reads pieces of words; remove it"#);
    insta::assert_snapshot!(words("pretrained = 'x'"), @r#"config.toml, line 14: "pretrained" in [inputs.a] is for a pretrained encoder; add encoder = "bert", or remove it"#);
    insta::assert_snapshot!(words("encoder = 'lstm'\npooling = 'first'"), @r#"config.toml, line 15: "pooling" in [inputs.a] is for the encoder "bert", and this input has "lstm"; add encoder = "bert", or remove it"#);
    insta::assert_snapshot!(words("encoder = 'bert'\npretrained = 'x'\npooling = 'last'"), @r#"config.toml, line 16: "pooling" in [inputs.a] must be "mean" or "first", not "last""#);
    insta::assert_snapshot!(words("encoder = 'bert'\npretrained = 'x'\nlearning_rate_factor = -1"), @r#"config.toml, line 16: "learning_rate_factor" in [inputs.a] must be a number of at least 0, not -1"#);
    insta::assert_snapshot!(words("encoder = 'bert'\npretrained = 'x'\nfrozen = true\nlearning_rate_factor = 0.1"), @r#"config.toml, line 17: "learning_rate_factor" in [inputs.a] has no meaning where frozen = true; remove one of them"#);
    insta::assert_snapshot!(with("[inputs.a]\ntype = 'text'\nvectors = 'x'\n"), @r#"config.toml, line 14: "vectors" in [inputs.a] is for inputs of the type "tokens", and this one is of the type "text"; remove it"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'binary'\nclasses = ['x', 'y', 'z']\n"), @r#"config.toml, line 14: "classes" in [tasks.a] must name 2 classes, not 3"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'ordinal'\nclasses = ['x', 'y', 'x']\n"), @r#"config.toml, line 14: "classes" in [tasks.a] has "x" twice"#);
    insta::assert_snapshot!(with("[tasks.a]\ntype = 'multilabel'\nseparator = ''\n"), @r#"config.toml, line 14: "separator" in [tasks.a] is empty; give the character between the labels"#);
    let all = "valid = 'v.csv'\ntest = 's.csv'\nsplit = { by = 'random' }\ntrain = ";
    insta::assert_snapshot!(parse(&SMALL.replace("train = ", all), &[]).unwrap_err(), @r#"config.toml, line 4: the split has nothing to cut: "valid" and "test" in [data] name files; remove the split (--set data.split=), or one of the files"#);
    insta::assert_snapshot!(parse(&SMALL.replace("train = ", "split = { by = 'time' }\ntrain = "), &[]).unwrap_err(), @r#"config.toml, line 2: a split by "time" needs a column; add column = "NAME""#);
    insta::assert_snapshot!(parse(&SMALL.replace("\"digits/train.csv\"", "[]"), &[]).unwrap_err(), @r#"config.toml, line 2: "train" in [data] is an empty list; name at least one file"#);
    insta::assert_snapshot!(parse(&SMALL.replace("\"digits/train.csv\"", "['a', 'a']"), &[]).unwrap_err(), @r#"config.toml, line 2: "train" in [data] has "a" twice"#);
}

#[test]
fn sentences_about_overrides() {
    insta::assert_snapshot!(set("training.epoch=3"), @r#"--set training.epoch=3: unknown key "epoch" in [training]; did you mean "epochs"?"#);
    insta::assert_snapshot!(set("training.epochs=three"), @r#"--set training.epochs=three: "epochs" in [training] must be a whole number, 0 or more, not the text "three""#);
    insta::assert_snapshot!(set("training.epochs=0"), @r#"--set training.epochs=0: "epochs" in [training] must be between 1 and 16777216, not 0"#);
    insta::assert_snapshot!(set("trainin.epochs=3"), @r#"--set trainin.epochs=3: unknown table or key "trainin"; did you mean "training"?"#);
    insta::assert_snapshot!(set("training.epochs"), @"--set training.epochs: write it as --set training.epochs=3");
    insta::assert_snapshot!(set("=3"), @"--set =3: write it as --set training.epochs=3");
    insta::assert_snapshot!(set("training..epochs=3"), @"--set training..epochs=3: this is not valid TOML: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`");
    insta::assert_snapshot!(set("inputs.image.size=[28, "), @"--set inputs.image.size=[28, : this is not valid TOML: unclosed array, expected `]`");
    insta::assert_snapshot!(set("data.train.x=3"), @r#"--set data.train.x=3: data.train is the text "digits/train.csv", which has no "x""#);
    insta::assert_snapshot!(parse(&format!("{SMALL}[training]\nbalance = 'cagrad'\n"), &["training.balance.c=0.4"]).unwrap_err(), @r#"--set training.balance.c=0.4: training.balance is the text "cagrad", which has no "c"; set the whole of it: training.balance={ type = "cagrad", c = … }"#);
    insta::assert_snapshot!(set("tasks.digit=3"), @r#"--set tasks.digit=3: "digit" in [tasks] must be a table, not 3"#);
}

#[test]
fn sentences_about_files() {
    let folder = tempfile::tempdir().unwrap();
    let sentence = |path: &Path| {
        let error = Config::load(path, &[]).unwrap_err().to_string();
        error.replace(&folder.path().display().to_string(), "FOLDER")
    };
    insta::assert_snapshot!(sentence(&folder.path().join("absent.toml")), @r#"there is no file FOLDER/absent.toml; "banyan init DATA --tasks NAMES" writes a configuration to start from"#);
    insta::assert_snapshot!(sentence(folder.path()), @"FOLDER is a folder; give the configuration file in it");
    let binary = folder.path().join("binary.toml");
    std::fs::write(&binary, b"[data]\ntrain = \"\xff\"\n").unwrap();
    insta::assert_snapshot!(sentence(&binary), @"FOLDER/binary.toml, line 2: this is not UTF-8 text; save the file as UTF-8");
    let good = folder.path().join("good.toml");
    std::fs::write(&good, SMALL).unwrap();
    assert_eq!(Config::load(&good, &[]).unwrap(), parse(SMALL, &[]).unwrap());
}

#[test]
fn a_configuration_from_a_program_is_checked_too() {
    let mut config = parse(SMALL, &[]).unwrap();
    config.origin = Default::default();
    config.training.epochs = 0;
    insta::assert_snapshot!(config.check().unwrap_err().to_string(), @r#"the configuration: "epochs" in [training] must be between 1 and 16777216, not 0"#);
    config.training.epochs = 1;
    config.training.seed = u64::MAX;
    insta::assert_snapshot!(config.check().unwrap_err().to_string(), @"the configuration: the seed 18446744073709551615 is too large; it must be below 2^63");
    assert!(config.to_toml().is_err());
}

#[test]
fn sentences_about_methods() {
    let sentence =
        |argument: &str| check_choices(&parse(SMALL, &[argument]).unwrap(), &Methods::default()).map_err(|error| error.to_string());
    assert_eq!(sentence("training.balance={ type = 'cagrad', c = 0.1 }"), Ok(()));
    assert_eq!(sentence("training.balance={ type = 'upgrad', gradient = 'representation' }"), Ok(()));
    insta::assert_snapshot!(sentence("training.balance=upgard").unwrap_err(), @r#"--set training.balance=upgard: "balance" in [training] cannot be "upgard"; did you mean "upgrad"?"#);
    insta::assert_snapshot!(sentence("model.fusion=gate").unwrap_err(), @r#"--set model.fusion=gate: "fusion" in [model] cannot be "gate"; did you mean "gated"?"#);
    insta::assert_snapshot!(sentence("model.sharing=mmoes").unwrap_err(), @r#"--set model.sharing=mmoes: "sharing" in [model] cannot be "mmoes"; did you mean "mmoe"?"#);
    insta::assert_snapshot!(sentence("training.optimizer=adamm").unwrap_err(), @r#"--set training.optimizer=adamm: "optimizer" in [training] cannot be "adamm"; did you mean "adamw"?"#);
    insta::assert_snapshot!(sentence("training.schedule=cosinus").unwrap_err(), @r#"--set training.schedule=cosinus: "schedule" in [training] cannot be "cosinus"; did you mean "cosine"?"#);
    insta::assert_snapshot!(sentence("training.augment=atuo").unwrap_err(), @r#"--set training.augment=atuo: "augment" in [training] cannot be "atuo"; did you mean "auto"?"#);
    assert_eq!(sentence("training.augment={ type = 'auto', mosaic = 1, copy_paste = 0 }"), Ok(()));
    insta::assert_snapshot!(sentence("training.augment={ type = 'auto', mosaic = 1.5 }").unwrap_err(), @r#"--set training.augment={ type = 'auto', mosaic = 1.5 }: option "mosaic" of "auto" must be a number between 0 and 1, not 1.5"#);
    insta::assert_snapshot!(sentence("training.augment={ type = 'auto', copy_paste = -0.1 }").unwrap_err(), @r#"--set training.augment={ type = 'auto', copy_paste = -0.1 }: option "copy_paste" of "auto" must be a number between 0 and 1, not -0.1"#);
    insta::assert_snapshot!(sentence("training.balance={ type = 'cagrad', d = 0.1 }").unwrap_err(), @r#"--set training.balance={ type = 'cagrad', d = 0.1 }: unknown option "d" of "cagrad"; its options are c, rescale and gradient"#);
    insta::assert_snapshot!(sentence("training.balance={ type = 'equal', gradient = 'parameters' }").unwrap_err(), @r#"--set training.balance={ type = 'equal', gradient = 'parameters' }: unknown option "gradient" of "equal"; it has no options"#);
    insta::assert_snapshot!(sentence("training.balance={ type = 'cagrad', c = 'x' }").unwrap_err(), @r#"--set training.balance={ type = 'cagrad', c = 'x' }: option "c" of "cagrad" must be a number between 0 and 100, not "x""#);
    insta::assert_snapshot!(sentence("training.balance={ type = 'fixed', weights = [1, 2, 3] }").unwrap_err(), @r#"--set training.balance={ type = 'fixed', weights = [1, 2, 3] }: option "weights" of "fixed" must be a list with one number of at least 0 for each task (1 in all, not 3), not [1, 2, 3]"#);
    insta::assert_snapshot!(sentence("training.balance={ type = 'upgrad', gradient = 'losses' }").unwrap_err(), @r#"--set training.balance={ type = 'upgrad', gradient = 'losses' }: option "gradient" of "upgrad" must be "parameters" or "representation", not "losses""#);
    insta::assert_snapshot!(sentence("model.sharing={ type = 'soft', strength = -1 }").unwrap_err(), @r#"--set model.sharing={ type = 'soft', strength = -1 }: option "strength" of "soft" must be a number of at least 0, not -1"#);
    insta::assert_snapshot!(sentence("training.optimizer={ type = 'sgd', momentum = 1 }").unwrap_err(), @r#"--set training.optimizer={ type = 'sgd', momentum = 1 }: option "momentum" of "sgd" must be a number of at least 0 and below 1, not 1"#);
}

/// The line is that of the option, where it has one of its own.
#[test]
fn sentences_about_options_name_the_line_of_the_option() {
    let text = format!("{SMALL}[training.balance]\ntype = 'cagrad'\nrescale = 1\nc = -0.5\n");
    let error = check_choices(&parse(&text, &[]).unwrap(), &Methods::default()).unwrap_err();
    insta::assert_snapshot!(error, @r#"config.toml, line 15: option "c" of "cagrad" must be a number between 0 and 100, not -0.5"#);
}

#[test]
fn the_schema_knows_every_key() {
    let schema = Config::json_schema();
    let properties = |name: &str| schema["$defs"][name]["properties"].as_object().unwrap().clone();
    let training = properties("TrainingConfig");
    let written = toml::Table::try_from(TrainingConfig { patience: Some(1), threads: Some(1), ..Default::default() });
    for key in written.unwrap().keys() {
        assert!(training.contains_key(key), "{key}");
    }
    assert!(training["epochs"]["description"].as_str().unwrap().contains("Passes"));
    assert_eq!(schema["properties"].as_object().unwrap().len(), 5);
    assert_eq!(schema["$defs"]["TrainingConfig"]["additionalProperties"], false);
}
