//! A training that finds no room is refused before it begins.

use banyan_model::Methods;
use banyan_train::config::Config;
use banyan_train::{Resume, Silent, TrainError, TrainOptions, check, train};
use std::sync::atomic::AtomicBool;

/// Some 960 terabytes, in training: no machine that runs tests has so much.
#[test]
fn a_model_larger_than_memory_is_refused_by_check_and_training() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows: String = (0..40).map(|row| format!("{row},{}\n", row % 7)).collect();
    std::fs::write(folder.path().join("t.csv"), format!("x,y\n{rows}")).expect("a table");
    let text = "[data]\ntrain = \"t.csv\"\nsplit = { valid = 0.1, test = 0.1 }\n[inputs.x]\ntype = \"number\"\n[tasks.y]\ntype = \"regression\"\n\
                [model]\nwidth = 65536\ntrunk_layers = 1000\n";
    let config = Config::parse("c.toml", text, &[]).expect("a configuration");
    config.check().expect("each key is in its range");
    let checked = check(&config, folder.path(), &Methods::default(), &mut Silent).expect("a table that can be read");
    let out = folder.path().join("run");
    let options = TrainOptions { out: out.clone(), resume: Resume::No, time_limit: None, methods: Methods::default() };
    let trained = train(&config, folder.path(), &options, &mut Silent, &AtomicBool::new(false));
    for error in [checked.outcome.err(), trained.err()] {
        let Some(TrainError::Memory(text)) = error else { panic!("{error:?}") };
        assert!(text.starts_with("the model needs about 96") && text.contains("lower width = 65536 in [model]"), "{text}");
        assert!(text.len() < 300, "{text}");
    }
    assert!(!out.exists(), "nothing is left behind");
}
