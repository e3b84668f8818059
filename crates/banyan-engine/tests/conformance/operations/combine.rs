use super::{Operation, stream};
use crate::case::Case;
use crate::tensor::Tensor;

pub(crate) fn operation() -> Operation {
    let mut stream = stream("combine");
    let mut cases = Vec::new();
    for (shape, parts, row) in [(&[1, 1][..], 1, 0), (&[13, 17], 3, 1), (&[2, 3, 5], 2, 2)] {
        let mut case = Case::value(&format!("{parts} of {shape:?}"), move |graph, operands| {
            graph.combine(operands.inputs, operands.parameters[0], row)
        });
        for part in 0..parts {
            case = case.input(Tensor::random(&format!("part {part}"), shape, &mut stream));
        }
        let reference = move |inputs: &[Vec<f64>], parameters: &[Vec<f64>]| {
            let sum = |i: usize| (0..parts).map(|part| parameters[0][row * parts + part] * inputs[part][i]).sum();
            (0..inputs[0].len()).map(sum).collect()
        };
        cases.push(case.parameter(Tensor::random("factors", &[3, parts], &mut stream)).reference(reference));
    }
    Operation { fixtures: Vec::new(), cases }
}
