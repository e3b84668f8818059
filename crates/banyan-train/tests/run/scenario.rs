//! A small training that writes everything a training writes, and continues from any checkpoint of its own.
//!
//! It is deterministic, as real training is: what it writes depends on the step alone. So an interrupted and resumed one must
//! leave the same folder as an undisturbed one.

use std::path::Path;
use std::sync::Arc;

use banyan_train::run::{Disk, LogRecord, Part, RunError, RunFolder, RunWriter, StepRecord};

/// Steps of the whole training.
pub(crate) const STEPS: u64 = 6;
/// Steps from one checkpoint to the next.
const CHECKPOINT_EVERY: u64 = 2;

const WORDS: &[u8] = br#"["a","b"]"#;

/// What the training knows to be saved, told to the test while it happens.
#[derive(Debug, Default)]
pub(crate) struct Acknowledged {
    /// The newest step whose checkpoint was said to be saved.
    pub(crate) checkpoint: Option<u64>,
    /// The newest step whose model was said to be written.
    pub(crate) model: Option<u64>,
    /// Whether the configuration was said to be written.
    pub(crate) config: bool,
    /// Whether everything was done.
    pub(crate) finished: bool,
}

/// Begins a run, or takes it up, and trains to the end; returns early where the disk fails.
pub(crate) fn train(path: &Path, disk: &Arc<dyn Disk>, acknowledged: &mut Acknowledged) -> Result<(), RunError> {
    let is_run = disk.length(&path.join("config.toml")).ok().flatten().is_some();
    let (mut run, from) = if is_run {
        let (run, checkpoint) = RunWriter::resume_on(path, Arc::clone(disk))?;
        let words = disk.read(&run.folder().vocabulary_path().join("words.json")).expect("a run has its vocabulary");
        assert_eq!(words, WORDS, "the vocabulary is whole");
        let step = match &checkpoint {
            Some(checkpoint) => step_of(checkpoint.part("state.json")?),
            None => 0,
        };
        (run, step)
    } else {
        let run = RunWriter::create_on(path, Arc::clone(disk))?;
        (run, 0)
    };
    if from == 0 {
        run.write_vocabulary("words.json", WORDS)?;
        run.write_config("[data]\ntrain = \"t.csv\"\n")?;
    }
    acknowledged.config = true;
    for step in from + 1..=STEPS {
        run.log(&record(step))?;
        if step % CHECKPOINT_EVERY == 0 {
            run.write_model(&model(step))?;
            acknowledged.model = Some(step);
            let state = step.to_string();
            let weights = weights(step);
            let parts = [Part { name: "state.json", bytes: state.as_bytes() }, Part { name: "weights.safetensors", bytes: &weights }];
            run.save_checkpoint(&parts)?;
            acknowledged.checkpoint = Some(step);
        }
    }
    run.write_report("<p>done</p>")?;
    acknowledged.finished = true;
    Ok(())
}

pub(crate) fn record(step: u64) -> LogRecord {
    let losses = [("digit".to_owned(), 1.0 / step as f64)].into_iter().collect();
    LogRecord::Step(StepRecord { step, epoch: 1, losses, learning_rate: 1e-3, rows: 8, ..StepRecord::default() })
}

pub(crate) fn model(step: u64) -> Vec<u8> {
    format!("model after step {step} ").repeat(5).into_bytes()
}

/// Longer with every step, so that a file that was overwritten in place would show.
fn weights(step: u64) -> Vec<u8> {
    (0..100 * step).map(|index| (index * 7 + step) as u8).collect()
}

fn step_of(state: &[u8]) -> u64 {
    std::str::from_utf8(state).ok().and_then(|text| text.parse().ok()).expect("the state is a step")
}

/// What must hold of a folder that a crash left, for what was acknowledged before it.
pub(crate) fn assert_nothing_lost(folder: &RunFolder, acknowledged: &Acknowledged, context: &str) {
    let checkpoint = folder.checkpoint().unwrap_or_else(|error| panic!("{context}: {error}"));
    if let Some(saved) = acknowledged.checkpoint {
        let found = checkpoint.as_ref().map(|checkpoint| step_of(checkpoint.part("state.json").expect("saved")));
        assert!(found >= Some(saved), "{context}: step {saved} was saved, {found:?} is there");
    }
    if let Some(checkpoint) = &checkpoint {
        let step = step_of(checkpoint.part("state.json").expect("saved"));
        assert_eq!(checkpoint.part("weights.safetensors").expect("saved"), weights(step), "{context}");
    }
    let found = folder.model().expect("the model can be read");
    match (acknowledged.model, found) {
        (Some(saved), found) => {
            let possible = (saved..=STEPS).any(|step| found == Some(model(step)));
            assert!(possible, "{context}: the model of step {saved} was written and is gone");
        }
        (None, Some(found)) => assert!((1..=STEPS).any(|step| found == model(step)), "{context}: a torn model"),
        (None, None) => {}
    }
}

/// The folder of a training that nothing disturbed.
pub(crate) fn assert_complete(folder: &RunFolder, context: &str) {
    let expected: Vec<LogRecord> = (1..=STEPS).map(record).collect();
    assert_eq!(folder.log().expect("the log can be read"), expected, "{context}");
    assert_eq!(folder.model().expect("the model can be read"), Some(model(STEPS)), "{context}");
    let checkpoint = folder.checkpoint().expect("the checkpoint can be read").expect("there is one");
    assert_eq!(step_of(checkpoint.part("state.json").expect("saved")), STEPS, "{context}");
}

/// Names below a folder that no finished run should hold.
pub(crate) fn leftovers(disk: &dyn Disk, path: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for folder in [path.to_owned(), path.join("checkpoint"), path.join("vocabulary")] {
        for entry in disk.entries(&folder).expect("it can be listed").unwrap_or_default() {
            let name = entry.file_name().expect("entries have names").to_string_lossy().into_owned();
            if name.ends_with(".new") || name.ends_with(".old") {
                names.push(name);
            }
        }
    }
    names
}
