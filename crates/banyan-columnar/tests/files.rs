//! Files in every format that is read, whole and damaged.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use banyan_columnar::{Batches, Error, read_ipc, read_parquet, write_parquet};

fn batch() -> RecordBatch {
    let numbers = Arc::new(Int64Array::from(vec![Some(1), None, Some(3)])) as ArrayRef;
    RecordBatch::try_from_iter([("number", numbers), ("name", Arc::new(StringArray::from(vec!["a", "", "ü"])) as ArrayRef)]).unwrap()
}

type Read = fn(File) -> Result<Batches, Error>;

/// A file of each format, with its reader.
fn files(folder: &Path) -> Vec<(PathBuf, Read)> {
    let [parquet, file, stream] = ["t.parquet", "file.arrow", "stream.arrow"].map(|name| folder.join(name));
    write_parquet(&mut File::create(&parquet).unwrap(), &batch()).unwrap();
    let mut writer = arrow_ipc::writer::FileWriter::try_new(File::create(&file).unwrap(), &batch().schema()).unwrap();
    writer.write(&batch()).unwrap();
    writer.finish().unwrap();
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(File::create(&stream).unwrap(), &batch().schema()).unwrap();
    writer.write(&batch()).unwrap();
    writer.finish().unwrap();
    vec![(parquet, read_parquet), (file, read_ipc), (stream, read_ipc)]
}

#[test]
fn every_format_gives_back_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    for (path, read) in files(folder.path()) {
        let batches = read(File::open(&path).unwrap()).unwrap();
        let names: Vec<&str> = batches.schema().fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names, ["number", "name"], "{}", path.display());
        let read: Vec<RecordBatch> = batches.collect::<Result<_, _>>().unwrap();
        assert_eq!(read.iter().map(RecordBatch::num_rows).sum::<usize>(), 3);
        assert_eq!(read[0].columns(), batch().columns(), "{}", path.display());
    }
}

/// A file that was cut anywhere is an error or, as a stream, ends early; it is never a panic.
#[test]
fn a_truncated_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for (path, read) in files(folder.path()) {
        let whole = std::fs::read(&path).unwrap();
        for length in (0..whole.len()).step_by(7) {
            std::fs::write(&path, &whole[..length]).unwrap();
            let read = read(File::open(&path).unwrap()).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let rows = read.as_ref().map_or(0, |batches| batches.iter().map(RecordBatch::num_rows).sum());
            assert!(rows == 0 || (path.ends_with("stream.arrow") && rows == 3), "{} of {length} bytes: {read:?}", path.display());
        }
    }
}
