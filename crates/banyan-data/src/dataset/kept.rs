//! Encoded rows in a file of the cache: for data sets that memory has no room for, and so that the next training on the same data begins at once.
//!
//! The file has the records of each data set (see `records`), then what memory holds of them (masks, labels, numbers of rows), then an index
//! in JSON, its length, its checksum and a mark. It is written under another name and renamed when it is complete.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use banyan_columnar::Source;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::mask::Mask;
use super::records::{InRecords, Records, WORD};
use super::store::{TargetLabels, TargetStore};
use super::{Dataset, EncodeOptions, Report, encode, parallel};
use crate::cache;
use crate::error::Error;
use crate::fingerprint::Fingerprint;
use crate::inputs::InputStore;
use crate::schema::Schema;
use crate::table::Table;
use crate::values::{Array, Values};

/// Rows that are encoded at once by a thread.
const BLOCK_ROWS: usize = 1 << 15;

/// The ending of a complete file's name.
const ENDING: &str = "rows";

/// The last bytes of a complete file.
const MARK: &[u8; 8] = b"banyan\x01\n";

/// Files that are kept; of more, those that were not used for longest go.
const MOST_FILES: usize = 8;

/// Writes data sets into a file of the cache.
#[derive(Debug)]
pub struct KeptWriter {
    out: BufWriter<File>,
    end: u64,
    /// The name while it is incomplete, and the final one.
    incomplete: PathBuf,
    path: PathBuf,
    sets: IndexMap<String, Index>,
}

/// A file of the cache that is complete.
#[derive(Debug)]
pub struct Kept {
    source: Source,
    path: PathBuf,
    contents: Contents,
}

#[derive(Debug, Serialize, Deserialize)]
struct Contents {
    /// What the writer said of it.
    about: String,
    sets: IndexMap<String, Index>,
}

/// Where in the file a data set is.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Index {
    rows: usize,
    records: u64,
    /// Words of each input in a record.
    widths: Vec<usize>,
    present: Vec<u64>,
    table_rows: u64,
    sources: Vec<(usize, u16)>,
    targets: Vec<TargetIndex>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct TargetIndex {
    known: u64,
    /// `None` where no label is known.
    labels: Option<Vec<ArrayIndex>>,
}

/// An array of labels, which has as many entries as there are rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ArrayIndex {
    start: u64,
    /// Numbers a row. `None`: an index a row.
    width: Option<usize>,
}

fn path_of(folder: &Path, key: &str) -> PathBuf {
    folder.join(format!("{key}.{ENDING}"))
}

/// Whether rows can be kept in a file: those whose inputs are as many numbers in every row, with one label each. `nothing` is no row of their kind.
fn can_be_kept(nothing: &Dataset) -> bool {
    let have_widths = nothing.inputs.iter().all(|input| input.values.width().is_some());
    have_widths && nothing.targets.iter().all(|target| target.flat_labels().is_some())
}

impl TargetStore {
    /// The arrays of labels, where each is one number or index for each row; none where no label is known.
    fn flat_labels(&self) -> Option<&[Array]> {
        match &self.labels {
            TargetLabels::Unknown(_) => Some(&[]),
            TargetLabels::InMemory(values) => {
                let is_flat = |array: &Array| matches!(array, Array::Numbers { .. } | Array::Indices(_));
                let arrays = values.arrays();
                (self.counts.is_none() && values.names().is_empty() && arrays.iter().all(is_flat)).then_some(arrays)
            }
            TargetLabels::InFiles(_) => None,
        }
    }
}

impl KeptWriter {
    /// A file in a folder for the data sets of a key, if these take more memory than they may and are of kinds that can be kept in a file: a table
    /// with the columns of the schema, and the rows of all data sets together.
    ///
    /// # Errors
    /// A file that cannot be made.
    pub fn for_large(
        (folder, key): (&Path, &str),
        table: &Table,
        rows: usize,
        schema: &Schema,
        most_bytes: u64,
    ) -> Result<Option<Self>, Error> {
        let (nothing, _) = encode::encode(table, &[], schema, EncodeOptions::default())?;
        if !can_be_kept(&nothing) {
            return Ok(None);
        }
        let width: usize = nothing.inputs.iter().filter_map(|input| input.values.width()).sum();
        if (rows * width * WORD) as u64 <= most_bytes {
            return Ok(None);
        }
        let path = path_of(folder, key);
        let incomplete = folder.join(format!(".{key}.{}", std::process::id()));
        let made = fs::create_dir_all(folder).and_then(|()| File::options().read(true).write(true).create_new(true).open(&incomplete));
        let file = made.map_err(|cause| failed(&incomplete, &cause))?;
        Ok(Some(Self { out: BufWriter::with_capacity(1 << 20, file), end: 0, incomplete, path, sets: IndexMap::new() }))
    }

    /// Encodes rows as [`Dataset::encode`], with the values of the inputs in the file.
    ///
    /// # Errors
    /// As [`Dataset::encode`], and a file that cannot be written, such as on a full disk.
    pub fn encode(
        &mut self,
        name: &str,
        table: &Table,
        rows: &[usize],
        schema: &Schema,
        options: EncodeOptions<'_>,
    ) -> Result<(Dataset, Report), Error> {
        let (nothing, _) = encode::encode(table, &[], schema, options)?;
        let widths: Vec<usize> = nothing.inputs.iter().filter_map(|input| input.values.width()).collect();
        let records = self.end;
        let (mut present, mut targets) = (vec![Mask::default(); widths.len()], Vec::<TargetStore>::new());
        let (mut table_rows, mut sources, mut report) = (Vec::with_capacity(rows.len()), Vec::<(usize, u16)>::new(), Report::default());
        let blocks: Vec<&[usize]> = rows.chunks(BLOCK_ROWS).collect();
        for blocks in blocks.chunks(options.threads.unwrap_or_else(rayon::current_num_threads).max(1)) {
            let encoded: Vec<Result<(Dataset, Report), Error>> =
                parallel::each(blocks, |rows| encode::encode(table, rows, schema, options));
            for block in encoded {
                let (block, of_block) = block?;
                report.append(of_block);
                self.write_records(&block)?;
                present.iter_mut().zip(&block.inputs).for_each(|(all, input)| all.extend(input.present.iter()));
                sources.extend(block.sources.iter().map(|(row, source)| (row + table_rows.len(), *source)));
                sources.dedup_by_key(|(_, source)| *source);
                table_rows.extend(block.table_rows);
                append_targets(&mut targets, block.targets);
            }
        }
        let inputs = in_records(nothing.inputs, present, &widths);
        let index = self.write_index(&inputs, &targets, (&table_rows, &sources), (records, &widths))?;
        self.sets.insert(name.to_owned(), index);
        self.out.flush().map_err(|cause| failed(&self.incomplete, &cause))?;
        let file = self.out.get_ref().try_clone().map_err(|cause| failed(&self.incomplete, &cause))?;
        let records = Records::new(file.into(), self.incomplete.clone(), records, widths.iter().sum());
        Ok((Dataset { inputs, targets, table_rows, sources, records: Some(records) }, report))
    }

    /// Completes the file; `about` is what [`Kept::about`] gives back.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(mut self, about: String) -> Result<(), Error> {
        let contents = Contents { about, sets: std::mem::take(&mut self.sets) };
        let index = serde_json::to_vec(&contents).map_err(|cause| failed(&self.incomplete, &cause))?;
        let checksum = Fingerprint::of(&index).checksum;
        let mut finish = || -> std::io::Result<()> {
            self.out.write_all(&index)?;
            self.out.write_all(&(index.len() as u64).to_le_bytes())?;
            self.out.write_all(checksum.as_bytes())?;
            self.out.write_all(MARK)?;
            self.out.flush()?;
            fs::rename(&self.incomplete, &self.path)
        };
        finish().map_err(|cause| failed(&self.incomplete, &cause))?;
        remove_old(self.path.parent().unwrap_or(Path::new("")));
        Ok(())
    }

    fn write_records(&mut self, block: &Dataset) -> Result<(), Error> {
        let mut words = Vec::new();
        for row in 0..block.len() {
            words.clear();
            block.inputs.iter().for_each(|input| input.values.push_words(row, &mut words));
            self.write(bytemuck::cast_slice(&words))?;
        }
        Ok(())
    }

    fn write_index(
        &mut self,
        inputs: &[InputStore],
        targets: &[TargetStore],
        (table_rows, sources): (&[u32], &[(usize, u16)]),
        (records, widths): (u64, &[usize]),
    ) -> Result<Index, Error> {
        let present = inputs.iter().map(|input| self.write(bytemuck::cast_slice(input.present.words()))).collect::<Result<_, Error>>()?;
        let mut indexes = Vec::with_capacity(targets.len());
        for target in targets {
            let known = self.write(bytemuck::cast_slice(target.known.words()))?;
            let is_unknown = matches!(target.labels, TargetLabels::Unknown(_));
            let labels =
                target.flat_labels().filter(|_| !is_unknown).map(|arrays| arrays.iter().map(|array| self.write_array(array)).collect());
            indexes.push(TargetIndex { known, labels: labels.transpose()? });
        }
        let table_rows_at = self.write(bytemuck::cast_slice(table_rows))?;
        Ok(Index {
            rows: table_rows.len(),
            records,
            widths: widths.to_vec(),
            present,
            table_rows: table_rows_at,
            sources: sources.to_vec(),
            targets: indexes,
        })
    }

    fn write_array(&mut self, array: &Array) -> Result<ArrayIndex, Error> {
        match array {
            Array::Numbers { width, values } => Ok(ArrayIndex { start: self.write(bytemuck::cast_slice(values))?, width: Some(*width) }),
            Array::Indices(values) => Ok(ArrayIndex { start: self.write(bytemuck::cast_slice(values))?, width: None }),
            Array::Lists(_) | Array::Nested(_) | Array::Tuples(_) | Array::Grids { .. } => {
                unreachable!("such labels are not kept in files")
            }
        }
    }

    /// Appends bytes, and gives their place.
    fn write(&mut self, bytes: &[u8]) -> Result<u64, Error> {
        let start = self.end;
        self.out.write_all(bytes).map_err(|cause| failed(&self.incomplete, &cause))?;
        self.end += bytes.len() as u64;
        Ok(start)
    }
}

impl Drop for KeptWriter {
    /// Leaves nothing incomplete behind. What was read of the file stays readable while it is open.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.incomplete);
    }
}

impl Kept {
    /// The file of a key in a folder, if there is one that is whole. One that is damaged is as none.
    pub fn open(folder: &Path, key: &str) -> Option<Self> {
        let path = path_of(folder, key);
        let mut file = File::open(&path).ok()?;
        let contents = read_contents(&mut file)?;
        // So that it is not the next to go.
        let _ = file.set_modified(SystemTime::now());
        Some(Self { source: file.into(), path, contents })
    }

    /// What the writer said of it.
    pub fn about(&self) -> &str {
        &self.contents.about
    }

    /// A data set, which was encoded with this schema. `None` where there is none of that name, or it does not fit.
    pub fn dataset(&self, name: &str, schema: &Schema) -> Option<Dataset> {
        let index = self.contents.sets.get(name)?;
        let nothing = encode::of_no_rows(schema).ok()?;
        let widths: Vec<usize> = nothing.inputs.iter().filter_map(|input| input.values.width()).collect();
        if widths != index.widths || nothing.inputs.len() != widths.len() || nothing.targets.len() != index.targets.len() {
            return None;
        }
        let mask = |start: u64| Mask::of_words(self.array(start, index.rows.div_ceil(64))?, index.rows);
        let present = index.present.iter().map(|start| mask(*start)).collect::<Option<Vec<Mask>>>()?;
        let targets = index.targets.iter().zip(nothing.targets).map(|(target, empty)| {
            let labels = match &target.labels {
                None => empty.labels,
                Some(arrays) => {
                    let arrays = arrays.iter().map(|array| {
                        Some(match array.width {
                            Some(width) => Array::Numbers { width, values: self.array(array.start, width.checked_mul(index.rows)?)? },
                            None => Array::Indices(self.array(array.start, index.rows)?),
                        })
                    });
                    TargetLabels::InMemory(Values::new(arrays.collect::<Option<_>>()?))
                }
            };
            Some(TargetStore { known: mask(target.known)?, labels, counts: None })
        });
        let targets = targets.collect::<Option<_>>()?;
        let table_rows = self.array(index.table_rows, index.rows)?;
        let records = Records::new(self.source.clone(), self.path.clone(), index.records, widths.iter().sum());
        let inputs = in_records(nothing.inputs, present, &widths);
        Some(Dataset { inputs, targets, table_rows, sources: index.sources.clone(), records: Some(records) })
    }

    fn array<T: bytemuck::Pod>(&self, start: u64, length: usize) -> Option<Vec<T>> {
        // A damaged index takes no memory.
        let bytes = (length as u64).checked_mul(size_of::<T>() as u64)?;
        start.checked_add(bytes).filter(|end| *end <= self.source.length())?;
        let mut values = vec![T::zeroed(); length];
        self.source.read_into(start, bytemuck::cast_slice_mut(&mut values)).ok()?;
        Some(values)
    }
}

/// Reads the index at the end of a file.
fn read_contents(file: &mut File) -> Option<Contents> {
    const CHECKSUM: usize = 16;
    const TRAILER: usize = 8 + CHECKSUM + MARK.len();
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.checked_sub(TRAILER as u64)?)).ok()?;
    let mut trailer = [0; TRAILER];
    file.read_exact(&mut trailer).ok()?;
    let (size, rest) = trailer.split_at(8);
    let (checksum, mark) = rest.split_at(CHECKSUM);
    let size = u64::from_le_bytes(size.try_into().ok()?);
    let start = (length - TRAILER as u64).checked_sub(size).filter(|_| mark == MARK)?;
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut index = Vec::new();
    file.take(size).read_to_end(&mut index).ok()?;
    (Fingerprint::of(&index).checksum.as_bytes() == checksum).then_some(())?;
    serde_json::from_slice(&index).ok()
}

fn in_records(kinds: Vec<InputStore>, present: Vec<Mask>, widths: &[usize]) -> Vec<InputStore> {
    let mut start = 0;
    let inputs = kinds.into_iter().zip(present).zip(widths).map(|((kind, present), width)| {
        let words = start..start + width;
        start = words.end;
        InputStore { present, values: Box::new(InRecords { kind: kind.values, words }) }
    });
    inputs.collect()
}

fn append_targets(all: &mut Vec<TargetStore>, block: Vec<TargetStore>) {
    if all.is_empty() {
        *all = block;
        return;
    }
    for (target, own) in all.iter_mut().zip(block) {
        target.known.extend(own.known.iter());
        if let (TargetLabels::InMemory(values), TargetLabels::InMemory(own)) = (&mut target.labels, &own.labels) {
            values.append(own);
        }
    }
}

/// Removes the files that were not used for longest, but for as many as are kept.
fn remove_old(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let of_rows = entries.filter(|entry| entry.path().extension().is_some_and(|ending| ending == ENDING));
    let mut files: Vec<(SystemTime, PathBuf)> =
        of_rows.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
    files.sort();
    let extra = files.len().saturating_sub(MOST_FILES);
    for (_, path) in &files[..extra] {
        let _ = fs::remove_file(path);
    }
}

fn failed(path: &Path, cause: &dyn std::fmt::Display) -> Error {
    Error::File {
        action: "write",
        path: path.display().to_string(),
        cause: cache::unwritable(cause, "encoded rows that take more than data.memory are kept there"),
    }
}
