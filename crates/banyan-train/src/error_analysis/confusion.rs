//! Which class is taken for which.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{MOST_CLASSES, MOST_PAIRS, OTHER};

/// Counts by true and predicted class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// The classes with a row and a column, in their order; the last one stands for all others where there are too many.
    pub classes: Vec<String>,
    /// For each true class the counts of the predicted ones.
    pub counts: Vec<Vec<u64>>,
    /// All that was counted.
    pub total: u64,
    /// Those whose class is right. The diagonal is more where classes share a row.
    pub right: u64,
    /// The pairs that are confused most, the most frequent first.
    pub pairs: Vec<ConfusedPair>,
}

/// A class that is taken for another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfusedPair {
    /// The true class.
    pub truth: String,
    /// The predicted class.
    pub predicted: String,
    /// How often.
    pub count: u64,
    /// The first word that it happened to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<Excerpt>,
}

/// A word and what is around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Excerpt {
    /// The words before.
    pub before: String,
    /// The word.
    pub word: String,
    /// The words after.
    pub after: String,
}

impl Excerpt {
    /// Up to four words on each side of a word; none where the sentence has no such word.
    pub(crate) fn new(words: &[String], at: usize) -> Option<Self> {
        let word = super::shortened(words.get(at)?);
        let joined = |words: &[String]| words.iter().map(|word| super::shortened(word)).collect::<Vec<_>>().join(" ");
        let (first, last) = (at.saturating_sub(4), words.len().min(at + 5));
        Some(Self { before: joined(&words[first..at]), word, after: joined(&words[at + 1..last]) })
    }
}

/// Pairs of classes as they are met.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    met: BTreeMap<(usize, usize), (u64, Option<Excerpt>)>,
}

impl Pairs {
    pub(crate) fn add(&mut self, truth: usize, predicted: usize, example: impl FnOnce() -> Option<Excerpt>) {
        let (count, _) = self.met.entry((truth, predicted)).or_insert_with(|| {
            let example = if truth == predicted { None } else { example() };
            (0, example)
        });
        *count += 1;
    }

    pub(crate) fn add_many(&mut self, truth: usize, predicted: usize, many: u64) {
        if many > 0 {
            self.met.entry((truth, predicted)).or_default().0 += many;
        }
    }

    pub(crate) fn confused(&self, names: &[String]) -> Vec<ConfusedPair> {
        self.confused_but(names, None)
    }

    fn confused_but(&self, names: &[String], left_out: Option<usize>) -> Vec<ConfusedPair> {
        let is_shown = |one: usize, other: usize| one != other && ![Some(one), Some(other)].contains(&left_out);
        let mut wrong: Vec<_> = self.met.iter().filter(|((truth, predicted), _)| is_shown(*truth, *predicted)).collect();
        wrong.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        let pair = |(&(truth, predicted), (count, example)): (&(usize, usize), &(u64, Option<Excerpt>))| ConfusedPair {
            truth: names[truth].clone(),
            predicted: names[predicted].clone(),
            count: *count,
            example: example.clone(),
        };
        wrong.into_iter().take(MOST_PAIRS).map(pair).collect()
    }

    pub(crate) fn finish(self, names: &[String]) -> Confusion {
        self.finish_with(names, None)
    }

    /// As [`finish`](Self::finish), with a class that stands for none: it has a row of its own however rare it is, and no part in the pairs.
    pub(crate) fn finish_with(self, names: &[String], nothing: Option<usize>) -> Confusion {
        let mut frequency = vec![0; names.len()];
        for (&(truth, predicted), (count, _)) in &self.met {
            frequency[truth] += count;
            frequency[predicted] += count;
        }
        if let Some(class) = nothing {
            frequency[class] = u64::MAX;
        }
        let mut kept: Vec<usize> = (0..names.len()).filter(|&class| frequency[class] > 0).collect();
        let has_others = kept.len() > MOST_CLASSES;
        kept.sort_by_key(|&class| std::cmp::Reverse(frequency[class]));
        kept.truncate(MOST_CLASSES);
        kept.sort_unstable();
        let mut classes: Vec<String> = kept.iter().map(|&class| names[class].clone()).collect();
        classes.extend(has_others.then(|| OTHER.to_owned()));
        let place = |class: usize| kept.binary_search(&class).unwrap_or(kept.len());
        let mut confusion = Confusion { counts: vec![vec![0; classes.len()]; classes.len()], classes, ..Confusion::default() };
        for (&(truth, predicted), (count, _)) in &self.met {
            confusion.counts[place(truth)][place(predicted)] += count;
            confusion.total += count;
            confusion.right += if truth == predicted { *count } else { 0 };
        }
        confusion.pairs = self.confused_but(names, nothing);
        confusion
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_classes_share_a_row_and_right_stays_right() {
        let names: Vec<String> = (0..30).map(|class| format!("c{class}")).collect();
        let mut pairs = Pairs::default();
        (0..30).for_each(|class| (0..31 - class).for_each(|_| pairs.add(class, class, || None)));
        pairs.add(28, 29, || None);
        let confusion = pairs.finish(&names);
        assert_eq!((confusion.classes.len(), confusion.classes[25].as_str()), (26, OTHER));
        assert_eq!(confusion.counts.iter().flatten().sum::<u64>(), confusion.total);
        assert_eq!(confusion.total - confusion.right, 1);
        assert_eq!((confusion.pairs[0].truth.as_str(), confusion.pairs[0].predicted.as_str()), ("c28", "c29"));
    }
}
