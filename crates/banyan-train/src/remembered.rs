//! A run's own data: found again for an evaluation or a resumed training, or refused where it has changed.

use crate::config::Config;
use crate::error::TrainError;
use crate::kept::Fingerprints;
use crate::observer::Observer;
use crate::pipeline::{Part, Tables, notes_on, read_file};
use crate::run::{LogRecord, RowRanges, RunData, RunError, RunFolder, RunWriter, SplitRows, TableFile};
use banyan_data::config::OneOrMany;
use banyan_data::fingerprint::Fingerprint;
use banyan_data::path_text::from_text;
use banyan_data::table::{ReadOptions, Table, TablePart};
use indexmap::IndexMap;
use std::path::Path;

/// The splits that final figures are taken from, the preferred one first.
const HELD_OUT: [&str; 2] = ["test", "valid"];

/// What is said of a run that has no `data.json`.
pub(crate) const OF_EARLIER_VERSION: &str =
    "the run is of an earlier version, which kept no fingerprint of its data: whether the tables are still the same could not be compared";

/// What is said of a run that has no `data.json`, and whose tables have another number of rows than its log tells.
///
/// # Errors
/// A log that cannot be read.
pub(crate) fn note_on_counts(run: &RunFolder, tables: &Tables) -> Result<Option<String>, TrainError> {
    let start = run.log()?.into_iter().find_map(|record| if let LogRecord::Start(start) = record { Some(start) } else { None });
    let Some(then) = start.map(|start| start.data.rows) else { return Ok(None) };
    // Rows that on_bad_row = "skip" left out are not in the log.
    let fewer =
        tables.splits().find_map(|(split, part)| Some((split, part.rows.len(), *then.get(split)?)).filter(|(_, now, then)| now != then));
    Ok(fewer.map(|(split, now, then)| {
        format!(
            "there are {now} {split} rows and the training had {then}: unless on_bad_row = \"skip\" left them out, the tables have changed, \
             and rows that the model was trained on are among those measured"
        )
    }))
}

/// What is said of a table to measure on that the run was trained on.
pub(crate) fn note_on_training_table(run: &RunFolder, path: &Path) -> Option<String> {
    // Whatever is wrong with the run's file, the table can be measured.
    let data = run.data().ok()??;
    let trained_on = data.tables.get(&data.splits.get("train")?.table)?;
    // Its length tells most other tables apart without reading them.
    let length = std::fs::metadata(path).ok()?.len();
    let candidates = || trained_on.iter().filter(|file| file.content.bytes == length);
    candidates().next()?;
    let content = Fingerprint::of_file(path).ok()?;
    candidates().any(|file| file.content == content).then(|| {
        format!(
            "{} is a table that the run was trained on: training rows are among those measured; without --data the held-out rows are",
            path.display()
        )
    })
}

/// What the data is wanted for: it decides what a sentence about changed data advises.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// Measuring the run on its held-out rows.
    Evaluate,
    /// Going on with the training.
    Resume,
}

impl Purpose {
    fn advice(self) -> &'static str {
        match self {
            Self::Evaluate => {
                "so its held-out rows can no longer be told from training rows; put the table back as it was, or measure on every row of a \
                 table with --data FILE"
            }
            Self::Resume => "and a resumed run needs the same data; put the table back as it was, or begin a new run with another --out",
        }
    }
}

/// What a run that begins with these tables writes down.
///
/// # Errors
/// A file that can no longer be read.
pub(crate) fn remember(tables: &Tables, config: &Config, folder: &Path, fingerprints: &mut Fingerprints) -> Result<RunData, TrainError> {
    let mut data = RunData::default();
    for ((key, paths), table) in config.data.tables().zip(&tables.tables) {
        let rows = table.rows_of_sources();
        let contents = paths.paths().iter().map(|path| fingerprints.of(&folder.join(from_text(path))));
        let files = contents.zip(rows).map(|(content, rows)| Ok(TableFile { rows, content: content? }));
        data.tables.insert(key.to_owned(), files.collect::<Result<_, TrainError>>()?);
    }
    let keys: Vec<&str> = config.data.tables().map(|(key, _)| key).collect();
    for (split, part) in tables.splits() {
        let rows = SplitRows { table: keys[part.table].to_owned(), rows: RowRanges::of(&part.rows) };
        data.splits.insert(split.to_owned(), rows);
    }
    Ok(data)
}

/// Reads the tables of a run with the rows that each split had.
///
/// # Errors
/// A table that has changed, or cannot be read.
pub(crate) fn recall(
    run: &RunFolder,
    data: &RunData,
    config: &Config,
    folder: &Path,
    observer: &mut dyn Observer,
) -> Result<Tables, TrainError> {
    let (mut tables, mut places) = (Vec::new(), IndexMap::new());
    for (key, paths) in config.data.tables() {
        places.insert(key, tables.len());
        tables.push(recall_table(data, key, paths, (config, folder), Purpose::Resume, observer)?);
    }
    let part = |split: &str| -> Result<Option<Part>, TrainError> {
        let Some(rows) = data.splits.get(split) else { return Ok(None) };
        let Some(table) = places.get(rows.table.as_str()) else { return Err(damaged(run, format!("there is no table {}", rows.table))) };
        Ok(Some(Part { table: *table, rows: rows_of(run, rows, &tables[*table])? }))
    };
    let Some(train) = part("train")? else { return Err(damaged(run, "it has no training rows".to_owned())) };
    let (valid, test) = (part("valid")?, part("test")?);
    let notes = notes_on(&tables, config);
    Ok(Tables { tables, train, valid, test, notes, folder: folder.to_owned() })
}

/// Reads the table of a run that has its held-out rows (those of the test, or of the validation where there is no test), and no other.
///
/// # Errors
/// A table that has changed, or cannot be read; a run that has no such rows.
pub(crate) fn recall_held_out(
    run: &RunFolder,
    data: &RunData,
    config: &Config,
    observer: &mut dyn Observer,
) -> Result<(Table, Vec<usize>), TrainError> {
    let Some(rows) = HELD_OUT.iter().find_map(|split| data.splits.get(*split)) else { return Err(no_held_out_rows()) };
    let Some((key, paths)) = config.data.tables().find(|(key, _)| *key == rows.table) else {
        return Err(damaged(run, format!("there is no table {}", rows.table)));
    };
    let table = recall_table(data, key, paths, (config, Path::new("")), Purpose::Evaluate, observer)?;
    let rows = rows_of(run, rows, &table)?;
    Ok((table, rows))
}

/// Writes into a resumed run what may have become different: where its tables lie, and the number of epochs.
///
/// # Errors
/// A configuration that cannot be read or written.
pub(crate) fn follow(run: &RunWriter, config: &Config) -> Result<(), TrainError> {
    let kept = Config::parse(&run.folder().config_path().display().to_string(), &run.folder().config_text()?, &[])?;
    let mut new = kept.clone();
    (new.data.train, new.data.valid, new.data.test) = (config.data.train.clone(), config.data.valid.clone(), config.data.test.clone());
    new.training.epochs = config.training.epochs;
    if new.data != kept.data || new.training.epochs != kept.training.epochs {
        run.write_config(&new.to_toml()?)?;
    }
    Ok(())
}

/// A run that has nothing to be measured on.
pub(crate) fn no_held_out_rows() -> TrainError {
    TrainError::Unfit("the run has neither test nor validation rows; name a table with --data".to_owned())
}

fn recall_table(
    data: &RunData,
    key: &str,
    paths: &OneOrMany,
    (config, folder): (&Config, &Path),
    purpose: Purpose,
    observer: &mut dyn Observer,
) -> Result<Table, TrainError> {
    let (paths, known) = (paths.paths(), data.tables.get(key).map(Vec::as_slice).unwrap_or_default());
    let changed = |table: String, cause: String| TrainError::DataChanged { table, cause, advice: purpose.advice() };
    if known.len() != paths.len() {
        let cause = format!("names {} files and named {} when the run was begun", paths.len(), known.len());
        return Err(changed(format!("data.{key}"), cause));
    }
    let options = ReadOptions { part: TablePart::of_key(key), ..config.data.read_options() };
    let mut tables = Vec::new();
    for (given, known) in paths.iter().zip(known) {
        let path = folder.join(from_text(given));
        let name = path.display().to_string();
        if path.is_file() || path.is_dir() {
            // Before it is read as a table: what is wrong within a changed file is beside the point.
            let content = Fingerprint::of_file(&path)?;
            if content.bytes != known.content.bytes {
                let cause = format!("has changed since the run was begun (it has {} bytes and had {})", content.bytes, known.content.bytes);
                return Err(changed(name, cause));
            }
            if content != known.content {
                return Err(changed(name, "has changed since the run was begun (it is as long, with other content)".to_owned()));
            }
        }
        let table = read_file(given, folder, &options, observer)?;
        if table.rows() != known.rows {
            let cause = format!("has {} rows as this version reads it and had {} when the run was begun", table.rows(), known.rows);
            return Err(changed(name, cause));
        }
        tables.push(table);
    }
    Ok(Table::concatenate(tables)?)
}

fn rows_of(run: &RunFolder, split: &SplitRows, table: &Table) -> Result<Vec<usize>, TrainError> {
    split.rows.rows(table.rows()).map_err(|cause| damaged(run, cause))
}

fn damaged(run: &RunFolder, cause: String) -> TrainError {
    RunError::Damaged {
        path: run.data_path().display().to_string(),
        cause,
        hint: "put the file back, or remove it: the data can then no longer be compared with that of the training",
    }
    .into()
}
