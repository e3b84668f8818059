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
        heads.extend(maximum_arborescence(&mut self.scores, nodes).into_iter().skip(1).map(|head| head as u32));
    }
}

/// An edge into a node: from its head.
#[derive(Debug, Clone, Copy, Default)]
struct Edge {
    head: usize,
    node: usize,
}

/// The heads of the spanning tree from node 0 with the greatest sum of `scores[node * nodes + head]`, by Chu and Liu (1965) and Edmonds (1967): every
/// node takes its best head, and a cycle becomes one component, which some node outside must enter. Along a path, as Gabow et al. (1986): each node
/// is looked at once for each time that it is the path's end, so that time and memory grow with the square of the nodes however deep cycles lie in cycles.
/// The scores are overwritten.
fn maximum_arborescence(scores: &mut [f64], nodes: usize) -> Vec<usize> {
    // Components are numbered as they arise: first the nodes, then the cycles. A component's row among the scores is that of one of its nodes, with what is
    // gained by entering it from each head, and `enters` tells at which node.
    let mut enters: Vec<u32> = (0..nodes * nodes).map(|place| (place / nodes) as u32).collect();
    let mut row: Vec<usize> = (0..nodes).collect();
    let mut chosen = vec![Edge::default(); nodes];
    let mut parent: Vec<Option<usize>> = vec![None; nodes];
    // For each node the component that it is in.
    let mut outermost: Vec<usize> = (0..nodes).collect();
    let mut place = vec![Place::New; nodes];
    place[0] = Place::Reached;
    let mut path: Vec<usize> = Vec::new();
    for start in 1..nodes {
        let mut end = outermost[start];
        if place[end] == Place::Reached {
            continue;
        }
        path.clear();
        loop {
            if place[end] == Place::New {
                place[end] = Place::OnPath;
                path.push(end);
            }
            let own = row[end] * nodes;
            let outside = (0..nodes).filter(|&head| outermost[head] != end);
            let Some(head) = outside.max_by(|&a, &b| scores[own + a].total_cmp(&scores[own + b])) else { break };
            chosen[end] = Edge { head, node: enters[own + head] as usize };
            let from = outermost[head];
            match place[from] {
                Place::New => end = from,
                Place::Reached => break,
                Place::OnPath => {
                    let begin = path.iter().position(|&component| component == from).unwrap_or(0);
                    let cycle = path.split_off(begin);
                    end = row.len();
                    contract(&cycle, &row, &chosen, scores, &mut enters, nodes);
                    row.push(row[cycle[0]]);
                    cycle.iter().for_each(|&component| parent[component] = Some(end));
                    chosen.push(Edge::default());
                    parent.push(None);
                    place.push(Place::New);
                    outermost.iter_mut().filter(|component| parent[**component] == Some(end)).for_each(|component| *component = end);
                }
            }
        }
        path.iter().for_each(|&component| place[component] = Place::Reached);
    }
    // A component that is entered at a node gives up the edge that it had there; outer components decide before inner ones.
    for component in (nodes..row.len()).rev() {
        let edge = chosen[component];
        let mut entered = edge.node;
        while let Some(around) = parent[entered].filter(|&around| around != component) {
            entered = around;
        }
        chosen[entered] = edge;
    }
    chosen.into_iter().take(nodes).map(|edge| edge.head).collect()
}

/// Where a component stands in the search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    New,
    OnPath,
    /// From the root.
    Reached,
}

/// Makes the first component's row that of the whole cycle: for each head the most that is gained where the component that it enters gives up its edge.
fn contract(cycle: &[usize], row: &[usize], chosen: &[Edge], scores: &mut [f64], enters: &mut [u32], nodes: usize) {
    let first = row[cycle[0]] * nodes;
    let given_up = |component: usize, scores: &[f64]| scores[row[component] * nodes + chosen[component].head];
    let lost = given_up(cycle[0], scores);
    scores[first..first + nodes].iter_mut().for_each(|score| *score -= lost);
    for &component in &cycle[1..] {
        let (own, lost) = (row[component] * nodes, given_up(component, scores));
        for head in 0..nodes {
            let gain = scores[own + head] - lost;
            if gain > scores[first + head] {
                (scores[first + head], enters[first + head]) = (gain, enters[own + head]);
            }
        }
    }
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
        let reaches_root = |token: usize| {
            let (mut head, mut steps) = (heads[token], 0);
            while head != 0 && steps <= heads.len() {
                (head, steps) = (heads[head - 1], steps + 1);
            }
            head == 0
        };
        heads.iter().filter(|&&head| head == 0).count() == 1 && (0..heads.len()).all(reaches_root)
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
        for tokens in [1, 60, 500] {
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
