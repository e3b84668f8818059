//! Characters of words.

use std::collections::HashMap;

use crate::Ragged;

/// Characters kept, the most frequent first.
const MOST: usize = 512;
/// How often one must come to be kept.
const FEWEST: usize = 3;
/// Of longer words the first and the last are read: addresses would be most of what a model spends its time on.
const LONGEST: usize = 48;

/// The characters of the training words, most frequent first, equals by their code.
pub fn vocabulary(counts: HashMap<char, usize>) -> Vec<char> {
    let mut characters: Vec<(char, usize)> = counts.into_iter().filter(|(_, count)| *count >= FEWEST).collect();
    characters.sort_by(|(left, left_count), (right, right_count)| right_count.cmp(left_count).then_with(|| left.cmp(right)));
    characters.truncate(MOST);
    characters.into_iter().map(|(character, _)| character).collect()
}

/// A vocabulary, for looking characters up: those of ASCII by their code, the few others one by one.
pub(super) struct Characters<'a> {
    ascii: [u32; 128],
    all: &'a [char],
}

impl<'a> Characters<'a> {
    pub(super) fn new(all: &'a [char]) -> Self {
        let mut ascii = [0; 128];
        for (place, character) in all.iter().enumerate().filter(|(_, character)| character.is_ascii()) {
            ascii[*character as usize] = place as u32 + 1;
        }
        Self { ascii, all }
    }

    fn find(&self, character: char) -> u32 {
        match self.ascii.get(character as usize) {
            Some(place) => *place,
            None => self.all.iter().position(|known| *known == character).map_or(0, |place| place as u32 + 1),
        }
    }

    /// Appends the characters of a word; a gap is one unknown character, so that no list is empty.
    pub(super) fn push(&self, word: &str, lists: &mut Ragged) {
        let mut places: Vec<u32> = word.chars().map(|character| self.find(character)).collect();
        if places.is_empty() {
            places.push(0);
        }
        if places.len() > LONGEST {
            places.drain(LONGEST / 2..places.len() - LONGEST / 2);
        }
        lists.push(places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_come_first_and_the_rare_not_at_all() {
        let counts = [('b', 5), ('é', 9), ('a', 5), ('z', FEWEST - 1)].into_iter().collect();
        let all = vocabulary(counts);
        assert_eq!(all, ['é', 'a', 'b']);
        let mut lists = Ragged::default();
        let characters = Characters::new(&all);
        characters.push("abéz漢", &mut lists);
        characters.push("", &mut lists);
        assert_eq!((lists.list(0), lists.list(1)), ([2, 3, 1, 0, 0].as_slice(), [0].as_slice()));
        let many = (0..2 * MOST as u32).map(|code| (char::from_u32(0x4e00 + code).unwrap(), FEWEST)).collect();
        assert_eq!(vocabulary(many).len(), MOST);
    }

    #[test]
    fn long_words_keep_their_ends() {
        let all = ['a', 'b', 'c'];
        let mut lists = Ragged::default();
        Characters::new(&all).push(&format!("a{}c", "b".repeat(1000)), &mut lists);
        let list = lists.list(0);
        assert_eq!((list.len(), list[0], list[1], list[LONGEST - 1]), (LONGEST, 1, 2, 3));
    }
}
