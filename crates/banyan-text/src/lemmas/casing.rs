//! Capital and small letters of lemmas.

/// What letters a script writes a lemma in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Casing {
    /// What is kept of the word stays as it is.
    Keep,
    /// Small letters.
    Lower,
    /// A capital and small letters.
    Title,
    /// Capitals.
    Upper,
}

/// All of them, as scripts are written.
const NAMES: [(Casing, &str); 4] = [(Casing::Keep, "keep"), (Casing::Lower, "lower"), (Casing::Title, "title"), (Casing::Upper, "upper")];

impl Casing {
    /// As a script is written.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(casing, _)| *casing == self).map_or("", |(_, name)| name)
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(casing, _)| *casing)
    }

    /// A text in these letters.
    pub(super) fn write(self, text: &str) -> String {
        match self {
            Self::Keep => text.to_owned(),
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
            Self::Title => {
                let mut rest = text.chars();
                let first = rest.next().into_iter().flat_map(char::to_uppercase);
                first.chain(rest.as_str().to_lowercase().chars()).collect()
            }
        }
    }
}

/// A character in small letters, where these are one character.
pub(super) fn fold(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}
