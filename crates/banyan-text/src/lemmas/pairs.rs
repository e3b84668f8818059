//! Words with their lemmas, as treebanks write them.

use std::borrow::Cow;

/// What stands for no lemma.
const NOTHING: &str = "_";

/// A word and its lemma, where it is known.
pub type Pair<'a> = (Cow<'a, str>, Option<Cow<'a, str>>);

/// The words of a sentence, each with its lemma. An empty text is no lemma, and neither is `_`, unless the word is `_` as well.
pub fn pairs<'a>(words: Vec<Cow<'a, str>>, lemmas: Vec<Cow<'a, str>>) -> Vec<Pair<'a>> {
    let known = |word: &str, lemma: &str| !(word.is_empty() || lemma.is_empty() || (lemma == NOTHING && word != NOTHING));
    let pair = |(word, lemma): (Cow<'a, str>, Cow<'a, str>)| {
        let lemma = Some(lemma).filter(|lemma| known(&word, lemma));
        (word, lemma)
    };
    words.into_iter().zip(lemmas).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_underscore_is_the_lemma_of_itself_only() {
        let all = |texts: &[&'static str]| texts.iter().copied().map(Cow::from).collect::<Vec<_>>();
        let pairs = pairs(all(&["is", "_", "a", "b", ""]), all(&["be", "_", "_", "", "c"]));
        let lemmas: Vec<Option<&str>> = pairs.iter().map(|(_, lemma)| lemma.as_deref()).collect();
        assert_eq!(lemmas, [Some("be"), Some("_"), None, None, None]);
    }
}
