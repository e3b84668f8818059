//! "Did you mean …".

/// The candidate that was probably meant by a mistyped word; `None` where none is near.
///
/// Near is: at most one edit (insertion, deletion, replacement, swap of neighbours) for each three letters, one for a
/// word of two; or an abbreviation of at least three letters, as `img` is of `image`. Case does not count, nor whether
/// parts are joined by `-` or `_`.
///
/// ```
/// use banyan_train::config::nearest;
/// assert_eq!(nearest("epoch", ["epochs", "seed"]), Some("epochs"));
/// assert_eq!(nearest("colour", ["epochs", "seed"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let word = fold(word);
    let allowed = (word.chars().count() / 3).max(usize::from(word.chars().count() > 1));
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let folded = fold(candidate);
        let mut distance = strsim::damerau_levenshtein(&word, &folded);
        if abbreviates(&word, &folded) || abbreviates(&folded, &word) {
            distance = distance.min(allowed);
        }
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Whether `short` has at least three letters, begins as `long` does and is `long` with letters left out.
fn abbreviates(short: &str, long: &str) -> bool {
    let mut letters = long.chars();
    short.chars().count() >= 3
        && short.chars().next() == long.chars().next()
        && short.chars().all(|letter| letters.any(|other| other == letter))
}

/// `; did you mean "epochs"?`, or what there is to choose from where nothing is near.
pub(super) fn suggestion(word: &str, candidates: &[&str], otherwise: &str) -> String {
    match nearest(word, candidates.iter().copied()) {
        Some(candidate) => format!("; did you mean \"{candidate}\"?"),
        None if candidates.is_empty() => String::new(),
        None => format!("; {otherwise} {}", enumeration(candidates)),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn enumeration(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
