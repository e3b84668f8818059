//! One way to make lemmas.

use std::fmt;

use super::casing::{Casing, fold};

/// Words of more characters are read in part only, so that no script takes as much away as would have to be seen.
const MOST_REMOVED: usize = 40;

/// A way to make a lemma of a word, written `=be` (the lemma itself) or as letters, the edit of the beginning, `*` for what is kept, and the
/// edit of the end: `lower *-3+y`. In what an edit adds, `*` and `\` have a `\` before them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Script {
    /// The lemma, whatever the word.
    Whole(String),
    /// What is left of the word between two edits. [`Casing::Title`] and [`Casing::Upper`] are those of the whole lemma, [`Casing::Lower`] that of
    /// what is left.
    Edited {
        /// The letters.
        casing: Casing,
        /// What is done to the word's beginning.
        begin: Edit,
        /// What is done to its end.
        end: Edit,
    },
}

/// What is done at one end of a word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Edit {
    /// Characters to take off.
    pub remove: usize,
    /// What to put in their place.
    pub add: String,
}

impl Script {
    /// What leaves a word as it is.
    pub fn unchanged() -> Self {
        Self::Edited { casing: Casing::Keep, begin: Edit::default(), end: Edit::default() }
    }

    /// The script of a word and its lemma. It keeps the longest stretch of characters that both have, the first of equally long ones, and
    /// applied to the word it gives the lemma.
    pub fn between(word: &str, lemma: &str) -> Self {
        let (of_word, of_lemma): (Vec<char>, Vec<char>) = (word.chars().collect(), lemma.chars().collect());
        let exact = || Stretch::longest(&of_word, &of_lemma);
        let folded = || {
            let fold = |characters: &[char]| characters.iter().copied().map(fold).collect::<Vec<char>>();
            Stretch::longest(&fold(&of_word), &fold(&of_lemma))
        };
        let (casing, shared) = if Casing::Lower.write(lemma) == lemma {
            (Casing::Lower, folded())
        } else {
            let (exact, folded) = (exact(), folded());
            // Only what the word does not show by itself has to be said of the lemma's letters.
            match [Casing::Title, Casing::Upper].into_iter().find(|casing| casing.write(lemma) == lemma) {
                Some(casing) if exact.length < folded.length => (casing, folded),
                _ => (Casing::Keep, exact),
            }
        };
        let script = shared.script(casing, &of_word, &of_lemma);
        // Letters whose small ones are others, or more than one.
        let is_script = shared.length > 0 && script.removed() <= MOST_REMOVED && script.apply(word).as_deref() == Some(lemma);
        if is_script { script } else { Self::Whole(lemma.to_owned()) }
    }

    /// The lemma of a word; none where nothing would be left of the word, and of no word.
    pub fn apply(&self, word: &str) -> Option<String> {
        if word.is_empty() {
            return None;
        }
        let (casing, begin, end) = match self {
            Self::Whole(lemma) => return Some(lemma.clone()),
            Self::Edited { casing, begin, end } => (*casing, begin, end),
        };
        let bounds: Vec<usize> = word.char_indices().map(|(place, _)| place).chain([word.len()]).collect();
        let last = (bounds.len() - 1).checked_sub(end.remove).filter(|last| *last > begin.remove)?;
        let kept = &word[bounds[begin.remove]..bounds[last]];
        let whole = |kept: &str| format!("{}{kept}{}", begin.add, end.add);
        Some(match casing {
            Casing::Keep => whole(kept),
            Casing::Lower => whole(&casing.write(kept)),
            Casing::Title | Casing::Upper => casing.write(&whole(kept)),
        })
    }

    /// Characters that a word must have to be made a lemma of.
    pub fn fewest(&self) -> usize {
        1 + self.removed()
    }

    fn removed(&self) -> usize {
        match self {
            Self::Whole(_) => 0,
            Self::Edited { begin, end, .. } => begin.remove + end.remove,
        }
    }

    /// Reads what a script is written as; none where it is not a script.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(lemma) = text.strip_prefix('=') {
            return Some(Self::Whole(lemma.to_owned()));
        }
        let (casing, edits) = text.split_once(' ')?;
        let (begin, end) = edits.match_indices('*').map(|(place, _)| edits.split_at(place)).find(|(begin, _)| !is_escaped(begin))?;
        Some(Self::Edited { casing: Casing::parse(casing)?, begin: Edit::parse(begin)?, end: Edit::parse(&end[1..])? })
    }
}

impl fmt::Display for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(lemma) => write!(formatter, "={lemma}"),
            Self::Edited { casing, begin, end } => write!(formatter, "{} {begin}*{end}", casing.name()),
        }
    }
}

impl Edit {
    fn parse(text: &str) -> Option<Self> {
        let (remove, add) = match text.split_once('+') {
            Some((remove, add)) => (remove, unescaped(add)?),
            None => (text, String::new()),
        };
        let remove = if remove.is_empty() { 0 } else { remove.strip_prefix('-')?.parse().ok()? };
        Some(Self { remove, add })
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.remove > 0 {
            write!(formatter, "-{}", self.remove)?;
        }
        if self.add.is_empty() {
            return Ok(());
        }
        write!(formatter, "+{}", self.add.replace('\\', "\\\\").replace('*', "\\*"))
    }
}

/// Whether what follows a text is meant literally.
fn is_escaped(before: &str) -> bool {
    before.chars().rev().take_while(|character| *character == '\\').count() % 2 == 1
}

fn unescaped(text: &str) -> Option<String> {
    let (mut plain, mut characters) = (String::new(), text.chars());
    while let Some(character) = characters.next() {
        plain.push(if character == '\\' { characters.next()? } else { character });
    }
    Some(plain)
}

/// A stretch of characters that two texts share.
#[derive(Debug, Clone, Copy, Default)]
struct Stretch {
    in_word: usize,
    in_lemma: usize,
    length: usize,
}

impl Stretch {
    fn longest(word: &[char], lemma: &[char]) -> Self {
        let mut best = Self::default();
        // Lengths of the stretches that end at the word's character before, and at each of the lemma's.
        let mut ending = vec![0; lemma.len() + 1];
        for (in_word, character) in word.iter().enumerate() {
            for in_lemma in (0..lemma.len()).rev() {
                ending[in_lemma + 1] = if lemma[in_lemma] == *character { ending[in_lemma] + 1 } else { 0 };
            }
            let longest = (0..lemma.len()).max_by_key(|place| (ending[place + 1], std::cmp::Reverse(*place)));
            if let Some(place) = longest.filter(|place| ending[place + 1] > best.length) {
                let length = ending[place + 1];
                best = Self { in_word: in_word + 1 - length, in_lemma: place + 1 - length, length };
            }
        }
        best
    }

    fn script(self, casing: Casing, word: &[char], lemma: &[char]) -> Script {
        let add = |characters: &[char]| {
            let text: String = characters.iter().collect();
            // Otherwise there would be a script for each way to write what is written anew all the same.
            if matches!(casing, Casing::Title | Casing::Upper) { text.to_lowercase() } else { text }
        };
        let begin = Edit { remove: self.in_word, add: add(&lemma[..self.in_lemma]) };
        let end = Edit { remove: word.len() - self.in_word - self.length, add: add(&lemma[self.in_lemma + self.length..]) };
        Script::Edited { casing, begin, end }
    }
}

#[cfg(test)]
#[path = "script_tests.rs"]
mod tests;
