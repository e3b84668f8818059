use super::{Operation, stream};
use crate::case::Case;
use crate::tensor::Tensor;

pub(crate) fn operation() -> Operation {
    let mut stream = stream("sum");
    let mut cases = Vec::new();
    for (shape, parts, factor) in [(&[1, 1][..], 1, 1.0), (&[13, 17], 3, -0.5), (&[2, 3, 5], 2, 2.0)] {
        let mut case = Case::value(&format!("{parts} of {shape:?}"), move |graph, operands| graph.sum(operands.inputs, factor));
        for part in 0..parts {
            case = case.input(Tensor::random(&format!("part {part}"), shape, &mut stream));
        }
        let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
            (0..inputs[0].len()).map(|i| f64::from(factor) * inputs.iter().map(|x| x[i]).sum::<f64>()).collect()
        };
        cases.push(case.reference(reference));
    }
    for shape in [&[5, 3, 7][..], &[1, 2, 2, 3]] {
        let (samples, width) = (shape[0], shape[shape.len() - 1]);
        let case = Case::value(&format!("{shape:?} and a vector a sample"), |graph, operands| graph.sum(operands.inputs, 0.75));
        let grid = Tensor::random("grid", shape, &mut stream);
        let per_sample = grid.per_sample();
        let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
            let vector = |i: usize| inputs[1][i / per_sample * width + i % width];
            (0..inputs[0].len()).map(|i| 0.75 * (inputs[0][i] + vector(i))).collect()
        };
        cases.push(case.input(grid).input(Tensor::random("vector", &[samples, width], &mut stream)).reference(reference));
    }
    let twice = Case::value("twice the same", |graph, operands| graph.sum(&[operands.inputs[0], operands.inputs[0]], 1.0));
    let reference = |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].iter().map(|x| 2.0 * x).collect();
    cases.push(twice.input(Tensor::random("x", &[3, 5], &mut stream)).reference(reference));
    Operation { fixtures: Vec::new(), cases }
}
