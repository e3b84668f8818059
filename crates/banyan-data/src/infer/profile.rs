//! One pass over a column: how many cells of which type, and which values.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use banyan_text::hash::mix;

use super::parts;
use crate::audit::keys::KeyMap;
use crate::number_format::NumberFormat;
use crate::table::{Cell, Column, Table, plain_number};
use crate::value::{canonical, format_number, is_inexact_whole, is_quantity, parse_number, quote};

/// What is to be done with quantities.
pub(crate) const PLAIN: &str = "as numbers alone, all in one unit, they could be read as such";
/// A column of fewer values has names.
const FEWEST_QUANTITIES: usize = 10;

/// What the cells of a column are.
pub(crate) struct Profile<'a> {
    pub(crate) column: &'a Column,
    /// Cells that are not missing.
    pub(crate) known: usize,
    /// Booleans, and lists of the two types, and what nothing reads.
    pub(crate) booleans: usize,
    pub(crate) number_lists: usize,
    pub(crate) text_lists: usize,
    pub(crate) others: usize,
    /// Finite numbers, as numbers or as texts.
    pub(crate) numbers: Vec<f64>,
    /// The first cell that is none, and its row.
    pub(crate) first_word: Option<(usize, &'a str)>,
    /// Texts with digits that a number would lose: `007`.
    pub(crate) has_leading_zeros: bool,
    /// Texts of whole numbers that a float would round.
    pub(crate) has_inexact_wholes: bool,
    /// How texts write numbers, where most are numbers but not all in the plain form.
    pub(crate) format: Option<NumberFormat>,
    /// Whether texts with commas are sets of numbers that name things.
    are_number_sets: bool,
    /// The different texts, in the order in which they come.
    texts: Vec<CountedText<'a>>,
    /// The place of each among them.
    places: HashMap<&'a str, usize>,
    values: Counts<'a>,
}

/// One of the different texts of a column. What the rules ask of a text is asked once, in however many rows it stands.
struct CountedText<'a> {
    text: &'a str,
    rows: usize,
    number: Option<f64>,
}

impl<'a> Profile<'a> {
    pub(crate) fn of(table: &Table, column: &'a Column) -> Self {
        let mut profile = Self {
            column,
            known: 0,
            booleans: 0,
            number_lists: 0,
            text_lists: 0,
            others: 0,
            numbers: Vec::new(),
            first_word: None,
            has_leading_zeros: false,
            has_inexact_wholes: false,
            format: None,
            are_number_sets: false,
            texts: Vec::new(),
            places: HashMap::new(),
            values: Counts::default(),
        };
        for (row, cell) in column.cells().enumerate() {
            profile.add(row, cell);
        }
        profile.read_formatted(table);
        if profile.number_lists > 0 && profile.text_lists > 0 && column.cells().all(|cell| is_list_of_wholes(&cell)) {
            // Lists of keys, some of which only a text holds.
            profile.text_lists += std::mem::take(&mut profile.number_lists);
        }
        profile
    }

    fn add(&mut self, row: usize, cell: Cell<'a>) {
        self.known += usize::from(!cell.is_missing());
        match cell {
            Cell::Missing => {}
            Cell::Boolean(_) => self.booleans += 1,
            Cell::Numbers(_) => self.number_lists += 1,
            Cell::Texts(_) => self.text_lists += 1,
            Cell::Bytes(_) | Cell::Objects(_) | Cell::Other(_) => self.others += 1,
            Cell::Number(value) => self.numbers.extend(value.is_finite().then_some(value)),
            Cell::Text(text) => {
                let place = self.places.get(text).copied().unwrap_or_else(|| self.add_text(row, text));
                let counted = &mut self.texts[place];
                counted.rows += 1;
                self.numbers.extend(counted.number.filter(|value| value.is_finite()));
                return;
            }
        }
        self.values.add(cell);
    }

    /// A text that did not come before; its place.
    fn add_text(&mut self, row: usize, text: &'a str) -> usize {
        let number = parse_number(text);
        if number.is_some() {
            let digits = text.as_bytes();
            self.has_inexact_wholes |= is_inexact_whole(text);
            self.has_leading_zeros |= digits.len() > 1 && digits[0] == b'0' && digits.iter().all(u8::is_ascii_digit);
        } else {
            self.first_word.get_or_insert((row, text));
        }
        self.values.add(Cell::Text(text));
        self.places.insert(text, self.texts.len());
        self.texts.push(CountedText { text, rows: 0, number });
        self.texts.len() - 1
    }

    /// Counts the texts as numbers that are some in the column's own format.
    fn read_formatted(&mut self, table: &Table) {
        let Some(found) = table.find_number_format(self.column) else { return };
        self.are_number_sets = found.format.decimal == ',' || found.format.thousands == Some(',');
        self.are_number_sets = self.are_number_sets && parts::are_sets_of_numbers(self.counted_texts());
        if self.are_number_sets {
            return;
        }
        self.numbers.clear();
        self.first_word = None;
        for (row, cell) in self.column.cells().enumerate() {
            let value = match cell {
                Cell::Number(value) => Some(value),
                Cell::Text(text) => {
                    let value = found.format.parse(text);
                    if value.is_none() {
                        self.first_word.get_or_insert((row, text));
                    }
                    value
                }
                _ => None,
            };
            self.numbers.extend(value.filter(|value| value.is_finite()));
        }
        self.format = Some(found.format).filter(|format| !format.is_plain());
    }

    /// What is to be said of the form of numbers, after what they are.
    pub(crate) fn spelling(&self) -> String {
        self.format.as_ref().map_or_else(String::new, |format| format!(" with {}", format.describe()))
    }

    /// Where most of the column is numbers, the cell that is none: often it is a missing value under another name.
    pub(crate) fn odd_cell(&self, table: &Table) -> String {
        match self.first_word {
            Some((row, word)) if self.is_mostly_numeric() => {
                let place = table.place(row, None);
                format!(" (numbers but for cells like {} in {place}; list it under data.missing if it means none)", quote(word))
            }
            _ => match self.quantities() {
                Some([one, other]) => format!(" (quantities such as {} and {}; {PLAIN})", quote(one), quote(other)),
                None => String::new(),
            },
        }
    }

    /// Two of the texts of a column that are numbers to a person alone, in several units or with several marks, where nearly all are.
    pub(crate) fn quantities(&self) -> Option<[&'a str; 2]> {
        if self.distinct() < FEWEST_QUANTITIES || self.is_mostly_numeric() {
            return None;
        }
        let mut found = self.texts().filter(|text| is_quantity(text));
        let first = found.next()?;
        let sign = |text: &'a str| text.trim_matches(|character: char| character.is_ascii_digit() || ".,".contains(character));
        let other = found.clone().find(|text| sign(text) != sign(first)).or_else(|| found.next())?;
        let others = self.known - self.rows_where(|text| is_quantity(text) || parse_number(text).is_some());
        (others * 10 <= self.known).then_some([first, other])
    }

    /// Whether more than half of the known cells are numbers.
    pub(crate) fn is_mostly_numeric(&self) -> bool {
        self.numbers.len() * 2 > self.known
    }

    /// The different scalar values.
    pub(crate) fn distinct(&self) -> usize {
        self.values.names.len() + self.values.numbers.len()
    }

    /// The names of the different scalar values, in no order.
    pub(crate) fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let of_numbers = self.values.numbers.values().map(|value| format_number(*value).into());
        self.values.names.iter().map(|name| Cow::from(name.as_ref())).chain(of_numbers)
    }

    /// Whether all known cells are numbers.
    pub(crate) fn is_numeric(&self) -> bool {
        self.known > 0 && self.numbers.len() == self.known
    }

    /// Whether all known cells are whole numbers.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_numeric() && self.numbers.iter().all(|value| value.fract() == 0.0)
    }

    /// The different texts, in the order in which they come.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.texts.iter().map(|counted| counted.text)
    }

    /// They, and the number of rows that each stands in.
    pub(crate) fn counted_texts(&self) -> impl Iterator<Item = (&'a str, usize)> + Clone {
        self.texts.iter().map(|counted| (counted.text, counted.rows))
    }

    /// The rows whose text is such a one.
    pub(crate) fn rows_where(&self, is_one: impl Fn(&str) -> bool) -> usize {
        self.counted_texts().filter(|(text, _)| is_one(text)).map(|(_, rows)| rows).sum()
    }

    /// Whether the texts are several names with a separator between, each name used again and again: the
    /// separator, and the number of different names.
    pub(crate) fn separated(&self) -> Option<(&'static str, usize)> {
        // A decimal comma separates nothing.
        if self.is_mostly_numeric() && !self.are_number_sets { None } else { parts::separated(self) }
    }

    /// Mean number of words a text.
    pub(crate) fn mean_words(&self) -> f64 {
        let (mut texts, mut words) = (0usize, 0usize);
        for (text, rows) in self.counted_texts() {
            (texts, words) = (texts + rows, words + rows * text.split_whitespace().count());
        }
        words as f64 / texts.max(1) as f64
    }

    /// Whether the values name things (database keys, file names): short, of one word, and (nearly) each row its own.
    pub(crate) fn is_identifier(&self) -> bool {
        self.known > 2 && self.distinct() * 10 >= self.known * 9
    }

    /// Whether few values serve many rows.
    pub(crate) fn is_category(&self) -> bool {
        let distinct = self.distinct();
        distinct * 5 <= self.known || (distinct <= 20 && distinct * 2 <= self.known)
    }

    /// Whether the name of a column of numbers says that they name rows or things.
    pub(crate) fn is_named_number_key(&self) -> bool {
        let name = self.column.name.to_lowercase();
        name == "id" || name == "index" || name.ends_with("_id") || name.ends_with(" id") || self.column.name.ends_with("Id")
    }
}

/// The different scalar values.
#[derive(Default)]
struct Counts<'a> {
    names: HashSet<Cow<'a, str>>,
    /// Those that are numbers, by keys of their bits: a name for each would take far more time and memory.
    numbers: KeyMap<f64>,
}

impl<'a> Counts<'a> {
    fn add(&mut self, cell: Cell<'a>) {
        match cell {
            Cell::Number(value) => self.add_number(value),
            Cell::Text(text) => {
                let name = canonical(text);
                // Numbers and texts of one name are one.
                match plain_number(name) {
                    Some(value) => self.add_number(value),
                    None => drop(self.names.insert(name.into())),
                }
            }
            cell => self.names.extend(cell.name().map(|name| Cow::from(name.into_owned()))),
        }
    }

    fn add_number(&mut self, value: f64) {
        // 0 and -0 are one.
        self.numbers.insert(mix((value + 0.0).to_bits()), value);
    }
}

fn is_list_of_wholes(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Missing => true,
        Cell::Numbers(values) => values.iter().all(|value| value.is_nan() || value.fract() == 0.0),
        Cell::Texts(texts) => texts.iter().all(|text| text.is_empty() || text.parse::<i128>().is_ok()),
        Cell::Text(_) | Cell::Number(_) | Cell::Boolean(_) | Cell::Bytes(_) | Cell::Objects(_) | Cell::Other(_) => false,
    }
}
