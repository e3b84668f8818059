//! How a word is spelt before it is cut into pieces, as BERT's own tokenizer has it.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// What becomes of a word's characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spelling {
    /// Whether capitals become small letters.
    pub lowercase: bool,
    /// Whether letters lose their accents.
    pub strip_accents: bool,
    /// Whether each Chinese character is a word of its own.
    pub split_chinese: bool,
}

impl Spelling {
    /// The words within a word: control characters are left out; spaces, punctuation and (where it is asked for) Chinese characters
    /// divide it, and all but the spaces are words themselves.
    pub(super) fn words(self, word: &str) -> Vec<String> {
        let plain = word.chars().filter(|&character| !is_control(character));
        let bare: String = if self.strip_accents {
            plain.nfd().filter(|character| character.general_category() != GeneralCategory::NonspacingMark).collect()
        } else {
            plain.collect()
        };
        let spelt: String = if self.lowercase { bare.chars().flat_map(char::to_lowercase).collect() } else { bare };
        let mut words: Vec<String> = Vec::new();
        let mut is_open = false;
        for character in spelt.chars() {
            if character.is_whitespace() {
                is_open = false;
            } else if is_punctuation(character) || self.split_chinese && is_chinese(character) {
                words.push(character.to_string());
                is_open = false;
            } else if let (true, Some(last)) = (is_open, words.last_mut()) {
                last.push(character);
            } else {
                words.push(character.to_string());
                is_open = true;
            }
        }
        words
    }
}

/// Codes that no character has yet are not among them: what is new to one version of Unicode is an unknown piece, not nothing.
fn is_control(character: char) -> bool {
    use GeneralCategory::{Control, Format, PrivateUse};
    let is_space = matches!(character, '\t' | '\n' | '\r');
    character == '\u{fffd}' || !is_space && matches!(character.general_category(), Control | Format | PrivateUse)
}

fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation() || character.general_category_group() == GeneralCategoryGroup::Punctuation
}

/// The blocks of Chinese characters, which Korean's and Japanese's own letters are not among.
fn is_chinese(character: char) -> bool {
    matches!(u32::from(character),
        0x4e00..=0x9fff
        | 0x3400..=0x4dbf
        | 0x20000..=0x2a6df
        | 0x2a700..=0x2b73f
        | 0x2b740..=0x2b81f
        | 0x2b820..=0x2ceaf
        | 0xf900..=0xfaff
        | 0x2f800..=0x2fa1f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_divided_as_bert_divides_them() {
        let uncased = Spelling { lowercase: true, strip_accents: true, split_chinese: true };
        let cased = Spelling { lowercase: false, strip_accents: false, split_chinese: true };
        for (word, small, as_it_is) in [
            ("Café", "cafe", "Café"),
            ("don't", "don ' t", "don ' t"),
            ("U.S.", "u . s .", "U . S ."),
            ("10:30–11", "10 : 30 – 11", "10 : 30 – 11"),
            ("a\u{200b}b\u{0}c", "abc", "abc"),
            ("a\u{a0}b", "a b", "a b"),
            ("a\u{20fd}b", "a\u{20fd}b", "a\u{20fd}b"),
            ("東京Tower", "東 京 tower", "東 京 Tower"),
            ("ひらがな한글", "ひらかな한글", "ひらがな한글"),
            ("$5", "$ 5", "$ 5"),
            ("£5", "£5", "£5"),
            ("\u{301}", "", "\u{301}"),
            ("", "", ""),
        ] {
            assert_eq!(cased.words(word).join(" "), as_it_is, "{word}");
            assert_eq!(uncased.words(word).join(" ").nfc().collect::<String>(), small, "{word}");
        }
        let joined = Spelling { split_chinese: false, ..cased };
        assert_eq!(joined.words("東京"), ["東京"]);
    }
}
