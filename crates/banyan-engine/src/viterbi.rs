//! The best path through a linear-chain conditional random field (Viterbi, 1967).

use crate::simd::dispatch;

dispatch! {
    /// What the best paths to tag `from` bring to the tags after it.
    fn extend(best: &mut [f64], origins: &mut [u32], from: u32, so_far: f64, scores: &[f32]) {
        for ((best, origin), &score) in best.iter_mut().zip(origins).zip(scores) {
            let score = so_far + f64::from(score);
            let is_better = score > *best;
            *best = if is_better { score } else { *best };
            *origin = if is_better { from } else { *origin };
        }
    }
}

/// Finds best paths, sample after sample, in memory of its own that it keeps.
#[derive(Debug, Clone, Default)]
pub struct Viterbi {
    best: Vec<f64>,
    next: Vec<f64>,
    /// For each position but the first and each tag the tag before it on the best path there.
    origins: Vec<u32>,
    /// The scores of transitions, −∞ where they are not allowed.
    permitted: Vec<f32>,
}

impl Viterbi {
    /// A finder without memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes the path of one sample with the highest score to `path`, one tag a position, and returns the score. Scores and
    /// constraints are those of [`Graph::crf`](crate::Graph::crf): `emissions` is `[length, tags]`, `transitions` is `[tags + 2, tags]`,
    /// and `allowed` has the same shape or is empty. Of paths with the same score it is the one whose last tag is the lowest, of these the one
    /// whose last but one is, and so on.
    ///
    /// Where no path is allowed (or has a score other than −∞ and NaN) the path is left empty and the score is −∞; a sample without
    /// positions has an empty path of score 0.
    ///
    /// # Panics
    /// If the sizes do not fit.
    pub fn best_path(&mut self, emissions: &[f32], tags: usize, transitions: &[f32], allowed: &[bool], path: &mut Vec<u32>) -> f64 {
        assert!(tags > 0 && emissions.len().is_multiple_of(tags), "{} emissions of {tags} tags", emissions.len());
        assert_eq!(transitions.len(), (tags + 2) * tags, "transitions of {tags} tags");
        assert!(allowed.is_empty() || allowed.len() == transitions.len(), "{} of the transitions are allowed or not", allowed.len());
        path.clear();
        let length = emissions.len() / tags;
        if length == 0 {
            return 0.0;
        }
        self.permitted.clear();
        self.permitted.extend_from_slice(transitions);
        for (score, _) in self.permitted.iter_mut().zip(allowed).filter(|(_, allowed)| !**allowed) {
            *score = f32::NEG_INFINITY;
        }
        let (between, ends) = self.permitted.split_at(tags * tags);
        let (starts, ends) = ends.split_at(tags);
        self.best.clear();
        self.best.extend(starts.iter().map(|&score| f64::from(score)));
        self.origins.clear();
        self.origins.resize((length - 1) * tags, 0);
        for (position, scores) in emissions.chunks_exact(tags).enumerate() {
            if position > 0 {
                self.next.clear();
                self.next.resize(tags, f64::NEG_INFINITY);
                let origins = &mut self.origins[(position - 1) * tags..][..tags];
                for (from, &so_far) in self.best.iter().enumerate() {
                    extend(&mut self.next, origins, from as u32, so_far, &between[from * tags..][..tags]);
                }
                std::mem::swap(&mut self.best, &mut self.next);
            }
            for (best, &score) in self.best.iter_mut().zip(scores) {
                *best += f64::from(score);
            }
        }
        let (mut tag, mut highest) = (0, f64::NEG_INFINITY);
        for (own, (&best, &end)) in self.best.iter().zip(ends).enumerate() {
            let score = best + f64::from(end);
            if score > highest {
                (tag, highest) = (own, score);
            }
        }
        if highest == f64::NEG_INFINITY {
            return highest;
        }
        path.push(tag as u32);
        for origins in self.origins.chunks_exact(tags).rev() {
            tag = origins[tag] as usize;
            path.push(tag as u32);
        }
        path.reverse();
        highest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    /// Every path of so many positions, in an order in which the last tags count most.
    fn all_paths(length: usize, tags: usize) -> impl Iterator<Item = Vec<u32>> {
        let digit = move |number: usize, position: usize| (number / tags.pow(position as u32) % tags) as u32;
        (0..tags.pow(length as u32)).map(move |number| (0..length).map(|position| digit(number, position)).collect())
    }

    fn score(path: &[u32], emissions: &[f32], tags: usize, transitions: &[f32], allowed: &[bool]) -> f64 {
        let of = |row: usize, tag: u32| {
            let at = row * tags + tag as usize;
            if allowed.is_empty() || allowed[at] { f64::from(transitions[at]) } else { f64::NEG_INFINITY }
        };
        let mut sum = of(tags, path[0]) + of(tags + 1, path[path.len() - 1]);
        for (position, &tag) in path.iter().enumerate() {
            sum += f64::from(emissions[position * tags + tag as usize]);
            if position > 0 {
                sum += of(path[position - 1] as usize, tag);
            }
        }
        sum
    }

    #[test]
    fn no_path_is_better() {
        let mut stream = Stream::new(&[3]);
        let (mut viterbi, mut path) = (Viterbi::new(), vec![9; 5]);
        let mut without = 0;
        for round in 0..400 {
            let (length, tags) = (1 + stream.below(5), 1 + stream.below(4));
            // Small whole numbers: sums are exact, and many paths have the same score.
            let mut draw = |count: usize| (0..count).map(|_| stream.below(3) as f32 - 1.0).collect::<Vec<_>>();
            let (emissions, transitions) = (draw(length * tags), draw((tags + 2) * tags));
            let share = [1.0, 0.8, 0.4][round % 3];
            let allowed: Vec<bool> =
                if round % 4 == 0 { Vec::new() } else { (0..transitions.len()).map(|_| stream.uniform() < share).collect() };
            let mut expected = (f64::NEG_INFINITY, Vec::new());
            for path in all_paths(length, tags) {
                let score = score(&path, &emissions, tags, &transitions, &allowed);
                if score > expected.0 {
                    expected = (score, path);
                }
            }
            let found = viterbi.best_path(&emissions, tags, &transitions, &allowed, &mut path);
            assert_eq!((found, &path), (expected.0, &expected.1), "round {round}: {length} of {tags}");
            without += usize::from(path.is_empty());
        }
        assert!((20..200).contains(&without), "{without} rounds without an allowed path");
    }

    #[test]
    fn no_positions_are_an_empty_path() {
        let mut path = vec![1];
        assert_eq!(Viterbi::new().best_path(&[], 2, &[0.0; 8], &[], &mut path), 0.0);
        assert!(path.is_empty());
    }
}
