//! The best tree over a sentence's tokens.

/// Reads trees off scores, sentence after sentence.
///
/// A tree has exactly one token that depends on the root, as Universal Dependencies have it.
#[derive(Debug, Default)]
pub(crate) struct Trees {
    scores: Vec<f64>,
}

/// What makes a second token at the root worse than any tree that has one: far beyond the scores of a network, and small enough that a
/// double tells scores apart beside it.
const ANOTHER_ROOT: f64 = 1e6;

impl Trees {
    /// The head of each token in the tree with the greatest sum of scores: 0 is the root, `t + 1` token `t`. `scores` has for each token a row of
    /// `stride` numbers, of which the first `tokens + 1` are those of its possible heads. Scores that are no numbers count as very low.
    pub(crate) fn best(&mut self, scores: &[f32], tokens: usize, stride: usize, heads: &mut Vec<u32>) {
        heads.clear();
        if tokens == 0 {
            return;
        }
        let nodes = tokens + 1;
        self.scores.clear();
        self.scores.resize(nodes * nodes, f64::NEG_INFINITY);
        for token in 0..tokens {
            let own = &scores[token * stride..][..nodes];
            for (head, &score) in own.iter().enumerate().filter(|(head, _)| *head != token + 1) {
                let score = if score.is_nan() { -ANOTHER_ROOT } else { f64::from(score).clamp(-ANOTHER_ROOT, ANOTHER_ROOT) };
                self.scores[(token + 1) * nodes + head] = if head == 0 { score - ANOTHER_ROOT * nodes as f64 } else { score };
            }
        }
        heads.extend(maximum_arborescence(&self.scores, nodes).into_iter().skip(1).map(|head| head as u32));
    }
}

/// The heads of the spanning tree from node 0 with the greatest sum of `scores[node * nodes + head]`, by Chu and Liu (1965) and Edmonds (1967): every
/// node takes its best head, and a cycle becomes one node, which some node outside must enter.
fn maximum_arborescence(scores: &[f64], nodes: usize) -> Vec<usize> {
    let best = |node: usize| {
        (0..nodes).filter(|&head| head != node).max_by(|&a, &b| scores[node * nodes + a].total_cmp(&scores[node * nodes + b]))
    };
    let mut heads: Vec<usize> = (0..nodes).map(|node| if node == 0 { 0 } else { best(node).unwrap_or(0) }).collect();
    let Some(cycle) = find_cycle(&heads) else { return heads };

    // The smaller graph: the nodes outside of the cycle in their order, and the cycle as the last.
    let mut is_inside = vec![false; nodes];
    cycle.iter().for_each(|&node| is_inside[node] = true);
    let outside: Vec<usize> = (0..nodes).filter(|&node| !is_inside[node]).collect();
    let (count, own) = (outside.len() + 1, outside.len());
    let mut smaller = vec![f64::NEG_INFINITY; count * count];
    // Where an edge from or to the cycle begins or ends in it.
    let mut leaves = vec![0; count];
    let mut enters = vec![0; count];
    for (small, &node) in outside.iter().enumerate() {
        for (small_head, &head) in outside.iter().enumerate() {
            smaller[small * count + small_head] = scores[node * nodes + head];
        }
        for &inside in &cycle {
            if scores[node * nodes + inside] > smaller[small * count + own] {
                (smaller[small * count + own], leaves[small]) = (scores[node * nodes + inside], inside);
            }
            // To enter the cycle at a node is to give up the edge that it has there.
            let gain = scores[inside * nodes + node] - scores[inside * nodes + heads[inside]];
            if gain > smaller[own * count + small] {
                (smaller[own * count + small], enters[small]) = (gain, inside);
            }
        }
    }
    let solved = maximum_arborescence(&smaller, count);
    for (small, &node) in outside.iter().enumerate().skip(1) {
        heads[node] = if solved[small] == own { leaves[small] } else { outside[solved[small]] };
    }
    let from = solved[own];
    heads[enters[from]] = outside[from];
    heads
}

/// The nodes of a cycle among heads, if there is one. Node 0 is the root.
fn find_cycle(heads: &[usize]) -> Option<Vec<usize>> {
    // 0: not seen; else the number of the walk that saw it.
    let mut seen = vec![0; heads.len()];
    for start in 1..heads.len() {
        let mut node = start;
        while node != 0 && seen[node] == 0 {
            seen[node] = start;
            node = heads[node];
        }
        if node != 0 && seen[node] == start {
            let mut cycle = vec![node];
            let mut next = heads[node];
            while next != node {
                cycle.push(next);
                next = heads[next];
            }
            return Some(cycle);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_engine::random::Stream;

    /// Every assignment of heads that is a tree with one token at the root, by trying all.
    fn best_of_all(scores: &[f32], tokens: usize) -> f64 {
        let nodes = tokens + 1;
        let mut best = f64::NEG_INFINITY;
        for number in 0..nodes.pow(tokens as u32) {
            let heads: Vec<usize> = (0..tokens).map(|token| number / nodes.pow(token as u32) % nodes).collect();
            if is_tree(&heads) {
                best = best.max(sum(scores, tokens, &heads));
            }
        }
        best
    }

    fn is_tree(heads: &[usize]) -> bool {
        let with_root: Vec<usize> = std::iter::once(0).chain(heads.iter().copied()).collect();
        heads.iter().filter(|&&head| head == 0).count() == 1 && find_cycle(&with_root).is_none()
    }

    fn sum(scores: &[f32], tokens: usize, heads: &[usize]) -> f64 {
        heads.iter().enumerate().map(|(token, head)| f64::from(scores[token * (tokens + 1) + head])).sum()
    }

    #[test]
    fn no_tree_is_better() {
        let mut stream = Stream::new(&[3]);
        for round in 0..400 {
            let tokens = 1 + round % 5;
            let scores: Vec<f32> = (0..tokens * (tokens + 1)).map(|_| 3.0 * stream.normal()).collect();
            let mut found = Vec::new();
            Trees::default().best(&scores, tokens, tokens + 1, &mut found);
            let found: Vec<usize> = found.into_iter().map(|head| head as usize).collect();
            assert!(is_tree(&found), "{found:?}");
            let (own, best) = (sum(&scores, tokens, &found), best_of_all(&scores, tokens));
            assert!((own - best).abs() < 1e-5, "{own} of {found:?}, and {best} is possible");
        }
    }

    #[test]
    fn long_sentences_and_bad_scores_give_trees() {
        let mut stream = Stream::new(&[4]);
        for tokens in [1, 60] {
            // Rows are wider than the sentence, and what is beyond it is not looked at.
            let stride = tokens + 5;
            let mut scores: Vec<f32> = (0..tokens * stride).map(|_| stream.normal()).collect();
            scores[0] = f32::NAN;
            for row in scores.chunks_exact_mut(stride) {
                row[tokens + 1..].fill(1e9);
            }
            let mut found = Vec::new();
            Trees::default().best(&scores, tokens, stride, &mut found);
            assert!(found.len() == tokens && is_tree(&found.iter().map(|&head| head as usize).collect::<Vec<_>>()), "{found:?}");
        }
    }
}
