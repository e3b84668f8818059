//! Columns of tokens by what they hold.

/// A column of a sentence's tokens.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Which of a line's cells it is.
    pub(super) place: usize,
}

/// What a column holds, and so what `_` means in it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// The tokens themselves, in which `_` is a word like others.
    Words,
    /// What a word is a form of: `_` for the word `_`, and nothing for others.
    Lemmas,
    /// Labels; `_` is none.
    Labels,
    /// Features; `_` is that there are none, unless no word of the file has any.
    Features,
    /// Senses of predicates; `_` is a word that is none, unless no word of the file is one, and a sentence may have none.
    Predicates,
    /// Numbers of words, 0 for none above; `_` is not known.
    Heads,
}

impl Field {
    /// A field under the name that the formats give it.
    pub(super) fn named(name: &str, place: usize) -> Self {
        let lower = name.to_lowercase();
        let (name, kind) = match lower.as_str() {
            "form" => ("tokens".to_owned(), Kind::Words),
            "lemma" => ("lemmas".to_owned(), Kind::Lemmas),
            "feats" => (lower, Kind::Features),
            "predicate" => (lower.clone(), Kind::Predicates),
            "head" => (lower, Kind::Heads),
            _ => (lower, Kind::Labels),
        };
        Self { name, kind, place }
    }
}
