//! From a configuration to encoded rows.

use crate::config::Config;
use crate::error::TrainError;
use crate::observer::{Event, Observer};
use crate::run::{DataSummary, InputSummary, TaskSummary};
use banyan_data::audit::{Audit, AuditPart, audit};
use banyan_data::config::{OneOrMany, SplitConfig};
use banyan_data::dataset::{Dataset, EncodeOptions, MediaMemory};
use banyan_data::inputs::InputConfig;
use banyan_data::labels::TargetConfig;
use banyan_data::schema::Schema;
use banyan_data::split;
use banyan_data::table::{ReadOptions, Table};
use banyan_data::tokens;
use indexmap::IndexMap;
use std::path::{Path, PathBuf};

/// Encoded rows of every split.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) schema: Schema,
    pub(crate) train: Dataset,
    pub(crate) valid: Option<Dataset>,
    pub(crate) test: Option<Dataset>,
    /// The words of the rows whose errors are reported: those of the test, or of the validation where there is no test.
    pub(crate) words: IndexMap<String, Vec<Vec<String>>>,
    pub(crate) notes: Vec<String>,
}

impl Prepared {
    /// Rows of training, validation and test.
    pub(crate) fn rows(&self) -> [usize; 3] {
        let count = |data: &Option<Dataset>| data.as_ref().map_or(0, Dataset::len);
        [self.train.len(), count(&self.valid), count(&self.test)]
    }
}

/// A table and the rows of it that make a split.
struct Part {
    table: usize,
    rows: Vec<usize>,
}

/// The tables of a configuration and which of their rows make each split.
pub(crate) struct Tables {
    tables: Vec<Table>,
    train: Part,
    valid: Option<Part>,
    test: Option<Part>,
    notes: Vec<String>,
    /// What the paths of the configuration are relative to.
    folder: PathBuf,
}

/// The inputs of a configuration, as the data crate wants them.
pub(crate) fn inputs(config: &Config) -> Vec<(String, InputConfig)> {
    config.inputs.iter().map(|(name, input)| (name.clone(), input.data())).collect()
}

/// The tasks of a configuration, as the data crate wants them.
pub(crate) fn targets(config: &Config) -> Vec<(String, TargetConfig)> {
    config.tasks.iter().map(|(name, task)| (name.clone(), task.target(name))).collect()
}

/// The room that a configuration gives to decoded images and audio.
pub(crate) fn media_memory(config: &Config) -> MediaMemory {
    MediaMemory::new(config.data.media_megabytes as u64 * 1_000_000)
}

/// How a configuration's tables are read.
pub(crate) fn read_options(config: &Config) -> ReadOptions {
    ReadOptions { missing: config.data.missing.clone(), media_root: config.data.media_root.clone() }
}

/// Reads one table, or several as one.
pub(crate) fn read(paths: &OneOrMany, folder: &Path, options: &ReadOptions, observer: &mut dyn Observer) -> Result<Table, TrainError> {
    let mut tables = Vec::new();
    for path in paths.paths() {
        observer.event(&Event::Preparing { what: &format!("reading {path}") });
        tables.push(Table::read(&folder.join(path), options)?);
    }
    Ok(Table::concatenate(tables)?)
}

impl Tables {
    /// Reads all tables of a configuration and cuts what has to be cut.
    pub(crate) fn read(config: &Config, folder: &Path, observer: &mut dyn Observer) -> Result<Self, TrainError> {
        let options = read_options(config);
        let mut tables = vec![read(&config.data.train, folder, &options, observer)?];
        let mut notes = Vec::new();
        let mut given = |paths: &Option<OneOrMany>, tables: &mut Vec<Table>| -> Result<Option<Part>, TrainError> {
            let Some(paths) = paths else { return Ok(None) };
            let table = read(paths, folder, &options, observer)?;
            let part = Part { table: tables.len(), rows: (0..table.rows()).collect() };
            tables.push(table);
            Ok(Some(part))
        };
        let mut valid = given(&config.data.valid, &mut tables)?;
        let mut test = given(&config.data.test, &mut tables)?;
        let mut train = Part { table: 0, rows: (0..tables[0].rows()).collect() };
        if valid.is_none() || (test.is_none() && config.data.split.is_some()) {
            let mut cut = config.data.split.clone().unwrap_or_else(|| SplitConfig { test: 0.0, ..SplitConfig::default() });
            for (given, fraction) in [(&valid, &mut cut.valid), (&test, &mut cut.test)] {
                if given.is_some() {
                    *fraction = 0.0;
                }
            }
            if config.data.split.is_none() {
                notes.push(format!(
                    "no validation table is given: {:.0} % of the training rows were set aside (see [data] split)",
                    cut.valid * 100.0
                ));
            }
            let parts = split::split(&tables[0], &cut, &targets(config))?;
            train.rows = parts.train;
            let part = |rows: Vec<usize>| (!rows.is_empty()).then_some(Part { table: 0, rows });
            valid = valid.or(part(parts.valid));
            test = test.or(part(parts.test));
        }
        Ok(Self { tables, train, valid, test, notes, folder: folder.to_owned() })
    }

    /// The rows that final figures are taken from: those of the test, or of the validation where there is no test.
    pub(crate) fn held_out(&self) -> Option<(&Table, &[usize])> {
        let part = self.test.as_ref().or(self.valid.as_ref())?;
        Some((&self.tables[part.table], &part.rows))
    }

    /// What is worth knowing about the rows of every split.
    pub(crate) fn audit(&self, config: &Config) -> Result<Audit, TrainError> {
        let parts = [("train", Some(&self.train)), ("valid", self.valid.as_ref()), ("test", self.test.as_ref())];
        let parts = parts.into_iter().filter_map(|(name, part)| Some((name, part?)));
        let parts: Vec<AuditPart<'_>> =
            parts.map(|(name, part)| AuditPart { name, table: &self.tables[part.table], rows: &part.rows }).collect();
        Ok(audit(&parts, &inputs(config), &targets(config))?)
    }

    /// Encodes every split with a schema that is learned from the training rows, or with a given one.
    pub(crate) fn encode(self, config: &Config, known: Option<Schema>, observer: &mut dyn Observer) -> Result<Prepared, TrainError> {
        let schema = match known {
            Some(schema) => schema,
            None => {
                observer.event(&Event::Preparing { what: "learning vocabularies and scales" });
                let inputs = inputs(&with_absolute_paths(config, &self.folder));
                Schema::fit(&self.tables[self.train.table], &self.train.rows, &inputs, &targets(config), config.data.on_bad_row)?
            }
        };
        let mut notes = self.notes;
        // Training rows come first: they are needed most often.
        let memory = media_memory(config);
        let mut encode = |part: Option<&Part>, split: &str| -> Result<Option<Dataset>, TrainError> {
            let Some(part) = part else { return Ok(None) };
            observer.event(&Event::Preparing { what: &format!("encoding {} {split} rows", part.rows.len()) });
            let options = EncodeOptions {
                bad: config.data.on_bad_row,
                threads: config.training.threads,
                memory: Some(&memory),
                ..EncodeOptions::default()
            };
            let (data, report) = Dataset::encode(&self.tables[part.table], &part.rows, &schema, options)?;
            notes.extend(report.warnings().into_iter().map(|warning| format!("{split} rows: {warning}")));
            let covered = report.inputs.iter().filter_map(|input| Some((&input.name, input.coverage?)));
            notes.extend(covered.map(|(name, coverage)| format!("{split} rows: input \"{name}\": {coverage}")));
            Ok(Some(data))
        };
        let train = encode(Some(&self.train), "training")?;
        let valid = encode(self.valid.as_ref(), "validation")?;
        let test = encode(self.test.as_ref(), "test")?;
        let Some(train) = train.filter(|data| !data.is_empty()) else {
            return Err(TrainError::Unfit(
                "no training row is left: every row has an unreadable file, which on_bad_row = \"skip\" leaves out".to_owned(),
            ));
        };
        let (valid, test) = (valid.filter(|data| !data.is_empty()), test.filter(|data| !data.is_empty()));
        let told = [(&test, &self.test), (&valid, &self.valid)].into_iter().find_map(|(data, part)| Some((data.as_ref()?, part.as_ref()?)));
        let words = told.map(|(data, part)| words(&schema, data, &self.tables[part.table])).unwrap_or_default();
        Ok(Prepared { schema, train, valid, test, words, notes })
    }
}

/// For each input of tokens the words of each row. What cannot be read was reported when the rows were encoded.
fn words(schema: &Schema, data: &Dataset, table: &Table) -> IndexMap<String, Vec<Vec<String>>> {
    let mut all = IndexMap::new();
    for input in schema.inputs.iter().filter(|input| input.details.has_words()) {
        let Some(column) = table.find(&input.column) else { continue };
        let of_row = |row| tokens::words(column.cell(data.table_row(row))).ok().flatten().unwrap_or_default();
        all.insert(input.name.clone(), (0..data.len()).map(of_row).collect());
    }
    all
}

/// The configuration as a run keeps it: paths are absolute, so that the run can be evaluated from anywhere.
pub fn with_absolute_paths(config: &Config, folder: &Path) -> Config {
    let absolute = |path: &String| {
        let joined: PathBuf = folder.join(path);
        std::path::absolute(&joined).unwrap_or(joined).display().to_string()
    };
    let all = |paths: &OneOrMany| match paths {
        OneOrMany::One(path) => OneOrMany::One(absolute(path)),
        OneOrMany::Many(paths) => OneOrMany::Many(paths.iter().map(absolute).collect()),
    };
    let mut config = config.clone();
    config.data.train = all(&config.data.train);
    config.data.valid = config.data.valid.as_ref().map(all);
    config.data.test = config.data.test.as_ref().map(all);
    for input in config.inputs.values_mut() {
        input.settings.paths().into_iter().for_each(|path| *path = absolute(path));
    }
    config
}

/// The data in numbers and words.
pub(crate) fn summary(prepared: &Prepared) -> DataSummary {
    let mut rows = IndexMap::from([("train".to_owned(), prepared.train.len())]);
    for (name, data) in [("valid", &prepared.valid), ("test", &prepared.test)] {
        if let Some(data) = data {
            rows.insert(name.to_owned(), data.len());
        }
    }
    let inputs = prepared.schema.inputs.iter().enumerate().map(|(place, input)| {
        let present = prepared.train.present_mask(place).iter().filter(|present| **present).count();
        (input.name.clone(), InputSummary { kind: input.kind(), present, description: input.details.describe() })
    });
    let tasks = prepared.schema.targets.iter().enumerate().map(|(place, target)| {
        let classes = (!target.classes().is_empty()).then(|| target.classes().len());
        (target.name.clone(), TaskSummary { kind: target.kind(), known: prepared.train.known(place), classes, description: String::new() })
    });
    DataSummary { rows, inputs: inputs.collect(), tasks: tasks.collect(), notes: prepared.notes.clone() }
}
