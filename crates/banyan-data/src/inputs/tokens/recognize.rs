//! The rules by which a column of sentences is recognized.

use crate::infer::candidate::{Candidate, Shape};
use crate::infer::rule::Guess;
use crate::infer::sentences::{is_text_of, words_of};
use crate::table::Column;

/// Lists of words that other columns have labels for, and those labels.
pub(super) fn lists(candidate: &Candidate<'_>) -> Option<Guess> {
    if candidate.shape != Shape::Lists {
        return None;
    }
    let column = candidate.profile.column;
    let words = words_of(candidate.table, column)?;
    Some(if std::ptr::eq(words, column) {
        Guess::fits("lists of words, with lists of labels beside")
    } else {
        Guess::leave_out(format!("one for each word of \"{}\": labels for a task", words.name))
    })
}

/// The text that the words of another column were cut from.
pub(super) fn texts(candidate: &Candidate<'_>) -> Option<Guess> {
    if candidate.shape != Shape::Texts {
        return None;
    }
    let are_words = |column: &&Column| words_of(candidate.table, column).is_some_and(|words| std::ptr::eq(words, *column));
    let mut columns = candidate.table.columns.iter();
    let words = columns.find(|column| is_text_of(candidate.profile.column, column) && are_words(column))?;
    Some(Guess::leave_out(format!("the text of the words in \"{}\"", words.name)))
}
