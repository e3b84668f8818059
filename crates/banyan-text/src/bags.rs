//! Texts as bags of hashed features.
//!
//! Each token is a small bag of features, hashed into a fixed number of buckets (the hashing trick; Weinberger et
//! al. 2009): the word, its character 3- and 4-grams with boundary marks (Bojanowski et al. 2017), and the pair of it
//! and the word before. Nothing is learned from the training texts, so no word is ever unknown.

use crate::Ragged;
use crate::characters::is_word;
use crate::hash::hash;

/// Splits a text into lower-cased tokens: words (letters, digits and the apostrophes and marks within them), each
/// punctuation mark and symbol alone, and each character of the scripts that write without spaces.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut characters = text.chars().flat_map(char::to_lowercase).peekable();
    while let Some(character) = characters.next() {
        let inside = !word.is_empty() && characters.peek().is_some_and(|next| is_word(*next));
        if is_word(character) || (matches!(character, '\'' | '’') && inside) {
            word.push(character);
            continue;
        }
        if !word.is_empty() {
            tokens.push(std::mem::take(&mut word));
        }
        if !character.is_whitespace() && !character.is_control() {
            tokens.push(character.to_string());
        }
    }
    if !word.is_empty() {
        tokens.push(word);
    }
    tokens
}

/// The features of each of a text's first `most_tokens` tokens, as buckets `0..buckets`: one list a token.
pub fn features(text: &str, buckets: usize, most_tokens: usize) -> Ragged {
    let mut lists = Ragged::default();
    let mut previous = String::new();
    for token in tokens(text).into_iter().take(most_tokens) {
        let mut items = vec![bucket(b'w', &[&token], buckets)];
        let marked: Vec<char> = std::iter::once('<').chain(token.chars()).chain(std::iter::once('>')).collect();
        for length in [3, 4] {
            // The one gram that is the whole word tells nothing new.
            if marked.len() > length {
                items.extend(marked.windows(length).map(|gram| bucket(b'c', &[&gram.iter().collect::<String>()], buckets)));
            }
        }
        items.push(bucket(b'b', &[&previous, &token], buckets));
        lists.push(items);
        previous = token;
    }
    lists
}

/// Kinds and parts are kept apart by bytes that no text holds.
fn bucket(kind: u8, parts: &[&str], buckets: usize) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain(std::iter::once(0xFF)));
    (hash(std::iter::once(kind).chain(bytes)) % buckets.max(1) as u64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_marks_and_characters() {
        assert_eq!(tokens("Don't STOP, it's 3.5!"), ["don't", "stop", ",", "it's", "3", ".", "5", "!"]);
        assert_eq!(tokens("naïve Ärger"), ["naïve", "ärger"]);
        assert_eq!(tokens("我是a1 ok"), ["我", "是", "a1", "ok"]);
        assert_eq!(tokens("  \t "), Vec::<String>::new());
        assert_eq!(tokens("'quoted'"), ["'", "quoted", "'"]);
    }

    #[test]
    fn a_token_is_word_grams_and_pair() {
        // <cat> has 3 grams of 3 and 2 of 4; "<a>" has none but itself.
        let lists = features("a cat", 1 << 14, 10);
        assert_eq!(lists.len(), 2);
        assert_eq!(lists.list(0).len(), 2);
        assert_eq!(lists.list(1).len(), 1 + 3 + 2 + 1);
        assert!(lists.items.iter().all(|item| *item < 1 << 14));
    }

    #[test]
    fn the_same_word_shares_all_but_the_pair() {
        let lists = features("red cat blue cat", 1 << 20, 10);
        let (first, second) = (lists.list(1), lists.list(3));
        assert_eq!(first[..first.len() - 1], second[..second.len() - 1]);
        assert_ne!(first.last(), second.last());
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(features(&"word ".repeat(1000), 64, 7).len(), 7);
        assert_eq!(features("", 64, 7).len(), 0);
    }
}
