//! Frames as two labels of each word: the sense of the predicate that it is, and its roles.

use super::{Argument, Frame, VERB};
use crate::LabelError;
use crate::spans::{self, Label, Span};

/// What a word has that is no predicate.
const NONE: [&str; 2] = ["", "_"];
/// What some word of a sentence has that nobody annotated.
const NOT_ANNOTATED: &str = "?";

/// Whether a sentence with these senses was annotated.
pub fn are_annotated(senses: &[impl AsRef<str>]) -> bool {
    !senses.iter().any(|sense| sense.as_ref() == NOT_ANNOTATED)
}

/// The predicates among words, of which the senses are given; their arguments are not known.
pub fn from_senses(senses: &[impl AsRef<str>]) -> Vec<Frame> {
    let marked = senses.iter().map(AsRef::as_ref).enumerate().filter(|(_, sense)| !NONE.contains(sense));
    marked.map(|(predicate, sense)| Frame { predicate, sense: sense.to_owned(), arguments: None }).collect()
}

/// Gives every frame its arguments, from the labels that each word has of all: `B-ARG0|O`.
///
/// # Errors
/// A word with more or fewer labels than there are frames, and what is not the label of a span.
pub fn add_roles(frames: &mut [Frame], labels: &[impl AsRef<str>]) -> Result<(), LabelError> {
    let mut parts: Vec<Vec<&str>> = vec![Vec::new(); frames.len()];
    for (word, label) in (1..).zip(labels) {
        let own: Vec<&str> = label.as_ref().split('|').collect();
        if own.len() != frames.len() && !(frames.is_empty() && own.len() == 1) {
            let problem = format!("word {word} has {} labels and the sentence {} predicates", own.len(), frames.len());
            return Err(LabelError::new(problem, "give each word a label for each predicate, with | between"));
        }
        parts.iter_mut().zip(own).for_each(|(parts, own)| parts.push(own));
    }
    for (frame, parts) in frames.iter_mut().zip(&parts) {
        let labels = Label::parse_all(parts).map_err(|problem| LabelError::new(problem, "write spans as B-ARG0, I-ARG0 and O"))?;
        let argument = |span: Span<&str>| Argument { role: span.kind.to_owned(), begin: span.begin, end: span.end };
        frame.arguments = Some(spans::read(&labels).into_iter().map(argument).collect());
    }
    Ok(())
}

/// The role of each argument that labels tell of, whatever the predicates; none of a predicate whose labels cannot be read.
pub fn roles_of_labels(labels: &[impl AsRef<str>]) -> Vec<String> {
    let words: Vec<Vec<&str>> = labels.iter().map(|label| label.as_ref().split('|').collect()).collect();
    let predicates = words.iter().map(Vec::len).max().unwrap_or(0);
    (0..predicates).flat_map(|predicate| roles_of(&words, predicate)).filter(|role| role != VERB).collect()
}

fn roles_of(words: &[Vec<&str>], predicate: usize) -> Vec<String> {
    let own: Vec<&str> = words.iter().map(|labels| labels.get(predicate).copied().unwrap_or("O")).collect();
    let labels = Label::parse_all(&own).unwrap_or_default();
    spans::read(&labels).into_iter().map(|span| span.kind.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senses_mark_predicates_and_labels_their_arguments() {
        let mut frames = from_senses(&["_", "eat.01", "", "Y"]);
        assert_eq!(frames.iter().map(|frame| (frame.predicate, frame.sense.as_str())).collect::<Vec<_>>(), [(1, "eat.01"), (3, "Y")]);
        add_roles(&mut frames, &["B-ARG0|O", "B-V|O", "B-ARG1|O", "I-ARG1|B-V"]).unwrap();
        let arguments = frames[0].arguments.as_ref().unwrap();
        assert_eq!(
            arguments.iter().map(|own| (own.role.as_str(), own.begin, own.end)).collect::<Vec<_>>(),
            [("ARG0", 0, 1), ("V", 1, 2), ("ARG1", 2, 4)]
        );
        let error = add_roles(&mut frames, &["O|O", "O"]).unwrap_err().to_string();
        assert_eq!(error, "word 2 has 1 labels and the sentence 2 predicates; give each word a label for each predicate, with | between");
        assert!(!are_annotated(&["_", "?"]));
    }

    #[test]
    fn roles_are_counted_without_their_predicates() {
        assert_eq!(roles_of_labels(&["B-ARG0|O", "B-V|B-ARG1", "O"]), ["ARG0", "ARG1"]);
    }
}
