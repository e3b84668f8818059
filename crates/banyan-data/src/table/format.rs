//! The formats of tables: what their files are called, and what reads them.

use std::path::Path;

use banyan_columnar::Source;
use banyan_guard::Packing;

use super::content::Content;
use super::{ReadOptions, Rows, arrow, delimited, json_lines, sentences};
use crate::error::Error;
use crate::formats::{by_ending, listed};

/// A format: the endings of the files' names, the first of which is its own name, and how it is read.
pub(super) struct Format {
    endings: &'static [&'static str],
    reader: Reader,
}

/// What reads a format: from the bytes and the name in messages.
enum Reader {
    /// All bytes are text.
    Text(fn(&[u8], &str, &ReadOptions) -> Result<Rows, Error>),
    /// The file is read part by part.
    Source(fn(Source, &str, &ReadOptions) -> Result<Rows, Error>),
}

const FORMATS: &[Format] = &[
    Format { endings: &["csv"], reader: Reader::Source(delimited::read_commas) },
    Format { endings: &["tsv"], reader: Reader::Source(delimited::read_tabs) },
    Format { endings: &["jsonl", "ndjson"], reader: Reader::Text(json_lines::read) },
    Format { endings: &["parquet"], reader: Reader::Source(arrow::parquet) },
    Format { endings: &["arrow", "feather", "ipc"], reader: Reader::Source(arrow::ipc) },
    Format { endings: &["conllu"], reader: Reader::Text(sentences::read_conllu) },
    Format { endings: &["conllup"], reader: Reader::Text(sentences::read_conllup) },
    Format { endings: &["conll", "iob2", "bio", "bioes"], reader: Reader::Text(sentences::read_columns) },
];

impl Format {
    /// The format of that name, which is the ending of its files.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.endings.contains(&name))
    }

    /// The format of a file by its name, also if it is packed (`train.csv.gz`).
    pub(super) fn of(path: &Path) -> Option<&'static Self> {
        by_ending(&unpacked(path), FORMATS, |format| format.endings)
    }

    /// The format that bytes look like; text that looks like no other is CSV.
    pub(super) fn of_bytes(bytes: &[u8]) -> &'static Self {
        Self::named(guess(bytes)).unwrap_or(&FORMATS[0])
    }

    /// Reads a table of the format.
    pub(super) fn read(&self, content: Content, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
        match self.reader {
            Reader::Text(read) => read(&content.bytes(name)?, name, options),
            Reader::Source(read) => read(content.source(), name, options),
        }
    }
}

/// All endings, for a sentence.
pub(super) fn endings() -> String {
    listed(FORMATS, |format| format.endings)
}

/// The names of the formats, for the command line.
pub fn format_names() -> Vec<&'static str> {
    FORMATS.iter().flat_map(|format| format.endings).copied().collect()
}

/// Whether a name says only that the file is packed (`train.gz`).
pub(super) fn is_only_packed(path: &Path) -> bool {
    unpacked(path) != path && Format::of(path).is_none()
}

/// A path without the ending of a packed file: `people.csv` of `people.csv.gz`.
pub fn unpacked(path: &Path) -> std::path::PathBuf {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    if ending.is_some_and(|ending| Packing::ENDINGS.contains(&ending.as_str())) { path.with_extension("") } else { path.to_path_buf() }
}

fn guess(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"PAR1") {
        return "parquet";
    }
    if bytes.starts_with(b"ARROW1") || bytes.starts_with(&[0xff; 4]) {
        return "arrow";
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if matches!(text.first(), Some(b'{' | b'[')) {
        return "jsonl";
    }
    if text.starts_with(b"# global.columns") {
        return "conllup";
    }
    // The ten columns of CoNLL-U, the first of which numbers the words.
    let first = text.split(|byte| *byte == b'\n').find(|line| !line.starts_with(b"#") && !line.trim_ascii().is_empty());
    let is_word = first.is_some_and(|line| line.starts_with(b"1") && line.split(|byte| *byte == b'\t').count() == 10);
    if is_word { "conllu" } else { "csv" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_name_and_by_bytes() {
        let named = |name: &str| Format::of(Path::new(name)).map(|format| format.endings[0]);
        assert_eq!(
            ["a.csv", "a.CSV.GZ", "b/a.jsonl.zst", "a.iob2.gzip", "a.gz", "a.csv.zip"].map(named),
            [Some("csv"), Some("csv"), Some("jsonl"), Some("conll"), None, None]
        );
        assert_eq!(["a.gz", "a.csv.gz", "a.csv"].map(|name| is_only_packed(Path::new(name))), [true, false, false]);
        let word = b"# sent_id = 1\n1\tA\ta\tX\t_\t_\t0\troot\t_\t_\n";
        for (bytes, format) in [
            (b"PAR1..".as_slice(), "parquet"),
            (b"ARROW1\0\0", "arrow"),
            (b"\xff\xff\xff\xff\x10", "arrow"),
            (b"\xef\xbb\xbf\n {\"a\": 1}", "jsonl"),
            (word, "conllu"),
            (b"# global.columns = FORM\na\n", "conllup"),
            (b"1\t2\n3\t4\n", "csv"),
            (b"", "csv"),
        ] {
            assert_eq!(Format::of_bytes(bytes).endings[0], format, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
