//! A registry of made-up methods: what it finds, what it refuses and with which sentence, what it completes.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use banyan_method::{Choice, Error, Method, OptionKind, OptionSpec, Range, Registry, Value};

const SHARED: OptionSpec = OptionSpec::word("gradient", "whose gradients", &["parameters", "representation"]);

static METHODS: Registry<Method> = Registry::new(
    "methods",
    "balancing method",
    "For tests.",
    &[
        Method::new("mean", "no options"),
        Method::new("all", "an option of every kind")
            .options(&[
                OptionSpec::number("c", "a number", 0.5, Range::between(0.0, 100.0)),
                OptionSpec::number("alpha", "with an exception", 1.0, Range::between(0.1, 10.0).or(0.0)),
                OptionSpec::count("every", "a whole number", 2, 1..=100),
                OptionSpec::word("scale", "a word", &["min", "median", "rmse"]),
                OptionSpec::flag("verbose", "a flag"),
                OptionSpec::per_task("weights", "a number for each task", 1.0, Range::ANY.at_least(0.0)),
                OptionSpec::share_per_task("preference", "shares", Range::ANY),
                OptionSpec::optional("delta", "without a default", OptionKind::Number(Range::ANY.above(0.0)), "no limit"),
            ])
            .common_options(&[SHARED]),
        Method::new("around", "another method within").options(&[OptionSpec::method("method", "the method within", "mean")]),
    ],
);

fn all(option: &str, value: impl Into<Value>) -> Result<banyan_method::Settings, Error> {
    METHODS.check(&Choice::named("all").with(option, value), 3).map(|(_, settings)| settings)
}

fn refused(option: &str, value: impl Into<Value>) -> String {
    all(option, value).unwrap_err().to_string()
}

#[test]
fn options_that_are_not_set_have_their_defaults() {
    let (method, settings) = METHODS.check(&Choice::named("all"), 4).unwrap();
    assert_eq!(method.name, "all");
    assert_eq!((settings.number("c"), settings.number("alpha"), settings.count("every")), (0.5, 1.0, 2));
    assert_eq!((settings.word("scale"), settings.word("gradient"), settings.flag("verbose")), ("min", "parameters", false));
    assert_eq!((settings.per_task("weights"), settings.per_task("preference")), (vec![1.0; 4], vec![0.25; 4]));
    let (_, settings) = METHODS.check(&Choice::named("around"), 1).unwrap();
    assert_eq!(settings.method("method"), &Choice::named("mean"));
}

#[test]
fn values_are_read_as_what_the_option_takes() {
    assert_eq!(all("c", 2).unwrap().number("c"), 2.0);
    assert_eq!(all("every", 7.0).unwrap().count("every"), 7);
    assert_eq!(all("alpha", 0.0).unwrap().number("alpha"), 0.0);
    assert_eq!(all("weights", Value::List(vec![1.into(), 0.5.into(), 0.into()])).unwrap().per_task("weights"), [1.0, 0.5, 0.0]);
    assert!(all("verbose", true).unwrap().flag("verbose"));
    assert_eq!(all("gradient", "representation").unwrap().word("gradient"), "representation");
    assert_eq!(all("delta", 0.5).unwrap().number("delta"), 0.5);
}

#[test]
fn unknown_names_come_with_the_nearest() {
    let unknown = |name: &str| METHODS.find(name).unwrap_err().to_string();
    assert_eq!(unknown("maen"), r#"there is no balancing method named "maen"; did you mean "mean"?"#);
    assert_eq!(unknown("tucker"), r#"there is no balancing method named "tucker"; it must be one of mean, all and around"#);
    assert_eq!(refused("gradeint", "x"), r#"unknown option "gradeint" of "all"; did you mean "gradient"?"#);
    let choice = Choice::named("mean").with("c", 1.0);
    assert_eq!(METHODS.check(&choice, 1).unwrap_err().to_string(), r#"unknown option "c" of "mean"; it has no options"#);
    let choice = Choice::named("around").with("c", 1.0);
    assert_eq!(METHODS.check(&choice, 1).unwrap_err().to_string(), r#"unknown option "c" of "around"; its options are method"#);
}

#[test]
fn values_that_do_not_fit_are_refused_with_what_does() {
    assert_eq!(refused("c", -1), r#"option "c" of "all" must be a number between 0 and 100, not -1"#);
    assert_eq!(refused("c", f64::NAN), r#"option "c" of "all" must be a number between 0 and 100, not nan"#);
    assert_eq!(refused("c", f64::INFINITY), r#"option "c" of "all" must be a number between 0 and 100, not inf"#);
    assert_eq!(refused("c", "half"), r#"option "c" of "all" must be a number between 0 and 100, not "half""#);
    assert_eq!(refused("alpha", 0.05), r#"option "alpha" of "all" must be a number between 0.1 and 10, or 0, not 0.05"#);
    assert_eq!(refused("every", 1.5), r#"option "every" of "all" must be a whole number between 1 and 100, not 1.5"#);
    assert_eq!(refused("every", 0), r#"option "every" of "all" must be a whole number between 1 and 100, not 0"#);
    assert_eq!(refused("verbose", 1), r#"option "verbose" of "all" must be true or false, not 1"#);
    assert_eq!(
        refused("scale", "mean"),
        r#"option "scale" of "all" must be one of "min", "median", "rmse", not "mean"; did you mean "median"?"#
    );
    assert_eq!(refused("gradient", "loss"), r#"option "gradient" of "all" must be "parameters" or "representation", not "loss""#);
    assert_eq!(
        refused("weights", vec![1.0, 2.0]),
        r#"option "weights" of "all" must be a list with one number of at least 0 for each task (3 in all, not 2), not [1.0, 2.0]"#
    );
    assert_eq!(
        refused("weights", vec![1.0, -2.0, 1.0]),
        r#"option "weights" of "all" must be a list with one number of at least 0 for each task, not [1.0, -2.0, 1.0]"#
    );
    assert_eq!(refused("delta", 0), r#"option "delta" of "all" must be a number above 0, not 0"#);
}

#[test]
fn an_error_knows_which_key_is_at_fault() {
    assert!(METHODS.find("maen").unwrap_err().path().is_empty());
    assert_eq!(all("c", -1).unwrap_err().path(), ["c"]);
    assert_eq!(all("d", -1).unwrap_err().path(), ["d"]);
    let choice = Choice::named("around").with("method", Choice::named("all").with("c", -1));
    let error = METHODS.check(&choice, 1).unwrap_err();
    assert_eq!(error.path(), ["method", "c"]);
    assert_eq!(error.to_string(), r#"option "c" of "all" must be a number between 0 and 100, not -1"#);
    let choice = Choice::named("around").with("method", "maen");
    assert_eq!(METHODS.check(&choice, 1).unwrap_err().path(), ["method"]);
    let choice = Choice::named("around").with("method", 3);
    assert_eq!(METHODS.check(&choice, 1).unwrap_err().path(), ["method"]);
}

#[test]
fn a_program_adds_methods_of_its_own() {
    let more = METHODS.with(Method::new("mine", "my own"));
    assert_eq!(more.names().collect::<Vec<_>>(), ["mean", "all", "around", "mine"]);
    let other = more.with(Method::new("mine", "my better one"));
    assert_eq!((other.iter().count(), other.find("mine").unwrap().summary), (4, "my better one"));
    assert!(METHODS.find("mine").is_err());
}

#[test]
#[should_panic(expected = "does not define the number \"d\"")]
fn reading_what_is_not_defined_is_a_mistake_of_the_program() {
    let _ = all("c", 1).unwrap().number("d");
}

#[cfg(feature = "json")]
#[test]
fn the_schema_takes_names_and_tables() {
    let schema = METHODS.json_schema("#/$defs/Balance");
    let alternatives = schema["oneOf"].as_array().unwrap();
    assert_eq!(alternatives.len(), 3 + 2 + 1, "three names, two tables with options, one without");
    assert_eq!(alternatives[0]["const"], "mean");
    let options = &alternatives[3]["properties"];
    assert_eq!(options["type"]["const"], "all");
    assert_eq!((&options["c"]["minimum"], &options["c"]["maximum"]), (&0.0.into(), &100.0.into()));
    assert_eq!(options["c"]["default"], 0.5);
    assert_eq!(options["alpha"]["anyOf"][1]["const"], 0.0);
    assert_eq!(options["delta"]["exclusiveMinimum"], 0.0);
    assert_eq!(options["scale"]["enum"], serde_json::json!(["min", "median", "rmse"]));
    assert_eq!(options["weights"]["items"]["minimum"], 0.0);
    assert!(options["weights"].get("default").is_none());
    assert_eq!(alternatives[4]["properties"]["method"]["allOf"][0]["$ref"], "#/$defs/Balance");
    assert_eq!(alternatives[5]["properties"]["type"]["enum"], serde_json::json!(["mean"]));
}
