//! Arrow IPC: the file format with its index, and the stream format.

mod check;

use std::io::BufReader;

use arrow_ipc::reader::{FileReader, StreamReader};
use banyan_guard::contained;

use crate::damage::{described, failed};
use crate::{Batches, Error, Source};
use check::Check;

/// What a file of the file format begins with.
const MAGIC: &[u8] = b"ARROW1";
/// What Feather had before it was Arrow IPC.
const FEATHER_1: &[u8] = b"FEA1";

pub(crate) fn read(source: Source) -> Result<Batches, Error> {
    let first = source.part(0, source.length().min(MAGIC.len() as u64)).map_err(|cause| described(&cause))?;
    if first.starts_with(FEATHER_1) {
        return Err("it is in the old version 1 of Feather; write it in version 2, or as Parquet".into());
    }
    let is_file = first == MAGIC;
    contained(|| {
        let mut check = Check::new(&source)?;
        if is_file {
            check.file()?
        } else {
            check.stream()?
        }
        let reader = BufReader::new(source.reader(0).map_err(|cause| described(&cause))?);
        if is_file {
            let reader = FileReader::try_new(reader, None).map_err(|cause| described(&cause))?;
            Ok(Batches::new(reader.schema(), reader))
        } else {
            let reader = StreamReader::try_new(reader, None).map_err(|cause| described(&cause))?;
            Ok(Batches::new(reader.schema(), reader))
        }
    })
    .unwrap_or_else(|| Err(failed()))
}
