//! The rules for inputs, the surest first: those of each kind, and those that leave a column out whatever kind it might be.

use crate::inputs::InputKind;
use crate::table::{Cell, Column, Table};
use crate::value::quote;

use super::candidate::{Candidate, Shape};
use super::rule::{Guess, Rule, Sureness};

/// Rules of no kind.
const LEFT_OUT: [Rule; 11] = [
    Rule::new(Sureness::Nothing, |candidate| (candidate.profile.known == 0).then(|| Guess::leave_out("every cell is empty"))),
    Rule::new(Sureness::Nothing, unreadable),
    Rule::new(Sureness::Nothing, constant),
    Rule::new(Sureness::Type, |candidate| {
        let profile = &candidate.profile;
        let is_mixed = candidate.shape == Shape::Lists && profile.number_lists.max(profile.text_lists) != profile.known;
        is_mixed.then(|| Guess::leave_out("lists and single values are mixed"))
    }),
    Rule::new(Sureness::Form, bytes),
    Rule::new(Sureness::Form, row_index),
    Rule::new(Sureness::Form, numbered),
    Rule::new(Sureness::Form, sampled_index),
    Rule::new(Sureness::Parts, row_names),
    Rule::new(Sureness::Name, |candidate| {
        let (profile, shape) = (&candidate.profile, candidate.shape);
        let is_key = shape == Shape::Texts && is_named_key(&profile.column.name) && profile.distinct() == profile.known;
        is_key.then(|| Guess::leave_out("every value is different: looks like an identifier"))
    }),
    Rule::new(Sureness::Default, |candidate| {
        let profile = &candidate.profile;
        let share = if profile.distinct() == profile.known { "every" } else { "nearly every" };
        (candidate.shape == Shape::Texts && profile.is_identifier())
            .then(|| Guess::leave_out(format!("{share} value is different: looks like an identifier{}", candidate.odd_cell())))
    }),
];

pub(super) fn infer(table: &Table, column: &Column) -> (Option<InputKind>, String) {
    let candidate = Candidate::new(table, column);
    let of_kinds = InputKind::ALL.iter().flat_map(|&kind| kind.rules().into_iter().map(move |rule| (Some(kind), rule)));
    let mut rules: Vec<(Option<InputKind>, Rule)> = LEFT_OUT.iter().map(|rule| (None, *rule)).chain(of_kinds).collect();
    rules.sort_by_key(|(_, rule)| rule.sureness);
    let first = rules.into_iter().find_map(|(kind, rule)| Some((kind, (rule.guess)(&candidate)?)));
    match first {
        Some((kind, Guess::Fits(reason))) => (kind, reason),
        Some((_, Guess::LeaveOut(reason))) => (None, reason),
        None => (None, "no type of input reads such cells".to_owned()),
    }
}

fn unreadable(candidate: &Candidate<'_>) -> Option<Guess> {
    let what = candidate.profile.column.cells().find_map(|cell| match cell {
        Cell::Objects(_) => Some("a list of JSON objects"),
        Cell::Other(what) => Some(what),
        _ => None,
    })?;
    Some(Guess::leave_out(format!("holds {what}, which no type of input reads")))
}

/// Bytes of which no kind of input says that it reads them.
fn bytes(candidate: &Candidate<'_>) -> Option<Guess> {
    let bytes = candidate.profile.column.cells().find_map(|cell| if let Cell::Bytes(bytes) = cell { Some(bytes) } else { None })?;
    let what = banyan_media::format_name(bytes).map_or_else(|| "no known format".to_owned(), |name| format!("the first is {name}"));
    Some(Guess::leave_out(format!("holds bytes of files that no type of input reads: {what}")))
}

fn constant(candidate: &Candidate<'_>) -> Option<Guess> {
    let profile = &candidate.profile;
    let value = profile.names().next().filter(|_| candidate.shape != Shape::Lists && profile.others == 0 && profile.distinct() == 1)?;
    Some(Guess::leave_out(format!("constant: every value is {}", quote(&value))))
}

/// The index of a data frame, which numbers its rows: by what the file says of the column, or by the names that pandas and R give it, whatever rows
/// are left of the frame.
fn row_index(candidate: &Candidate<'_>) -> Option<Guess> {
    let profile = &candidate.profile;
    if candidate.shape != Shape::Numbers || !profile.is_whole() {
        return None;
    }
    if profile.column.is_index {
        return Some(Guess::leave_out("the row index of a data frame, as the file says"));
    }
    // A column that a person gave no name holds the same values again and again.
    let is_index = is_named_index(&profile.column.name) && profile.distinct() * 2 > profile.known;
    is_index.then(|| Guess::leave_out("the row index of a data frame, by its name"))
}

/// An index that gives each row a name of its own. One of dates or of files' names is surer to be that, and one of few names is a category.
fn row_names(candidate: &Candidate<'_>) -> Option<Guess> {
    let profile = &candidate.profile;
    let names_rows = profile.column.is_index && candidate.shape == Shape::Texts && profile.distinct() == profile.known;
    names_rows.then(|| Guess::leave_out("the row index of a data frame, as the file says"))
}

/// Whether a column has a name that a data frame's index gets: pandas's in files (`Unnamed: 0`, `__index_level_0__`) and in frames
/// (`level_0`), and R's.
fn is_named_index(name: &str) -> bool {
    let is_numbered = |prefix: &str, suffix: &str| {
        let number = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
        // A file that was written and read twice has `Unnamed: 0.1`.
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
    };
    let is_of_pandas =
        is_numbered("Unnamed: ", "") || is_numbered("__index_level_", "__") || is_numbered("level_", "") || is_numbered("...", "");
    is_of_pandas || ["row_names", "row.names", "rownames", "rowid", "row_nr", "row_number", "rownum", "_c0"].contains(&name)
}

/// Numbers that number the rows or name things.
fn numbered(candidate: &Candidate<'_>) -> Option<Guess> {
    let profile = &candidate.profile;
    if candidate.shape != Shape::Numbers || !profile.is_whole() || profile.distinct() != profile.known || profile.known <= 2 {
        return None;
    }
    let (least, greatest) =
        profile.numbers.iter().fold((f64::MAX, f64::MIN), |(least, greatest), value| (least.min(*value), greatest.max(*value)));
    let is_numbering = greatest - least + 1.0 == profile.known as f64;
    (is_numbering || profile.is_named_number_key())
        .then(|| Guess::leave_out("every value is different and whole: looks like an identifier"))
}

/// The numbers that R and readr give the rows of a table under a name that a quantity may have as well, with gaps where rows were taken out.
fn sampled_index(candidate: &Candidate<'_>) -> Option<Guess> {
    let profile = &candidate.profile;
    let is_named = ["X", "X1", "x1", "idx", "row", "Row"].contains(&profile.column.name.as_str());
    if !is_named || candidate.shape != Shape::Numbers || !profile.is_whole() || profile.distinct() != profile.known || profile.known <= 2 {
        return None;
    }
    let mut numbers = profile.numbers.clone();
    numbers.sort_by(f64::total_cmp);
    let [least, .., greatest] = numbers.as_slice() else { return None };
    // A quantity often goes by larger steps, or far beyond the number of rows.
    let is_multiple = |step: f64| numbers.windows(2).all(|pair| (pair[1] - pair[0]) % step == 0.0);
    let has_steps = (2..=numbers.len()).any(|step| is_multiple(step as f64));
    let counts_rows = *least >= 0.0 && *greatest <= MOST_ROWS_LEFT_OUT * profile.known as f64 && !has_steps;
    counts_rows.then(|| Guess::leave_out("every value is different and whole, as the numbers of rows are: looks like a row index"))
}

/// Rows of a table for one that is left of it.
const MOST_ROWS_LEFT_OUT: f64 = 20.0;

/// Whether a column's name says that it names rows or things.
fn is_named_key(name: &str) -> bool {
    let lower = name.to_lowercase();
    ["id", "index", "key", "uuid"].contains(&lower.as_str()) || lower.ends_with("_id") || lower.ends_with(" id") || name.ends_with("Id")
}
