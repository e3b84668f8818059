//! Texts that are several names with a separator between.

use std::collections::{HashMap, HashSet};

use super::profile::Profile;
use crate::read;
use crate::value::is_empty_list;

/// The separator of a column's texts, and how many different names they hold; nothing where they are no lists of names.
pub(super) fn separated(profile: &Profile<'_>) -> Option<(&'static str, usize)> {
    let empty = profile.rows_where(is_empty_list);
    let known = profile.known - empty;
    let found = [";", "|", ","].into_iter().find_map(|separator| {
        let mut members: HashMap<&str, usize> = HashMap::new();
        let (mut joined, mut total, mut words) = (0usize, 0usize, 0usize);
        for (text, rows) in profile.counted_texts() {
            joined += if text.contains(separator) { rows } else { 0 };
            for member in read::split(text, separator) {
                total += rows;
                words += rows * member.split_whitespace().count();
                *members.entry(member).or_default() += rows;
            }
        }
        // Where one cell is the empty list, the others are lists too.
        let often = joined > 0 && total > known && (joined * 5 >= known || empty > 0);
        let short = words <= 3 * total;
        let repeated = members.len() * 2 <= total && members.len() <= 1000;
        let are_lists = often && short && repeated && !(empty == 0 && are_whole_names(profile, separator));
        are_lists.then_some((separator, members.len()))
    });
    found.or_else(|| {
        // Lists of one name or none.
        let names: HashSet<&str> = profile.texts().filter(|text| !is_empty_list(text)).collect();
        (empty > 0 && !names.is_empty() && names.len() * 2 <= known).then_some((";", names.len()))
    })
}

/// Rows that each text should have on average, to be a name of its own.
const ROWS_OF_A_NAME: usize = 4;

/// Whether texts with separators are names of their own, as answers to a question are (`Yes, always`): they come again and again as a whole, and
/// their parts come in hardly any other combination, or none that stands alone.
fn are_whole_names(profile: &Profile<'_>, separator: &str) -> bool {
    // Of the others, those that stand between words of a sentence.
    let is_punctuation = |text: &str| !text.contains(separator) || text.contains(&format!("{separator} "));
    let wholes: HashSet<&str> = profile.texts().collect();
    if wholes.len() * ROWS_OF_A_NAME > profile.known || (separator != "," && !wholes.iter().all(|whole| is_punctuation(whole))) {
        return false;
    }
    let mut of_part: HashMap<&str, usize> = HashMap::new();
    for part in wholes.iter().flat_map(|whole| read::split(whole, separator)) {
        *of_part.entry(part).or_default() += 1;
    }
    let places: usize = of_part.values().sum();
    let alone = of_part.keys().filter(|part| wholes.contains(*part)).count();
    2 * places < 3 * of_part.len() || (places <= 2 * of_part.len() && 2 * alone < of_part.len())
}

/// Cells with several numbers that tell sets of numbers from numbers with a comma.
const FEWEST_JOINED: usize = 5;

/// Whether texts of digits and commas are sets of numbers that name things (`2,4`, `108,115`), not numbers with a comma in them.
/// Each text comes with the number of its rows.
pub(super) fn are_sets_of_numbers<'a>(texts: impl Iterator<Item = (&'a str, usize)>) -> bool {
    let (mut joined, mut total, mut rise, mut is_of_codes) = (0usize, 0usize, true, true);
    let (mut first, mut last, mut all) = (HashSet::new(), HashSet::new(), HashSet::new());
    for (text, rows) in texts {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let is_number = |part: &&str| !part.is_empty() && !part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit());
        if !parts.iter().all(is_number) {
            return false;
        }
        total += rows * parts.len();
        is_of_codes &=
            parts.iter().all(|part| part.len() == parts[0].len()) && (1..parts.len()).all(|place| !parts[..place].contains(&parts[place]));
        if let [begin, .., end] = parts.as_slice() {
            joined += rows;
            rise &=
                parts.iter().all(|part| part.len() < 3) && parts.windows(2).all(|pair| (pair[0].len(), pair[0]) < (pair[1].len(), pair[1]));
            first.insert(*begin);
            last.insert(*end);
        }
        all.extend(parts);
    }
    // The same numbers stand before the comma and behind it.
    let shared = first.intersection(&last).count();
    let are_one_kind = first.len() > 1 && 2 * shared >= first.len().min(last.len());
    joined >= FEWEST_JOINED && are_one_kind && (rise || (is_of_codes && 5 * all.len() <= total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_numbers_are_no_numbers() {
        let are_sets = |cell: &dyn Fn(usize) -> String| {
            let cells: Vec<String> = (0..60).map(cell).collect();
            are_sets_of_numbers(cells.iter().map(|cell| (cell.as_str(), 1)))
        };
        assert!(are_sets(&|row| ["2,4", "3", "1,2", "1,3", "3,4"][row % 5].to_owned()));
        assert!(are_sets(&|row| ["108,115,109", "115", "109,108"][row % 3].to_owned()));
        for cell in [
            &(|row: usize| format!("1,{}", 50 + row)) as &dyn Fn(usize) -> String,
            &|row| format!("{},{}", row % 9 + 1, row % 7 + 1),
            &|row| format!("{},{:03}", row % 9 + 1, row * 7 % 900 + 100),
            &|row| format!("{},{:03}", 100 + row * 7, row * 13 % 900 + 100),
            &|row| format!("{}00,000", row % 9 + 1),
            &|row| format!("0,{}", row + 1),
        ] {
            assert!(!are_sets(cell), "{}", cell(3));
        }
    }
}
