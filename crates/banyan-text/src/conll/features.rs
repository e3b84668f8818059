//! Features of words, `Case=Nom|Number=Sing`: `_` says that a word has none, which is known of it like any other value.

use super::NOTHING;

/// The features in the order that Universal Dependencies give them: by name, whatever its letters.
pub(super) fn ordered(features: &str) -> String {
    let mut features: Vec<&str> = features.split('|').collect();
    features.sort_by_cached_key(|feature| feature.split('=').next().unwrap_or(feature).to_lowercase());
    features.join("|")
}

/// Whether no word of a whole file has any features (or is a predicate): nobody annotated them.
pub(super) fn without_any(lists: &[Option<Vec<String>>]) -> bool {
    lists.iter().flatten().flatten().all(|own| own.is_empty() || own == NOTHING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn their_order_does_not_matter() {
        assert_eq!(ordered("Number=Sing|Case=Nom"), "Case=Nom|Number=Sing");
        assert_eq!(ordered("case=Nom|Abbr=Yes|Number[psor]=Sing|Number=Plur"), "Abbr=Yes|case=Nom|Number=Plur|Number[psor]=Sing");
        assert_eq!(ordered("_"), "_");
    }
}
