//! The lemmas of tokens as numbers.

use crate::{Ragged, UNKNOWN_TAG};

/// For each row the scripts of its tokens, and for each token every script that makes its lemma: a prediction is right where the lemma that
/// it makes is the token's, by whatever script.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LemmaTags {
    scripts: Ragged,
    /// For each token of `scripts` those that make its lemma; [`UNKNOWN_TAG`] alone where the lemma is not known.
    makers: Ragged,
}

/// What is known of a token's lemma.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenLemma {
    /// The script of the token and its lemma, if training had it.
    pub script: Option<u32>,
    /// Every script that makes the lemma; none where training had no such one.
    pub makers: Vec<u32>,
}

impl LemmaTags {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.scripts.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a row: for each token what is known of its lemma, and nothing for a row without any.
    pub fn push(&mut self, tokens: &[Option<TokenLemma>]) {
        self.scripts.push(tokens.iter().map(|token| token.as_ref().and_then(|token| token.script).unwrap_or(UNKNOWN_TAG)));
        for token in tokens {
            let makers: &[u32] = token.as_ref().map_or(&[UNKNOWN_TAG], |token| &token.makers);
            self.makers.push(makers.iter().copied());
        }
    }

    /// These rows, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut picked = Self::default();
        for &row in rows {
            picked.scripts.push(self.scripts.list(row).iter().copied());
            self.tokens_of(row).for_each(|token| picked.makers.push(self.makers.list(token).iter().copied()));
        }
        picked
    }

    /// For each row the script of each token, to be learned; [`UNKNOWN_TAG`] where there is none.
    pub fn scripts(&self) -> &Ragged {
        &self.scripts
    }

    /// For each token of a row the scripts that would be right, which may be none; nothing where the lemma is not known.
    pub fn makers(&self, row: usize) -> impl Iterator<Item = Option<&[u32]>> {
        self.tokens_of(row).map(|token| Some(self.makers.list(token)).filter(|makers| *makers != [UNKNOWN_TAG]))
    }

    fn tokens_of(&self, row: usize) -> std::ops::Range<usize> {
        self.scripts.offsets[row] as usize..self.scripts.offsets[row + 1] as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_tokens() {
        let token = |script, makers: &[u32]| Some(TokenLemma { script, makers: makers.to_vec() });
        let mut tags = LemmaTags::default();
        tags.push(&[token(Some(2), &[2, 3]), None]);
        tags.push(&[]);
        tags.push(&[token(None, &[]), token(Some(0), &[0])]);
        let picked = tags.select(&[2, 0, 1]);
        assert_eq!((picked.len(), picked.scripts().list(0), picked.scripts().list(1)), (3, &[UNKNOWN_TAG, 0][..], &[2, UNKNOWN_TAG][..]));
        let makers = |row| picked.makers(row).collect::<Vec<_>>();
        assert_eq!(makers(0), [Some(&[][..]), Some(&[0][..])]);
        assert_eq!(makers(1), [Some(&[2, 3][..]), None]);
        assert!(makers(2).is_empty());
    }
}
