//! Files of sentences in the formats of the CoNLL tasks: CoNLL-U, CoNLL-U Plus, and plain columns as for CoNLL-2003.
//!
//! A file is read as [`Sentences`]: columns that have something for each token, and comments `# key = value` that have something for
//! each sentence. The words (FORM, or the first column) are `tokens` and the lemmas `lemmas`; the other columns have their names in
//! lowercase (`upos`, `head`, …). A file of plain columns has `ner` for its labels, the last of its columns, and `pos` and `chunk` where
//! it has the four of CoNLL-2003; others are `column2`, … by their place. Chunks (`B-NP`, `B-VP`) are never `ner`; of several columns of
//! spans of the same types the first is `ner`, and those within are `ner2`, …. The name of a document (`# newdoc id = …`) holds for all
//! sentences that follow, under `newdoc_id`. A `_` is a token without a label, an empty text in the list; a sentence with those alone has
//! nothing in the column.

mod builder;
mod columns;
mod conllu;
mod conllup;
mod features;
mod field;
mod layout;
mod metadata;
mod write;

use builder::Builder;
use field::{Field, Kind};
pub use write::{Writer, column_names};

use crate::Error;
use crate::encoding::decode;

/// What stands for "no value" in a column of tokens.
const NOTHING: &str = "_";

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Columns with tabs or spaces between, as for CoNLL-2003.
    Columns,
    /// CoNLL-U.
    ConllU,
    /// CoNLL-U Plus.
    ConllUPlus,
}

impl Format {
    /// Reads a file from its bytes; `file` is what messages call it.
    ///
    /// # Errors
    /// Text that is not UTF-8, no sentence, lines of different widths, and what the format does not allow.
    pub fn read<'a>(self, bytes: &'a [u8], file: &'a str) -> Result<Sentences<'a>, Error> {
        let text = decode(bytes, file)?;
        match self {
            Self::Columns => columns::parse(text, file),
            Self::ConllU => conllu::parse(text, file),
            Self::ConllUPlus => conllup::parse(text, file),
        }
    }
}

/// The sentences of a file, of which each is a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sentences<'a> {
    /// The line of each sentence's first token, from 1.
    pub lines: Vec<u64>,
    /// What comments say of sentences, in the order in which their keys come first.
    pub comments: Vec<Comment<'a>>,
    /// The columns of tokens, in the order of the file.
    pub columns: Vec<Column>,
    /// What is worth knowing of how the file was read, a sentence each: which column was taken for which, where others could be.
    pub notes: Vec<String>,
}

/// What the comments of one key say of each sentence.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment<'a> {
    /// The key.
    pub key: &'a str,
    /// The value of each sentence, none where it has no such comment.
    pub values: Vec<Option<&'a str>>,
}

/// A column of tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// For each sentence what it has for each of its tokens.
    pub cells: Cells,
}

/// For each sentence a list with something for each token; none where nothing is known of the whole sentence.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Texts; an empty one for a token without.
    Texts(Vec<Option<Vec<String>>>),
    /// Numbers of words in their sentence, from 1, and 0 for its root; none for a token whose head is not known.
    Heads(Vec<Option<Vec<Option<u32>>>>),
}

/// The lines of a sentence.
#[derive(Default)]
struct Sentence<'a> {
    /// Keys and values of its comments.
    metadata: Vec<(&'a str, &'a str)>,
    /// The line's number and cells of each token.
    tokens: Vec<(u64, Vec<&'a str>)>,
}

/// The lines between empty ones, each with its number.
fn blocks(text: &str) -> impl Iterator<Item = Vec<(u64, &str)>> {
    let mut lines = (1..).zip(text.lines());
    std::iter::from_fn(move || {
        let is_empty = |line: &str| line.trim_ascii().is_empty();
        let first = lines.find(|(_, line)| !is_empty(line))?;
        let mut block = vec![first];
        block.extend(lines.by_ref().take_while(|(_, line)| !is_empty(line)));
        Some(block)
    })
}

#[cfg(test)]
mod tests {
    use super::{Cells, Sentences};

    impl Sentences<'_> {
        /// The names of comments and columns.
        pub(super) fn names(&self) -> Vec<&str> {
            let keys = self.comments.iter().map(|comment| comment.key);
            keys.chain(self.columns.iter().map(|column| column.name.as_str())).collect()
        }

        /// The list of a sentence in a column of texts.
        pub(super) fn list(&self, column: &str, sentence: usize) -> Option<Vec<&str>> {
            match &self.columns.iter().find(|candidate| candidate.name == column)?.cells {
                Cells::Texts(lists) => lists[sentence].as_ref().map(|list| list.iter().map(String::as_str).collect()),
                Cells::Heads(_) => None,
            }
        }

        /// The value of a sentence's comment.
        pub(super) fn comment(&self, key: &str, sentence: usize) -> Option<&str> {
            self.comments.iter().find(|comment| comment.key == key)?.values[sentence]
        }

        /// The heads of a sentence.
        pub(super) fn heads(&self, sentence: usize) -> Option<Vec<Option<u32>>> {
            self.columns.iter().find_map(|column| match &column.cells {
                Cells::Heads(lists) => lists[sentence].clone(),
                Cells::Texts(_) => None,
            })
        }
    }
}
