use super::{Operation, stream};
use crate::case::Case;
use crate::tensor::Tensor;

pub(crate) fn operation() -> Operation {
    let mut stream = stream("reshape");
    let mut cases = Vec::new();
    for (from, to) in [(&[1, 1][..], &[1][..]), (&[13, 6], &[13, 2, 3]), (&[5, 2, 3, 7], &[5, 42])] {
        let case = Case::value(&format!("{from:?} to {to:?}"), move |graph, operands| {
            let mut shape = to.to_vec();
            shape[0] = operands.samples.len();
            graph.reshape(operands.inputs[0], &shape[..])
        });
        cases.push(case.input(Tensor::random("x", from, &mut stream)).reference(|inputs, _| inputs[0].clone()));
    }
    // The value and its view in one sum: both cotangents reach what they share.
    let both = Case::value("with its view", |graph, operands| {
        let x = operands.inputs[0];
        let view = graph.reshape(x, [operands.samples.len(), 1, 3]);
        let back = graph.reshape(view, [operands.samples.len(), 3]);
        graph.sum(&[x, back], 1.0)
    });
    let reference = |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].iter().map(|x| 2.0 * x).collect();
    cases.push(both.input(Tensor::random("x", &[7, 3], &mut stream)).reference(reference));
    Operation { fixtures: Vec::new(), cases }
}
