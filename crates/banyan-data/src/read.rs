//! Cells as the values an input or a task reads. Each reader gives `None` for a missing cell, and for a cell that
//! does not fit a problem that begins with what the cell holds.

use std::borrow::Cow;

use crate::date::{DateOrder, DateOrderFound, Moment, find_order, is_compact, is_year, parse_date, reading};
use crate::number_format::NumberFormat;
use crate::table::{Cell, Column};
use crate::value::{format_number, is_empty_list, parse_vector, truth_value};

type Reading<T> = Result<Option<T>, String>;

/// A finite number, written in the column's format; truth values are 0 and 1.
pub(crate) fn number(cell: Cell<'_>, format: &NumberFormat) -> Reading<f64> {
    let value = match cell {
        Cell::Missing => return Ok(None),
        Cell::Number(value) => value,
        Cell::Boolean(value) => f64::from(u8::from(value)),
        Cell::Text(text) => {
            let truth = || truth_value(text).map(|value| f64::from(u8::from(value)));
            format.parse(text).or_else(truth).ok_or_else(|| format!("{} is not a number", cell.describe()))?
        }
        _ => return Err(format!("{} is not a number", cell.describe())),
    };
    if value.is_infinite() {
        return Err(format!("{} is infinite", cell.describe()));
    }
    Ok((!value.is_nan()).then_some(value))
}

/// Reads a cell of a column. A number that a text spelled is read by the format as any other text is.
pub(crate) fn in_format(
    column: &Column,
    row: usize,
    format: &NumberFormat,
    read: impl Fn(Cell<'_>, &NumberFormat) -> Reading<f64>,
) -> Reading<f64> {
    match column.cell(row) {
        Cell::Number(value) if !format.is_plain() && column.is_of_texts() => read(Cell::Text(&format_number(value)), format),
        cell => read(cell, format),
    }
}

/// The name of a class or category.
pub(crate) fn name<'a>(cell: &'a Cell<'a>) -> Reading<Cow<'a, str>> {
    match cell {
        Cell::Missing => Ok(None),
        _ => cell.name().map(Some).ok_or_else(|| format!("{} is not one value", cell.describe())),
    }
}

/// The distinct members of a set, in the order of the cell.
pub(crate) fn members(cell: Cell<'_>, separator: &str) -> Reading<Vec<String>> {
    let parts: Vec<String> = match cell {
        Cell::Missing => return Ok(None),
        Cell::Text(text) => split(text, separator).map(str::to_owned).collect(),
        Cell::Texts(texts) => texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect(),
        Cell::Numbers(values) => values.iter().filter(|value| !value.is_nan()).map(|value| format_number(*value)).collect(),
        Cell::Number(_) | Cell::Boolean(_) => cell.name().into_iter().map(Cow::into_owned).collect(),
        Cell::Bytes(_) | Cell::Objects(_) | Cell::Other(_) => return Err(format!("{} is not a list of names", cell.describe())),
    };
    let mut distinct: Vec<String> = Vec::with_capacity(parts.len());
    for part in parts {
        let part = crate::value::canonical(&part).to_owned();
        if !distinct.contains(&part) {
            distinct.push(part);
        }
    }
    Ok(Some(distinct))
}

/// The members of a text, none of one that is the empty list.
pub(crate) fn split<'a>(text: &'a str, separator: &'a str) -> impl Iterator<Item = &'a str> {
    // An empty separator would cut between all letters.
    let text = if is_empty_list(text) { "" } else { text };
    let whole = separator.is_empty().then_some(text);
    let parts = if separator.is_empty() { None } else { Some(text.split(separator)) };
    whole.into_iter().chain(parts.into_iter().flatten()).map(str::trim).filter(|part| !part.is_empty())
}

/// The one of `;`, `|` and `,` that occurs most in texts; the space where none does.
pub(crate) fn find_separator<'a>(cells: impl Iterator<Item = Cell<'a>>) -> String {
    let mut counts = [(0usize, ';'), (0, '|'), (0, ',')];
    let mut has_texts = false;
    for cell in cells {
        if let Cell::Text(text) = cell {
            has_texts = true;
            for (count, separator) in &mut counts {
                *count += text.matches(*separator).count();
            }
        }
    }
    // Of equals the first in the list.
    let (count, separator) = counts.into_iter().rev().max_by_key(|(count, _)| *count).unwrap_or((0, ' '));
    match count {
        // Lists, which a file that has none writes with semicolons.
        0 if !has_texts => ";".to_owned(),
        0 => " ".to_owned(),
        _ => separator.to_string(),
    }
}

/// A date, in the column's order where its spelling leaves that open; a whole number of four digits is a year.
pub(crate) fn date(cell: Cell<'_>, order: DateOrder) -> Reading<Moment> {
    let text: Cow<'_, str> = match cell {
        Cell::Missing => return Ok(None),
        Cell::Text(text) => text.into(),
        Cell::Number(value) => format_number(value).into(),
        _ => return Err(format!("{} is not a date", cell.describe())),
    };
    let moment = match numbered_date(&text) {
        Some(year) if is_year(year) => parse_date(&format!("{year}-01-01"), DateOrder::YearFirst),
        Some(digits) => parse_date(digits, order),
        None => parse_date(&text, order),
    };
    moment.map(Some).ok_or_else(|| match (reading(&text), order) {
        (None, _) => format!("{} is not a date", cell.describe()),
        (Some(_), DateOrder::YearFirst) => format!("{} leaves open which number is the day", cell.describe()),
        (Some(_), DateOrder::DayFirst) => format!("{} is not a date with its day first, as others of its column are", cell.describe()),
        (Some(_), DateOrder::MonthFirst) => format!("{} is not a date with its month first, as others of its column are", cell.describe()),
    })
}

/// The digits of a text that is a year or a date of digits alone; a data frame with gaps writes `.0` behind them.
pub(crate) fn numbered_date(text: &str) -> Option<&str> {
    let digits = text.trim();
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    (is_year(digits) || is_compact(digits)).then_some(digits)
}

/// The order in which all texts among cells are dates. Years, and dates of digits alone, fit any.
pub(crate) fn date_order<'a>(cells: impl Iterator<Item = Cell<'a>>) -> DateOrderFound {
    find_order(cells.filter_map(|cell| match cell {
        Cell::Text(text) if numbered_date(text).is_none() => Some(text),
        _ => None,
    }))
}

/// A list of numbers; NaN marks a gap. A list that has nothing but gaps is missing.
pub(crate) fn vector(cell: Cell<'_>) -> Reading<Cow<'_, [f64]>> {
    let values: Cow<'_, [f64]> = match cell {
        Cell::Missing => return Ok(None),
        Cell::Numbers(values) => values.into(),
        // A list of nothing but gaps says nothing of what its members would be.
        Cell::Texts(texts) if texts.iter().all(String::is_empty) => return Ok(None),
        Cell::Text(text) => parse_vector(text).ok_or_else(|| format!("{} is not a list of numbers", cell.describe()))?.into(),
        _ => return Err(format!("{} is not a list of numbers", cell.describe())),
    };
    if let Some(place) = values.iter().position(|value| value.is_infinite()) {
        return Err(format!("value {} of {} is infinite", place + 1, cell.describe()));
    }
    Ok((!values.iter().all(|value| value.is_nan())).then_some(values))
}

pub(crate) fn wrong_width(found: usize, expected: usize) -> String {
    format!("a list of {found} numbers where the column has {expected}")
}

/// A text: a scalar as it is written, the words of a list with spaces between.
pub(crate) fn text<'a>(cell: &'a Cell<'a>) -> Reading<Cow<'a, str>> {
    match cell {
        Cell::Missing => Ok(None),
        Cell::Text(text) => Ok(Some((*text).into())),
        Cell::Texts(words) => {
            let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
            Ok(Some(words.join(" ").into()))
        }
        Cell::Number(_) | Cell::Boolean(_) => Ok(cell.name()),
        _ => Err(format!("{} is not a text", cell.describe())),
    }
}

/// The most words of a sentence: those of a book. A model keeps some kilobytes for each until the sentence is done.
const MOST_WORDS: usize = 100_000;

/// The words of a sentence: those of a list, an empty one for a gap, or those that a text is cut into. Missing where there is none.
pub(crate) fn words<'a>(cell: Cell<'a>) -> Reading<Vec<Cow<'a, str>>> {
    let words: Vec<Cow<'a, str>> = match cell {
        Cell::Missing => return Ok(None),
        Cell::Text(text) => banyan_text::tokens::split(text).into_iter().map(Cow::from).collect(),
        Cell::Texts(words) => words.iter().map(Cow::from).collect(),
        Cell::Numbers(_) => numbered(cell),
        Cell::Number(_) | Cell::Boolean(_) => cell.name().into_iter().map(|name| Cow::from(name.into_owned())).collect(),
        Cell::Bytes(_) | Cell::Objects(_) | Cell::Other(_) => {
            return Err(format!("{} is neither a list of words nor a text", cell.describe()));
        }
    };
    if words.len() > MOST_WORDS {
        return Err(format!("{} words in one cell are more than the {MOST_WORDS} that are read; cut it into several rows", words.len()));
    }
    Ok((!words.iter().all(|word| word.is_empty())).then_some(words))
}

/// What PyTorch and the data sets made for it have for a word without a label.
const IGNORED: &str = "-100";

/// The labels of a sentence's words, an empty one for a word without and for `-100`: those of a list, or of a text with spaces between. A list of
/// nothing but gaps is missing.
pub(crate) fn labels<'a>(cell: Cell<'a>) -> Reading<Vec<Cow<'a, str>>> {
    let labels: Vec<Cow<'a, str>> = match cell {
        Cell::Missing => return Ok(None),
        // As predictions are written.
        Cell::Text(text) if !text.contains(char::is_whitespace) => text.split(';').map(Cow::from).collect(),
        Cell::Text(text) => text.split_whitespace().map(Cow::from).collect(),
        Cell::Texts(labels) => labels.iter().map(|label| crate::value::canonical(label.trim()).into()).collect(),
        Cell::Numbers(_) => numbered(cell),
        // The label of a sentence of one word.
        Cell::Number(value) => vec![format_number(value).into()],
        Cell::Boolean(_) | Cell::Bytes(_) | Cell::Objects(_) | Cell::Other(_) => {
            return Err(format!("{} is not a list of labels", cell.describe()));
        }
    };
    let labels: Vec<Cow<'_, str>> = labels.into_iter().map(|label| if label == IGNORED { "".into() } else { label }).collect();
    Ok((!labels.iter().all(|label| label.is_empty())).then_some(labels))
}

/// The lemmas of a sentence's words, as [`labels`], but each as it is written: `1.0` is one.
pub(crate) fn lemmas<'a>(cell: Cell<'a>) -> Reading<Vec<Cow<'a, str>>> {
    let Cell::Texts(lemmas) = cell else { return labels(cell) };
    Ok((!lemmas.iter().all(String::is_empty)).then(|| lemmas.iter().map(Cow::from).collect()))
}

/// The numbers of a list as names, a gap as an empty one.
fn numbered<'a>(cell: Cell<'_>) -> Vec<Cow<'a, str>> {
    let name = |value: &f64| if value.is_nan() { String::new() } else { format_number(*value) };
    if let Cell::Numbers(values) = cell { values.iter().map(|value| name(value).into()).collect() } else { Vec::new() }
}

/// The path of a media file.
pub(crate) fn path<'a>(cell: Cell<'a>) -> Reading<Cow<'a, str>> {
    match cell {
        Cell::Missing => Ok(None),
        Cell::Text(text) => Ok(Some(text.into())),
        // A name of digits alone.
        Cell::Number(value) => Ok(Some(format_number(value).into())),
        _ => Err(format!("{} is not the path of a file", cell.describe())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let plain = NumberFormat::default();
        assert_eq!(number(Cell::Text("1e3"), &plain), Ok(Some(1000.0)));
        assert_eq!(number(Cell::Boolean(true), &plain), Ok(Some(1.0)));
        assert_eq!(number(Cell::Text("NaN"), &plain), Ok(None));
        assert_eq!(number(Cell::Missing, &plain), Ok(None));
        assert_eq!(number(Cell::Text("-inf"), &plain), Err("\"-inf\" is infinite".to_owned()));
        assert_eq!(number(Cell::Number(f64::INFINITY), &plain), Err("inf is infinite".to_owned()));
        assert_eq!(number(Cell::Text("12 kg"), &plain), Err("\"12 kg\" is not a number".to_owned()));
    }

    #[test]
    fn sets_are_distinct_and_trimmed() {
        let set = |cell| members(cell, ";").unwrap().unwrap();
        assert_eq!(set(Cell::Text("b; a;;b ")), ["b", "a"]);
        assert_eq!(set(Cell::Numbers(&[2.0, 1.0, 2.0])), ["2", "1"]);
        assert_eq!(set(Cell::Texts(&[])), Vec::<String>::new());
        assert_eq!(members(Cell::Text("ab"), "").unwrap().unwrap(), ["ab"]);
    }

    #[test]
    fn gaps_in_lists_keep_their_place_where_it_matters() {
        let list = ["B-X".to_owned(), String::new(), "O".to_owned()];
        assert_eq!(labels(Cell::Texts(&list)).unwrap().unwrap(), ["B-X", "", "O"]);
        assert_eq!(words(Cell::Texts(&list)).unwrap().unwrap(), ["B-X", "", "O"]);
        assert_eq!(members(Cell::Texts(&list), ";").unwrap().unwrap(), ["B-X", "O"]);
        assert_eq!(text(&Cell::Texts(&list)).unwrap().unwrap(), "B-X O");
        let gaps = [String::new(), String::new()];
        assert_eq!((labels(Cell::Texts(&gaps)), words(Cell::Texts(&[])), vector(Cell::Texts(&gaps))), (Ok(None), Ok(None), Ok(None)));
        assert_eq!(labels(Cell::Numbers(&[3.0, f64::NAN])).unwrap().unwrap(), ["3", ""]);
        assert_eq!(labels(Cell::Text("O  B-X")).unwrap().unwrap(), ["O", "B-X"]);
        assert_eq!(labels(Cell::Number(3.0)).unwrap().unwrap(), ["3"]);
        assert_eq!(labels(Cell::Boolean(true)), Err("true is not a list of labels".to_owned()));
        assert_eq!(words(Cell::Text("It's so.")).unwrap().unwrap(), ["It", "'s", "so", "."]);
        assert_eq!(words(Cell::Other("a JSON object")), Err("a JSON object is neither a list of words nor a text".to_owned()));
    }

    #[test]
    fn years_are_dates() {
        assert_eq!(date(Cell::Number(1971.0), DateOrder::DayFirst).unwrap().unwrap().seconds, 365.0 * 86_400.0);
        assert!(date(Cell::Number(5.0), DateOrder::YearFirst).is_err());
    }

    #[test]
    fn vectors_with_gaps() {
        assert_eq!(vector(Cell::Numbers(&[f64::NAN])), Ok(None));
        assert!(vector(Cell::Text("[1, inf]")).unwrap_err().starts_with("value 2 of \"[1, inf]\" is infinite"));
        assert!(vector(Cell::Text("one two")).is_err());
    }
}
