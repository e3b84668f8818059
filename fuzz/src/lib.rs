//! What the targets have in common: a table of a format, a media file, a file of a run.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use banyan::data::infer::{infer_inputs, infer_task};
use banyan::data::table::{ReadOptions, Table};
use banyan::train::config::Config;
use banyan::train::{LoadedRun, Silent, TrainOptions, train};

/// Reads bytes as a table of a format (of any, without one), and looks at each column as `init` does.
pub fn table(bytes: &[u8], format: Option<&str>) {
    if let Ok(table) = Table::read_stream(bytes, "table", format, &ReadOptions::default()) {
        infer_inputs(&table, &[]);
        for column in &table.columns {
            let _ = infer_task(&table, &column.name);
        }
    }
}

/// A folder for files, which is removed when the target ends.
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder for files"));

/// Writes the bytes into a file and gives its path.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = FOLDER.path().join(name);
    std::fs::write(&path, bytes).expect("a file is written");
    path
}

const CONFIG: &str = r#"
[data]
train = "train.csv"
[inputs.age]
type = "number"
[inputs.town]
type = "category"
[inputs.words]
type = "text"
[tasks.price]
type = "regression"
[tasks.bought]
type = "classification"
[model]
width = 8
[training]
epochs = 1
threads = 1
"#;

/// A small run, and a table that it predicts.
static RUN: LazyLock<(tempfile::TempDir, Table)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder for a run");
    let row = |at: usize| format!("{},{},good and bad,{},{}\n", 20 + at % 50, ["Rome", "Oslo"][at % 2], at % 7, ["yes", "no"][at % 3 / 2]);
    let text: String = std::iter::once("age,town,words,price,bought\n".to_owned()).chain((0..80).map(row)).collect();
    std::fs::write(folder.path().join("train.csv"), text).expect("a table is written");
    let config = Config::parse("run.toml", CONFIG, &[]).expect("a configuration that is right");
    let options = TrainOptions { out: folder.path().join("run"), ..TrainOptions::default() };
    train(&config, folder.path(), &options, &mut Silent, &AtomicBool::new(false)).expect("a training");
    let table = Table::read(&folder.path().join("train.csv"), &ReadOptions::default()).expect("a table");
    (folder, table)
});

/// The files of a run that a prediction reads.
pub const RUN_FILES: [&str; 4] = ["config.toml", "model.safetensors", "vocabulary/inputs.json", "vocabulary/targets.json"];

/// Opens the run with the bytes in place of one of its files, and predicts.
pub fn run(file: &str, bytes: &[u8]) {
    let (folder, table) = &*RUN;
    let run = folder.path().join("run");
    let path: &Path = &run.join(file);
    let whole = std::fs::read(path).expect("a file of the run");
    std::fs::write(path, bytes).expect("a file of the run");
    if let Ok(mut loaded) = LoadedRun::open(&run) {
        let _ = loaded.predict_table(table, None, None);
    }
    std::fs::write(path, whole).expect("a file of the run");
}
