//! Word vectors: what was learned about words from far more text than a table holds.

mod line;
mod stored;
mod text;

use std::collections::HashMap;

/// A vector for each of many words.
///
/// They are read from a [text file](WordVectors::read) and stay as they are, but for their scale: files differ in it by a factor of ten and
/// more, so the table as a whole is divided by the root of the mean of its squares.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WordVectors {
    width: usize,
    /// In the order of the file.
    words: Vec<String>,
    places: HashMap<String, u32>,
    /// Of each word `width` numbers.
    values: Vec<f32>,
}

impl WordVectors {
    /// The number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The numbers of each vector.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The place of a word as it is written, else in small letters.
    pub fn find(&self, word: &str) -> Option<u32> {
        self.places.get(word).or_else(|| self.places.get(&word.to_lowercase())).copied()
    }

    /// The vector at a place that [`find`](Self::find) gave.
    pub fn vector(&self, place: u32) -> &[f32] {
        &self.values[place as usize * self.width..][..self.width]
    }

    /// Adds a word; of one that comes twice the first counts.
    fn push(&mut self, word: String, vector: &[f32]) {
        let place = self.words.len() as u32;
        if let std::collections::hash_map::Entry::Vacant(entry) = self.places.entry(word.clone()) {
            entry.insert(place);
            self.words.push(word);
            self.values.extend_from_slice(vector);
        }
    }

    /// Brings the mean of the squares to one.
    fn scale(&mut self) {
        let squares: f64 = self.values.iter().map(|value| f64::from(*value).powi(2)).sum();
        let factor = (self.values.len() as f64 / squares).sqrt();
        if factor.is_finite() {
            self.values.iter_mut().for_each(|value| *value = (f64::from(*value) * factor) as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_as_they_are_and_then_in_small_letters() {
        let mut vectors = WordVectors { width: 1, ..WordVectors::default() };
        for (number, word) in ["us", "US", "paris", "us"].into_iter().enumerate() {
            vectors.push(word.to_owned(), &[number as f32]);
        }
        assert_eq!(vectors.len(), 3);
        let found = ["us", "US", "Us", "Paris", "PARIS", "Rome"].map(|word| vectors.find(word));
        assert_eq!(found, [Some(0), Some(1), Some(0), Some(2), Some(2), None]);
        assert_eq!(vectors.vector(1), [1.0]);
    }

    #[test]
    fn the_table_as_a_whole_is_scaled() {
        let mut vectors = WordVectors { width: 2, ..WordVectors::default() };
        vectors.push("a".to_owned(), &[0.3, -0.1]);
        vectors.push("b".to_owned(), &[0.0, 0.1]);
        vectors.scale();
        let squares: f32 = vectors.values.iter().map(|value| value * value).sum();
        assert!((squares / 4.0 - 1.0).abs() < 1e-6, "{vectors:?}");
        assert!((vectors.values[0] / vectors.values[1] + 3.0).abs() < 1e-6);
        let mut zeros = WordVectors { width: 1, ..WordVectors::default() };
        zeros.push("a".to_owned(), &[0.0]);
        zeros.scale();
        assert_eq!(zeros.values, [0.0]);
    }
}
