//! Whole trainings on small tables: what a run promises, whatever the method.
#![expect(clippy::unwrap_used, reason = "a training that fails fails the test")]

use banyan_data::output::OutputValues;
use banyan_data::table::Cell;
use banyan_model::{FUSIONS, SHARINGS};
use banyan_train::config::Config;
use banyan_train::run::{EvaluationRecord, LogRecord, RunFolder, StopReason};
use banyan_train::{Event, LoadedRun, Observer, Resume, Silent, TrainError, TrainOptions, train};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Two numbers and a word; a sum to regress, its sign, and the word's rank, each label missing in some rows.
fn table(rows: usize) -> String {
    let mut text = "a,b,town,sum,positive,size\n".to_owned();
    let towns = [("village", 0), ("town", 1), ("city", 2)];
    for row in 0..rows {
        let (a, b) = ((row * 37 % 101) as f64 / 50.0 - 1.0, (row * 53 % 97) as f64 / 48.0 - 1.0);
        let (town, size) = towns[row % 3];
        let cell = |every: usize, value: String| if row % every == 0 { String::new() } else { value };
        let known = [cell(5, format!("{:.3}", a + b)), cell(7, u8::from(a + b > 0.0).to_string()), cell(4, size.to_string())];
        writeln!(text, "{},{b:.3},{town},{}", cell(9, format!("{a:.3}")), known.join(",")).unwrap();
    }
    text
}

const CONFIG: &str = r#"
[data]
train = "train.csv"
valid = "valid.csv"
[inputs.a]
type = "number"
[inputs.b]
type = "number"
[inputs.town]
type = "category"
[tasks.sum]
type = "regression"
[tasks.positive]
type = "binary"
[tasks.size]
type = "ordinal"
[model]
width = 16
trunk_layers = 1
[training]
epochs = 4
batch_size = 32
log_every = 3
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("train.csv"), table(240)).unwrap();
    std::fs::write(folder.path().join("valid.csv"), table(60)).unwrap();
    folder
}

fn config(changes: &[&str]) -> Config {
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    Config::parse("config.toml", CONFIG, &changes).unwrap()
}

fn options(folder: &Path, name: &str) -> TrainOptions {
    TrainOptions { out: folder.join(name), ..TrainOptions::default() }
}

fn weights(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name).join("model.safetensors")).unwrap()
}

/// Sets the flag after some steps.
struct StopAfter<'a>(u64, &'a AtomicBool);

impl Observer for StopAfter<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Step { step, .. } = event
            && *step >= self.0
        {
            self.1.store(true, Ordering::Relaxed);
        }
    }
}

#[test]
fn every_balancing_trains_and_logs_the_conflict() {
    let folder = folder();
    for name in banyan_balance::METHODS.names() {
        let config = config(&[&format!("training.balance={}", name), "training.epochs=2"]);
        let summary = train(&config, folder.path(), &options(folder.path(), name), &mut Silent, &AtomicBool::new(false)).unwrap();
        assert_eq!(summary.stop_reason, StopReason::Completed, "{name}");
        let log = RunFolder::open(&folder.path().join(name)).unwrap().log().unwrap();
        let steps: Vec<_> = log.iter().filter_map(|record| if let LogRecord::Step(step) = record { Some(step) } else { None }).collect();
        assert_eq!(steps.len(), 6, "steps 1, 3, 6, 9, 12 and 15 of 16");
        assert!(steps.iter().all(|step| step.cosines.len() == 3 && step.norms.len() == 3 && step.weights.len() == 3), "{name}");
        assert!(steps.iter().all(|step| step.cosines.values().all(|cosine| (-1.0..=1.0).contains(cosine))), "{name}");
    }
}

/// Whatever a method remembers, draws or sees, an interrupted training ends with the same bits.
#[test]
fn every_kind_of_balancing_resumes_bit_by_bit() {
    let folder = folder();
    for (place, balance) in [
        "famo",
        "dwa",
        "graddrop",
        "modo",
        "{ type = \"cr-mogm\", method = \"gradvac\" }",
        "{ type = \"cr-mogm\", method = { type = \"upgrad\", gradient = \"representation\" } }",
    ]
    .into_iter()
    .enumerate()
    {
        let settings = [&*format!("training.balance={balance}"), "training.epochs=2"];
        let (whole, cut) = (format!("whole{place}"), format!("cut{place}"));
        train(&config(&settings), folder.path(), &options(folder.path(), &whole), &mut Silent, &AtomicBool::new(false)).unwrap();
        let flag = AtomicBool::new(false);
        train(&config(&settings), folder.path(), &options(folder.path(), &cut), &mut StopAfter(11, &flag), &flag).unwrap();
        let again = TrainOptions { resume: Resume::Yes, ..options(folder.path(), &cut) };
        train(&config(&settings), folder.path(), &again, &mut Silent, &AtomicBool::new(false)).unwrap();
        assert_eq!(weights(folder.path(), &whole), weights(folder.path(), &cut), "{balance}");
    }
}

#[test]
fn a_wrapper_around_a_direction_is_refused_with_its_place() {
    let folder = folder();
    let config = config(&["training.balance={ type = \"cr-mogm\", method = \"graddrop\" }"]);
    let error = train(&config, folder.path(), &options(folder.path(), "refused"), &mut Silent, &AtomicBool::new(false)).unwrap_err();
    let expected = "\"cr-mogm\" averages weights, and \"graddrop\" gives a direction instead; choose another method within it";
    assert!(error.to_string().ends_with(expected) && error.to_string().starts_with("--set training.balance="), "{error}");
}

#[test]
fn every_sharing_trains() {
    let folder = folder();
    for name in SHARINGS.names() {
        learns(folder.path(), name, &[&format!("model.sharing={name}")]);
    }
}

/// With the town as a second modality, whose words say nothing of the sum.
#[test]
fn every_fusion_trains() {
    let folder = folder();
    for name in FUSIONS.names() {
        learns(folder.path(), name, &[&format!("model.fusion={name}"), "inputs.town.type=text", "inputs.town.buckets=1000"]);
    }
}

/// Trains for longer, and sees that the sum and its sign are learned.
fn learns(folder: &Path, name: &str, changes: &[&str]) {
    let config = config(&[changes, &["training.epochs=20", "training.learning_rate=0.005"]].concat());
    let summary = train(&config, folder, &options(folder, name), &mut Silent, &AtomicBool::new(false)).unwrap();
    let r2 = summary.results[0].evaluation.tasks["sum"].get("r2").unwrap();
    let auroc = summary.results[0].evaluation.tasks["positive"].get("auroc").unwrap();
    assert!(r2 > 0.7 && auroc > 0.9, "{name}: r2 {r2}, auroc {auroc}");
}

#[test]
fn threads_and_interruptions_leave_every_bit_as_it_is() {
    let folder = folder();
    let settings = ["training.balance=upgrad", "training.average=0.9"];
    train(&config(&settings), folder.path(), &options(folder.path(), "whole"), &mut Silent, &AtomicBool::new(false)).unwrap();
    let one = config(&[settings[0], settings[1], "training.threads=1"]);
    train(&one, folder.path(), &options(folder.path(), "one-thread"), &mut Silent, &AtomicBool::new(false)).unwrap();
    assert_eq!(weights(folder.path(), "whole"), weights(folder.path(), "one-thread"));

    let flag = AtomicBool::new(false);
    let first = train(&config(&settings), folder.path(), &options(folder.path(), "cut"), &mut StopAfter(5, &flag), &flag).unwrap();
    assert_eq!((first.stop_reason, first.steps), (StopReason::Interrupted, 5));
    for at in [11, 12, 29] {
        let flag = AtomicBool::new(false);
        let again = TrainOptions { resume: Resume::Yes, ..options(folder.path(), "cut") };
        train(&config(&settings), folder.path(), &again, &mut StopAfter(at, &flag), &flag).unwrap();
    }
    let again = TrainOptions { resume: Resume::Yes, ..options(folder.path(), "cut") };
    let last = train(&config(&settings), folder.path(), &again, &mut Silent, &AtomicBool::new(false)).unwrap();
    assert_eq!(last.stop_reason, StopReason::Completed);
    assert_eq!(weights(folder.path(), "whole"), weights(folder.path(), "cut"));
    let log = |name: &str| std::fs::read(folder.path().join(name).join("metrics.jsonl")).unwrap();
    assert_eq!(log("whole"), log("cut"), "no line is doubled or lost");
}

#[test]
fn tables_with_different_columns_train_one_model() {
    let folder = folder();
    std::fs::write(
        folder.path().join("sums.csv"),
        table(120)
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>())
            .map(|cells| [cells[0], cells[1], cells[3]].join(","))
            .collect::<Vec<_>>()
            .join("\n"),
    )
    .unwrap();
    let sizes = (0..90)
        .map(|row| format!("{{\"town\": \"{}\", \"size\": {}, \"positive\": {}}}", ["village", "town", "city"][row % 3], row % 3, row % 2));
    std::fs::write(folder.path().join("sizes.jsonl"), sizes.collect::<Vec<_>>().join("\n")).unwrap();
    for sampling in ["proportional", "square-root", "uniform"] {
        let config = config(&[
            "data.train=[\"sums.csv\", \"sizes.jsonl\"]",
            &format!("data.sampling={sampling}"),
            "training.balance=upgrad",
            "training.epochs=15",
            "training.learning_rate=0.005",
        ]);
        train(&config, folder.path(), &options(folder.path(), sampling), &mut Silent, &AtomicBool::new(false)).unwrap();
        // Each task is asked with the inputs that its own table had: the two never stood in one row.
        let mut run = LoadedRun::open(&folder.path().join(sampling)).unwrap();
        let mut measure = |inputs: &[&str], task: &str, metric: &str| {
            let inputs: Vec<String> = inputs.iter().map(|input| (*input).to_owned()).collect();
            run.evaluate(None, Some(&inputs), Some(&[task.to_owned()])).unwrap().0.tasks[task].get(metric).unwrap()
        };
        let (sum, size) = (measure(&["a", "b"], "sum", "r2"), measure(&["town"], "size", "accuracy"));
        assert!(sum > 0.5 && size > 0.9, "{sampling}: r2 of sum {sum}, accuracy of size {size}");
    }
}

#[test]
fn a_prediction_runs_what_it_needs_and_no_more() {
    let folder = folder();
    // As a text the town is a modality of its own, with an encoder that can be left out.
    let config = config(&["inputs.town.type=text", "inputs.town.buckets=1000"]);
    train(&config, folder.path(), &options(folder.path(), "run"), &mut Silent, &AtomicBool::new(false)).unwrap();
    let mut run = LoadedRun::open(&folder.path().join("run")).unwrap();
    let data = folder.path().join("valid.csv");
    let (all, _) = run.predict(&data, None, None).unwrap();
    let all_operations = run.operations();
    let names: Vec<&str> = all.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["sum", "positive", "positive=0", "positive=1", "size", "size=0", "size=1", "size=2"]);
    let (one, _) = run.predict(&data, None, Some(&["sum".to_owned()])).unwrap();
    let one_operations = run.operations();
    assert_eq!(one.columns[0], all.columns[0], "a task's prediction does not depend on the others");
    let (less, _) = run.predict(&data, Some(&["a".to_owned()]), Some(&["sum".to_owned()])).unwrap();
    assert!(one_operations < all_operations && run.operations() < one_operations, "{all_operations} {one_operations} {}", run.operations());
    let OutputValues::Numbers(numbers) = &less.columns[0].values else { panic!("a regression predicts numbers") };
    assert!(numbers.len() == 60 && numbers.iter().all(|number| number.is_finite()));
    let error = run.predict(&data, Some(&["twon".to_owned()]), None).unwrap_err();
    assert_eq!(error.to_string(), "the run has no input \"twon\"; did you mean \"town\"?");
}

#[test]
fn a_row_at_hand_is_predicted_as_one_of_a_table() {
    let folder = folder();
    let config = config(&["training.threads=2"]);
    train(&config, folder.path(), &options(folder.path(), "run"), &mut Silent, &AtomicBool::new(false)).unwrap();
    let mut run = LoadedRun::open(&folder.path().join("run")).unwrap();
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, "a,b,town\n0.5,-0.25,city\n,,\n").unwrap();
    let (table, _) = run.predict(&path, None, None).unwrap();
    let row = [("town", Cell::Text("city")), ("a", Cell::Number(0.5)), ("b", Cell::Text("-0.25"))];
    let rows = [run.predict_row(&row, None).unwrap(), run.predict_row(&[], None).unwrap()];
    for (place, (row, report)) in rows.iter().enumerate() {
        assert!(report.warnings().iter().all(|warning| place == 1 && warning.contains("none of the inputs")), "{:?}", report.warnings());
        for (column, expected) in row.columns.iter().zip(&table.columns) {
            let same = match (&column.values, &expected.values) {
                (OutputValues::Numbers(one), OutputValues::Numbers(all)) => (one[0] - all[place]).abs() < 1e-5,
                (OutputValues::Texts(one), OutputValues::Texts(all)) => one[0] == all[place],
                _ => false,
            };
            assert!(same, "{}", column.name);
        }
    }
    let error = run.predict_row(&[("twon", Cell::Missing)], None).unwrap_err();
    assert_eq!(error.to_string(), "the run has no input column \"twon\"; did you mean \"town\"?");
}

#[test]
fn a_loss_that_is_not_a_number_stops_the_run_and_keeps_what_was_good() {
    let folder = folder();
    let config = config(&["training.learning_rate=1e30", "training.clip=0", "training.warmup=0", "training.optimizer=sgd"]);
    let error = train(&config, folder.path(), &options(folder.path(), "run"), &mut Silent, &AtomicBool::new(false)).unwrap_err();
    let TrainError::Diverged { step, what, .. } = &error else { panic!("{error}") };
    assert!(*step > 1 && what.contains("the "), "{error}");
}

#[test]
fn a_run_without_validation_rows_sets_some_aside_and_says_so() {
    struct Notes(Vec<String>);
    impl Observer for Notes {
        fn event(&mut self, event: &Event<'_>) {
            if let Event::Note { text } = event {
                self.0.push((*text).to_owned());
            }
        }
    }
    let folder = folder();
    let text = CONFIG.replace("valid = \"valid.csv\"\n", "");
    let config = Config::parse("config.toml", &text, &["training.epochs=1".to_owned()]).unwrap();
    let mut notes = Notes(Vec::new());
    let summary = train(&config, folder.path(), &options(folder.path(), "run"), &mut notes, &AtomicBool::new(false)).unwrap();
    assert!(notes.0.iter().any(|note| note.contains("10 % of the training rows were set aside")), "{:?}", notes.0);
    assert_eq!(summary.data.rows["train"] + summary.data.rows["valid"], 240);
}

fn evaluations(folder: &Path, name: &str) -> Vec<EvaluationRecord> {
    let log = RunFolder::open(&folder.join(name)).unwrap().log().unwrap();
    log.into_iter().filter_map(|record| if let LogRecord::Evaluation(evaluation) = record { Some(evaluation) } else { None }).collect()
}

#[test]
fn the_score_is_weighted_apart_from_the_loss() {
    let folder = folder();
    let changes = ["size.weight=0.5", "size.score_weight=3", "positive.weight=7", "positive.score_weight=1", "sum.score_weight=0"];
    let changes: Vec<String> = changes.iter().chain(&["size.metric=accuracy"]).map(|change| format!("tasks.{change}")).collect();
    let config = config(&changes.iter().map(String::as_str).collect::<Vec<_>>());
    train(&config, folder.path(), &options(folder.path(), "run"), &mut Silent, &AtomicBool::new(false)).unwrap();
    let evaluations = evaluations(folder.path(), "run");
    assert_eq!(evaluations.len(), 4);
    for evaluation in &evaluations {
        let expected = (3.0 * evaluation.tasks["size"].get("accuracy").unwrap() + evaluation.tasks["positive"].get("auroc").unwrap()) / 4.0;
        assert!((evaluation.score.unwrap() - expected).abs() < 1e-12, "{:?} is not {expected}", evaluation.score);
    }
}

#[test]
fn without_any_score_the_newest_weights_are_kept() {
    let folder = folder();
    // labels of one class rank nothing, so that there is no AUROC
    std::fs::write(folder.path().join("valid.csv"), "a,b,town,sum,positive,size\n0.5,0.25,city,,1,\n0.75,0.5,town,,1,\n").unwrap();
    let config = config(&[]);
    let summary = train(&config, folder.path(), &options(folder.path(), "run"), &mut Silent, &AtomicBool::new(false)).unwrap();
    assert!(evaluations(folder.path(), "run").iter().all(|evaluation| evaluation.score.is_none()));
    assert_eq!((summary.best_epoch, summary.best_score), (4, None));
}

#[test]
fn a_precision_is_computed_in_or_a_note_says_that_it_is_not() {
    let folder = folder();
    let one = |precision: &str| {
        let config = config(&[&format!("training.precision={precision}"), "training.epochs=1"]);
        let summary = train(&config, folder.path(), &options(folder.path(), precision), &mut Silent, &AtomicBool::new(false)).unwrap();
        let notes = summary.data.notes.iter().filter(|note| note.contains(&format!("training.precision = \"{precision}\""))).count();
        (notes, weights(folder.path(), precision))
    };
    let (notes, exact) = one("f32");
    assert_eq!(notes, 0);
    assert_eq!(one("auto").0, 0);
    for precision in [banyan_engine::Precision::Bf16x3, banyan_engine::Precision::Bf16] {
        let (notes, weights) = one(precision.name());
        // Either the processor has it, and the weights differ, or they are those of f32 and the run says so.
        let has = precision.effective() == precision;
        assert_eq!((notes, weights == exact), (usize::from(!has), !has), "{}", precision.name());
    }
}

/// By the library, too, and though the folder holds nothing but names that a run has.
#[test]
fn a_run_is_not_begun_in_a_folder_that_holds_its_table() {
    let folder = folder();
    let run = folder.path().join("run");
    std::fs::create_dir_all(run.join("vocabulary")).unwrap();
    std::fs::copy(folder.path().join("train.csv"), run.join("vocabulary/train.csv")).unwrap();
    let options = TrainOptions { out: run.clone(), ..TrainOptions::default() };
    let config = config(&["data.train=\"run/vocabulary/train.csv\""]);
    let error = train(&config, folder.path(), &options, &mut Silent, &AtomicBool::new(false)).unwrap_err().to_string();
    assert!(error.contains("run/vocabulary/train.csv lies in the folder of the run, whose files could overwrite it"), "{error}");
    assert!(!run.join("config.toml").exists());
}
