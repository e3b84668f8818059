use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::{Context, Graph, Parameters, Tape};

/// By its definition: the number at each place of the output, counted up like an odometer.
fn definition(x: &[f64], shape: &[usize], axes: &[usize]) -> Vec<f64> {
    let mut place = vec![0; axes.len()];
    let mut result = Vec::new();
    for _ in 0..x.len() {
        let mut from = 0;
        for axis in 0..shape.len() {
            let at = axes.iter().position(|&other| other == axis).expect("every axis has a place");
            from = from * shape[axis] + place[at];
        }
        result.push(x[from]);
        for (index, &axis) in axes.iter().enumerate().rev() {
            place[index] += 1;
            if place[index] < shape[axis] {
                break;
            }
            place[index] = 0;
        }
    }
    result
}

fn case(name: &str, x: Tensor, axes: Vec<usize>) -> Case {
    let own = axes.clone();
    let mut case = Case::value(name, move |graph, operands| graph.permute(operands.inputs[0], &own));
    if axes[0] != 0 {
        case = case.coupled();
    }
    let shape = x.shape.clone();
    case.input(x).reference(move |inputs, _| definition(&inputs[0], &shape, &axes))
}

fn read(fixture: &Fixture) -> Case {
    case(&fixture.name, fixture.input("x"), fixture.list("axes"))
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("permute");
    let mut cases = Vec::new();
    for (shape, axes) in [
        (&[1][..], &[0][..]),
        (&[13, 1, 5], &[0, 2, 1]),
        (&[7, 3, 17], &[0, 2, 1]),
        (&[3, 4, 5, 7], &[0, 3, 1, 2]),
        (&[19, 2, 3, 2, 5], &[0, 4, 2, 3, 1]),
        (&[5, 3, 2], &[0, 1, 2]),
        // Orders that move the samples: into the chunk's whole, and into parts of it.
        (&[6, 5], &[1, 0]),
        (&[6, 4, 3], &[1, 0, 2]),
        (&[6, 3, 4], &[2, 1, 0]),
    ] {
        cases.push(case(&format!("{shape:?} as {axes:?}"), Tensor::random("x", shape, &mut stream), axes.to_vec()));
    }
    // There and back again.
    let back = Case::value("back", |graph, operands| {
        let turned = graph.permute(operands.inputs[0], &[2, 0, 1]);
        graph.permute(turned, &[1, 2, 0])
    });
    cases.push(back.input(Tensor::random("x", &[6, 5, 3], &mut stream)).reference(|inputs, _| inputs[0].clone()).coupled());
    Operation { fixtures: vec![("permute", read)], cases }
}

#[test]
#[should_panic(expected = "axes [0, 2, 2] of [2, 1, 3]")]
fn every_axis_is_named_once() {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([2, 1, 3], &[1.0; 6]);
    graph.permute(x, &[0, 2, 2]);
}
