//! Not an operation of the engine, but made of its operations, and fixed by PyTorch (CORAL, Cao et al., 2020).

use super::Operation;
use crate::case::Case;
use crate::fixture::Fixture;

fn read(fixture: &Fixture) -> Case {
    let thresholds = fixture.number("classes") as usize - 1;
    let (targets, weights) = (fixture.integers("targets"), fixture.constant("weights").data);
    let case = Case::loss(&fixture.name, move |graph, operands| {
        let samples = operands.samples.clone();
        let score = graph.concat(&vec![operands.inputs[0]; thresholds]);
        let nothing = graph.input([samples.len(), thresholds], &vec![0.0; samples.len() * thresholds]);
        let levels = graph.fill_missing(nothing, operands.parameters[0], &vec![false; samples.len()]);
        let minus = graph.sum(&[levels], -1.0);
        let logits = graph.sum(&[score, minus], 1.0);
        let exceeds = |target: u32| (0..thresholds as u32).map(move |k| if target > k { 1.0 } else { 0.0 });
        let binary: Vec<f32> = targets[samples.clone()].iter().flat_map(|&target| exceeds(target)).collect();
        let own = weights[samples].iter().zip(operands.weights).flat_map(|(a, b)| vec![a * b; thresholds]);
        graph.binary_cross_entropy(logits, &binary, &own.collect::<Vec<f32>>())
    });
    case.input(fixture.input("score")).parameter(fixture.parameter("thresholds"))
}

pub(crate) fn operation() -> Operation {
    Operation { fixtures: vec![("ordinal_cumulative", read)], cases: vec![read(&Fixture::named("ordinal_cumulative"))] }
}
