//! Columns of sentences: lists of words, and lists that have something for each of them.

use std::collections::HashSet;

use banyan_text::spans::{Label, MISALIGNED};

use crate::sentences::LemmaColumns;
use crate::table::{Cell, Column, Table};

/// What columns of words are called.
const NAMES: [&str; 6] = ["tokens", "words", "token", "word", "forms", "form"];
/// What columns of lemmas are called.
const LEMMAS: [&str; 2] = ["lemmas", "lemma"];
/// Rows that are looked at where one alone would nearly tell.
const PROBED: usize = 200;

/// The column of words that the lists of a column go with, one for one; the column itself where it is that.
///
/// Columns whose lists are as long as each other in every row, and not in all rows of one length, are of the same sentences. The words are
/// those that are called so, or else those of most different values. A column is one of words where it has labels: where it is what this
/// says of another.
pub(crate) fn words_of<'a>(table: &'a Table, column: &'a Column) -> Option<&'a Column> {
    let words = words_beside(table, column)?;
    if !std::ptr::eq(words, column) {
        return is_labeled(words, column).then_some(words);
    }
    let of_predicates = || place_of_name(column) < NAMES.len() && has_predicates(table);
    let has_labels = |other: &Column| {
        let beside = words_beside(table, other).is_some_and(|words| std::ptr::eq(words, column));
        !std::ptr::eq(other, column) && beside && is_labeled(column, other)
    };
    (table.columns.iter().any(has_labels) || of_predicates()).then_some(words)
}

/// The best column of words of those with lists as long as a column's, which is itself the best of its own.
fn words_beside<'a>(table: &'a Table, column: &'a Column) -> Option<&'a Column> {
    let best = |column: &'a Column| {
        let parallel = table.columns.iter().filter(|other| lists_of(other) == Some(Lists::Texts) && is_parallel(column, other));
        // Of equals the first.
        parallel.rev().max_by_key(|column| (std::cmp::Reverse(place_of_name(column)), distinct(column)))
    };
    lists_of(column)?;
    let words = best(column)?;
    (std::ptr::eq(words, column) || best(words).is_some_and(|own| std::ptr::eq(own, words))).then_some(words)
}

/// Whether lists as long as those of words are their labels, and not so by chance.
fn is_labeled(words: &Column, labels: &Column) -> bool {
    has_lengths(labels) || place_of_name(words) < NAMES.len()
}

/// The place of a column's name among those of columns of words; behind all where it is none.
fn place_of_name(column: &Column) -> usize {
    NAMES.iter().position(|name| column.name.eq_ignore_ascii_case(name)).unwrap_or(NAMES.len())
}

/// Whether some column says which words of a sentence are predicates, as objects, which are not as many as the words.
fn has_predicates(table: &Table) -> bool {
    table.columns.iter().any(|column| column.cells().any(|cell| matches!(cell, Cell::Objects(_))))
}

/// The column of words that is called so.
pub(crate) fn named(table: &Table) -> Option<&Column> {
    NAMES.iter().find_map(|name| {
        table.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name) && lists_of(column) == Some(Lists::Texts))
    })
}

/// Whether a text is that of a row's words, whatever space is between them, wherever both are known.
pub(crate) fn is_text_of(column: &Column, words: &Column) -> bool {
    let bare = |text: &str| text.chars().filter(|character| !character.is_whitespace()).collect::<String>();
    let mut pairs = column.cells().zip(words.cells()).filter_map(|pair| match pair {
        (Cell::Text(text), Cell::Texts(words)) => Some((text, words)),
        _ => None,
    });
    let mut probed = pairs.by_ref().take(PROBED).peekable();
    probed.peek().is_some() && probed.all(|(text, words)| bare(text) == bare(&words.concat()))
}

/// Whether the labels of a column are those of spans.
pub(crate) fn are_spans(column: &Column) -> bool {
    let labels = || texts(column).filter(|label| !label.is_empty() && *label != MISALIGNED).map(Label::parse);
    labels().all(|label| label.is_some()) && labels().any(|label| label != Some(Label::Outside))
}

/// Why the texts of a column are the lemmas of words, where they are: it is called so, or most of them are the words in small letters or
/// otherwise and some are not.
pub(crate) fn are_lemmas(table: &Table, column: &Column, words: &Column) -> Option<String> {
    let columns = LemmaColumns { table, words, lemmas: column };
    let (mut known, mut alike, mut same) = (0, 0, 0);
    for row in 0..table.rows() {
        for (word, lemma) in columns.read(row).ok()?.into_iter().filter_map(|(word, lemma)| Some((word, lemma?))) {
            (known, same) = (known + 1, same + usize::from(word == lemma));
            alike += usize::from(word.to_lowercase() == lemma.to_lowercase());
        }
    }
    let is_named = LEMMAS.iter().any(|name| column.name.eq_ignore_ascii_case(name));
    let is_like = 2 * alike > known && same < known;
    (known > 0 && (is_named || is_like))
        .then(|| format!("lemmas of the words in \"{}\"; {:.0}% are as the word is", words.name, 100.0 * same as f64 / known as f64))
}

/// All texts of a column of lists.
pub(crate) fn texts(column: &Column) -> impl Iterator<Item = &str> {
    column.cells().flat_map(|cell| if let Cell::Texts(texts) = cell { texts } else { &[] }).map(String::as_str)
}

/// What the lists of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lists {
    /// Texts.
    Texts,
    /// Whole numbers: those of labels. Some may be texts, where no float holds them.
    Wholes,
}

/// What a column holds where each of its cells is a list, however it was written. An empty list is one of either.
fn lists_of(column: &Column) -> Option<Lists> {
    let is_whole = |value: &f64| value.is_nan() || value.fract() == 0.0;
    let (mut known, mut numbers) = (false, false);
    for cell in column.cells() {
        match cell {
            Cell::Missing => continue,
            Cell::Texts(_) => {}
            Cell::Numbers(values) if values.iter().all(is_whole) => numbers |= !values.is_empty(),
            _ => return None,
        }
        known = true;
    }
    let is_number = |text: &str| text.is_empty() || text.parse::<i128>().is_ok();
    match (known, numbers) {
        (false, _) => None,
        (true, false) => Some(Lists::Texts),
        (true, true) => texts(column).all(is_number).then_some(Lists::Wholes),
    }
}

fn length(cell: Cell<'_>) -> Option<usize> {
    match cell {
        Cell::Texts(texts) => Some(texts.len()),
        Cell::Numbers(values) => Some(values.len()),
        _ => None,
    }
}

fn is_parallel(left: &Column, right: &Column) -> bool {
    let mut lengths = left.cells().zip(right.cells()).filter_map(|(left, right)| Some((length(left)?, length(right)?))).peekable();
    lengths.peek().is_some() && lengths.all(|(left, right)| left == right)
}

/// Whether lists are of different lengths.
fn has_lengths(column: &Column) -> bool {
    let mut lengths = column.cells().filter_map(length);
    let first = lengths.next();
    lengths.any(|length| Some(length) != first)
}

fn distinct(column: &Column) -> usize {
    texts(column).take(PROBED * PROBED).collect::<HashSet<&str>>().len()
}
