//! The pieces of sentences as an encoder of bounded length reads them.

use super::Layout;
use banyan_text::tokens::TokenValues;
use std::ops::Range;

/// The pieces of a chunk's sentences, in windows that each begin and end with the pieces for that.
///
/// A sentence of more pieces than are read at once is cut between words into as few windows as hold it, of about the same size. Every
/// word is in one of them, and knows the words of its own window only. All rows have as many windows as the one with most.
pub(super) struct Windows {
    rows: usize,
    /// Of each row.
    count: usize,
    /// Of the longest window.
    length: usize,
    /// For each position whether it holds a piece.
    kept: Vec<bool>,
    /// The piece at each of these.
    items: Vec<u32>,
    /// Where the pieces of each token are among all positions.
    tokens: Vec<Range<usize>>,
}

impl Windows {
    /// With at most so many positions in a window, the `ends` among them.
    pub(super) fn new(tokens: &TokenValues, most: usize, ends: [u32; 2]) -> Self {
        let cuts: Vec<Vec<Range<usize>>> = tokens
            .offsets
            .windows(2)
            .map(|row| cut(row[0] as usize..row[1] as usize, most.saturating_sub(ends.len()), |token| tokens.pieces.list(token).len()))
            .collect();
        let size = |window: &Range<usize>| window.clone().map(|token| tokens.pieces.list(token).len()).sum::<usize>() + ends.len();
        let count = cuts.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let length = cuts.iter().flatten().map(size).max().unwrap_or(ends.len());
        let mut all = Self {
            rows: cuts.len(),
            count,
            length,
            kept: vec![false; cuts.len() * count * length],
            items: Vec::new(),
            tokens: Vec::with_capacity(tokens.pieces.len()),
        };
        for (row, windows) in cuts.into_iter().enumerate() {
            for (number, window) in windows.into_iter().enumerate() {
                let mut at = (row * count + number) * length;
                let begin = at;
                let mut push = |all: &mut Self, pieces: &[u32]| {
                    all.items.extend(pieces);
                    at += pieces.len();
                    at - pieces.len()..at
                };
                push(&mut all, &ends[..1]);
                for token in window {
                    let places = push(&mut all, tokens.pieces.list(token));
                    all.tokens.push(places);
                }
                let end = push(&mut all, &ends[1..]).end;
                all.kept[begin..end].fill(true);
            }
        }
        all
    }

    /// `[rows, positions of all windows, width]`: what belongs to a row stands together.
    pub(super) fn shape(&self, width: usize) -> [usize; 3] {
        [self.rows, self.count * self.length, width]
    }

    /// `[windows, positions, width]`: what reads each other stands together.
    pub(super) fn apart(&self, width: usize) -> [usize; 3] {
        [self.rows * self.count, self.length, width]
    }

    pub(super) fn kept(&self) -> &[bool] {
        &self.kept
    }

    /// How many positions hold a piece.
    pub(super) fn pieces(&self) -> usize {
        self.items.len()
    }

    /// Bags of one piece for each position that holds one, and empty ones for the others.
    pub(super) fn offsets(&self) -> Vec<u32> {
        let ends = self.kept.iter().scan(0, |end, &kept| {
            *end += u32::from(kept);
            Some(*end)
        });
        std::iter::once(0).chain(ends).collect()
    }

    pub(super) fn items(&self) -> Vec<u32> {
        self.items.clone()
    }

    /// The place of each piece in its window.
    pub(super) fn places(&self) -> Vec<u32> {
        self.kept.iter().enumerate().filter(|(_, kept)| **kept).map(|(at, _)| (at % self.length) as u32).collect()
    }

    /// For each position of a layout where the first piece of its token is; padding has none.
    pub(super) fn first_pieces(&self, layout: &Layout) -> Vec<u32> {
        let mut places = vec![u32::MAX; layout.rows * layout.length];
        layout.places().zip(&self.tokens).for_each(|(place, pieces)| places[place] = pieces.start as u32);
        places
    }

    /// For each position of a layout where the pieces of its token are, filled up with nothing to the number of the token with most, and
    /// for each of these places whether it counts.
    pub(super) fn all_pieces(&self, layout: &Layout) -> (Vec<u32>, Vec<f32>) {
        let most = self.tokens.iter().map(Range::len).max().unwrap_or(0).max(1);
        let mut places = vec![u32::MAX; layout.rows * layout.length * most];
        for (place, pieces) in layout.places().zip(&self.tokens) {
            places[place * most..].iter_mut().zip(pieces.clone()).for_each(|(to, piece)| *to = piece as u32);
        }
        let weights = places.iter().map(|&place| if place == u32::MAX { 0.0 } else { 1.0 }).collect();
        (places, weights)
    }
}

/// Cuts a sentence of tokens into windows of at most `room` pieces, as few as may be and of about the same size; a sentence without a
/// token is one window.
fn cut(tokens: Range<usize>, room: usize, size: impl Fn(usize) -> usize) -> Vec<Range<usize>> {
    let mut left: usize = tokens.clone().map(&size).sum();
    let mut windows = Vec::new();
    let mut begin = tokens.start;
    while left > room {
        let wanted = left.div_ceil(left.div_ceil(room.max(1)));
        let (mut end, mut filled) = (begin, 0);
        // The first token is in the window whatever its size, which is at most the room.
        while end < tokens.end && filled < wanted && (end == begin || filled + size(end) <= room) {
            filled += size(end);
            end += 1;
        }
        windows.push(begin..end);
        left -= filled;
        begin = end;
    }
    if begin < tokens.end || windows.is_empty() {
        windows.push(begin..tokens.end);
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sentences_are_cut_between_words() {
        let ones = |_| 1;
        assert_eq!(cut(0..0, 4, ones).as_slice(), std::slice::from_ref(&(0..0)));
        assert_eq!(cut(3..7, 4, ones).as_slice(), std::slice::from_ref(&(3..7)));
        assert_eq!(cut(3..8, 4, ones), [3..6, 6..8]);
        assert_eq!(cut(0..9, 4, ones), [0..3, 3..6, 6..9]);
        let sizes = [3, 4, 1, 4, 2];
        let windows = cut(0..5, 4, |token| sizes[token]);
        assert_eq!(windows, [0..1, 1..2, 2..3, 3..4, 4..5]);
    }

    #[test]
    fn every_piece_has_its_place() {
        let mut tokens = TokenValues { offsets: vec![0, 3, 3, 4], ..TokenValues::default() };
        for pieces in [&[5, 6][..], &[7], &[8, 9], &[5]] {
            tokens.pieces.push(pieces.iter().copied());
        }
        let windows = Windows::new(&tokens, 5, [1, 2]);
        assert_eq!((windows.shape(4), windows.apart(4)), ([3, 10, 4], [6, 5, 4]));
        assert_eq!(windows.items(), [1, 5, 6, 7, 2, 1, 8, 9, 2, 1, 2, 1, 5, 2]);
        assert_eq!(windows.places(), [0, 1, 2, 3, 4, 0, 1, 2, 3, 0, 1, 0, 1, 2]);
        assert_eq!(windows.offsets().len(), 31);
        let layout = Layout::new(&tokens);
        let none = u32::MAX;
        assert_eq!(windows.first_pieces(&layout), [1, 3, 6, none, none, none, 21, none, none]);
        let (places, weights) = windows.all_pieces(&layout);
        assert_eq!(places[..6], [1, 2, 3, none, 6, 7]);
        assert_eq!(weights[..6], [1.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    }
}
