//! Lemmas: how many are right.

use banyan_text::Ragged;
use banyan_text::lemmas::LemmaTags;

/// The share of tokens of some rows whose lemma is made by the predicted script, as the scorer of the CoNLL 2018 shared task counts them for given
/// tokens. Those whose lemma is not known, which that scorer takes for right, count nowhere; those whose lemma nothing makes are wrong.
pub(super) fn accuracy(predicted: &Ragged, truth: &LemmaTags, rows: &[usize]) -> Option<f64> {
    let (mut known, mut right) = (0_usize, 0_usize);
    for &row in rows {
        let makers = truth.makers(row).zip(predicted.list(row)).filter_map(|(makers, script)| Some((makers?, script)));
        for (makers, script) in makers {
            known += 1;
            right += usize::from(makers.contains(script));
        }
    }
    (known > 0).then(|| right as f64 / known as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_text::lemmas::TokenLemma;

    #[test]
    fn a_lemma_is_right_however_it_is_made() {
        let token = |makers: &[u32]| Some(TokenLemma { script: makers.first().copied(), makers: makers.to_vec() });
        let (mut truth, mut predicted) = (LemmaTags::default(), Ragged::default());
        truth.push(&[token(&[0, 3]), token(&[1]), token(&[]), None]);
        predicted.push([3, 0, 0, 0]);
        truth.push(&[]);
        predicted.push([0]);
        assert_eq!(accuracy(&predicted, &truth, &[0, 1]), Some(1.0 / 3.0));
        assert_eq!(accuracy(&predicted, &truth, &[1]), None);
    }
}
