use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case_along(name: &str, parts: Vec<Tensor>, axis: usize) -> Case {
    let mut case = Case::value(name, move |graph, operands| graph.concat_along(operands.inputs, axis));
    if axis == 0 {
        case = case.coupled();
    }
    let outer: usize = parts[0].shape[..axis].iter().product();
    for part in parts {
        case = case.input(part);
    }
    let of_place = |input: &Vec<f64>, place: usize, outer: usize| input[input.len() / outer * place..][..input.len() / outer].to_vec();
    case.reference(move |inputs, _| {
        (0..outer).flat_map(|place| inputs.iter().flat_map(move |input| of_place(input, place, outer))).collect()
    })
}

fn read(fixture: &Fixture) -> Case {
    let axis = fixture.number("axis") as usize;
    let names = if axis == 0 { &["a", "b"][..] } else { &["a", "b", "c"] };
    case_along(&fixture.name, names.iter().map(|name| fixture.input(name)).collect(), axis)
}

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
    for (shape, axis, lengths) in [
        (&[13, 1, 5][..], 1, &[3, 1, 2][..]),
        (&[3, 2, 1, 7], 2, &[1, 4]),
        (&[2, 1, 3, 5], 1, &[17]),
        (&[7, 3, 1], 2, &[2, 5]),
        (&[6, 3], 0, &[6, 6]),
        (&[6], 0, &[6, 6, 6]),
    ] {
        let part = |(index, &length): (usize, &usize)| {
            let mut shape = shape.to_vec();
            shape[axis] = length;
            Tensor::random(&format!("part {index}"), &shape, &mut stream)
        };
        let parts = lengths.iter().enumerate().map(part).collect();
        cases.push(case_along(&format!("{shape:?} along {axis} of {lengths:?}"), parts, axis));
    }
    Operation { fixtures: vec![("concat_along", read)], cases }
}
