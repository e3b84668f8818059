//! Labels as files write them: `O`, `B-PER`, `I-PER`.

use crate::quote;

/// The type of spans whose labels name none: `B`, `I` and `O` alone.
pub(super) const UNNAMED: &str = "_";

/// What spaCy writes for a token that could not be aligned with its annotation: no label.
pub const MISALIGNED: &str = "-";

/// A label of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label<'a> {
    /// The token is in no span.
    Outside,
    /// The token is in a span of a type.
    In(Prefix, &'a str),
}

/// What stands before the type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// `B`.
    Begin,
    /// `I`.
    Inside,
    /// `E`, or `L` as some files write it.
    End,
    /// `S`, or `U` as some files write it.
    Single,
}

impl<'a> Label<'a> {
    /// Reads a label; none where the text is not one. A label without a type has the type `_`.
    pub fn parse(text: &'a str) -> Option<Self> {
        if text == "O" {
            return Some(Self::Outside);
        }
        let (prefix, kind) = match text.split_once('-') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (text, UNNAMED),
        };
        let prefix = match prefix {
            "B" => Prefix::Begin,
            "I" => Prefix::Inside,
            "E" | "L" => Prefix::End,
            "S" | "U" => Prefix::Single,
            _ => return None,
        };
        Some(Self::In(prefix, kind))
    }

    /// Reads the labels of a sentence that are types alone: `PER PER O LOC`, in which tokens of one type beside each other are one span.
    /// An empty text and [`MISALIGNED`] are a token without a label.
    pub fn parse_types(labels: &'a [impl AsRef<str>]) -> Vec<Option<Self>> {
        let parse = |text: &'a str| match text {
            "" | MISALIGNED => None,
            "O" => Some(Self::Outside),
            kind => Some(Self::In(Prefix::Inside, kind)),
        };
        labels.iter().map(|label| parse(label.as_ref())).collect()
    }

    /// Reads the labels of a sentence, an empty text and [`MISALIGNED`] being a token without.
    ///
    /// # Errors
    /// A text that is not a label, as the beginning of a sentence.
    pub fn parse_all(labels: &'a [impl AsRef<str>]) -> Result<Vec<Option<Self>>, String> {
        let parse = |text: &'a str| match Self::parse(text) {
            None if !text.is_empty() && text != MISALIGNED => {
                Err(format!("{} is not the label of a span, as O, B-PER and I-PER are", quote(text)))
            }
            label => Ok(label),
        };
        labels.iter().map(|label| parse(label.as_ref())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_every_spelling() {
        assert_eq!(Label::parse("O"), Some(Label::Outside));
        assert_eq!(Label::parse("B-ARGM-TMP"), Some(Label::In(Prefix::Begin, "ARGM-TMP")));
        assert_eq!((Label::parse("L-X"), Label::parse("U-X")), (Label::parse("E-X"), Label::parse("S-X")));
        assert_eq!(Label::parse("I"), Some(Label::In(Prefix::Inside, "_")));
        for text in ["", "o", "NOUN", "B-", "PER", "X-PER", "B_PER", "BI-PER"] {
            assert_eq!(Label::parse(text), None, "{text}");
        }
        let person = Some(Label::In(Prefix::Inside, "PER"));
        assert_eq!(Label::parse_types(&["PER", "PER", "O", "", "-"]), [person, person, Some(Label::Outside), None, None]);
        assert_eq!(Label::parse_all(&["O", ""]), Ok(vec![Some(Label::Outside), None]));
        assert_eq!(Label::parse_all(&["-", "U-X"]), Ok(vec![None, Label::parse("S-X")]));
        assert_eq!(Label::parse_all(&["O", "NOUN"]).unwrap_err(), "\"NOUN\" is not the label of a span, as O, B-PER and I-PER are");
    }
}
