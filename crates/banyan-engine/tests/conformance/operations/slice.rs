use super::{Operation, stream};
use crate::case::Case;
use crate::tensor::Tensor;

pub(crate) fn operation() -> Operation {
    let mut stream = stream("slice");
    let mut cases = Vec::new();
    for (shape, range) in [(&[1, 1][..], 0..1), (&[13, 17], 3..11), (&[2, 3, 5], 4..5), (&[7, 5], 0..5)] {
        let width = *shape.last().expect("a last axis");
        let own = range.clone();
        let case = Case::value(&format!("{range:?} of {shape:?}"), move |graph, operands| graph.slice(operands.inputs[0], own.clone()));
        let reference =
            move |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].chunks(width).flat_map(|row| row[range.clone()].to_vec()).collect();
        cases.push(case.input(Tensor::random("x", shape, &mut stream)).reference(reference));
    }
    Operation { fixtures: Vec::new(), cases }
}
