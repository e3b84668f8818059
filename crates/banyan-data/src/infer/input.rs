//! The rules for inputs, the surest first.

use crate::config::InputKind;
use crate::date::{DateOrderFound, find_order};
use crate::media::path::{Resolved, resolve};
use crate::read;
use crate::table::{Cell, Column, Table};
use crate::value::quote;

use super::profile::Profile;
use super::sentences;

type Guess = (Option<InputKind>, String);

/// Files looked for before a column of paths is taken for one.
const PROBED_FILES: usize = 50;

fn guess(kind: InputKind, reason: impl Into<String>) -> Guess {
    (Some(kind), reason.into())
}

fn leave_out(reason: impl Into<String>) -> Guess {
    (None, reason.into())
}

pub(super) fn infer(table: &Table, column: &Column) -> Guess {
    let profile = Profile::of(column);
    if profile.known == 0 {
        return leave_out("every cell is empty");
    }
    if profile.others > 0 {
        let what = column.cells().find_map(|cell| match cell {
            Cell::Objects(_) => Some("a list of JSON objects"),
            Cell::Other(what) => Some(what),
            _ => None,
        });
        return leave_out(format!("holds {}, which no type of input reads", what.unwrap_or("objects")));
    }
    let scalars = profile.number_lists + profile.text_lists == 0;
    if scalars && profile.distinct() == 1 {
        let value = profile.values.keys().next().map_or("", String::as_str);
        return leave_out(format!("constant: every value is {}", quote(value)));
    }
    if !scalars {
        return lists(table, &profile);
    }
    if profile.booleans == profile.known {
        return guess(InputKind::Category, "true or false");
    }
    if profile.is_numeric() { numbers(&profile) } else { texts(table, &profile) }
}

fn lists(table: &Table, profile: &Profile<'_>) -> Guess {
    if profile.number_lists == profile.known {
        let mut widths = profile.column.cells().filter_map(|cell| if let Cell::Numbers(values) = cell { Some(values.len()) } else { None });
        let first = widths.next().unwrap_or(0);
        return if widths.all(|width| width == first) {
            guess(InputKind::Vector, format!("lists of {first} numbers"))
        } else {
            leave_out("lists of numbers of different lengths, which no type of input reads")
        };
    }
    if profile.text_lists != profile.known {
        return leave_out("lists and single values are mixed");
    }
    match sentences::words_of(table, profile.column) {
        Some(words) if std::ptr::eq(words, profile.column) => {
            return guess(InputKind::Tokens, "lists of words, with lists of labels beside");
        }
        Some(words) => return leave_out(format!("one for each word of \"{}\": labels for a task", words.name)),
        None => {}
    }
    let repeats = |cell: Cell<'_>| match cell {
        Cell::Texts(items) => items.iter().enumerate().any(|(index, item)| !item.is_empty() && items[..index].contains(item)),
        _ => false,
    };
    let repeating = profile.column.cells().filter(|cell| repeats(*cell)).count();
    // A set has a member once; words come again within a sentence.
    if repeating * 10 > profile.known {
        return guess(InputKind::Text, "lists of words, some more than once");
    }
    guess(InputKind::Set, "lists of names")
}

fn numbers(profile: &Profile<'_>) -> Guess {
    let (least, greatest) =
        profile.numbers.iter().fold((f64::MAX, f64::MIN), |(least, greatest), value| (least.min(*value), greatest.max(*value)));
    let name = profile.column.name.to_lowercase();
    let named_key =
        name == "id" || name == "index" || name.ends_with("_id") || name.ends_with(" id") || profile.column.name.ends_with("Id");
    if profile.is_whole() && profile.distinct() == profile.known && profile.known > 2 {
        let numbered = greatest - least + 1.0 == profile.known as f64;
        if numbered || named_key {
            return leave_out("every value is different and whole: looks like an identifier");
        }
    }
    if profile.has_leading_zeros {
        return guess(InputKind::Category, "digits with leading zeros: codes, not quantities");
    }
    if named_key && profile.is_whole() {
        return guess(InputKind::Category, format!("numbers that name things: {} different ones", profile.distinct()));
    }
    guess(InputKind::Number, if profile.is_whole() { "whole numbers" } else { "numbers" })
}

fn texts(table: &Table, profile: &Profile<'_>) -> Guess {
    let is_words = |column: &&Column| sentences::words_of(table, column).is_some_and(|words| std::ptr::eq(words, *column));
    if let Some(words) = table.columns.iter().find(|column| sentences::is_text_of(profile.column, column) && is_words(column)) {
        return leave_out(format!("the text of the words in \"{}\"", words.name));
    }
    if let Some(kind) = profile.media_kind() {
        return media(table, profile, kind);
    }
    if profile.numbers.is_empty() {
        match find_order(profile.texts()) {
            DateOrderFound::One(_) => return guess(InputKind::Date, "dates"),
            DateOrderFound::Ambiguous => {
                return leave_out("dates that may be read day first or month first: write them as year-month-day");
            }
            DateOrderFound::None => {}
        }
        let mut vectors = profile.texts().map(|text| read::vector(Cell::Text(text)).ok().flatten().map(|values| values.len()));
        if let Some(Some(width)) = vectors.next()
            && width > 1
            && vectors.all(|other| other == Some(width))
        {
            return guess(InputKind::Vector, format!("texts of {width} numbers"));
        }
    }
    let distinct = profile.distinct();
    if let Some((separator, members)) = profile.separated() {
        return guess(InputKind::Set, format!("names with \"{separator}\" between; {members} different ones"));
    }
    if profile.is_category() {
        return guess(InputKind::Category, format!("{distinct} different values{}", odd_cell(table, profile)));
    }
    if is_named_key(&profile.column.name) && distinct == profile.known {
        return leave_out("every value is different: looks like an identifier");
    }
    if profile.mean_words() >= 2.0 {
        return guess(InputKind::Text, "texts of several words");
    }
    if is_long_and_varied(profile) {
        return guess(InputKind::Text, "long texts of one word each, read by their letters");
    }
    if profile.is_identifier() {
        let share = if distinct == profile.known { "every" } else { "nearly every" };
        return leave_out(format!("{share} value is different: looks like an identifier{}", odd_cell(table, profile)));
    }
    guess(InputKind::Category, format!("{distinct} different values{}", odd_cell(table, profile)))
}

/// Whether a column's name says that it names rows or things.
fn is_named_key(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["id", "index", "key", "uuid"].contains(&lower.as_str()) || lower.ends_with("_id") || lower.ends_with(" id") || name.ends_with("Id")
}

/// Where most of a column is numbers, the cell that is none: often it is a missing value under another name.
fn odd_cell(table: &Table, profile: &Profile<'_>) -> String {
    match profile.first_word {
        Some((row, word)) if profile.numbers.len() * 2 > profile.known => {
            let place = table.place(row, None);
            format!(" (numbers but for cells like {} in {place}; list it under data.missing if it means none)", quote(word))
        }
        _ => String::new(),
    }
}

/// Formulas and sequences, not keys: keys are short, or all of one length.
fn is_long_and_varied(profile: &Profile<'_>) -> bool {
    let (mut count, mut total, mut shortest, mut longest) = (0usize, 0usize, usize::MAX, 0usize);
    for text in profile.texts() {
        let length = text.chars().count();
        (count, total) = (count + 1, total + length);
        (shortest, longest) = (shortest.min(length), longest.max(length));
    }
    total > 16 * count && longest > 2 * shortest
}

fn media(table: &Table, profile: &Profile<'_>, kind: InputKind) -> Guess {
    let rows: Vec<(usize, &str)> = profile
        .column
        .cells()
        .enumerate()
        .filter_map(|(row, cell)| if let Cell::Text(text) = cell { Some((row, text)) } else { None })
        .collect();
    let count = rows.len().min(PROBED_FILES);
    let probed: Vec<(usize, &str)> = (0..count).map(|index| rows[index * rows.len() / count]).collect();
    let present = probed.iter().filter(|(row, text)| matches!(resolve(table.folder(*row), text), Resolved::File(_))).count();
    let what = if kind == InputKind::Image { "images" } else { "sounds" };
    if present * 2 >= count {
        return guess(kind, format!("paths of {what}"));
    }
    let (row, first) = probed[0];
    let folder = match table.folder(row) {
        folder if folder.as_os_str().is_empty() => "the current folder".to_owned(),
        folder => folder.display().to_string(),
    };
    leave_out(format!("names of {what} that are not there: no {} in {folder}", quote(first)))
}
