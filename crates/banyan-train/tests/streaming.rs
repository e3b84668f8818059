//! Trainings whose images and audio do not fit into memory: the same as if they did.
#![expect(clippy::unwrap_used, reason = "a training that fails fails the test")]

use banyan_train::config::Config;
use banyan_train::{Event, LoadedRun, Observer, Resume, Silent, TrainError, TrainOptions, train};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const CONFIG: &str = r#"
[data]
train = "train.csv"
valid = "valid.csv"
[inputs.picture]
type = "image"
[inputs.sound]
type = "audio"
seconds = 0.2
[tasks.bright]
type = "binary"
[tasks.level]
type = "regression"
[model]
width = 8
trunk_layers = 1
[training]
epochs = 3
batch_size = 8
checkpoint_seconds = 0
"#;

/// Forty rows with an image each, every third with a recording, one of which is cut short.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "picture,sound,bright,level\n".to_owned();
    for row in 0..40u8 {
        let level = row * 6;
        image::GrayImage::from_pixel(12, 12, image::Luma([level])).save(folder.path().join(format!("{row}.png"))).unwrap();
        let sound = if row % 3 == 0 { format!("{row}.wav") } else { String::new() };
        if row % 3 == 0 {
            let whole = wav(200.0 + 40.0 * f32::from(row));
            let length = if row == 9 { whole.len() / 2 } else { whole.len() };
            std::fs::write(folder.path().join(&sound), &whole[..length]).unwrap();
        }
        writeln!(text, "{row}.png,{sound},{},{level}", u8::from(level > 120)).unwrap();
    }
    let head = text.lines().take(13).collect::<Vec<_>>().join("\n");
    std::fs::write(folder.path().join("train.csv"), text).unwrap();
    std::fs::write(folder.path().join("valid.csv"), head).unwrap();
    folder
}

/// A fifth of a second of a sine, 16 bits, 8,000 samples a second.
fn wav(hertz: f32) -> Vec<u8> {
    let samples = (0..1600).map(|at| ((at as f32 / 8000.0 * hertz * std::f32::consts::TAU).sin() * 9000.0) as i16);
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(8000u32.to_le_bytes());
    file.extend(16_000u32.to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

fn config(changes: &[&str]) -> Config {
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    Config::parse("config.toml", CONFIG, &changes).unwrap()
}

fn options(folder: &Path, name: &str, resume: Resume) -> TrainOptions {
    TrainOptions { out: folder.join(name), resume, ..TrainOptions::default() }
}

fn file(folder: &Path, run: &str, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(run).join(name)).unwrap()
}

/// Does something after a step, once.
struct After<F: FnMut()>(u64, F);

impl<F: FnMut()> Observer for After<F> {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Step { step, .. } = event
            && *step == self.0
        {
            (self.1)();
        }
    }
}

#[test]
fn a_small_memory_and_interruptions_leave_every_bit_as_it_is() {
    let folder = folder();
    let never = AtomicBool::new(false);
    let whole = train(&config(&[]), folder.path(), &options(folder.path(), "whole", Resume::No), &mut Silent, &never).unwrap();
    assert!(
        whole.data.notes.iter().any(|note| note.contains("1 row has an unreadable file: 9.wav is cut short")),
        "{:?}",
        whole.data.notes
    );
    for (name, threads) in [("none", 1), ("none-of-two", 2)] {
        let little = config(&["data.media_megabytes=0", &format!("training.threads={threads}")]);
        let summary = train(&little, folder.path(), &options(folder.path(), name, Resume::No), &mut Silent, &never).unwrap();
        assert!(summary.waited_seconds > 0.0 && summary.waited_share() < 1.0 && summary.preparing_seconds > 0.0);
        assert_eq!(summary.data.notes, whole.data.notes);
        assert_eq!(file(folder.path(), name, "metrics.jsonl"), file(folder.path(), "whole", "metrics.jsonl"));
        assert_eq!(file(folder.path(), name, "model.safetensors"), file(folder.path(), "whole", "model.safetensors"));
    }
    let little = config(&["data.media_megabytes=0"]);
    for (at, resume) in [(3, Resume::No), (5, Resume::Yes), (11, Resume::Yes)] {
        let flag = AtomicBool::new(false);
        let mut stop = After(at, || flag.store(true, Ordering::Relaxed));
        train(&little, folder.path(), &options(folder.path(), "cut", resume), &mut stop, &flag).unwrap();
    }
    train(&little, folder.path(), &options(folder.path(), "cut", Resume::Yes), &mut Silent, &never).unwrap();
    assert_eq!(file(folder.path(), "cut", "metrics.jsonl"), file(folder.path(), "whole", "metrics.jsonl"));
    assert_eq!(file(folder.path(), "cut", "model.safetensors"), file(folder.path(), "whole", "model.safetensors"));

    let table = folder.path().join("train.csv");
    let predicted = ["whole", "none"].map(|name| LoadedRun::open(&folder.path().join(name)).unwrap().predict(&table, None, None).unwrap());
    let (little, report) = &predicted[1];
    assert_eq!((little, report.inputs[1].unreadable), (&predicted[0].0, 1));
}

#[test]
fn a_file_that_goes_away_ends_the_training_with_its_row_and_keeps_what_was_learned() {
    let folder = folder();
    let little = config(&["data.media_megabytes=0", "training.threads=1", "training.checkpoint_seconds=1000"]);
    let gone = folder.path().join("17.png");
    let away = folder.path().join("away.png");
    let mut observer = After(6, || std::fs::rename(&gone, &away).unwrap());
    let never = AtomicBool::new(false);
    let error = train(&little, folder.path(), &options(folder.path(), "run", Resume::No), &mut observer, &never).unwrap_err();
    assert!(matches!(error, TrainError::Data(_)));
    let message = error.to_string();
    assert!(
        message.ends_with(
            "train.csv, line 19, column \"picture\": 17.png does not exist, though it could be read when the data was checked; put the file back"
        ),
        "{message}"
    );
    std::fs::rename(&away, &gone).unwrap();
    train(&little, folder.path(), &options(folder.path(), "run", Resume::Yes), &mut Silent, &never).unwrap();
    train(&config(&[]), folder.path(), &options(folder.path(), "whole", Resume::No), &mut Silent, &never).unwrap();
    assert_eq!(file(folder.path(), "run", "model.safetensors"), file(folder.path(), "whole", "model.safetensors"));
}
