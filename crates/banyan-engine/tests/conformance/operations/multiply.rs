use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn read(fixture: &Fixture) -> Case {
    let case = Case::value(&fixture.name, |graph, operands| graph.multiply(operands.inputs[0], operands.inputs[1]));
    case.input(fixture.input("x")).input(fixture.input("factor"))
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("multiply");
    let mut cases = Vec::new();
    for shape in [&[1, 1][..], &[13, 17], &[2, 3, 5, 7]] {
        let case = Case::value(&format!("{shape:?}"), |graph, operands| graph.multiply(operands.inputs[0], operands.inputs[1]));
        let (left, right) = (Tensor::random("left", shape, &mut stream), Tensor::random("right", shape, &mut stream));
        let reference = |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].iter().zip(&inputs[1]).map(|(x, y)| x * y).collect();
        cases.push(case.input(left).input(right).reference(reference));
    }
    for shape in [&[5, 3, 7][..], &[1, 2, 2, 3], &[4, 6, 5, 1]] {
        let (samples, width) = (shape[0], shape[shape.len() - 1]);
        let case = Case::value(&format!("{shape:?} and a vector a sample"), |graph, operands| {
            graph.multiply(operands.inputs[0], operands.inputs[1])
        });
        let grid = Tensor::random("grid", shape, &mut stream);
        let per_sample = grid.per_sample();
        let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
            (0..inputs[0].len()).map(|i| inputs[0][i] * inputs[1][i / per_sample * width + i % width]).collect()
        };
        cases.push(case.input(grid).input(Tensor::random("vector", &[samples, width], &mut stream)).reference(reference));
    }
    let square = Case::value("square", |graph, operands| graph.multiply(operands.inputs[0], operands.inputs[0]));
    let reference = |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].iter().map(|x| x * x).collect();
    cases.push(square.input(Tensor::random("x", &[7, 3], &mut stream)).reference(reference));
    Operation { fixtures: vec![("modulate", read)], cases }
}
