//! From the scores of a token's scripts to the one that makes its lemma.

use crate::decode::rows;
use banyan_text::Ragged;
use banyan_text::tokens::TokenValues;

/// For each token the best script that applies to it: `scores` is `[rows, length, scripts]`, of which each row's first tokens count, and
/// `fewest` the characters that a word must have for each script.
pub(crate) fn best(scores: &[f32], lengths: &[u32], tokens: &TokenValues, fewest: &[usize]) -> Ragged {
    let mut best = Ragged::default();
    for (row, own) in rows(scores, fewest.len(), lengths).enumerate() {
        let first = tokens.offsets[row] as usize;
        best.push((first..).zip(own.chunks_exact(fewest.len())).map(|(token, scores)| {
            // Of long words some are read only, and more than any script needs.
            let characters = tokens.characters.list(token).len();
            let applying = (0..scores.len()).rev().filter(|&script| fewest[script] <= characters);
            applying.max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0) as u32
        }));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_script_is_one_that_applies() {
        let mut tokens = TokenValues { offsets: vec![0, 2, 3], ..TokenValues::default() };
        [&[1, 2, 3][..], &[1], &[1, 2]].into_iter().for_each(|word| tokens.characters.push(word.iter().copied()));
        let scores = [0.1, 0.2, 0.7, 0.1, 0.2, 0.7, 0.3, 0.3, 0.9, 9.0, 9.0, 9.0];
        let found = best(&scores, &[2, 1], &tokens, &[1, 2, 3]);
        assert_eq!((found.list(0), found.list(1)), (&[2, 0][..], &[0][..]));
    }
}
