use super::{Operation, stream};
use crate::case::Case;
use crate::tensor::Tensor;

pub(crate) fn operation() -> Operation {
    let mut stream = stream("multiply");
    let mut cases = Vec::new();
    for shape in [&[1, 1][..], &[13, 17], &[2, 3, 5, 7]] {
        let case = Case::value(&format!("{shape:?}"), |graph, operands| graph.multiply(operands.inputs[0], operands.inputs[1]));
        let (left, right) = (Tensor::random("left", shape, &mut stream), Tensor::random("right", shape, &mut stream));
        let reference = |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].iter().zip(&inputs[1]).map(|(x, y)| x * y).collect();
        cases.push(case.input(left).input(right).reference(reference));
    }
    let square = Case::value("square", |graph, operands| graph.multiply(operands.inputs[0], operands.inputs[0]));
    let reference = |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].iter().map(|x| x * x).collect();
    cases.push(square.input(Tensor::random("x", &[7, 3], &mut stream)).reference(reference));
    Operation { fixtures: Vec::new(), cases }
}
