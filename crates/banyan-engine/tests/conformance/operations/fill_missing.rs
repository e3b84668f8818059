use super::{Operation, coins, stream};
use crate::case::Case;
use crate::tensor::Tensor;

pub(crate) fn operation() -> Operation {
    let mut stream = stream("fill_missing");
    let mut cases = Vec::new();
    let mut add = |shape: &[usize], present: Vec<bool>| {
        let width = *shape.last().expect("a last axis");
        let x = Tensor::random("x", shape, &mut stream);
        let per_sample = x.per_sample();
        let reference = {
            let present = present.clone();
            move |inputs: &[Vec<f64>], parameters: &[Vec<f64>]| {
                let value = |i: usize| if present[i / per_sample] { inputs[0][i] } else { parameters[0][i % width] };
                (0..inputs[0].len()).map(value).collect()
            }
        };
        let case = Case::value(&format!("{shape:?} {present:?}"), move |graph, operands| {
            graph.fill_missing(operands.inputs[0], operands.parameters[0], &present[operands.samples.clone()])
        });
        cases.push(case.input(x).parameter(Tensor::random("token", &[width], &mut stream)).reference(reference));
    };
    add(&[1, 1], vec![false]);
    add(&[1, 3], vec![true]);
    add(&[13, 17], coins(&mut super::stream("rows"), 13));
    add(&[5, 3, 7], coins(&mut super::stream("tokens"), 5));
    add(&[3, 2, 5, 3], vec![false; 3]);
    Operation { fixtures: Vec::new(), cases }
}
