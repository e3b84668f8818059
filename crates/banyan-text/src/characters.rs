//! Kinds of characters.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Letters, digits and the marks on them, in scripts that put spaces between words.
pub(crate) fn is_word(character: char) -> bool {
    (character.is_alphanumeric() || is_mark(character)) && !is_unspaced(character)
}

/// Combining marks (accents and vowel signs), which `is_alphanumeric` leaves out in part, and the joiners between letters.
fn is_mark(character: char) -> bool {
    character >= '\u{300}'
        && (matches!(character, '\u{200c}' | '\u{200d}') || character.general_category_group() == GeneralCategoryGroup::Mark)
}

/// Chinese, Japanese, Thai and their like.
pub(crate) fn is_unspaced(character: char) -> bool {
    matches!(character,
        '\u{0e00}'..='\u{0e7f}' | '\u{0e80}'..='\u{0eff}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
