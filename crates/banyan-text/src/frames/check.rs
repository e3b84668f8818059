//! Frames in order, and what may be wrong with their places.

use super::{Argument, Frame, VERB};
use crate::{LabelError, quote};

const PLACES: &str = "words are counted from 0, and \"end\" is the word after the last";

/// Puts the frames of a sentence of so many words, and the arguments of each, in order from left to right. The spans of the predicates
/// themselves are left out.
///
/// # Errors
/// Places that the sentence does not have, a word that is a predicate twice, and arguments of one predicate that overlap.
pub fn arrange(frames: &mut [Frame], words: usize) -> Result<(), LabelError> {
    frames.sort_by_key(|frame| frame.predicate);
    for arguments in frames.iter_mut().filter_map(|frame| frame.arguments.as_mut()) {
        arguments.retain(|argument| argument.role != VERB);
        arguments.sort_by_key(|argument| argument.begin);
    }
    if let Some(pair) = frames.windows(2).find(|pair| pair[0].predicate == pair[1].predicate) {
        let problem = format!("the word at {} is a predicate twice", pair[0].predicate);
        return Err(LabelError::new(problem, "give each predicate once"));
    }
    for frame in frames.iter() {
        let predicate = frame.predicate;
        if predicate >= words {
            return Err(LabelError::new(format!("predicate {predicate} is in a sentence of {words} words"), PLACES));
        }
        check(predicate, frame.arguments.as_deref().unwrap_or_default(), words)?;
    }
    Ok(())
}

/// Checks the arguments of a predicate, from left to right.
fn check(predicate: usize, arguments: &[Argument], words: usize) -> Result<(), LabelError> {
    for argument in arguments {
        if argument.begin >= argument.end || argument.end > words {
            let (role, begin, end) = (quote(&argument.role), argument.begin, argument.end);
            let problem = format!("{role} of predicate {predicate} is {begin} to {end} in a sentence of {words} words");
            return Err(LabelError::new(problem, PLACES));
        }
    }
    if let Some((left, right)) = arguments.iter().zip(arguments.iter().skip(1)).find(|(left, right)| right.begin < left.end) {
        let problem = format!("{} and {} of predicate {predicate} overlap", quote(&left.role), quote(&right.role));
        return Err(LabelError::new(problem, "a word plays one role of a predicate"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(role: &str, begin: usize, end: usize) -> Argument {
        Argument { role: role.to_owned(), begin, end }
    }

    fn frame(predicate: usize, arguments: &[Argument]) -> Frame {
        Frame { predicate, sense: String::new(), arguments: Some(arguments.to_vec()) }
    }

    #[test]
    fn frames_and_arguments_come_in_order() {
        let mut frames = [frame(2, &[argument("ARG1", 3, 4), argument("V", 2, 3), argument("ARG0", 0, 2)]), frame(1, &[])];
        arrange(&mut frames, 4).unwrap();
        assert_eq!(frames, [frame(1, &[]), frame(2, &[argument("ARG0", 0, 2), argument("ARG1", 3, 4)])]);
    }

    #[test]
    fn places_that_are_not_there_are_refused() {
        for (frames, problem) in [
            (vec![frame(1, &[]), frame(1, &[])], "the word at 1 is a predicate twice; give each predicate once"),
            (
                vec![frame(2, &[])],
                "predicate 2 is in a sentence of 2 words; words are counted from 0, and \"end\" is the word after the last",
            ),
            (
                vec![frame(0, &[argument("A", 1, 3)])],
                "\"A\" of predicate 0 is 1 to 3 in a sentence of 2 words; words are counted from 0, and \"end\" is the word after the last",
            ),
            (
                vec![frame(0, &[argument("A", 0, 2), argument("B", 1, 2)])],
                "\"A\" and \"B\" of predicate 0 overlap; a word plays one role of a predicate",
            ),
        ] {
            assert_eq!(arrange(&mut frames.clone(), 2).unwrap_err().to_string(), problem);
        }
    }
}
