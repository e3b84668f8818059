//! The loss of a linear-chain conditional random field (Lafferty, McCallum and Pereira, 2001). Tags that are not known are summed over
//! (the marginal likelihood; Tsuboi et al., 2008), and transitions may be forbidden.

use super::{Op, cross_entropy::Kept, softmax::normalize};
use crate::graph::Graph;
use crate::parameters::ParameterId;
use crate::pool::Pool;
use crate::shape::Shape;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};
use std::ops::Range;

/// The target of a position whose tag is not known.
const UNKNOWN: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Crf {
    emissions: Var,
    transitions: ParameterId,
    kept: Kept,
    /// The derivative with respect to the transitions.
    derivative: Saved,
}

/// The tags that a position may have.
fn tags_of(target: u32, tags: usize) -> Range<usize> {
    if target == UNKNOWN { 0..tags } else { target as usize..target as usize + 1 }
}

/// All paths of one sample that agree with the tags that are known, or all paths.
struct Paths<'a> {
    tags: usize,
    /// `[length, tags]`
    emissions: &'a [f32],
    /// `[tags + 2, tags]`, −∞ where a transition is not allowed.
    transitions: &'a [f32],
    /// One tag a position; none for all paths.
    targets: Option<&'a [u32]>,
}

impl Paths<'_> {
    fn tags_at(&self, position: usize) -> Range<usize> {
        self.targets.map_or(0..self.tags, |targets| tags_of(targets[position], self.tags))
    }
}

/// Memory for one sample at a time.
struct Room<'a> {
    /// For each position and tag the logarithm of the sum over the paths up to there, less the position's shift.
    before: &'a mut [f32],
    shifts: &'a mut [f32],
    /// The same over the paths from there on, at one position and the one before it.
    after: &'a mut [f32],
    earlier: &'a mut [f32],
    row: &'a mut [f32],
    onward: &'a mut [f32],
}

impl<'a> Room<'a> {
    fn len(length: usize, tags: usize) -> usize {
        length * (tags + 1) + 4 * tags
    }

    fn of(memory: &'a mut [f32], length: usize, tags: usize) -> Self {
        let (before, rest) = memory.split_at_mut(length * tags);
        let (shifts, rest) = rest.split_at_mut(length);
        let (after, rest) = rest.split_at_mut(tags);
        let (earlier, rest) = rest.split_at_mut(tags);
        let (row, onward) = rest.split_at_mut(tags);
        Self { before, shifts, after, earlier, row, onward: &mut onward[..tags] }
    }
}

/// What a sum of exponentials is taken less of, so that the largest of them is 1: the largest exponent, but never −∞.
#[inline(always)]
fn shift_of(largest: f32) -> f32 {
    if largest == f32::NEG_INFINITY { 0.0 } else { largest }
}

/// Takes the largest number off all; returns it.
#[inline(always)]
fn take_largest(numbers: &mut [f32]) -> f32 {
    let shift = shift_of(numbers.iter().fold(f32::NEG_INFINITY, |largest, &x| if x > largest { x } else { largest }));
    for x in numbers.iter_mut() {
        *x -= shift;
    }
    shift
}

#[inline(always)]
fn add_scaled(sums: &mut [f32], factor: f32, numbers: &[f32]) {
    for (sum, &x) in sums.iter_mut().zip(numbers) {
        *sum += factor * x;
    }
}

dispatch! {
    /// Adds the probabilities of tags and of transitions among the paths, times `weight`, to the derivatives; returns the logarithm of the
    /// sum of the exponentials of all paths' scores.
    ///
    /// Sums are of logarithms, so that no score is too large, and each position's are taken less their largest, so that no
    /// sequence is too long for single precision.
    fn add_marginals(paths: &Paths<'_>, weight: f32, room: &mut Room<'_>, emissions: &mut [f32], transitions: &mut [f32]) -> f64 {
        let tags = paths.tags;
        let length = paths.emissions.len() / tags;
        let mut log_sum = 0.0f64;
        for position in 0..length {
            let own = paths.tags_at(position);
            let (earlier, later) = room.before.split_at_mut(position * tags);
            let sums = &mut later[own.clone()];
            if position == 0 {
                sums.copy_from_slice(&paths.transitions[tags * tags..][own.clone()]);
            } else {
                let (earlier, of_before) = (&earlier[(position - 1) * tags..], paths.tags_at(position - 1));
                sums.fill(f32::NEG_INFINITY);
                for tag in of_before.clone() {
                    for (largest, &score) in sums.iter_mut().zip(&paths.transitions[tag * tags..][own.clone()]) {
                        let x = earlier[tag] + score;
                        *largest = if x > *largest { x } else { *largest };
                    }
                }
                let row = &mut room.row[own.clone()];
                row.fill(0.0);
                for tag in of_before {
                    for ((sum, &largest), &score) in row.iter_mut().zip(sums.iter()).zip(&paths.transitions[tag * tags..][own.clone()]) {
                        *sum += simd::exp(earlier[tag] + score - shift_of(largest));
                    }
                }
                for (largest, &sum) in sums.iter_mut().zip(row.iter()) {
                    *largest = shift_of(*largest) + sum.ln();
                }
            }
            for (sum, &score) in sums.iter_mut().zip(&paths.emissions[position * tags..][own]) {
                *sum += score;
            }
            room.shifts[position] = take_largest(sums);
            log_sum += f64::from(room.shifts[position]);
        }
        for position in (0..length).rev() {
            let own = paths.tags_at(position);
            if position == length - 1 {
                room.after[own.clone()].copy_from_slice(&paths.transitions[(tags + 1) * tags..][own.clone()]);
            }
            let row = &mut room.row[own.clone()];
            for ((x, &before), &after) in row.iter_mut().zip(&room.before[position * tags..][own.clone()]).zip(&room.after[own.clone()]) {
                *x = before + after;
            }
            let total = normalize(row);
            add_scaled(&mut emissions[position * tags..][own.clone()], weight, row);
            if position == length - 1 {
                log_sum += f64::from(total);
                add_scaled(&mut transitions[(tags + 1) * tags..][own.clone()], weight, row);
            }
            if position == 0 {
                add_scaled(&mut transitions[tags * tags..][own], weight, row);
                break;
            }
            let onward = &mut room.onward[own.clone()];
            for ((x, &after), &score) in onward.iter_mut().zip(&room.after[own.clone()]).zip(&paths.emissions[position * tags..][own.clone()]) {
                *x = after + score;
            }
            let (all, of_before) = (total + room.shifts[position], paths.tags_at(position - 1));
            for tag in of_before.clone() {
                for ((x, &score), &onward) in row.iter_mut().zip(&paths.transitions[tag * tags..][own.clone()]).zip(onward.iter()) {
                    *x = score + onward;
                }
                // The row becomes the probabilities of what follows the tag, and the tag's own is had from the sums before and after.
                room.earlier[tag] = normalize(row);
                let probability = simd::exp(room.before[(position - 1) * tags + tag] + room.earlier[tag] - all);
                add_scaled(&mut transitions[tag * tags..][own.clone()], weight * probability, row);
            }
            take_largest(&mut room.earlier[of_before]);
            std::mem::swap(&mut room.after, &mut room.earlier);
        }
        log_sum
    }
}

/// Whether an allowed path has the tags that are known.
fn is_possible(allowed: &[bool], tags: usize, targets: &[u32], pool: &mut Pool) -> bool {
    let may = |row: usize, tag: usize| allowed[row * tags + tag];
    let (mut reached, mut next) = (pool.take_integers(), pool.take_integers());
    for (position, &target) in targets.iter().enumerate() {
        let is_reached = |tag: &usize| if position == 0 { may(tags, *tag) } else { reached.iter().any(|&from| may(from as usize, *tag)) };
        next.extend(tags_of(target, tags).filter(is_reached).map(|tag| tag as u32));
        std::mem::swap(&mut reached, &mut next);
        next.clear();
    }
    let is_possible = reached.iter().any(|&tag| may(tags + 1, tag as usize));
    pool.give_integers(reached);
    pool.give_integers(next);
    is_possible
}

impl Graph<'_> {
    /// `Σ_s weights[s] · nll(s)`, a scalar, where `nll` is minus the logarithm of the probability of a sample's tags under a
    /// linear-chain conditional random field.
    ///
    /// `emissions` is `[samples, length, tags]`, the scores of a position's tags. `transitions` is `[tags + 2, tags]`: row `i` of
    /// the first `tags` scores the tags after tag `i`, the next row the first tag of a sample, the last row the last one. `allowed` has the
    /// same shape: a transition, start or end that is not allowed has probability 0; it is empty where all are. `targets`
    /// has one tag a position, `[samples × length]`, or `u32::MAX` where it is not known: the probability is that of all paths with
    /// the known tags. A sample with none and one of weight 0 count for nothing. What comes after `lengths[s]` positions is padding.
    ///
    /// # Panics
    /// If the sizes do not fit, a sample is longer than its positions, a counted target is not a tag, or no allowed path has a
    /// counted sample's tags.
    pub fn crf(
        &mut self,
        emissions: Var,
        transitions: ParameterId,
        allowed: &[bool],
        targets: &[u32],
        lengths: &[u32],
        weights: &[f32],
    ) -> Var {
        let (shape, info) = (self.shape(emissions), self.parameters.info(transitions));
        let [samples, positions, tags] = *shape.axes() else { panic!("a field reads [samples, length, tags], not {shape:?}") };
        let scores = self.parameter(transitions);
        assert!(
            tags > 0 && *info.shape.axes() == [tags + 2, tags],
            "field {}: emissions {shape:?}, transitions {:?}",
            info.name,
            info.shape
        );
        assert!(
            allowed.is_empty() || allowed.len() == scores.len(),
            "field {}: {} of its transitions are allowed or not",
            info.name,
            allowed.len()
        );
        assert_eq!(targets.len(), samples * positions, "a tag for each position of {shape:?}");
        assert!(lengths.len() == samples && weights.len() == samples, "a length and a weight for each sample of {shape:?}");
        assert!(lengths.iter().all(|&own| own as usize <= positions), "a sample of {shape:?} is longer than its positions: {lengths:?}");
        let pool = &mut self.tape.pool;
        let mut permitted = pool.copy(scores);
        for (score, _) in permitted.iter_mut().zip(allowed).filter(|(_, allowed)| !**allowed) {
            *score = f32::NEG_INFINITY;
        }
        let (mut of_emissions, mut of_transitions) = (pool.zeros(shape.len()), pool.zeros(scores.len()));
        let mut memory = pool.take(Room::len(positions, tags));
        let of_sample = |sample: usize| sample * positions..sample * positions + lengths[sample] as usize;
        let counts = |sample: usize| weights[sample] != 0.0 && targets[of_sample(sample)].iter().any(|&target| target != UNKNOWN);
        let x = &self.tape.storages[self.tape.nodes[emissions.index()].storage as usize];
        let mut loss = 0.0;
        for sample in (0..samples).filter(|&sample| counts(sample)) {
            let own = of_sample(sample);
            let targets = &targets[own.clone()];
            assert!(targets.iter().all(|&target| target == UNKNOWN || (target as usize) < tags), "sample {sample}: a target is not a tag");
            let is_possible = allowed.is_empty() || is_possible(allowed, tags, targets, pool);
            assert!(is_possible, "field {}: no allowed path has the tags of sample {sample}", info.name);
            let own = own.start * tags..own.end * tags;
            let mut room = Room::of(&mut memory, targets.len(), tags);
            let mut add = |targets, weight: f32| {
                let paths = Paths { tags, emissions: &x[own.clone()], transitions: &permitted, targets };
                add_marginals(&paths, weight, &mut room, &mut of_emissions[own.clone()], &mut of_transitions)
            };
            let weight = weights[sample];
            loss += f64::from(weight) * (add(None, weight) - add(Some(targets), -weight));
        }
        let mut value = pool.take(1);
        value[0] = loss as f32;
        pool.give(permitted);
        pool.give(memory);
        let kept = Kept::of_rows(self.tape, of_emissions, samples, counts);
        let derivative = self.tape.save(of_transitions);
        self.tape.push(Op::Crf(Crf { emissions, transitions, kept, derivative }), Shape::new(&[]), value, true)
    }
}

impl Crf {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        for row in 0..sweep.rows() {
            let Some(factor) = sweep.cotangent(output, row).map(|cotangent| cotangent[0]) else { continue };
            if self.kept.counts_any() {
                let derivative = sweep.saved(self.derivative);
                simd::add_scaled(sweep.gradient(self.transitions, row), factor, derivative);
            }
        }
        self.kept.pull_back(sweep, output, self.emissions);
    }
}
