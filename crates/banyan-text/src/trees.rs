//! Dependency trees: for each word of a sentence its head and its relation to it (Universal Dependencies; Nivre et al. 2020).

use std::borrow::Cow;

use crate::{LabelError, quote};

/// What the column of the relations is called, as in CoNLL-U, where nothing else is said.
pub const RELATION: &str = "deprel";

const COUNTED: &str = "heads count the words from 1, and 0 is the root";

/// What a word depends on, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Arc<'a> {
    /// 0 for the root, else the number of a word, from 1.
    pub head: u32,
    /// The relation, `nsubj` for instance.
    pub relation: Cow<'a, str>,
}

/// The arc of each word of a sentence from the heads and the relations of all, as texts; none for a word that lacks one of the two.
///
/// # Errors
/// A head that is not the number of another word.
pub fn arcs<'a>(heads: &[impl AsRef<str>], relations: Vec<Cow<'a, str>>) -> Result<Vec<Option<Arc<'a>>>, LabelError> {
    let count = heads.len();
    let heads: Vec<Option<u32>> =
        (1..).zip(heads).map(|(word, text)| parse_head(word, text.as_ref(), count)).collect::<Result<_, LabelError>>()?;
    let arc = |(head, relation): (Option<u32>, Cow<'a, str>)| Some(Arc { head: head?, relation }).filter(|arc| !arc.relation.is_empty());
    Ok(heads.into_iter().zip(relations).map(arc).collect())
}

/// The head of a word, counted from 1, in a sentence of so many words; none where the text is empty.
fn parse_head(word: usize, text: &str, words: usize) -> Result<Option<u32>, LabelError> {
    if text.is_empty() {
        return Ok(None);
    }
    let number = text.trim().parse::<f64>();
    let Some(head) = number.as_ref().ok().copied().filter(|number| number.fract() == 0.0) else {
        let hint = if number.is_ok() { COUNTED } else { "a task's column has the heads, and its relation the other column" };
        return Err(LabelError::new(format!("the head of word {word} is {}, which is no whole number", quote(text)), hint));
    };
    if !(0.0..=words as f64).contains(&head) {
        let plural = if words == 1 { "word" } else { "words" };
        return Err(LabelError::new(format!("the head of word {word} is {head} in a sentence of {words} {plural}"), COUNTED));
    }
    if head == word as f64 {
        let hint = "write 0 for the root, and null where the head is not known";
        return Err(LabelError::new(format!("word {word} is its own head"), hint));
    }
    Ok(Some(head as u32))
}

/// Whether heads can be those of a tree with one root; where some are not known, all that are known are looked at.
pub fn may_be_tree(arcs: &[Option<Arc<'_>>]) -> bool {
    let head = |word: usize| arcs[word].as_ref().map(|arc| arc.head as usize);
    let roots = (0..arcs.len()).filter(|&word| head(word) == Some(0)).count();
    let is_open = arcs.iter().any(Option::is_none);
    // A walk of more steps than there are words goes round.
    let leads_out = |word: usize| {
        let mut next = Some(word);
        for _ in 0..=arcs.len() {
            match next.and_then(head) {
                Some(0) | None => return true,
                Some(above) => next = Some(above - 1),
            }
        }
        false
    };
    arcs.is_empty() || ((roots == 1 || (roots == 0 && is_open)) && (0..arcs.len()).all(leads_out))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(heads: &[&str]) -> Result<Vec<Option<Arc<'static>>>, String> {
        arcs(heads, vec![Cow::from("dep"); heads.len()]).map_err(|error| error.to_string())
    }

    #[test]
    fn words_without_head_or_relation_have_no_arc() {
        let arcs = arcs(&["2", "0", ""], vec!["nsubj".into(), "".into(), "obj".into()]).unwrap();
        assert_eq!(arcs, [Some(Arc { head: 2, relation: "nsubj".into() }), None, None]);
    }

    #[test]
    fn heads_are_numbers_of_other_words() {
        for (heads, problem) in [
            (
                vec!["x", "0"],
                "the head of word 1 is \"x\", which is no whole number; a task's column has the heads, and its relation the other column",
            ),
            (vec!["1.5", "0"], "the head of word 1 is \"1.5\", which is no whole number; heads count the words from 1, and 0 is the root"),
            (vec!["3", "0"], "the head of word 1 is 3 in a sentence of 2 words; heads count the words from 1, and 0 is the root"),
            (vec!["0", "2"], "word 2 is its own head; write 0 for the root, and null where the head is not known"),
        ] {
            assert_eq!(read(&heads).unwrap_err(), problem);
        }
    }

    #[test]
    fn trees_have_one_root_and_no_cycle() {
        for (heads, is_tree) in [
            (vec![], true),
            (vec!["0", "1"], true),
            (vec!["0", "0"], false),
            (vec!["2", "1", "0"], false),
            (vec!["2", ""], true),
            (vec!["2", "3", "2", ""], false),
        ] {
            assert_eq!(may_be_tree(&read(&heads).unwrap()), is_tree, "{heads:?}");
        }
    }
}
