//! Which of the columns of a file are which: files of columns do not name them.

use std::collections::{BTreeMap, BTreeSet};

use super::{NOTHING, Sentence};
use crate::spans::{Label, MISALIGNED};

/// The types of chunks: those of CoNLL-2000, and of German in CoNLL-2003.
const CHUNKS: [&str; 14] = ["NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP", "NC", "VC", "PC"];

/// What the columns of a file are called.
pub(super) struct Layout {
    words: usize,
    width: usize,
    /// The column of names, and those of names within them.
    names: Vec<usize>,
    chunks: Option<usize>,
    /// Whether names are written without `B-` and `I-`.
    is_bare: bool,
}

/// The labels of a column.
struct Labels<'a> {
    place: usize,
    known: usize,
    /// Those that are labels of spans, and their types.
    tags: usize,
    types: BTreeSet<&'a str>,
    /// Those that are `O`, and the number of others that have no prefix.
    outside: usize,
    bare: BTreeMap<&'a str, usize>,
    /// For each word whether it is in a span.
    within: Vec<bool>,
}

impl<'a> Labels<'a> {
    fn of(sentences: &[Sentence<'a>], place: usize) -> Self {
        let mut labels = Self { place, known: 0, tags: 0, types: BTreeSet::new(), outside: 0, bare: BTreeMap::new(), within: Vec::new() };
        let cells = sentences.iter().flat_map(|sentence| &sentence.tokens).map(|(_, cells)| cells[place]);
        for cell in cells {
            let label = Label::parse(cell);
            labels.within.push(matches!(label, Some(Label::In(..))));
            if cell == NOTHING || cell == MISALIGNED {
                continue;
            }
            labels.known += 1;
            match label {
                Some(Label::Outside) => (labels.tags, labels.outside) = (labels.tags + 1, labels.outside + 1),
                Some(Label::In(_, kind)) => {
                    labels.tags += 1;
                    labels.types.insert(kind);
                }
                None => *labels.bare.entry(cell).or_insert(0) += 1,
            }
        }
        labels
    }

    /// Nine labels in ten must be those of spans, so that a slip in one makes no other column the spans': it is reported where it is read.
    fn are_spans(&self) -> bool {
        self.known > 0 && 10 * self.tags >= 9 * self.known
    }

    /// Whether the types are those of chunks, of which a slip or a rare one is no other.
    fn are_chunks(&self) -> bool {
        let chunks = self.types.iter().filter(|kind| CHUNKS.contains(kind)).count();
        self.are_spans() && chunks > 0 && 2 * chunks >= self.types.len()
    }

    /// Whether words are outside of everything or have the bare name of a type: `O`, `PER`, `LOC`. Most words are outside.
    fn are_bare(&self) -> bool {
        const MOST_TYPES: usize = 100;
        let are_names = self.bare.keys().all(|name| name.starts_with(char::is_alphabetic)) && self.bare.len() <= MOST_TYPES;
        self.types.is_empty() && !self.bare.is_empty() && are_names && 2 * self.outside >= self.known
    }
}

impl Layout {
    /// The words come first, behind their numbers where there are any. The names come last, or before the notes of their annotators; chunks
    /// are none. Where several columns have spans of the same types, or spans within those of another, the first has the outer ones.
    pub(super) fn find(sentences: &[Sentence<'_>], words: usize, width: usize) -> Self {
        let columns: Vec<Labels<'_>> = (words + 1..width).map(|place| Labels::of(sentences, place)).collect();
        let chunks = columns.iter().rev().find(|labels| labels.are_chunks()).map(|labels| labels.place);
        let may_be_names = |labels: &&Labels<'_>| (labels.are_spans() || labels.are_bare()) && !labels.are_chunks();
        let names = columns.iter().rev().find(may_be_names);
        // Without any such column the last is the task's, whatever it holds, unless it has nothing or chunks.
        let names =
            names.or_else(|| columns.last().filter(|labels| Some(labels.place) != chunks && (labels.known > 0 || chunks.is_none())));
        let is_bare = names.is_some_and(|labels| labels.types.is_empty() && !labels.bare.is_empty());
        let layers = |last: &Labels<'_>| {
            let is_outer = |labels: &&Labels<'_>| {
                let shares = labels.types.iter().any(|kind| last.types.contains(kind));
                let holds = || last.within.iter().zip(&labels.within).all(|(inner, outer)| !inner || *outer);
                labels.place < last.place && labels.are_spans() && !labels.are_chunks() && !labels.types.is_empty() && (shares || holds())
            };
            let outer = columns.iter().filter(is_outer).map(|labels| labels.place);
            outer.chain([last.place]).collect::<Vec<usize>>()
        };
        let names =
            names.map_or_else(Vec::new, |last| if last.are_spans() && last.bare.is_empty() { layers(last) } else { vec![last.place] });
        Self { words, width, names, chunks, is_bare }
    }

    /// The name of a column.
    pub(super) fn name(&self, place: usize) -> String {
        let layer = self.names.iter().position(|names| *names == place);
        match (place - self.words, layer) {
            (0, _) => "tokens".to_owned(),
            (_, Some(0)) => "ner".to_owned(),
            (_, Some(layer)) => format!("ner{}", layer + 1),
            // The columns of CoNLL-2003 and CoNLL-2000.
            (1, None) if self.is_of_conll() => "pos".to_owned(),
            (2, None) if self.width == 4 && self.words == 0 => "chunk".to_owned(),
            (_, None) if self.chunks == Some(place) && (self.is_bare || self.names.is_empty()) => "chunk".to_owned(),
            (column, None) => format!("column{}", column + 1),
        }
    }

    fn is_of_conll(&self) -> bool {
        let are_chunks_alone = self.width == 3 && self.names.is_empty() && self.chunks == Some(2);
        self.words == 0 && (self.width == 4 || are_chunks_alone)
    }

    /// What is worth saying of the names' column: why it was taken, where another could be.
    pub(super) fn note(&self) -> Option<String> {
        let (first, inner) = self.names.split_first()?;
        if let [inner] = inner {
            return Some(format!("\"ner\" is column {}, the first of spans; column {} is \"ner2\"", first + 1, inner + 1));
        }
        if inner.len() > 1 {
            let columns: Vec<String> = inner.iter().map(|place| format!("column {}", place + 1)).collect();
            let columns = columns.join(", ");
            return Some(format!("\"ner\" is column {}, the first of spans; {columns} are \"ner2\" and so on", first + 1));
        }
        let chunks = self.chunks.filter(|_| self.is_bare).map(|chunks| chunks + 1)?;
        Some(format!("\"ner\" is column {}, whose labels have neither B- nor I-; the spans of column {chunks} are \"chunk\"", first + 1))
    }
}
