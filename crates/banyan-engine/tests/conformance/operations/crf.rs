use super::{Operation, stream};
use crate::case::Case;
use crate::checks::engine;
use crate::fixture::Fixture;
use crate::setup::{Setup, Task};
use crate::tensor::{Tensor, assert_close};
use banyan_engine::random::Stream;

const UNKNOWN: u32 = u32::MAX;

/// What is known of a batch's tags.
#[derive(Clone)]
struct Known {
    /// `[tags + 2, tags]`, or empty.
    allowed: Vec<bool>,
    /// One a position.
    targets: Vec<u32>,
    lengths: Vec<u32>,
    weights: Vec<f32>,
}

fn case(name: &str, emissions: Tensor, transitions: Tensor, known: Known) -> Case {
    let positions = emissions.shape[1];
    let case = Case::loss(name, move |graph, operands| {
        let samples = operands.samples.clone();
        let weights: Vec<f32> = known.weights[samples.clone()].iter().zip(operands.weights).map(|(own, weight)| own * weight).collect();
        let mut targets = known.targets[samples.start * positions..samples.end * positions].to_vec();
        for (sample, targets) in targets.chunks_exact_mut(positions).enumerate() {
            // What is padding and what weighs nothing must not be looked at.
            let counted = if weights[sample] == 0.0 { 0 } else { known.lengths[samples.start + sample] as usize };
            targets[counted..].fill(u32::MAX - 1);
        }
        graph.crf(operands.inputs[0], operands.parameters[0], &known.allowed, &targets, &known.lengths[samples], &weights)
    });
    case.input(emissions).parameter(transitions)
}

/// Of data, which has no gradient.
fn case_of_data(emissions: Tensor, transitions: Tensor, lengths: Vec<u32>) -> Case {
    let [samples, positions, tags] = emissions.shape[..] else { panic!("three axes") };
    let case = Case::loss("of data", move |graph, operands| {
        let own = operands.samples.clone();
        let x = &emissions.data[own.start * positions * tags..own.end * positions * tags];
        let x = graph.input([own.len(), positions, tags], x);
        graph.crf(x, operands.parameters[0], &[], &vec![1; own.len() * positions], &lengths[own], operands.weights)
    });
    case.samples(samples).parameter(transitions)
}

/// The logarithm of the sum over paths of the exponentials of their scores, for the paths whose tags agree with the targets.
fn log_sum(emissions: &[f64], transitions: &[f64], allowed: &[bool], tags: usize, targets: &[u32]) -> f64 {
    let factor =
        |row: usize, tag: usize| if allowed.is_empty() || allowed[row * tags + tag] { transitions[row * tags + tag].exp() } else { 0.0 };
    let mut sums = Vec::new();
    for (position, (scores, &target)) in emissions.chunks_exact(tags).zip(targets).enumerate() {
        let before = |tag: usize| match position {
            0 => factor(tags, tag),
            _ => (0..tags)
                .map(|from: usize| {
                    let sum: f64 = sums[from];
                    sum * factor(from, tag)
                })
                .sum(),
        };
        let agrees = |tag: usize| target == UNKNOWN || target as usize == tag;
        sums = (0..tags).map(|tag| if agrees(tag) { before(tag) * scores[tag].exp() } else { 0.0 }).collect();
    }
    (0..tags).map(|tag| sums[tag] * factor(tags + 1, tag)).sum::<f64>().ln()
}

/// The loss by its definition, where scores are so small that they need no logarithms.
fn definition(emissions: &[f64], transitions: &[f64], [positions, tags]: [usize; 2], known: &Known) -> f64 {
    let mut loss = 0.0;
    for (sample, &length) in known.lengths.iter().enumerate() {
        let targets = &known.targets[sample * positions..][..length as usize];
        let emissions = &emissions[sample * positions * tags..][..length as usize * tags];
        if targets.iter().any(|&target| target != UNKNOWN) {
            let [all, own] =
                [&vec![UNKNOWN; targets.len()], targets].map(|targets| log_sum(emissions, transitions, &known.allowed, tags, targets));
            loss += f64::from(known.weights[sample]) * (all - own);
        }
    }
    loss
}

/// Which share of the tags is known, and of the transitions allowed.
struct Shares {
    known: f32,
    allowed: f32,
}

impl Known {
    /// Some tags of paths that are allowed. The first sample has no known tag, and the second, if any, no position.
    fn draw(stream: &mut Stream, [samples, positions, tags]: [usize; 3], shares: &Shares) -> Self {
        let paths: Vec<u32> = (0..samples * positions).map(|_| stream.below(tags) as u32).collect();
        let mut lengths: Vec<u32> = (0..samples).map(|_| 1 + stream.below(positions) as u32).collect();
        lengths[samples / 2] = positions as u32;
        if samples > 2 {
            lengths[0] = 0;
        }
        let mut allowed: Vec<bool> = (0..(tags + 2) * tags).map(|_| stream.uniform() < shares.allowed).collect();
        for (path, &length) in paths.chunks_exact(positions).zip(&lengths) {
            let mut before = tags;
            for &tag in &path[..length as usize] {
                allowed[before * tags + tag as usize] = true;
                before = tag as usize;
            }
            if length > 0 {
                allowed[(tags + 1) * tags + before] = true;
            }
        }
        if shares.allowed == 1.0 {
            allowed.clear();
        }
        let mut targets: Vec<u32> = paths.iter().map(|&tag| if stream.uniform() < shares.known { tag } else { UNKNOWN }).collect();
        if samples > 3 {
            targets[positions..2 * positions].fill(UNKNOWN);
        } else {
            targets[samples / 2 * positions] = paths[samples / 2 * positions];
        }
        Self { allowed, targets, lengths, weights: Tensor::positive("weights", &[samples], stream).data }
    }
}

fn read(fixture: &Fixture) -> Case {
    // A target of -1 is not known.
    let targets = fixture.constant("targets").data.iter().map(|&target| if target < 0.0 { UNKNOWN } else { target as u32 }).collect();
    let known = Known {
        allowed: fixture.mask("allowed"),
        targets,
        lengths: fixture.integers("lengths"),
        weights: fixture.constant("weights").data,
    };
    case(&fixture.name, fixture.input("emissions"), fixture.parameter("transitions"), known)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("crf");
    let mut cases = Vec::new();
    for sizes in [[1, 1, 1], [3, 1, 4], [5, 4, 3], [2, 6, 18], [7, 3, 5], [4, 35, 5], [18, 3, 17]] {
        let [samples, positions, tags] = sizes;
        for shares in [Shares { known: 1.0, allowed: 1.0 }, Shares { known: 1.0, allowed: 0.6 }, Shares { known: 0.5, allowed: 0.6 }] {
            let known = Known::draw(&mut stream, sizes, &shares);
            let emissions = Tensor::random("emissions", &sizes, &mut stream);
            let transitions = Tensor::random("transitions", &[tags + 2, tags], &mut stream);
            let name = format!("{samples} of {positions}, {tags} tags, {} known, {} allowed", shares.known, shares.allowed);
            let own = known.clone();
            let case = case(&name, emissions, transitions, known);
            cases.push(case.reference(move |inputs, parameters| vec![definition(&inputs[0], &parameters[0], [positions, tags], &own)]));
        }
    }
    let emissions = Tensor::random("emissions", &[5, 3, 2], &mut stream);
    let transitions = Tensor::random("transitions", &[4, 2], &mut stream);
    cases.push(case_of_data(emissions, transitions, vec![3, 1, 2, 3, 0]));
    Operation { fixtures: vec![("crf", read)], cases }
}

/// One sample of two tags, all of whose scores are the same.
fn flat_case(scores: f32, positions: usize, allowed: &[bool], targets: &[u32]) -> Case {
    let emissions = Tensor::new("emissions", &[1, positions, 2], vec![scores; positions * 2]);
    let transitions = Tensor::new("transitions", &[4, 2], vec![scores; 8]);
    let known = Known { allowed: allowed.to_vec(), targets: targets.to_vec(), lengths: vec![targets.len() as u32], weights: vec![1.0] };
    case("flat", emissions, transitions, known)
}

fn loss(allowed: &[bool], targets: &[u32]) -> f32 {
    Setup::new(&flat_case(3.0, targets.len(), allowed, targets)).value()[0]
}

#[test]
fn neither_long_sequences_nor_large_scores_lose_precision() {
    for scores in [0.0, 50.0, -200.0] {
        let mut case = flat_case(scores, 1000, &[], &[0; 1000]);
        // Transitions make no difference, so that each position's tags have a probability of their own.
        let differences: Vec<f32> = (0..1000).map(|position| (position % 13) as f32 / 7.0).collect();
        for (scores, difference) in case.inputs[0].data.chunks_exact_mut(2).zip(&differences) {
            scores[0] += difference;
        }
        let mut setup = Setup::new(&case);
        setup.tasks = vec![Task { weights: vec![1.0], cotangent: Vec::new() }];
        let mut engine = engine(1);
        let found = engine.weighted(&setup.parameters, &setup, &[1.0])[0] as f32;
        let expected: f64 = differences.iter().map(|&difference| (-f64::from(difference)).exp().ln_1p()).sum();
        assert_close(&[found], &[expected as f32], 1e-5, &format!("scores of {scores}"));
        let (emissions, _) = setup.trained()[0];
        let gradient = &engine.gradient()[setup.parameters.info(emissions).range.clone()];
        let other = |difference: &f32| 1.0 / (1.0 + difference.exp());
        let expected: Vec<f32> = differences.iter().map(other).flat_map(|other| [-other, other]).collect();
        assert_close(gradient, &expected, 1e-4, &format!("gradient at scores of {scores}"));
    }
}

#[test]
fn the_only_allowed_path_is_certain() {
    let allowed = [false, true, true, false, true, false, true, true]; // from each tag to the other, beginning with 0
    assert_eq!(loss(&allowed, &[0, UNKNOWN, UNKNOWN, 1, 0]), 0.0);
}

#[test]
#[should_panic(expected = "no allowed path has the tags of sample 0")]
fn tags_that_are_not_allowed_are_refused() {
    let allowed = [false, true, true, false, true, false, true, true];
    loss(&allowed, &[0, UNKNOWN, UNKNOWN, 0, 1]); // the tags of the gap would have to be equal
}

#[test]
#[should_panic(expected = "a target is not a tag")]
fn a_target_that_is_no_tag_is_refused() {
    loss(&[], &[0, 2]);
}
