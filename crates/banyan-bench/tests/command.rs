//! The command against small models of PyTorch (`tests/fixtures`, written by `bench/export.py --tiny`), and its words.

#![expect(clippy::unwrap_used, reason = "a command that cannot be run fails the test")]

use std::path::PathBuf;
use std::process::Command;

const MODELS: [&str; 4] = ["mlp-seed", "mlp-big", "cnn", "transformer"];

fn fixture(model: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format!("{model}.safetensors"))
}

/// The exit code, standard output and standard error.
fn bench(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_banyan-bench")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn step(arguments: &[&str]) -> serde_json::Value {
    let (code, output, error) = bench(&[&["step", "--seconds", "0", "--threads", "1", "--json"], arguments].concat());
    assert_eq!(code, 0, "{arguments:?}: {error}");
    serde_json::from_str(&output).unwrap()
}

/// The precisions that this processor computes products in.
fn precisions() -> Vec<&'static str> {
    let named = banyan_engine::Precision::ALL.into_iter().filter(|precision| *precision != banyan_engine::Precision::Auto);
    let has = |precision: &&str| {
        let arguments = ["step", "--model", "mlp-seed", "--seconds", "0", "--threads", "1", "--precision", *precision];
        let (code, _, error) = bench(&arguments);
        assert!(code == 0 || error.contains("this processor does not multiply in"), "{error}");
        code == 0
    };
    named.map(banyan_engine::Precision::name).filter(has).collect()
}

/// The numbers of `check`'s line after some words.
fn distances(line: &str, words: &str) -> Vec<f64> {
    let (_, rest) = line.split_once(words).unwrap();
    let (numbers, _) = rest.split_once(" (allowed").unwrap();
    numbers.split(", ").map(|number| number.trim().parse().unwrap()).collect()
}

#[test]
fn losses_and_gramians_are_those_of_pytorch() {
    for precision in precisions() {
        for model in MODELS {
            let (loss, gramian) = match precision {
                "bf16" => (2e-3, 2e-3),
                _ => (1e-6, 1e-4),
            };
            for rows in [None, Some("1"), Some("3")] {
                let path = fixture(model);
                let mut arguments = vec!["check", path.to_str().unwrap(), "--precision", precision];
                arguments.extend(rows.iter().flat_map(|rows| ["--chunk-rows", *rows]));
                let (_, output, error) = bench(&arguments);
                let what = format!("{output}{error}");
                assert!(output.contains(&format!(", {precision}: ")), "{what}");
                let (losses, gramians) = (distances(&output, "step by step within"), distances(&output, "Gramian within"));
                assert!(losses.len() == 4 && losses.iter().all(|&distance| distance <= loss), "{what}");
                assert!(gramians[0] <= gramian, "{what}");
                assert_eq!(output.starts_with("ok "), error.is_empty(), "{what}");
            }
        }
    }
}

#[test]
fn other_numbers_are_noticed() {
    let mut bytes = std::fs::read(fixture("mlp-seed")).unwrap();
    let losses = {
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let data = tensors.tensor("losses").unwrap().data();
        data.as_ptr() as usize - bytes.as_ptr() as usize
    };
    let first = f64::from_le_bytes(bytes[losses..losses + 8].try_into().unwrap());
    bytes[losses..losses + 8].copy_from_slice(&(first * 1.00001).to_le_bytes());
    let path = std::env::temp_dir().join(format!("banyan-bench-{}.safetensors", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    let (code, output, error) = bench(&["check", path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(code, 1);
    assert!(output.starts_with("FAR ") && error.starts_with("error: 1 of 1 models lie too far"), "{output}{error}");
}

#[test]
fn every_model_steps_in_every_mode() {
    for model in MODELS {
        for mode in ["plain", "gramian", "rows", "representation"] {
            let found = step(&["--model", model, "--mode", mode, "--tasks", "2", "--width", "8", "--batch", "4"]);
            assert_eq!((found["model"].as_str(), found["mode"].as_str()), (Some(model), Some(mode)));
            let chance = 2.0 * if model == "transformer" { 20f64.ln() } else { 10f64.ln() };
            let loss = found["loss"].as_f64().unwrap();
            assert!(loss > 0.5 * chance && loss < 4.0 * chance, "{model} {mode}: {loss}");
            assert!(found["ms"].as_f64().unwrap() >= found["ms_min"].as_f64().unwrap());
        }
    }
}

#[test]
fn parts_are_those_of_the_same_step() {
    for mode in ["plain", "gramian"] {
        let arguments = ["--model", "mlp-seed", "--tasks", "3", "--mode", mode];
        let (whole, parts) = (step(&arguments), step(&[&arguments[..], &["--parts"]].concat()));
        assert_eq!(whole["loss"], parts["loss"], "{mode}");
        assert!(whole["parts"].is_null());
        let found = parts["parts"].as_object().unwrap();
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(names.len(), 5, "{names:?}");
        for (name, time) in found {
            let is_done = mode == "gramian" || name == "sweeps" || name == "optimizer";
            assert_eq!(time.as_f64().unwrap() > 0.0, is_done, "{mode} {name}: {time}");
        }
    }
    for mode in ["rows", "representation"] {
        let (code, _, error) = bench(&["step", "--model", "mlp-seed", "--mode", mode, "--parts"]);
        assert!(code == 2 && error.contains("--parts looks into the modes plain and gramian only"), "{error}");
    }
}

#[test]
fn modes_agree_about_the_losses() {
    let sizes = ["--model", "mlp-seed", "--disjoint", "--chunk-rows", "5", "--lanes", "3"];
    let losses: Vec<_> =
        ["plain", "gramian", "representation"].map(|mode| step(&[&sizes[..], &["--mode", mode]].concat())["loss"].as_f64().unwrap()).into();
    assert!(losses.iter().all(|loss| (loss - losses[0]).abs() < 1e-3), "{losses:?}");
}

#[test]
fn wrong_use_is_refused_with_one_sentence() {
    for (arguments, sentence) in [
        (&["--mode", "plain", "--balance", "upgrad"][..], "--balance has no meaning with --mode plain"),
        (&["--mode", "gramian", "--balance", "equal"], "\"equal\" does not look at gradients"),
        (&["--mode", "gramian", "--balance", "upgrat"], "upgrad"),
        (&["--tasks", "0"], "must be at least 1"),
        (&["--disjoint", "--tasks", "65"], "--disjoint needs a sample for each of 65 tasks, not 64"),
        (&["--chunk-rows", "0"], "must be at least 1"),
        (&["--seconds=-1"], "--seconds must be"),
    ] {
        let (code, _, error) = bench(&[&["step", "--model", "mlp-seed"], arguments].concat());
        assert!(code == 2 && error.contains(sentence), "{arguments:?}: {error}");
    }
    let (code, _, error) = bench(&["step", "--model", "cnn", "--layers", "7"]);
    assert!(code == 2 && error.contains("at most 6 convolutions"), "{error}");
    let (code, _, error) = bench(&["check", "no-such-file"]);
    assert!(code == 1 && error.starts_with("error: no-such-file could not be read"), "{error}");
}

#[test]
fn counted_steps_are_made() {
    for case in ["mlp-plain", "mlp-gramian", "cnn-plain", "transformer-gramian"] {
        let (code, output, error) = bench(&["count", "--case", case, "--steps", "1"]);
        assert!(code == 0 && output.starts_with("1 steps, sum of losses"), "{output}{error}");
    }
}

#[test]
fn single_convolutions_are_timed() {
    let (code, output, error) = bench(&["conv", "--only", "depthwise", "--images", "1", "--rounds", "1"]);
    assert!(code == 0 && output.lines().count() == 5 && output.contains("depthwise 3x3 32-32 on 32x32 stride 1"), "{output}{error}");
    let (code, _, error) = bench(&["conv", "--images", "0"]);
    assert!(code == 2 && error.contains("--images must be at least 1"), "{error}");
}
