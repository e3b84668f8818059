//! Hashed features of a word.

use crate::hash::hash;

/// The features of a word: norm, first character, first three, last two, last three, shape.
pub const FEATURES: usize = 6;

/// A run of one kind of character counts as so many at most in a shape.
const LONGEST_RUN: usize = 4;

/// The features of a word, each as a hash of 32 bits, from which an encoder takes rows of a table of its own: the word in small letters (with plain quotation marks, dashes
/// and letters for their typographic and wide forms), of that the first character and the first three, the last two and the last
/// three, and the word's shape, in which a capital is `X`, another letter `x` and a digit `d`, runs cut at four (`McDonald's`: `XxXxxxx'x`).
pub fn features(word: &str) -> [u32; FEATURES] {
    let norm: Vec<char> = word.chars().map(plain).flat_map(char::to_lowercase).collect();
    let (first, last) = (|length: usize| &norm[..length.min(norm.len())], |length: usize| &norm[norm.len().saturating_sub(length)..]);
    let shape = shape(word);
    let parts: [&[char]; FEATURES] = [&norm, first(1), first(3), last(2), last(3), &shape];
    let mut kind = 0;
    parts.map(|part| {
        kind += 1;
        let text: String = part.iter().collect();
        hash(std::iter::once(kind).chain(text.into_bytes())) as u32
    })
}

/// A typographic or wide character as the plain one.
fn plain(character: char) -> char {
    match character {
        '‘' | '’' | '‛' | '`' => '\'',
        '“' | '”' | '„' | '‟' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' => '-',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        other => other,
    }
}

fn shape(word: &str) -> Vec<char> {
    let mut shape: Vec<char> = Vec::new();
    for character in word.chars().map(plain) {
        let kind = match character {
            character if character.is_alphabetic() => {
                if character.is_uppercase() {
                    'X'
                } else {
                    'x'
                }
            }
            character if character.is_numeric() => 'd',
            other => other,
        };
        if shape.len() < LONGEST_RUN || shape[shape.len() - LONGEST_RUN..].iter().any(|before| *before != kind) {
            shape.push(kind);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape_of(word: &str) -> String {
        shape(word).into_iter().collect()
    }

    #[test]
    fn shapes_are_cut() {
        for (word, expected) in [
            ("Apple", "Xxxxx"),
            ("internationally", "xxxx"),
            ("U.S.", "X.X."),
            ("12,000", "dd,ddd"),
            ("2004", "dddd"),
            ("123456", "dddd"),
            ("Ｅ-mail", "X-xxxx"),
            ("人", "x"),
            ("", ""),
        ] {
            assert_eq!(shape_of(word), expected, "{word}");
        }
    }

    #[test]
    fn words_share_what_they_have_in_common() {
        let same = |left: &str, right: &str| {
            let (left, right) = (features(left), features(right));
            (0..FEATURES).map(|place| left[place] == right[place]).collect::<Vec<bool>>()
        };
        assert_eq!(same("walking", "talking"), [false, false, false, true, true, true]);
        assert_eq!(same("Walk", "walk"), [true, true, true, true, true, false]);
        assert_eq!(same("walked", "walks"), [false, true, true, false, false, true]);
        assert_eq!(same("don’t", "don't"), [true; FEATURES]);
        assert_eq!(same("a", "a"), [true; FEATURES]);
    }

    #[test]
    fn each_feature_has_hashes_of_its_own() {
        let hashes = features("a");
        assert!((1..FEATURES - 1).all(|place| hashes[place] != hashes[0]), "the word, its first and its last are all a");
        // Runs on disk depend on these.
        assert_eq!(features("Banyan"), [3028260758, 3036076669, 3838259917, 3831598851, 73453267, 2714905072]);
    }
}
