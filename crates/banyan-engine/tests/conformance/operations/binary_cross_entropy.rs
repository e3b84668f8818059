use super::{Operation, coins, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

/// Targets and weights are an element's; a sample's weight multiplies those of its elements.
fn case(name: &str, logits: Tensor, targets: Vec<f32>, weights: Vec<f32>) -> Case {
    let width = logits.per_sample();
    let case = Case::loss(name, move |graph, operands| {
        let range = operands.samples.start * width..operands.samples.end * width;
        let weights: Vec<f32> = weights[range.clone()].iter().enumerate().map(|(i, w)| w * operands.weights[i / width]).collect();
        graph.binary_cross_entropy(operands.inputs[0], &targets[range], &weights)
    });
    case.input(logits)
}

fn read(fixture: &Fixture) -> Case {
    case(&fixture.name, fixture.input("logits"), fixture.constant("targets").data, fixture.constant("weights").data)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("binary_cross_entropy");
    let mut cases = Vec::new();
    for shape in [&[1, 1][..], &[13, 1], &[7, 17], &[2, 3, 5]] {
        let logits = Tensor::random("logits", shape, &mut stream);
        let targets = coins(&mut stream, logits.data.len()).iter().map(|&hit| if hit { 1.0 } else { 0.25 }).collect();
        let weights = Tensor::positive("weights", shape, &mut stream).data;
        cases.push(case(&format!("{shape:?}"), logits, targets, weights));
    }
    Operation { fixtures: vec![("binary_cross_entropy_with_logits", read)], cases }
}
