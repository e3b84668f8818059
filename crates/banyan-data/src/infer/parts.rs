//! Texts that are several names with a separator between.

use std::collections::{HashMap, HashSet};

use super::profile::Profile;
use crate::read;

/// The separator of a column's texts, and how many different names they hold; nothing where they are no lists of names.
pub(super) fn separated(profile: &Profile<'_>) -> Option<(&'static str, usize)> {
    [";", "|", ","].into_iter().find_map(|separator| {
        let mut members: HashMap<&str, usize> = HashMap::new();
        let (mut joined, mut total, mut words) = (0usize, 0usize, 0usize);
        for text in profile.texts() {
            joined += usize::from(text.contains(separator));
            for member in read::split(text, separator) {
                total += 1;
                words += member.split_whitespace().count();
                *members.entry(member).or_default() += 1;
            }
        }
        let often = joined * 5 >= profile.known && total > profile.known;
        let short = words <= 3 * total;
        let repeated = members.len() * 2 <= total && members.len() <= 1000;
        let are_lists = often && short && repeated && !(separator == "," && are_whole_names(profile));
        are_lists.then_some((separator, members.len()))
    })
}

/// Rows that each text should have on average, to be a name of its own.
const ROWS_OF_A_NAME: usize = 4;

/// Whether texts with commas are names of their own, as answers to a question are (`Yes, always`): they come again and again as a whole, and their
/// parts come in hardly any other combination, or none that stands alone.
fn are_whole_names(profile: &Profile<'_>) -> bool {
    let wholes: HashSet<&str> = profile.texts().collect();
    if wholes.len() * ROWS_OF_A_NAME > profile.known {
        return false;
    }
    let mut of_part: HashMap<&str, usize> = HashMap::new();
    for part in wholes.iter().flat_map(|whole| read::split(whole, ",")) {
        *of_part.entry(part).or_default() += 1;
    }
    let places: usize = of_part.values().sum();
    let alone = of_part.keys().filter(|part| wholes.contains(*part)).count();
    2 * places < 3 * of_part.len() || (places <= 2 * of_part.len() && 2 * alone < of_part.len())
}
