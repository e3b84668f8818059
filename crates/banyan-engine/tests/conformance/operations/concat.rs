use super::{Operation, stream};
use crate::case::Case;
use crate::tensor::Tensor;

pub(crate) fn operation() -> Operation {
    let mut stream = stream("concat");
    let mut cases = Vec::new();
    for (leading, widths) in [(&[1][..], &[1][..]), (&[13], &[5, 1, 17]), (&[2, 3], &[2, 7])] {
        let mut case = Case::value(&format!("{leading:?} of {widths:?}"), |graph, operands| graph.concat(operands.inputs));
        for (part, &width) in widths.iter().enumerate() {
            case = case.input(Tensor::random(&format!("part {part}"), &[leading, &[width]].concat(), &mut stream));
        }
        let (rows, widths) = (leading.iter().product::<usize>(), widths.to_vec());
        let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
            let mut result = Vec::new();
            for row in 0..rows {
                for (input, &width) in inputs.iter().zip(&widths) {
                    result.extend_from_slice(&input[row * width..(row + 1) * width]);
                }
            }
            result
        };
        cases.push(case.reference(reference));
    }
    // One value in two places: both cotangents reach it.
    let twice = Case::value("twice", |graph, operands| graph.concat(&[operands.inputs[0], operands.inputs[0]]));
    let reference = |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].chunks(3).flat_map(|row| [row, row].concat()).collect();
    cases.push(twice.input(Tensor::random("x", &[5, 3], &mut stream)).reference(reference));
    Operation { fixtures: Vec::new(), cases }
}
