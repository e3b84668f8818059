//! Runs the program in a folder of its own and writes down what a user would see.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A temporary folder in which the program is run, so that what it prints holds no path of this machine.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// What a command printed, and its exit code.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with the small table and its configuration.
    pub(crate) fn with_things() -> Self {
        let place = Self::new();
        place.write("things.csv", things(48));
        place.write("things.toml", CONFIG);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// The program, to be run in this folder.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_banyan"));
        command.args(arguments.split_whitespace()).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("BANYAN_CACHE", self.path("cache"));
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = output.status.code().expect("the program is not killed by a signal");
        Ran { out: text(output.stdout), err: text(output.stderr), code }
    }

    /// As [`Place::run`], for commands that must succeed; gives standard output.
    pub(crate) fn succeed(&self, arguments: &str) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "banyan {arguments}\n{}{}", ran.out, ran.err);
        ran.out
    }

    /// The commands with everything they print, as one text for a snapshot.
    pub(crate) fn transcript(&self, commands: &[&str]) -> String {
        let mut text = String::new();
        for arguments in commands {
            let Ran { out, err, code } = self.run(arguments);
            text += &format!("$ banyan {arguments}\n{out}{err}[exit code {code}]\n\n");
        }
        without_times(text.trim_end())
    }
}

/// Seconds differ from run to run.
fn without_times(text: &str) -> String {
    let is_time = |word: &str| word.parse::<f64>().is_ok() && word.contains('.');
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        let replaced = (0..words.len()).map(|place| match words.get(place + 1) {
            Some(next) if is_time(words[place]) && next.trim_end_matches([':', ',']) == "s" => "#",
            _ => words[place],
        });
        replaced.collect::<Vec<&str>>().join(" ")
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// Two inputs, two tasks, learnable in a second; each label is missing in some rows.
pub(crate) const CONFIG: &str = r#"[data]
train = "things.csv"
split = { valid = 0.2, test = 0.2, by = "random" }

[inputs.size]
type = "number"

[inputs.color]
type = "category"

[tasks.price]
type = "regression"

[tasks.kind]
type = "classification"

[model]
width = 8

[training]
epochs = 1
batch_size = 8
threads = 1
"#;

pub(crate) fn things(rows: usize) -> String {
    let mut table = "size,color,price,kind\n".to_owned();
    for row in 0..rows {
        let (size, color) = (row * 7 % 48, ["red", "green", "blue"][row % 3]);
        let price = if row % 6 == 5 { String::new() } else { (2 * size + row % 3).to_string() };
        let kind = if row % 8 == 7 { "" } else { ["apple", "pear", "plum"][row % 3] };
        table += &format!("{size},{color},{price},{kind}\n");
    }
    table
}

/// A recording of one tone: mono, 16 bits, 8,000 samples a second.
pub(crate) fn wav(samples: u32, pitch: f64) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(b"RIFF");
    bytes.extend((36 + 2 * samples).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    for half in [1_u16, 1] {
        bytes.extend(half.to_le_bytes());
    }
    bytes.extend(8000_u32.to_le_bytes());
    bytes.extend(16_000_u32.to_le_bytes());
    for half in [2_u16, 16] {
        bytes.extend(half.to_le_bytes());
    }
    bytes.extend(b"data");
    bytes.extend((2 * samples).to_le_bytes());
    for sample in 0..samples {
        let value = (f64::from(sample) * pitch / 8000.0 * std::f64::consts::TAU).sin();
        bytes.extend(((value * 20_000.0) as i16).to_le_bytes());
    }
    bytes
}

/// A gray image of 8 × 8 pixels of one shade.
pub(crate) fn picture(shade: u8, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let pixels = image::GrayImage::from_fn(8, 8, |x, y| image::Luma([shade.wrapping_add((x * 3 + y) as u8)]));
    pixels.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
