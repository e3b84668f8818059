//! The scripts of a task.

use std::collections::HashMap;

use super::Script;

/// The scripts that a model chooses from.
#[derive(Debug, Clone)]
pub struct Scripts {
    /// None for what cannot be read, which applies to no word.
    all: Vec<Option<Script>>,
    places: HashMap<Script, u32>,
}

impl Scripts {
    /// Of a task's labels, in their order.
    pub fn new(names: &[String]) -> Self {
        let all: Vec<Option<Script>> = names.iter().map(|name| Script::parse(name)).collect();
        let places = (0..).zip(&all).filter_map(|(place, script)| Some((script.clone()?, place))).collect();
        Self { all, places }
    }

    /// For each script the characters that a word must have.
    pub fn fewest(&self) -> Vec<usize> {
        self.all.iter().map(|script| script.as_ref().map_or(usize::MAX, Script::fewest)).collect()
    }

    /// The lemma that a script makes of a word; the word itself where it does not apply.
    pub fn lemma(&self, script: u32, word: &str) -> String {
        let script = self.all.get(script as usize).and_then(Option::as_ref);
        script.and_then(|script| script.apply(word)).unwrap_or_else(|| word.to_owned())
    }

    /// The script of a word and its lemma, if it is one of these.
    pub fn find(&self, word: &str, lemma: &str) -> Option<u32> {
        self.places.get(&Script::between(word, lemma)).copied()
    }

    /// All scripts that make this lemma of this word.
    pub fn makers(&self, word: &str, lemma: &str) -> Vec<u32> {
        let makes = |script: &Script| may_make(script, word, lemma) && script.apply(word).as_deref() == Some(lemma);
        (0..).zip(&self.all).filter(|(_, script)| script.as_ref().is_some_and(makes)).map(|(place, _)| place).collect()
    }
}

/// Whether a script might make a lemma: nearly none does, and lengths tell most of them without the work.
fn may_make(script: &Script, word: &str, lemma: &str) -> bool {
    match script {
        Script::Whole(_) => true,
        // Of other letters the small ones can be more or longer.
        Script::Edited { .. } if !(word.is_ascii() && lemma.is_ascii()) => true,
        Script::Edited { begin, end, .. } => word.len() + begin.add.len() + end.add.len() == lemma.len() + begin.remove + end.remove,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lemma_can_be_made_in_several_ways() {
        let scripts = Scripts::new(&["lower *", "=be", "keep *", "nonsense", "lower *-1"].map(str::to_owned));
        assert_eq!(scripts.makers("be", "be"), [0, 1, 2]);
        assert_eq!((scripts.makers("Be", "be"), scripts.makers("bee", "be")), (vec![0, 1], vec![1, 4]));
        assert_eq!((scripts.find("Bees", "bee"), scripts.find("is", "be"), scripts.find("oxen", "ox")), (Some(4), Some(1), None));
        assert_eq!(scripts.fewest(), [1, 1, 1, usize::MAX, 2]);
        assert_eq!([0, 4, 3, 9].map(|script| scripts.lemma(script, "A")), ["a", "A", "A", "A"]);
        assert_eq!(scripts.lemma(1, ""), "", "a gap stays one");
    }
}
