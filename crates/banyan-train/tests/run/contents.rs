//! What the files of a run say, and what is said of files that are not as they should be.

use std::fs;
use std::path::Path;

use banyan_data::inputs::InputKind;
use banyan_data::labels::TaskKind;
use banyan_train::evaluation::Evaluation;
use banyan_train::metrics::TaskMetrics;
use banyan_train::run::{
    DataSummary, EvaluationRecord, InputSummary, LogRecord, Part, RunFolder, RunWriter, SplitEvaluation, StartRecord, StepRecord,
    StopReason, Summary, TaskSummary,
};

use crate::scenario::record;

fn map<V>(entries: impl IntoIterator<Item = (&'static str, V)>) -> indexmap::IndexMap<String, V> {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn metrics() -> TaskMetrics {
    let mut metrics = TaskMetrics { rows: 500, ..TaskMetrics::default() };
    metrics.set("accuracy", Some(0.97));
    metrics.set("auroc", None);
    metrics
}

fn data() -> DataSummary {
    let image = InputSummary { kind: InputKind::Image, present: 990, description: "28 × 28, grayscale".to_owned() };
    let digit = TaskSummary { kind: TaskKind::Classification, known: 1000, classes: Some(10), description: String::new() };
    DataSummary {
        rows: map([("train", 1000), ("valid", 100)]),
        inputs: map([("image", image)]),
        tasks: map([("digit", digit)]),
        notes: vec!["10 images cannot be read".to_owned()],
    }
}

/// A new run in a folder of its own.
fn new_run() -> (tempfile::TempDir, RunWriter) {
    let parent = tempfile::tempdir().expect("a folder for the test");
    let run = RunWriter::create(&parent.path().join("run")).expect("a run can begin");
    run.write_config("[data]\n").expect("it can be written");
    (parent, run)
}

fn sentence(error: impl std::fmt::Display, parent: &Path) -> String {
    error.to_string().replace(&parent.display().to_string(), "RUNS")
}

#[test]
fn lines_of_the_log() {
    let records = [
        LogRecord::Start(StartRecord { parameters: 12345, steps_per_epoch: 16, data: data() }),
        LogRecord::Step(StepRecord {
            step: 10,
            epoch: 1,
            losses: map([("speaker", f64::NAN), ("digit", 2.25)]),
            auxiliary: map([("alignment", 0.75)]),
            weights: map([("digit", 0.5), ("speaker", 0.5)]),
            cosines: map([("digit/speaker", -0.25)]),
            norms: map([("digit", 1.5), ("speaker", 3.0)]),
            learning_rate: 0.001,
            rows: 64,
        }),
        record(11),
        LogRecord::Evaluation(EvaluationRecord {
            epoch: 1,
            step: 16,
            split: "valid".to_owned(),
            score: Some(0.9),
            tasks: map([("digit", metrics())]),
        }),
    ];
    let lines: Vec<String> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
{"kind":"start","parameters":12345,"steps_per_epoch":16,"data":{"rows":{"train":1000,"valid":100},"inputs":{"image":{"type":"image","present":990,"description":"28 × 28, grayscale"}},"tasks":{"digit":{"type":"classification","known":1000,"classes":10}},"notes":["10 images cannot be read"]}}
{"kind":"step","step":10,"epoch":1,"losses":{"speaker":null,"digit":2.25},"auxiliary":{"alignment":0.75},"weights":{"digit":0.5,"speaker":0.5},"cosines":{"digit/speaker":-0.25},"norms":{"digit":1.5,"speaker":3.0},"learning_rate":0.001,"rows":64}
{"kind":"step","step":11,"epoch":1,"losses":{"digit":0.09090909090909091},"learning_rate":0.001,"rows":8}
{"kind":"evaluation","epoch":1,"step":16,"split":"valid","score":0.9,"tasks":{"digit":{"accuracy":0.97,"auroc":null,"rows":500}}}
"#);

    let (_parent, mut run) = new_run();
    for record in &records {
        run.log(record).unwrap();
    }
    let read = run.folder().log().unwrap();
    assert_eq!(read.len(), 4);
    let LogRecord::Step(step) = &read[1] else { panic!("the second line is a step") };
    assert!(step.losses["speaker"].is_nan());
    assert_eq!(step.losses.keys().collect::<Vec<_>>(), ["speaker", "digit"]);
    assert_eq!((&read[0], &read[2], &read[3]), (&records[0], &records[2], &records[3]));
}

#[test]
fn a_summary() {
    let evaluation = Evaluation { inputs: vec!["image".to_owned()], rows: 500, tasks: map([("digit", metrics())]) };
    let summary = Summary {
        stop_reason: StopReason::TimeLimit,
        epochs: 3,
        steps: 48,
        best_epoch: 2,
        best_step: 32,
        best_score: Some(0.9),
        seconds: 12.5,
        waited_seconds: 0.25,
        preparing_seconds: 2.0,
        parameters: 12345,
        seed: 1,
        data: data(),
        results: vec![SplitEvaluation { split: "test".to_owned(), evaluation }],
    };
    let (_parent, run) = new_run();
    assert_eq!(run.folder().summary().unwrap(), None);
    run.write_summary(&summary).unwrap();
    assert_eq!(run.folder().summary().unwrap(), Some(summary));
    let text = fs::read_to_string(run.folder().path().join("summary.json")).unwrap();
    insta::assert_snapshot!(text.trim_end(), @r#"
{
  "stop_reason": "time_limit",
  "epochs": 3,
  "steps": 48,
  "best_epoch": 2,
  "best_step": 32,
  "best_score": 0.9,
  "seconds": 12.5,
  "waited_seconds": 0.25,
  "preparing_seconds": 2.0,
  "parameters": 12345,
  "seed": 1,
  "data": {
    "rows": {
      "train": 1000,
      "valid": 100
    },
    "inputs": {
      "image": {
        "type": "image",
        "present": 990,
        "description": "28 × 28, grayscale"
      }
    },
    "tasks": {
      "digit": {
        "type": "classification",
        "known": 1000,
        "classes": 10
      }
    },
    "notes": [
      "10 images cannot be read"
    ]
  },
  "results": [
    {
      "split": "test",
      "inputs": [
        "image"
      ],
      "rows": 500,
      "tasks": {
        "digit": {
          "accuracy": 0.97,
          "auroc": null,
          "rows": 500
        }
      }
    }
  ]
}
"#);
}

#[test]
fn a_torn_last_line_is_left_out_and_an_unknown_kind_is_passed_over() {
    let (_parent, mut run) = new_run();
    run.log(&record(1)).unwrap();
    let path = run.folder().log_path();
    let mut text = fs::read_to_string(&path).unwrap();
    text.push_str("{\"kind\":\"weather\",\"sun\":true}\n{\"kind\":\"step\",\"st");
    fs::write(&path, text).unwrap();
    assert_eq!(run.folder().log().unwrap(), [record(1)]);
}

#[test]
fn a_damaged_line_is_named() {
    let (parent, run) = new_run();
    fs::write(run.folder().log_path(), "{\"kind\":\"step\"}\nnonsense\n").unwrap();
    insta::assert_snapshot!(sentence(run.folder().log().unwrap_err(), parent.path()), @"RUNS/run/metrics.jsonl, line 1 is damaged: missing field `step`; remove the line");
}

#[test]
fn damaged_checkpoints_are_refused() {
    let (parent, mut run) = new_run();
    run.log(&record(1)).unwrap();
    let generation = run.save_checkpoint(&[Part { name: "weights", bytes: b"0123456789" }]).unwrap();
    let folder = run.folder().path().join("checkpoint").join(generation.to_string());
    drop(run);
    let path = parent.path().join("run");
    let complaint = || sentence(RunWriter::resume(&path).unwrap_err(), parent.path());

    fs::write(folder.join("weights"), b"0123456780").unwrap();
    insta::assert_snapshot!(complaint(), @"RUNS/run/checkpoint/1/weights is damaged: its content has changed since it was saved; train again without --resume, into another folder");
    fs::write(folder.join("weights"), b"01234").unwrap();
    insta::assert_snapshot!(complaint(), @"RUNS/run/checkpoint/1/weights is damaged: it has 5 bytes instead of 10; train again without --resume, into another folder");
    fs::remove_file(folder.join("weights")).unwrap();
    insta::assert_snapshot!(complaint(), @"could not read the checkpoint RUNS/run/checkpoint/1/weights: No such file or directory (os error 2)");
    fs::write(folder.join("weights"), b"0123456789").unwrap();
    fs::write(path.join("metrics.jsonl"), b"").unwrap();
    insta::assert_snapshot!(complaint(), @"RUNS/run/metrics.jsonl is damaged: it has 0 bytes, and the checkpoint was saved when it had 89; put the whole file back, or train again into another folder");
}

#[test]
fn a_part_that_was_not_saved_is_named() {
    let (parent, mut run) = new_run();
    run.save_checkpoint(&[Part { name: "weights", bytes: b"0123456789" }]).unwrap();
    let checkpoint = run.folder().checkpoint().unwrap().unwrap();
    assert_eq!(checkpoint.names().collect::<Vec<_>>(), ["weights"]);
    insta::assert_snapshot!(sentence(checkpoint.part("optimizer").unwrap_err(), parent.path()), @"RUNS/run/checkpoint/1 is damaged: it has no part optimizer; train again without --resume, into another folder");
}

#[test]
fn only_the_newest_checkpoint_is_kept() {
    let (_parent, mut run) = new_run();
    for generation in 1..=3 {
        assert_eq!(run.save_checkpoint(&[Part { name: "weights", bytes: b"w" }]).unwrap(), generation);
    }
    let names: Vec<_> = fs::read_dir(run.folder().path().join("checkpoint")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["3"]);
}

#[test]
fn folders_that_are_not_free() {
    let (parent, run) = new_run();
    let path = run.folder().path().to_owned();
    drop(run);
    insta::assert_snapshot!(sentence(RunWriter::create(&path).unwrap_err(), parent.path()), @"RUNS/run holds a run already; continue it with --resume, or choose another folder with --out");

    let other = parent.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("thesis.txt"), "precious").unwrap();
    insta::assert_snapshot!(sentence(RunWriter::create(&other).unwrap_err(), parent.path()), @"RUNS/other is not empty and holds no run; choose another folder with --out, so that nothing in it is overwritten");
    insta::assert_snapshot!(sentence(RunFolder::open(&other).unwrap_err(), parent.path()), @"there is no run in RUNS/other: it has no config.toml with a checkpoint/ or a model.safetensors beside it");
    insta::assert_snapshot!(sentence(RunWriter::resume(&other).unwrap_err(), parent.path()), @"there is no run in RUNS/other: it has no config.toml with a checkpoint/ or a model.safetensors beside it");
    // The user's own configuration makes no run.
    fs::write(other.join("config.toml"), "").unwrap();
    assert!(RunWriter::resume(&other).is_err());

    let below_a_file = other.join("thesis.txt").join("run");
    insta::assert_snapshot!(sentence(RunWriter::create(&below_a_file).unwrap_err(), parent.path()), @"could not read RUNS/other/thesis.txt/run/config.toml: a part of this path is a file, not a folder; choose another folder with --out");
}

#[test]
fn an_empty_folder_is_free() {
    let parent = tempfile::tempdir().unwrap();
    assert!(RunWriter::create(parent.path()).is_ok());
}
