//! The time of day, wherever in a date it stands, and its zone.

use super::pieces::Piece::{self, Mark, Number, Space, Word};
use super::words::{month, zone};

/// Hours and minutes that are none.
#[derive(Debug)]
pub(super) struct NoTime;

/// Takes the time of day out: the seconds of the day less the zone's offset, so that the sum with the day is in UTC. Nothing where there is
/// none.
pub(super) fn take(pieces: &mut Vec<Piece<'_>>) -> Result<Option<f64>, NoTime> {
    write_with_colons(pieces);
    let Some(start) = start(pieces) else { return Ok(None) };
    let mut cursor = Cursor { pieces: pieces.as_slice(), at: start };
    let seconds = cursor.time().ok_or(NoTime)?;
    let offset = cursor.zone();
    let end = cursor.at;
    // What joins it to the date: `T`, or the colon of web servers' logs.
    let start = match pieces[..start] {
        [.., Word("T" | "t") | Mark(':' | '_')] => start - 1,
        [] | [.., Space | Mark(',')] => start,
        _ => return Err(NoTime),
    };
    drop(pieces.splice(start..end, [Space]));
    Ok(Some(seconds - offset.unwrap_or(0.0)))
}

/// Makes colons of the points in a time of day behind a date with the name of its month, as Oracle writes them: `31-JAN-24 10.30.15.000000 AM`.
fn write_with_colons(pieces: &mut [Piece<'_>]) {
    let is_plain = pieces.contains(&Mark(':')) || !pieces.iter().any(|piece| matches!(piece, Word(word) if month(word).is_some()));
    let are_short = |digits: [&str; 3]| digits.iter().all(|digits| digits.len() == 2);
    let is_time = |window: &[Piece<'_>]| match *window {
        [Space, Number(hour), Mark('.'), Number(minute), Mark('.'), Number(second)] => are_short([hour, minute, second]),
        _ => false,
    };
    if let Some(begin) = pieces.windows(6).position(is_time).filter(|_| !is_plain) {
        (pieces[begin + 2], pieces[begin + 4]) = (Mark(':'), Mark(':'));
    }
}

/// Where hours begin: before a colon with minutes, or else before "AM" or "PM".
fn start(pieces: &[Piece<'_>]) -> Option<usize> {
    let is_hour = |at: &usize| matches!(pieces[*at], Number(hour) if hour.len() <= 2);
    let has_minutes = |at: &usize| matches!(pieces[at + 1..], [Mark(':'), Number(_), ..]);
    let has_half = |at: &usize| Cursor { pieces, at: at + 1 }.half().is_some();
    let hours = || (0..pieces.len()).filter(is_hour);
    hours().find(has_minutes).or_else(|| hours().find(has_half))
}

/// A place among pieces. What reads at it goes on behind what it read.
struct Cursor<'a, 'p> {
    pieces: &'p [Piece<'a>],
    at: usize,
}

impl<'a> Cursor<'a, '_> {
    fn rest(&self) -> &[Piece<'a>] {
        &self.pieces[self.at..]
    }

    /// Seconds of the day.
    fn time(&mut self) -> Option<f64> {
        let [Number(hour), ..] = self.rest() else { return None };
        let hour: u32 = hour.parse().ok()?;
        self.at += 1;
        let minute = self.sixtieth().map_or(Some(0), |minute| (minute < 60).then_some(minute))?;
        let second = match self.sixtieth() {
            Some(second) => f64::from(second) + self.fraction()?,
            None => 0.0,
        };
        let half = self.half();
        // 60 is a leap second; 24:00 is the end of the day.
        let is_time = second < 61.0 && (hour < 24 || (hour == 24 && f64::from(minute) + second == 0.0));
        let hour = match half {
            None => hour,
            Some(half) if hour <= 12 => hour % 12 + half,
            Some(_) => return None,
        };
        is_time.then(|| f64::from(hour * 3600 + minute * 60) + second)
    }

    /// `:30`.
    fn sixtieth(&mut self) -> Option<u32> {
        let [Mark(':'), Number(digits), ..] = self.rest() else { return None };
        let value = if digits.len() <= 2 { digits.parse().ok()? } else { return None };
        self.at += 2;
        Some(value)
    }

    /// What follows whole seconds: `.5`, `,500`, `:500`. 0 where nothing does, nothing where it is no fraction.
    fn fraction(&mut self) -> Option<f64> {
        let digits = match self.rest() {
            [Mark('.' | ','), Number(digits), ..] => *digits,
            [Mark(':'), Number(digits), ..] if digits.len() == 3 => *digits,
            [Mark(':'), ..] => return None,
            _ => return Some(0.0),
        };
        self.at += 2;
        format!("0.{digits}").parse().ok()
    }

    /// "AM" or "PM": the hours before that half of the day.
    fn half(&mut self) -> Option<u32> {
        let mut at = self.at + usize::from(matches!(self.rest(), [Space, ..]));
        let letter = match self.pieces[at..] {
            [Word(word), ..] if word.len() == 2 => {
                at += 1;
                word.to_ascii_lowercase().strip_suffix('m')?.to_owned()
            }
            [Word(letter), Mark('.'), Word("m" | "M"), ..] => {
                at += 3 + usize::from(matches!(self.pieces[at + 3..], [Mark('.'), ..]));
                letter.to_ascii_lowercase()
            }
            _ => return None,
        };
        let hours = match letter.as_str() {
            "a" => 0,
            "p" => 12,
            _ => return None,
        };
        self.at = at;
        Some(hours)
    }

    /// The seconds that the zone is ahead of UTC, and past a remark in brackets that names it once more.
    fn zone(&mut self) -> Option<f64> {
        let mut at = self.at + usize::from(matches!(self.rest(), [Space, ..]));
        let named = if let [Word(word), ..] = self.pieces[at..] { zone(word) } else { None };
        at += usize::from(named.is_some());
        let numbered = if named.unwrap_or(0.0) == 0.0 { offset(&self.pieces[at..]) } else { None };
        let seconds = numbered.map(|(seconds, _)| seconds).or(named)?;
        at += numbered.map_or(0, |(_, pieces)| pieces);
        let remark = at + usize::from(matches!(self.pieces[at..], [Space, ..]));
        if let ([Mark('('), .., Mark(')')], _) | (_, [Mark('['), .., Mark(']')]) = (&self.pieces[remark..], &self.pieces[remark..]) {
            at = self.pieces.len();
        }
        self.at = at;
        Some(seconds)
    }
}

/// `+01:00`, `+0100` or `+01`, in seconds, and of how many pieces it is.
fn offset(pieces: &[Piece<'_>]) -> Option<(f64, usize)> {
    let (sign, hours, minutes, count) = match pieces {
        [Mark(sign @ ('+' | '-')), Number(hours), Mark(':'), Number(minutes), ..] if hours.len() == 2 && minutes.len() == 2 => {
            (sign, *hours, *minutes, 4)
        }
        [Mark(sign @ ('+' | '-')), Number(digits), ..] if matches!(digits.len(), 2 | 4) => (sign, &digits[..2], &digits[2..], 2),
        _ => return None,
    };
    // A day or a year would go on.
    if !matches!(pieces[count..], [] | [Space | Mark('(' | '['), ..]) {
        return None;
    }
    let number = |digits: &str| if digits.is_empty() { Some(0) } else { digits.parse::<u32>().ok() };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let seconds = f64::from(hours * 3600 + minutes * 60);
    (hours < 24 && minutes < 60).then_some((if *sign == '+' { seconds } else { -seconds }, count))
}
