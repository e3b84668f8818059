//! All files, read and decoded once; their content as a key that finds the same image under two names.

use std::collections::HashMap;

use rayon::prelude::*;

use super::{AuditPart, MediaAudit};
use crate::error::Error;
use crate::files::{Files, MediaFile};
use crate::inputs::InputConfig;
use crate::progress::Counted;

/// Files named of an input.
const NAMED: usize = 5;

/// What was found in files.
pub(super) struct Probed {
    pub(super) audits: Vec<MediaAudit>,
    /// For each part and column the content of each of the part's rows, as a hash.
    contents: HashMap<(usize, String), Vec<Option<u64>>>,
}

impl Probed {
    /// The contents of the files in a media column, for each row of a part.
    pub(super) fn contents(&self, part: usize, column: &str) -> Option<&[Option<u64>]> {
        self.contents.get(&(part, column.to_owned())).map(Vec::as_slice)
    }
}

pub(super) fn probe(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)]) -> Result<Probed, Error> {
    let mut probed = Probed { audits: Vec::new(), contents: HashMap::new() };
    for (name, config) in inputs {
        let Some(content) = config.settings.input().file_content() else { continue };
        let mut audit = MediaAudit { input: name.clone(), ..MediaAudit::default() };
        for (index, part) in parts.iter().enumerate() {
            let column = config.column(name);
            let Some(cells) = part.table.find(column) else { continue };
            let files = Files::collect(part.table, part.rows, cells)?;
            let counted = Counted::begin("files", files.len());
            let hash = |file: &MediaFile| {
                let result = file.open(content);
                counted.add();
                result
            };
            let results: Vec<Result<u64, String>> = files.par_iter().map(hash).collect();
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
