//! Lemmas as users read them.

use banyan_text::Ragged;
use banyan_text::lemmas::Scripts;

/// The lemmas that predicted scripts make of the words of some rows.
pub(crate) fn of_words(scripts: &[String], predicted: &Ragged, words: &[Vec<String>]) -> Vec<Vec<String>> {
    let scripts = Scripts::new(scripts);
    let row = |(row, words): (usize, &Vec<String>)| {
        predicted.list(row).iter().zip(words).map(|(&script, word)| scripts.lemma(script, word)).collect()
    };
    words.iter().enumerate().take(predicted.len()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_get_their_lemmas_and_gaps_none() {
        let scripts = ["lower *", "=be", "lower *-3+y"].map(str::to_owned);
        let mut predicted = Ragged::default();
        predicted.push([1, 2, 0, 2]);
        predicted.push([]);
        let words = [["Is", "Flies", "", "as"].map(str::to_owned).to_vec(), Vec::new()];
        let lemmas = ["be", "fly", "", "as"].map(str::to_owned).to_vec();
        assert_eq!(of_words(&scripts, &predicted, &words), [lemmas, Vec::new()]);
    }
}
