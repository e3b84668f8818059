//! The zip format of `torch.save` since PyTorch 1.6: `NAME/data.pkl`, and a storage in each `NAME/data/KEY`.

use super::state::{Locate, State};
use super::zip::Archive;
use crate::error::{DAMAGED, quote};
use crate::pickle;
use crate::source::{Cursor, Source};

/// The longest name of the folder: longer than file systems allow.
const LONGEST_PREFIX: usize = 500;

pub(super) fn read(source: &Source) -> Result<State, String> {
    let archive = Archive::open(source)?;
    // The folder is called like the file was, or `archive`.
    let prefix = archive
        .names()
        .filter_map(|name| name.strip_suffix("data.pkl"))
        .filter(|prefix| prefix.len() <= LONGEST_PREFIX && prefix.matches('/').count() <= 1)
        .min();
    let Some(prefix) = prefix.map(str::to_owned) else {
        return Err("it is a zip file without a data.pkl, which torch.save did not write; unpack it if the weights are within".to_owned());
    };
    if archive.names().any(|name| name.strip_prefix(&prefix) == Some("constants.pkl")) {
        return Err("it is a program in TorchScript (torch.jit.save); save `model.state_dict()` with torch.save".to_owned());
    }
    if let Some((begin, length)) = archive.locate(source, &format!("{prefix}byteorder"))? {
        let order = Cursor::new(source, begin, length).bytes(length.min(8))?;
        if order != b"little" {
            return Err(super::big_endian());
        }
    }
    let Some((begin, length)) = archive.locate(source, &format!("{prefix}data.pkl"))? else {
        return Err(format!("the zip file is damaged; {DAMAGED}"));
    };
    let pickle = pickle::read(&mut Cursor::new(source, begin, length))?;
    State::find(&pickle, &Members { source, archive: &archive, prefix: &prefix })
}

struct Members<'a> {
    source: &'a Source,
    archive: &'a Archive,
    prefix: &'a str,
}

impl Locate for Members<'_> {
    fn locate(&self, key: &str) -> Result<(u64, u64), String> {
        let place = self.archive.locate(self.source, &format!("{}data/{key}", self.prefix))?;
        place.ok_or_else(|| format!("its storage {} is not in the file; {DAMAGED}", quote(key)))
    }
}
