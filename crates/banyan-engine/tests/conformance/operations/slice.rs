use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use std::ops::Range;

/// The part of an axis, row by row of what follows it.
fn definition(x: &[f64], shape: &[usize], axis: usize, range: &Range<usize>) -> Vec<f64> {
    let inner: usize = shape[axis + 1..].iter().product();
    x.chunks(shape[axis] * inner).flat_map(|block| block[range.start * inner..range.end * inner].to_vec()).collect()
}

fn case_along(name: &str, x: Tensor, axis: usize, range: Range<usize>) -> Case {
    let own = range.clone();
    let mut case = Case::value(name, move |graph, operands| graph.slice_along(operands.inputs[0], axis, own.clone()));
    if axis == 0 {
        case = case.coupled();
    }
    let shape = x.shape.clone();
    case.input(x).reference(move |inputs, _| definition(&inputs[0], &shape, axis, &range))
}

fn read(fixture: &Fixture) -> Case {
    let (begin, end) = fixture.pair("range");
    case_along(&fixture.name, fixture.input("x"), fixture.number("axis") as usize, begin..end)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("slice");
    let mut cases = Vec::new();
    for (shape, range) in [(&[1, 1][..], 0..1), (&[13, 17], 3..11), (&[2, 3, 5], 4..5), (&[7, 5], 0..5)] {
        let (axis, own, reference) = (shape.len() - 1, range.clone(), range.clone());
        let case = Case::value(&format!("{range:?} of {shape:?}"), move |graph, operands| graph.slice(operands.inputs[0], own.clone()));
        let case = case.input(Tensor::random("x", shape, &mut stream));
        cases.push(case.reference(move |inputs, _| definition(&inputs[0], shape, axis, &reference)));
    }
    for (shape, axis, range) in
        [(&[13, 5, 3][..], 1, 1..4), (&[2, 4, 3, 5], 2, 2..3), (&[3, 2, 7], 1, 0..2), (&[6, 9], 0, 2..4), (&[6, 2, 3], 0, 0..6)]
    {
        let x = Tensor::random("x", shape, &mut stream);
        cases.push(case_along(&format!("{range:?} of axis {axis} of {shape:?}"), x, axis, range));
    }
    Operation { fixtures: vec![("slice_along", read)], cases }
}
