//! "Did you mean …?": the known name that a mistyped one stands for.

/// Names listed when none is near; more would bury the message.
const LISTED: usize = 24;

/// The candidate that was probably meant by a mistyped word; `None` where none is near.
///
/// Near means at most one edit (insertion, deletion, replacement, swap of neighbors) for every three letters, one for a word of
/// two; or an abbreviation of at least three letters, as `img` is of `image`. Case does not matter, nor whether parts are joined by
/// `-`, `_` or a space.
///
/// ```
/// use banyan_method::nearest;
/// assert_eq!(nearest("epoch", ["epochs", "seed"]), Some("epochs"));
/// assert_eq!(nearest("color", ["epochs", "seed"]), None);
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

/// What to say about an unknown word: `did you mean "epochs"?`, or, where nothing is near, `otherwise` and the candidates; `None` where
/// there are no candidates.
///
/// ```
/// use banyan_method::suggest;
/// assert_eq!(suggest("tain", &["train", "valid"], "the tables are").unwrap(), "did you mean \"train\"?");
/// assert_eq!(suggest("rows", &["train", "valid"], "the tables are").unwrap(), "the tables are train and valid");
/// ```
pub fn suggest(word: &str, candidates: &[&str], otherwise: &str) -> Option<String> {
    match nearest(word, candidates.iter().copied()) {
        Some(candidate) => Some(format!("did you mean \"{candidate}\"?")),
        None if candidates.is_empty() => None,
        None => Some(format!("{otherwise} {}", enumerate(candidates))),
    }
}

/// `a`, `a and b`, `a, b and c`; of very many words only the first, and how many more there are.
///
/// ```
/// assert_eq!(banyan_method::enumerate(&["a", "b", "c"]), "a, b and c");
/// ```
pub fn enumerate(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        words if words.len() > LISTED => format!("{} and {} more", words[..LISTED].join(", "), words.len() - LISTED),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("learning-rate", ["learning_rate", "log_every"]), Some("learning_rate"));
        assert_eq!(nearest("Epochs", ["epochs"]), Some("epochs"));
        assert_eq!(nearest("lr", ["learning_rate", "seed"]), None);
        assert_eq!(nearest("batch", ["batch_size", "seed"]), Some("batch_size"));
        assert_eq!(nearest("speeker", ["digit", "speaker"]), Some("speaker"));
        assert_eq!(nearest("zebra", ["digit", "speaker"]), None);
        assert_eq!(nearest("NashMTL", ["equal", "nash-mtl"]), Some("nash-mtl"));
        assert_eq!(nearest("C", ["c", "rescale"]), Some("c"));
        assert_eq!(nearest("", ["c"]), None);
    }

    #[test]
    fn the_first_of_several_equally_near_words_is_meant() {
        assert_eq!(nearest("bax", ["box", "bag"]), Some("box"));
        assert_eq!(nearest("bax", ["bag", "box"]), Some("bag"));
    }

    #[test]
    fn very_many_words_are_counted() {
        let names: Vec<String> = (0..30).map(|number| format!("column{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let hint = suggest("zebra", &names, "its columns are").unwrap();
        assert!(hint.starts_with("its columns are column0, column1, ") && hint.ends_with(", column23 and 6 more"), "{hint}");
        assert_eq!(suggest("zebra", &[], "its columns are"), None);
    }
}
