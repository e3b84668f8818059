//! All files, read and decoded once; their content as a key that finds the same picture under two names.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{AuditPart, MediaAudit, input_column};
use crate::config::{InputConfig, InputKind};
use crate::error::Error;
use crate::files::Files;
use crate::media::{audio, image};
use banyan_text::hash::hash;

/// Files named of an input.
const NAMED: usize = 5;

/// What was found in files.
pub(super) struct Probed {
    pub(super) audits: Vec<MediaAudit>,
    /// For each part and column the content of each of the part's rows, as a hash.
    contents: HashMap<(usize, String), Vec<Option<u64>>>,
}

impl Probed {
    /// The content of the file in a media column, for the place of a row within its part.
    pub(super) fn content(&self, part: usize, column: &str, place: usize) -> Option<u64> {
        *self.contents.get(&(part, column.to_owned()))?.get(place)?
    }
}

pub(super) fn probe(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)]) -> Result<Probed, Error> {
    let mut probed = Probed { audits: Vec::new(), contents: HashMap::new() };
    for (name, config) in inputs.iter().filter(|(_, config)| matches!(config.kind, InputKind::Image | InputKind::Audio)) {
        let mut audit = MediaAudit { input: name.clone(), ..MediaAudit::default() };
        for (index, part) in parts.iter().enumerate() {
            let column = input_column(name, config);
            let Some(cells) = part.table.find(column) else { continue };
            let files = Files::collect(part.table, part.rows, cells)?;
            let results: Vec<Result<u64, String>> = files.par_iter().map(|file| file.open(|path| content(path, config.kind))).collect();
            audit.files += files.len();
            for problem in results.iter().filter_map(|result| result.as_ref().err()) {
                audit.unreadable += 1;
                if audit.examples.len() < NAMED {
                    audit.examples.push(problem.clone());
                }
            }
            let contents = files.of_row.iter().map(|file| results[(*file)?].as_ref().ok().copied()).collect();
            probed.contents.insert((index, column.to_owned()), contents);
        }
        probed.audits.push(audit);
    }
    Ok(probed)
}

/// Decodes a file, so that what is damaged shows, and hashes what it holds.
fn content(path: &std::path::Path, kind: InputKind) -> Result<u64, String> {
    if kind == InputKind::Image {
        let picture = image::decode(path, 3)?;
        let size = (picture.height as u64).to_le_bytes();
        Ok(hash(size.into_iter().chain(picture.pixels)))
    } else {
        let sound = audio::decode(path, audio::LONGEST_SECONDS)?;
        Ok(hash(sound.samples.iter().flat_map(|sample| sample.to_le_bytes())))
    }
}
