//! From a configuration to encoded rows.

use crate::columns;
use crate::config::Config;
use crate::error::TrainError;
use crate::kept;
use crate::memory;
use crate::observer::{Event, Observer};
use crate::run::{DataSummary, InputSummary, RunData, TaskSummary};
use banyan_data::audit::{Audit, AuditPart, audit};
use banyan_data::config::{OneOrMany, SplitConfig};
use banyan_data::dataset::{Dataset, EncodeOptions, KeptWriter, MediaMemory};
use banyan_data::inputs::InputConfig;
use banyan_data::labels::TargetConfig;
use banyan_data::path_text::{from_text, to_text};
use banyan_data::schema::Schema;
use banyan_data::split;
use banyan_data::table::{ReadOptions, Table, TablePart};
use banyan_data::tokens;
use banyan_guard::return_memory;
use banyan_model::Methods;
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
pub(crate) struct Part {
    /// The table, by its place among the tables.
    pub(crate) table: usize,
    /// The rows in their order.
    pub(crate) rows: Vec<usize>,
}

/// The tables of a configuration and which of their rows make each split.
pub(crate) struct Tables {
    /// The tables in the order of `train`, `valid`, `test`, as far as the configuration names them.
    pub(crate) tables: Vec<Table>,
    pub(crate) train: Part,
    pub(crate) valid: Option<Part>,
    pub(crate) test: Option<Part>,
    pub(crate) notes: Vec<String>,
    /// What the paths of the configuration are relative to.
    pub(crate) folder: PathBuf,
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

/// Reads one table, or several as one.
pub(crate) fn read(paths: &OneOrMany, folder: &Path, options: &ReadOptions, observer: &mut dyn Observer) -> Result<Table, TrainError> {
    let mut tables = Vec::new();
    for path in paths.paths() {
        tables.push(read_file(path, folder, options, observer)?);
    }
    Ok(Table::concatenate(tables)?)
}

/// Reads the table of one file.
pub(crate) fn read_file(path: &str, folder: &Path, options: &ReadOptions, observer: &mut dyn Observer) -> Result<Table, TrainError> {
    observer.event(&Event::Preparing { what: &format!("reading {path}") });
    Ok(Table::read(&folder.join(from_text(path)), options)?)
}

/// How a table is cut that a configuration gives no validation or test table beside.
fn split_of(config: &Config) -> SplitConfig {
    config.data.split.clone().unwrap_or_else(|| SplitConfig { test: 0.0, ..SplitConfig::default() })
}

/// What is said of a cut that the configuration does not ask for.
fn note_on_split(config: &Config) -> Option<String> {
    let asked = config.data.valid.is_some() || config.data.split.is_some();
    (!asked).then(|| {
        let percent = split_of(config).valid * 100.0;
        format!("no validation table is given: {percent:.0} % of the training rows were set aside (see [data] split)")
    })
}

/// What is worth knowing of how tables were read and cut.
pub(crate) fn notes_on(tables: &[Table], config: &Config) -> Vec<String> {
    tables.iter().flat_map(|table| table.notes().iter().cloned()).chain(note_on_split(config)).collect()
}

impl Tables {
    /// Reads all tables of a configuration and cuts what has to be cut.
    pub(crate) fn read(config: &Config, folder: &Path, observer: &mut dyn Observer) -> Result<Self, TrainError> {
        let options = |part: TablePart| ReadOptions { part, ..config.data.read_options() };
        let mut tables = vec![read(&config.data.train, folder, &options(TablePart::Train), observer)?];
        let mut given = |part: TablePart, paths: &Option<OneOrMany>, tables: &mut Vec<Table>| -> Result<Option<Part>, TrainError> {
            let Some(paths) = paths else { return Ok(None) };
            let table = read(paths, folder, &options(part), observer)?;
            let part = Part { table: tables.len(), rows: (0..table.rows()).collect() };
            tables.push(table);
            Ok(Some(part))
        };
        let mut valid = given(TablePart::Valid, &config.data.valid, &mut tables)?;
        let mut test = given(TablePart::Test, &config.data.test, &mut tables)?;
        let mut train = Part { table: 0, rows: (0..tables[0].rows()).collect() };
        if valid.is_none() || (test.is_none() && config.data.split.is_some()) {
            let mut cut = split_of(config);
            for (given, fraction) in [(&valid, &mut cut.valid), (&test, &mut cut.test)] {
                if given.is_some() {
                    *fraction = 0.0;
                }
            }
            let parts = split::split(&tables[0], &cut, &targets(config))?;
            train.rows = parts.train;
            let part = |rows: Vec<usize>| (!rows.is_empty()).then_some(Part { table: 0, rows });
            valid = valid.or(part(parts.valid));
            test = test.or(part(parts.test));
        }
        let notes = notes_on(&tables, config);
        Ok(Self { tables, train, valid, test, notes, folder: folder.to_owned() })
    }

    /// Every split that has rows, by its name.
    pub(crate) fn splits(&self) -> impl Iterator<Item = (&'static str, &Part)> {
        let parts = [("train", Some(&self.train)), ("valid", self.valid.as_ref()), ("test", self.test.as_ref())];
        parts.into_iter().filter_map(|(name, part)| Some((name, part?)))
    }

    /// The rows that final figures are taken from: those of the test, or of the validation where there is no test.
    pub(crate) fn held_out(&self) -> Option<(&Table, &[usize])> {
        let part = self.test.as_ref().or(self.valid.as_ref())?;
        Some((&self.tables[part.table], &part.rows))
    }

    /// What is worth knowing about the rows of every split.
    pub(crate) fn audit(&self, config: &Config) -> Result<Audit, TrainError> {
        let parts: Vec<AuditPart<'_>> =
            self.splits().map(|(name, part)| AuditPart { name, table: &self.tables[part.table], rows: &part.rows }).collect();
        Ok(audit(&parts, &inputs(config), &targets(config))?)
    }

    /// Encodes every split with a schema that is learned from the training rows, or with a given one.
    /// Rows that memory has no room for are in a file of the cache; with the rows that the run had it is kept, by the key of [`kept`].
    pub(crate) fn encode(
        self,
        config: &Config,
        methods: &Methods,
        (known, to_keep): (Option<Schema>, Option<(&str, Option<&RunData>)>),
        observer: &mut dyn Observer,
    ) -> Result<Prepared, TrainError> {
        // Before a file is decoded: to learn from large ones takes long, too.
        memory::check_inputs(config, self.train.rows.len())?;
        let check_files = |schema: &Schema| memory::check_files(config, schema, methods, self.train.rows.len());
        let schema = match known {
            Some(schema) => {
                check_files(&schema)?;
                schema
            }
            None => {
                observer.event(&Event::Preparing { what: "learning vocabularies and scales" });
                let inputs = inputs(&with_absolute_paths(config, &self.folder));
                let (table, rows) = (&self.tables[self.train.table], &self.train.rows);
                let schema = Schema::fit_checked(table, rows, &inputs, &targets(config), config.data.on_bad_row, check_files)?;
                return_memory();
                schema
            }
        };
        let rows = self.splits().map(|(_, part)| part.rows.len()).sum();
        let most = config.data.memory_bytes();
        let table = &self.tables[self.train.table];
        let writer = to_keep.map(|(key, _)| KeptWriter::for_large((&kept::folder(), key), table, rows, &schema, most));
        let mut writer = writer.transpose()?.flatten();
        let mut notes = self.notes;
        // Training rows come first: they are needed most often.
        let memory = media_memory(config);
        let mut encode = |part: Option<&Part>, [split, kind]: [&str; 2]| -> Result<Option<Dataset>, TrainError> {
            let Some(part) = part else { return Ok(None) };
            let table = &self.tables[part.table];
            if part.table != self.train.table {
                let all = (vec![true; schema.inputs.len()], vec![true; schema.targets.len()]);
                columns::expect(table, &schema, (&all.0, &all.1), columns::Purpose::Validating)?;
            }
            observer.event(&Event::Preparing { what: &format!("encoding {} {kind} rows", part.rows.len()) });
            let options = EncodeOptions {
                bad: config.data.on_bad_row,
                threads: config.training.threads,
                memory: Some(&memory),
                ..EncodeOptions::default()
            };
            let (data, report) = match &mut writer {
                Some(writer) => writer.encode(split, table, &part.rows, &schema, options)?,
                None => Dataset::encode(table, &part.rows, &schema, options)?,
            };
            notes.extend(report.warnings().into_iter().map(|warning| format!("{kind} rows: {warning}")));
            let covered = report.inputs.iter().filter_map(|input| Some((&input.name, input.coverage?)));
            notes.extend(covered.map(|(name, coverage)| format!("{kind} rows: input \"{name}\": {coverage}")));
            Ok(Some(data))
        };
        let train = encode(Some(&self.train), ["train", "training"])?;
        let valid = encode(self.valid.as_ref(), ["valid", "validation"])?;
        let test = encode(self.test.as_ref(), ["test", "test"])?;
        let Some(train) = train.filter(|data| !data.is_empty()) else {
            return Err(TrainError::Unfit(
                "no training row is left: every row has an unreadable file, which on_bad_row = \"skip\" leaves out".to_owned(),
            ));
        };
        let (valid, test) = (valid.filter(|data| !data.is_empty()), test.filter(|data| !data.is_empty()));
        let told = [(&test, &self.test), (&valid, &self.valid)].into_iter().find_map(|(data, part)| Some((data.as_ref()?, part.as_ref()?)));
        let words = told.map(|(data, part)| words(&schema, data, &self.tables[part.table])).unwrap_or_default();
        let prepared = Prepared { schema, train, valid, test, words, notes };
        if let (Some(writer), Some((_, Some(data)))) = (writer, to_keep) {
            writer.finish(kept::about(&prepared, data)?)?;
        }
        Ok(prepared)
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
        let joined: PathBuf = folder.join(from_text(path));
        to_text(&std::path::absolute(&joined).unwrap_or(joined)).into_owned()
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
        let present = prepared.train.present_mask(place).count();
        (input.name.clone(), InputSummary { kind: input.kind(), present, description: input.details.describe() })
    });
    let tasks = prepared.schema.targets.iter().enumerate().map(|(place, target)| {
        let classes = (!target.classes().is_empty()).then(|| target.classes().len());
        (target.name.clone(), TaskSummary { kind: target.kind(), known: prepared.train.known(place), classes, description: String::new() })
    });
    DataSummary { rows, inputs: inputs.collect(), tasks: tasks.collect(), notes: prepared.notes.clone() }
}
