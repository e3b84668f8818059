//! Attachment by relation.

use banyan_data::batch::UNKNOWN_TAG;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::confusion::{ConfusedPair, Excerpt, Pairs};
use super::{MOST_ROWS, OTHER};

/// Tokens of one true relation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationErrors {
    /// Tokens whose head is known.
    pub tokens: u64,
    /// Those with the right head.
    pub heads: u64,
    /// Those with the right head and relation.
    pub relations: u64,
}

/// The errors in dependency trees. Relations are universal ones, without what stands after a colon, as the metrics have them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TreeErrors {
    /// By true relation, the most frequent first.
    pub relations: IndexMap<String, RelationErrors>,
    /// The relations that are confused most, whatever the head.
    pub pairs: Vec<ConfusedPair>,
}

/// Counts attachment sentence by sentence.
#[derive(Debug)]
pub(crate) struct TreeCounter {
    /// The relations of training.
    names: Vec<String>,
    /// By universal relation, in the order in which they are met; places are those of `pairs`.
    universal: IndexMap<String, RelationErrors>,
    pairs: Pairs,
}

impl TreeCounter {
    pub(crate) fn new(names: &[String]) -> Self {
        Self { names: names.to_vec(), universal: IndexMap::new(), pairs: Pairs::default() }
    }

    /// Adds a sentence's heads and relations.
    pub(crate) fn add(&mut self, predicted: [&[u32]; 2], truth: [&[u32]; 2], words: &[String]) {
        let ([own_heads, own_relations], [heads, relations]) = (predicted, truth);
        for (token, &head) in heads.iter().enumerate().filter(|(_, head)| **head != UNKNOWN_TAG) {
            let at = self.place(relations[token]);
            let own_at = self.place(own_relations[token]);
            let counts = &mut self.universal[at];
            counts.tokens += 1;
            if own_heads[token] == head {
                counts.heads += 1;
                counts.relations += u64::from(at == own_at);
            }
            self.pairs.add(at, own_at, || Excerpt::new(words, token));
        }
    }

    /// The place of a relation's universal one.
    fn place(&mut self, relation: u32) -> usize {
        let name = self.names.get(relation as usize).map_or(NEVER_SEEN, |name| name.split(':').next().unwrap_or(name));
        match self.universal.get_index_of(name) {
            Some(place) => place,
            None => self.universal.insert_full(name.to_owned(), RelationErrors::default()).0,
        }
    }

    pub(crate) fn finish(self) -> TreeErrors {
        let all: Vec<String> = self.universal.keys().cloned().collect();
        let pairs = self.pairs.confused(&all);
        let mut relations = self.universal;
        relations.retain(|_, counts| counts.tokens > 0);
        relations.sort_by(|_, a, _, b| b.tokens.cmp(&a.tokens));
        if relations.len() > MOST_ROWS {
            let rest = relations.split_off(MOST_ROWS);
            let sum = relations.entry(OTHER.to_owned()).or_default();
            for counts in rest.values() {
                sum.tokens += counts.tokens;
                sum.heads += counts.heads;
                sum.relations += counts.relations;
            }
        }
        TreeErrors { relations, pairs }
    }
}

/// What relations are called that training lacks.
const NEVER_SEEN: &str = "(never seen in training)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachment_is_counted_as_the_metrics_count_it() {
        let names = ["nsubj", "nsubj:pass", "obj"].map(str::to_owned);
        // Right but for the subtype; a wrong head; a wrong relation; a relation that training lacks; a head that is not known.
        let (heads, relations) = ([2, 0, 2, 2, UNKNOWN_TAG], [1, 0, 2, 3, 0]);
        let (own_heads, own_relations) = ([2, 1, 2, 2, 1], [0, 0, 0, 2, 0]);
        let words = ["a", "b", "c", "d", "e"].map(str::to_owned);
        let mut counter = TreeCounter::new(&names);
        counter.add([&own_heads, &own_relations], [&heads, &relations], &words);
        let errors = counter.finish();
        assert_eq!(errors.relations["nsubj"], RelationErrors { tokens: 2, heads: 1, relations: 1 });
        assert_eq!(errors.relations["obj"], RelationErrors { tokens: 1, heads: 1, relations: 0 });
        assert_eq!(errors.relations["(never seen in training)"], RelationErrors { tokens: 1, heads: 1, relations: 0 });
        assert_eq!((errors.relations.len(), errors.pairs.len()), (3, 2));
        let words: Vec<&str> = errors.pairs.iter().filter_map(|pair| Some(pair.example.as_ref()?.word.as_str())).collect();
        assert!(words.contains(&"c") && words.contains(&"d"), "{words:?}");
    }
}
