//! A run folder from somebody else: links and pipes in it lead nowhere.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use banyan_train::run::{Part, RunError, RunFolder, RunWriter};

/// A run with one checkpoint, and a folder of somebody's beside it.
#[expect(clippy::unwrap_used, reason = "a run that cannot be made fails the test")]
fn run_and_victim(parent: &Path) -> (std::path::PathBuf, std::path::PathBuf) {
    let (run, victim) = (parent.join("run"), parent.join("victim"));
    let mut writer = RunWriter::create(&run).unwrap();
    writer.write_vocabulary("inputs.json", b"[]").unwrap();
    writer.write_config("[data]\n").unwrap();
    writer.write_model(b"weights").unwrap();
    writer.save_checkpoint(&[Part { name: "weights", bytes: b"0123456789" }]).unwrap();
    fs::create_dir(&victim).unwrap();
    for name in ["thesis.txt", "manifest.json", ".thesis.txt.new"] {
        fs::write(victim.join(name), "precious").unwrap();
    }
    (run, victim)
}

fn assert_untouched(victim: &Path, context: &str) {
    for name in ["thesis.txt", "manifest.json", ".thesis.txt.new"] {
        assert_eq!(fs::read_to_string(victim.join(name)).ok().as_deref(), Some("precious"), "{context}: {name}");
    }
}

#[test]
fn links_in_a_checkpoint_are_not_followed() {
    for name in ["1", "0", "2", "1.old", "3.new", "x.old", "x.new"] {
        let parent = tempfile::tempdir().unwrap();
        let (run, victim) = run_and_victim(parent.path());
        let link = run.join("checkpoint").join(name);
        let _ = fs::remove_dir_all(&link);
        symlink(&victim, &link).unwrap();
        match RunWriter::resume(&run) {
            Ok((mut writer, checkpoint)) => {
                assert_eq!(checkpoint.unwrap().part("weights").unwrap(), b"0123456789", "{name}");
                writer.save_checkpoint(&[Part { name: "weights", bytes: b"new" }]).unwrap();
            }
            Err(error) => {
                assert!(name == "1" || name == "2", "{name}: {error}");
                assert!(error.to_string().contains("is a symbolic link where a run has a folder"), "{name}: {error}");
            }
        }
        assert_untouched(&victim, name);
    }
}

#[test]
fn links_in_place_of_a_run_s_own_files_and_folders_are_refused() {
    for name in ["config.toml", "data.json", "metrics.jsonl", "model.safetensors", "summary.json", "errors.json", "vocabulary/inputs.json"]
    {
        let parent = tempfile::tempdir().unwrap();
        let (run, victim) = run_and_victim(parent.path());
        let _ = fs::remove_file(run.join(name));
        symlink(victim.join("thesis.txt"), run.join(name)).unwrap();
        for error in [RunFolder::open(&run).unwrap_err(), RunWriter::resume(&run).unwrap_err()] {
            let sentence = error.to_string();
            assert!(sentence.starts_with(&run.join(name).display().to_string()), "{name}: {sentence}");
            assert!(sentence.contains("is a symbolic link where a run has a file; it is neither read nor changed"), "{name}: {sentence}");
        }
        assert_untouched(&victim, name);
    }
    for name in ["checkpoint", "vocabulary", ".lock"] {
        let parent = tempfile::tempdir().unwrap();
        let (run, victim) = run_and_victim(parent.path());
        let path = run.join(name);
        let _ = fs::remove_dir_all(&path);
        let _ = fs::remove_file(&path);
        symlink(if name == ".lock" { victim.join("thesis.txt") } else { victim.clone() }, &path).unwrap();
        assert!(matches!(RunWriter::resume(&run).unwrap_err(), RunError::Foreign { .. }), "{name}");
        assert_untouched(&victim, name);
    }
}

/// What may lie in a folder that is still free for a run is looked at as closely.
#[test]
fn a_new_run_does_not_follow_links_either() {
    for name in ["metrics.jsonl", "vocabulary", "checkpoint", ".lock", "data.json", ".config.toml.new"] {
        let parent = tempfile::tempdir().unwrap();
        let (_, victim) = run_and_victim(parent.path());
        let new = parent.path().join("new");
        fs::create_dir(&new).unwrap();
        let target = if matches!(name, "vocabulary" | "checkpoint") { victim.clone() } else { victim.join("thesis.txt") };
        symlink(target, new.join(name)).unwrap();
        match RunWriter::create(&new) {
            Ok(run) => run.write_config("[data]\n").unwrap(),
            Err(error) => assert!(matches!(error, RunError::Foreign { .. }), "{name}: {error}"),
        }
        assert_untouched(&victim, name);
    }
}

#[test]
fn a_pipe_is_refused_and_not_waited_for() {
    for name in ["config.toml", "summary.json", "metrics.jsonl", "vocabulary/inputs.json"] {
        let parent = tempfile::tempdir().unwrap();
        let (run, _) = run_and_victim(parent.path());
        let _ = fs::remove_file(run.join(name));
        assert!(Command::new("mkfifo").arg(run.join(name)).status().unwrap().success());
        let sentence = RunFolder::open(&run).unwrap_err().to_string();
        assert!(sentence.contains("is a pipe, a socket or a device where a run has a file"), "{name}: {sentence}");
    }
}

#[test]
fn parts_of_a_checkpoint_lie_in_its_folder() {
    for name in ["../../../victim/thesis.txt", "/etc/passwd", "..", "", "a\\\\b"] {
        let parent = tempfile::tempdir().unwrap();
        let (run, victim) = run_and_victim(parent.path());
        let manifest = run.join("checkpoint/1/manifest.json");
        let text = fs::read_to_string(&manifest).unwrap().replace("\"weights\"", &format!("\"{name}\""));
        fs::write(&manifest, text).unwrap();
        let sentence = RunWriter::resume(&run).unwrap_err().to_string();
        assert!(sentence.contains("manifest.json is damaged") && sentence.contains("is not the name of a part"), "{name}: {sentence}");
        assert_untouched(&victim, name);
    }
}
