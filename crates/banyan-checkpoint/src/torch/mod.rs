//! What `torch.save` wrote.

mod archive;
mod legacy;
mod search;
mod state;
mod zip;

pub(crate) use state::State;

use crate::source::Source;

/// Reads the zip format.
pub(crate) fn read_zip(source: &Source) -> Result<State, String> {
    archive::read(source)
}

/// Reads the format before it.
pub(crate) fn read_legacy(source: &Source) -> Result<State, String> {
    legacy::read(source)
}

fn big_endian() -> String {
    "its numbers are big-endian, as on IBM's mainframes; save it again with torch.save on a machine that is little-endian".to_owned()
}
