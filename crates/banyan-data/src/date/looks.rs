//! Texts that a person takes for a date, whether or not they are read as one.

use super::pieces::Piece::{Mark, Number, Space, Word};
use super::{clock, pieces, reading, words};

/// Names of months that English does not share: German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Turkish.
const MONTHS: &str = "januar jänner februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre \
    novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre \
    gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre janeiro fevereiro março maio junho julho \
    setembro outubro novembro dezembro januari februari maart mei augustus stycznia lutego marca kwietnia maja czerwca lipca \
    sierpnia września października listopada grudnia января февраля марта апреля мая июня июля августа сентября октября \
    ноября декабря ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık";

/// Whether a text looks like a date: it is one; or three numbers with a year first or last that no calendar has; or numbers with the name of a
/// month in some language.
pub(crate) fn looks_like_date(text: &str) -> bool {
    if reading(text).is_some() {
        return true;
    }
    let Some(mut pieces) = pieces::cut(text.trim()) else { return false };
    let _ = clock::take(&mut pieces);
    let (mut numbers, mut months, mut others, mut marks): (Vec<&str>, usize, usize, Vec<char>) = (Vec::new(), 0, 0, Vec::new());
    for piece in pieces {
        match piece {
            Space => {}
            Mark(mark) => marks.push(mark),
            Number(digits) => numbers.push(digits),
            Word("年" | "月" | "日" | "년" | "월" | "일") => months = 1,
            Word(word) if words::month(word).is_some() || is_month(word) => months += 1,
            Word(_) => others += 1,
        }
    }
    let is_year = |digits: &&&str| digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    let is_small = |digits: &&str| digits.len() <= 2;
    let years = numbers.iter().filter(is_year).count();
    match numbers.as_slice() {
        [first, second, third] if months == 0 && others == 0 => {
            let is_parted = matches!(marks.as_slice(), [left @ ('-' | '/' | '.'), right] if left == right);
            let small = [first, second, third].into_iter().filter(|digits| is_small(digits)).count();
            // 0000-00-00 is what a database has for no date.
            is_parted && small == 2 && !is_year(&second) && (years == 1 || *first == "0000")
        }
        [_] | [_, _] | [_, _, _] => months == 1 && years == 1 && others <= 3 && marks.len() <= 3,
        _ => false,
    }
}

/// Whether a word is the name of a month, or the beginning of one.
fn is_month(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower.chars().count() >= 3 && MONTHS.split(' ').any(|name| name.starts_with(&lower))
}
