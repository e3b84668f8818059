//! Attachment by relation.

use banyan_text::{Ragged, UNKNOWN_TAG};
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

pub(super) fn tree_errors(
    predicted: [&Ragged; 2],
    truth: [&Ragged; 2],
    names: &[String],
    rows: impl Iterator<Item = usize>,
    words: &[Vec<String>],
) -> TreeErrors {
    let mut universal: IndexMap<&str, RelationErrors> = IndexMap::new();
    let mut pairs = Pairs::default();
    let name =
        |relation: u32| names.get(relation as usize).map_or("(never seen in training)", |name| name.split(':').next().unwrap_or(name));
    for row in rows {
        let [own_heads, own_relations] = predicted.map(|lists| lists.list(row));
        let [heads, relations] = truth.map(|lists| lists.list(row));
        for (token, &head) in heads.iter().enumerate().filter(|(_, head)| **head != UNKNOWN_TAG) {
            let (relation, own) = (name(relations[token]), name(own_relations[token]));
            let truth = universal.entry(relation);
            let at = truth.index();
            let counts = truth.or_default();
            counts.tokens += 1;
            if own_heads[token] == head {
                counts.heads += 1;
                counts.relations += u64::from(relation == own);
            }
            let own = universal.entry(own);
            let own_at = own.index();
            own.or_default();
            pairs.add(at, own_at, || words.get(row).and_then(|words| Excerpt::new(words, token)));
        }
    }
    let all: Vec<String> = universal.keys().map(|name| (*name).to_owned()).collect();
    let pairs = pairs.confused(&all);
    let mut relations: IndexMap<String, RelationErrors> = universal.into_iter().map(|(name, counts)| (name.to_owned(), counts)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(lists: &[&[u32]]) -> Ragged {
        let mut all = Ragged::default();
        lists.iter().for_each(|list| all.push(list.iter().copied()));
        all
    }

    #[test]
    fn attachment_is_counted_as_the_metrics_count_it() {
        let names = ["nsubj", "nsubj:pass", "obj"].map(str::to_owned);
        // Right but for the subtype; a wrong head; a wrong relation; a relation that training lacks; a head that is not known.
        let (heads, relations) = (lists(&[&[2, 0, 2, 2, UNKNOWN_TAG]]), lists(&[&[1, 0, 2, 3, 0]]));
        let (own_heads, own_relations) = (lists(&[&[2, 1, 2, 2, 1]]), lists(&[&[0, 0, 0, 2, 0]]));
        let words = [["a", "b", "c", "d", "e"].map(str::to_owned).to_vec()];
        let errors = tree_errors([&own_heads, &own_relations], [&heads, &relations], &names, [0].into_iter(), &words);
        assert_eq!(errors.relations["nsubj"], RelationErrors { tokens: 2, heads: 1, relations: 1 });
        assert_eq!(errors.relations["obj"], RelationErrors { tokens: 1, heads: 1, relations: 0 });
        assert_eq!(errors.relations["(never seen in training)"], RelationErrors { tokens: 1, heads: 1, relations: 0 });
        assert_eq!((errors.relations.len(), errors.pairs.len()), (3, 2));
        let words: Vec<&str> = errors.pairs.iter().filter_map(|pair| Some(pair.example.as_ref()?.word.as_str())).collect();
        assert!(words.contains(&"c") && words.contains(&"d"), "{words:?}");
    }
}
