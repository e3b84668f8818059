//! "Did you mean …": the nearest of the known names.

use crate::error::Hint;

/// Names listed when none is near; more would bury the message.
const LISTED: usize = 12;

/// The known name nearest to `wrong`, if one is near enough to be meant.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= (wrong.chars().count().max(name.chars().count()) / 3).max(1))
        .map(|(_, name)| name)
}

/// The hint of a sentence about an unknown name: the nearest known one, or what `kind` of names there are.
pub(crate) fn hint(wrong: &str, known: &[&str], kind: &str) -> Hint {
    if let Some(name) = nearest(wrong, known.iter().copied()) {
        return Hint::new(format!("did you mean \"{name}\"?"));
    }
    if known.is_empty() {
        return Hint::default();
    }
    let listed: Vec<&str> = known.iter().take(LISTED).copied().collect();
    let more = known.len().saturating_sub(LISTED);
    let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
    Hint::new(format!("{kind} are {}{tail}", listed.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_near_names_only() {
        assert_eq!(nearest("speeker", ["digit", "speaker"]), Some("speaker"));
        assert_eq!(nearest("Digit", ["digit", "speaker"]), Some("digit"));
        assert_eq!(nearest("zebra", ["digit", "speaker"]), None);
        assert_eq!(hint("zebra", &["digit", "speaker"], "its columns").to_string(), "; its columns are digit, speaker");
    }
}
