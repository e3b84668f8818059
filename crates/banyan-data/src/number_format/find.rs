//! Finding the format of a column.

use super::affix::Parts;
use super::{NumberFormat, NumberMarks, number};

/// The marks that formats may have, the likeliest first: decimal mark, separator of thousands.
const CANDIDATES: [(char, Option<char>); 9] = [
    ('.', None),
    ('.', Some(',')),
    (',', None),
    (',', Some('.')),
    ('.', Some(' ')),
    (',', Some(' ')),
    ('.', Some('\'')),
    (',', Some('\'')),
    ('.', Some('_')),
];

/// Texts that are looked at for what stands around the numbers.
const LOOKED_AT: usize = 200;

/// The format that reads most of a column's texts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    pub(crate) format: NumberFormat,
    /// Texts that it reads.
    pub(crate) read: usize,
    /// The place of the first text that it does not.
    pub(crate) first_miss: Option<usize>,
    /// Whether the comma may just as well be the decimal mark as stand between thousands.
    pub(crate) is_ambiguous: bool,
    /// Whether nothing else told which of the two it is.
    pub(crate) is_guess: bool,
}

/// Finds the format of a column's texts, with the marks that are known. Where a comma may be either mark, `comma_is_decimal` decides.
/// Nothing where most are no numbers.
pub(crate) fn find<'a>(texts: impl Iterator<Item = &'a str> + Clone, marks: NumberMarks, comma_is_decimal: bool) -> Option<Found> {
    let (prefix, suffix) = usual_affixes(texts.clone().take(LOOKED_AT))?;
    let mut counts = [Count::default(); CANDIDATES.len()];
    let (mut total, mut fewest, mut most) = (0, usize::MAX, 0);
    for text in texts {
        let place = total;
        total += 1;
        let parts = Parts::of(text).filter(|parts| parts.prefix == prefix && parts.suffix == suffix);
        for (count, (decimal, thousands)) in counts.iter_mut().zip(CANDIDATES) {
            match parts.as_ref().filter(|parts| number(parts.digits, decimal, thousands).is_some()) {
                Some(parts) => count.add(parts.digits, decimal, thousands),
                None => drop(count.first_miss.get_or_insert(place)),
            }
        }
        if let Some(parts) = parts {
            let digits = parts.digits.bytes().filter(u8::is_ascii_digit).count();
            (fewest, most) = (fewest.min(digits), most.max(digits));
        }
    }

    let is_allowed = |place: usize| {
        let ((decimal, thousands), count) = (CANDIDATES[place], counts[place]);
        // Marks that do not occur say nothing; and groups of digits that are always as many are names, such as telephone numbers.
        let is_used = (decimal == '.' || count.fractions > 0 || thousands.is_some()) && (thousands.is_none() || count.groups > 0);
        let is_named = thousands.is_some() && marks.thousands == thousands;
        let is_quantity = is_named || matches!(thousands, None | Some(',')) || count.fractions > 0 || fewest < most;
        let is_given = marks.thousands.is_none_or(|mark| thousands.is_none_or(|other| other == mark))
            && marks.decimal.is_none_or(|mark| decimal == mark || place == PLAIN)
            && !(decimal == ',' && marks.thousands == Some(','));
        is_used && is_quantity && is_given
    };
    let best = (0..CANDIDATES.len()).filter(|place| is_allowed(*place)).map(|place| counts[place].read).max()?;
    let reads_most = |place: usize| is_allowed(place) && counts[place].read == best;
    let is_ambiguous = reads_most(GROUPED) && reads_most(COMMA);
    let place = if is_ambiguous && comma_is_decimal {
        COMMA
    } else if reads_most(EUROPEAN) && (marks.decimal == Some(',') || (comma_is_decimal && counts[EUROPEAN].fractions == 0)) {
        // Points that the plain format would take for decimal ones.
        EUROPEAN
    } else {
        (0..CANDIDATES.len()).find(|place| reads_most(*place))?
    };
    let (decimal, thousands) = CANDIDATES[place];
    let format = NumberFormat { decimal, thousands, prefix: prefix.to_owned(), suffix: suffix.to_owned() };
    (best * 2 > total).then_some(Found { format, read: best, first_miss: counts[place].first_miss, is_ambiguous, is_guess: false })
}

/// Places among the candidates.
const PLAIN: usize = 0;
const GROUPED: usize = 1;
const COMMA: usize = 2;
const EUROPEAN: usize = 3;

/// What a candidate made of a column.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    read: usize,
    /// Texts with a fraction, and with several groups of digits.
    fractions: usize,
    groups: usize,
    first_miss: Option<usize>,
}

impl Count {
    fn add(&mut self, digits: &str, decimal: char, thousands: Option<char>) {
        let has = |mark: char| match mark {
            ' ' => digits.contains(char::is_whitespace),
            '\'' => digits.contains(['\'', '’']),
            mark => digits.contains(mark),
        };
        self.read += 1;
        self.fractions += usize::from(has(decimal));
        self.groups += usize::from(thousands.is_some_and(has));
    }
}

/// What most numbers have before and behind them; nothing where most texts are no numbers.
fn usual_affixes<'a>(texts: impl Iterator<Item = &'a str>) -> Option<(&'a str, &'a str)> {
    let (mut total, mut found) = (0, Vec::<((&str, &str), usize)>::new());
    for text in texts {
        total += 1;
        let Some(parts) = Parts::of(text) else { continue };
        let affixes = (parts.prefix, parts.suffix);
        match found.iter_mut().find(|(known, _)| *known == affixes) {
            Some((_, count)) => *count += 1,
            None => found.push((affixes, 1)),
        }
    }
    // Of equals the first.
    let (affixes, count) = found.into_iter().rev().max_by_key(|(_, count)| *count)?;
    (count * 2 > total).then_some(affixes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decimal mark, that of thousands, what stands before and behind, and the first miss.
    type Seen = Option<(char, Option<char>, String, String, Option<usize>)>;

    fn find_in(texts: &[&str]) -> Seen {
        let found = find(texts.iter().copied(), NumberMarks::default(), false)?;
        Some((found.format.decimal, found.format.thousands, found.format.prefix, found.format.suffix, found.first_miss))
    }

    fn marks(decimal: char, thousands: Option<char>) -> Seen {
        Some((decimal, thousands, String::new(), String::new(), None))
    }

    #[test]
    fn a_column_tells_its_marks() {
        assert_eq!(find_in(&["1.5", "2"]), marks('.', None));
        assert_eq!(find_in(&["6,4", "12,25", "3"]), marks(',', None));
        assert_eq!(find_in(&["1.234,56", "12,5"]), marks(',', Some('.')));
        assert_eq!(find_in(&["1,234", "950", "12,500"]), marks('.', Some(',')));
        assert_eq!(find_in(&["1,234.5", "2"]), marks('.', Some(',')));
        assert_eq!(find_in(&["0,123", "1,234"]), marks(',', None), "no thousands begin with 0");
        assert_eq!(find_in(&["12 500", "950"]), marks('.', Some(' ')));
        assert_eq!(find_in(&["12 500,5", "1 250,25"]), marks(',', Some(' ')));
        assert_eq!(find_in(&["1'250", "950"]), marks('.', Some('\'')));
        assert_eq!(find_in(&["1.234.567", "950.000"]), marks(',', Some('.')));
        assert_eq!(find_in(&["$5", "$1,250.50"]), Some(('.', Some(','), "$".to_owned(), String::new(), None)));
        assert_eq!(find_in(&["5 %", "12,5%"]), Some((',', None, String::new(), "%".to_owned(), None)));
    }

    #[test]
    fn names_are_no_numbers() {
        assert_eq!(find_in(&["555 123 456", "555 124 999"]), None, "telephone numbers");
        assert_eq!(find_in(&["084 426453", "030 123456"]), None);
        assert_eq!(find_in(&["192.168.100.200", "192.168.100.201"]), None);
        assert_eq!(find_in(&["red", "blue"]), None);
        assert_eq!(find_in(&["12.03.2023", "13.03.2023"]), None);
    }

    #[test]
    fn a_few_words_are_misses() {
        let found = find(["5", "$105", "7", "8"].into_iter(), NumberMarks::default(), false).unwrap();
        assert_eq!((found.read, found.first_miss, found.format.is_plain()), (3, Some(1), true));
        let found = find(["6,4", "n.d.", "7,5"].into_iter(), NumberMarks::default(), false).unwrap();
        assert_eq!((found.read, found.first_miss, found.format.decimal), (2, Some(1), ','));
    }

    #[test]
    fn what_is_known_decides() {
        let thousands = ["1,234", "2,500"];
        let decimal = |marks, comma| find(thousands.into_iter(), marks, comma).unwrap().format.decimal;
        assert!(find(thousands.into_iter(), NumberMarks::default(), false).unwrap().is_ambiguous);
        assert_eq!((decimal(NumberMarks::default(), false), decimal(NumberMarks::default(), true)), ('.', ','));
        let comma = NumberMarks { decimal: Some(','), thousands: None };
        assert_eq!((decimal(comma, false), decimal(NumberMarks { decimal: Some('.'), thousands: None }, true)), (',', '.'));
        let points = find(["1.234", "12.500"].into_iter(), comma, false).unwrap();
        assert_eq!(points.format.thousands, Some('.'));
        assert!(find(["1.5", "12.500"].into_iter(), comma, false).unwrap().format.is_plain());
    }
}
