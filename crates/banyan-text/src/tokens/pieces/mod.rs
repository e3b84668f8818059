//! Words as pieces of a fixed vocabulary (Schuster and Nakajima, 2012), as encoders of BERT's family read them.

mod folder;
mod spelling;
mod tokenizer_json;

pub use spelling::Spelling;

use std::collections::HashMap;

/// What begins a piece that goes on within a word.
const CONTINUED: &str = "##";

/// Of a longer run of letters no piece is sought: it is unknown, as for BERT.
const LONGEST_WORD: usize = 100;

/// Pieces of a word, the first and the last, that are read of a longer one: an address would else be most of its sentence.
pub const MOST_PIECES: usize = 64;

/// A vocabulary of pieces, and how words are spelt in it.
#[derive(Debug, Clone, PartialEq)]
pub struct WordPieces {
    pieces: Vec<String>,
    places: HashMap<String, u32>,
    spelling: Spelling,
    unknown: u32,
    begin: u32,
    end: u32,
}

impl Default for WordPieces {
    fn default() -> Self {
        let spelling = Spelling { lowercase: false, strip_accents: false, split_chinese: false };
        Self { pieces: Vec::new(), places: HashMap::new(), spelling, unknown: 0, begin: 0, end: 0 }
    }
}

impl WordPieces {
    /// A vocabulary, in the order of its numbers.
    ///
    /// # Errors
    /// If one of the pieces `[UNK]`, `[CLS]` and `[SEP]` is not in it, or a piece is more than a line.
    pub fn new(pieces: Vec<String>, spelling: Spelling) -> Result<Self, String> {
        if let Some(piece) = pieces.iter().find(|piece| piece.contains(['\n', '\r'])) {
            return Err(format!("its vocabulary has a piece with a line break, {piece:?}"));
        }
        let mut places = HashMap::with_capacity(pieces.len());
        for (place, piece) in pieces.iter().enumerate() {
            places.insert(piece.clone(), place as u32);
        }
        let special = |piece: &str| places.get(piece).copied().ok_or_else(|| format!("its vocabulary has no piece {piece}"));
        let (unknown, begin, end) = (special("[UNK]")?, special("[CLS]")?, special("[SEP]")?);
        Ok(Self { pieces, places, spelling, unknown, begin, end })
    }

    /// The pieces, in the order of their numbers.
    pub fn pieces(&self) -> &[String] {
        &self.pieces
    }

    /// How words are spelt.
    pub fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// The numbers of the pieces that begin and end a sentence.
    pub fn ends(&self) -> [u32; 2] {
        [self.begin, self.end]
    }

    /// The numbers of a word's pieces: of each part of it, from the left, the longest piece that fits. A part for which none fits is one
    /// unknown piece, as is a word of which nothing is left. Names of special pieces are words like others.
    pub fn encode(&self, word: &str) -> Vec<u32> {
        let mut numbers = Vec::new();
        for part in self.spelling.words(word) {
            let before = numbers.len();
            if !self.cut(&part, &mut numbers) {
                numbers.truncate(before);
                numbers.push(self.unknown);
            }
        }
        if numbers.is_empty() {
            numbers.push(self.unknown);
        }
        numbers
    }

    /// Whether pieces make up the whole part.
    fn cut(&self, part: &str, numbers: &mut Vec<u32>) -> bool {
        if part.chars().count() > LONGEST_WORD {
            return false;
        }
        let mut begin = 0;
        let mut piece = String::new();
        while begin < part.len() {
            let ends = part[begin..].char_indices().map(|(at, character)| begin + at + character.len_utf8());
            let found = ends.rev().find_map(|end| {
                piece.clear();
                piece.push_str(if begin > 0 { CONTINUED } else { "" });
                piece.push_str(&part[begin..end]);
                self.places.get(&piece).map(|place| (*place, end))
            });
            let Some((place, end)) = found else { return false };
            numbers.push(place);
            begin = end;
        }
        true
    }
}

/// The first and the last pieces of a word that has more than are read.
pub(super) fn shorten(numbers: &mut Vec<u32>, most: usize) {
    if numbers.len() > most {
        numbers.drain(most.div_ceil(2)..numbers.len() - most / 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces() -> WordPieces {
        let all = "[PAD] [UNK] [CLS] [SEP] un ##aff ##able ##affable a ##b , unaff".split(' ').map(str::to_owned).collect();
        WordPieces::new(all, Spelling { lowercase: true, strip_accents: true, split_chinese: true }).unwrap()
    }

    #[test]
    fn the_longest_piece_is_taken_from_the_left() {
        let pieces = pieces();
        for (word, expected) in [
            ("unaffable", &[11, 6][..]),
            ("Un", &[4]),
            ("ab,a", &[8, 9, 10, 8]),
            ("abc", &[1]),
            ("abc,a", &[1, 10, 8]),
            ("", &[1]),
            ("\u{0}", &[1]),
            (&"a".repeat(101), &[1]),
        ] {
            assert_eq!(pieces.encode(word), expected, "{word}");
        }
        assert_eq!(pieces.ends(), [2, 3]);
    }

    #[test]
    fn long_words_keep_their_ends() {
        let mut numbers: Vec<u32> = (0..10).collect();
        shorten(&mut numbers, 10);
        assert_eq!(numbers.len(), 10);
        shorten(&mut numbers, 5);
        assert_eq!(numbers, [0, 1, 2, 8, 9]);
    }

    #[test]
    fn the_special_pieces_must_be_there() {
        let spelling = pieces().spelling();
        let error = WordPieces::new(vec!["[UNK]".to_owned(), "[CLS]".to_owned()], spelling).unwrap_err();
        assert_eq!(error, "its vocabulary has no piece [SEP]");
        let error = WordPieces::new(vec!["a\nb".to_owned()], spelling).unwrap_err();
        assert_eq!(error, "its vocabulary has a piece with a line break, \"a\\nb\"");
    }
}
