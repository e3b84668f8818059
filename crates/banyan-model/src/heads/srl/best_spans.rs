//! The best spans of a sentence by the scores of their tags.

use banyan_text::spans::{OUTSIDE, Part, tag, tags};

/// Finds for one sentence after another the sequence of whole spans whose tags have the largest sum of scores.
///
/// The transitions of spans are so few that no table of them is needed: a span of a type is open or none is. With one number for "none is
/// open" and one for each type the best sequence is found in one step for each tag of each token, where Viterbi's algorithm over all
/// pairs of tags takes the square.
#[derive(Debug, Default)]
pub(crate) struct BestSpans {
    /// For each type the best score of a beginning of the sentence after which a span of it is open.
    open: Vec<f32>,
    /// For each token the tag with which the best beginning ends after which no span is open.
    closing: Vec<u32>,
    /// For each token and type whether the span that is open after it began there.
    begun: Vec<bool>,
}

impl BestSpans {
    /// The tags of a sentence of `scores`, `[tokens, tags]`, written to `path`.
    pub(crate) fn decode(&mut self, scores: &[f32], types: usize, path: &mut Vec<u32>) {
        let width = tags(types);
        let tokens = scores.len() / width;
        self.open.clear();
        self.open.resize(types, f32::NEG_INFINITY);
        self.begun.clear();
        self.begun.resize(tokens * types, false);
        self.closing.clear();
        let mut closed = 0.0;
        for (scores, begun) in scores.chunks_exact(width).zip(self.begun.chunks_exact_mut(types.max(1))) {
            let (mut best, mut last) = (closed + scores[OUTSIDE as usize], OUTSIDE);
            let mut propose = |score: f32, tag: u32| {
                if score > best {
                    (best, last) = (score, tag);
                }
            };
            for (kind, open) in self.open.iter_mut().enumerate() {
                let score = |part| scores[tag(kind, part) as usize];
                propose(closed + score(Part::Single), tag(kind, Part::Single));
                propose(*open + score(Part::End), tag(kind, Part::End));
                let (begins, goes_on) = (closed + score(Part::Begin), *open + score(Part::Inside));
                begun[kind] = begins >= goes_on;
                *open = begins.max(goes_on);
            }
            closed = best;
            self.closing.push(last);
        }
        // Back from the end, where no span may be open.
        path.clear();
        path.resize(tokens, OUTSIDE);
        let mut open = None;
        for token in (0..tokens).rev() {
            let tag_here = match open {
                None => self.closing[token],
                Some(kind) => tag(kind, if self.begun[token * types + kind] { Part::Begin } else { Part::Inside }),
            };
            path[token] = tag_here;
            open = match banyan_text::spans::part_of(tag_here) {
                Some((kind, Part::End | Part::Inside)) => Some(kind),
                _ => None,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_engine::Viterbi;
    use banyan_engine::random::Stream;
    use banyan_text::spans::allowed;

    #[test]
    fn the_best_of_all_allowed_paths() {
        let (mut own, mut viterbi) = (BestSpans::default(), Viterbi::default());
        let (mut path, mut expected) = (Vec::new(), Vec::new());
        for case in 0..200 {
            let mut stream = Stream::new(&[case]);
            let (types, tokens) = (1 + stream.below(4), 1 + stream.below(9));
            let width = tags(types);
            let scores: Vec<f32> = (0..tokens * width).map(|_| stream.normal()).collect();
            own.decode(&scores, types, &mut path);
            viterbi.best_path(&scores, width, &vec![0.0; (width + 2) * width], &allowed(types), &mut expected);
            assert_eq!(path, expected, "case {case}");
        }
        own.decode(&[], 2, &mut path);
        assert!(path.is_empty());
    }
}
