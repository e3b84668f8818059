use super::{Operation, stream};
use crate::case::Case;
use crate::checks::domain;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case(name: &str, numerator: Tensor, denominator: Tensor) -> Case {
    let case = Case::value(name, |graph, operands| graph.divide(operands.inputs[0], operands.inputs[1]));
    let reference = |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].iter().zip(&inputs[1]).map(|(x, y)| x / y).collect();
    case.input(numerator).input(denominator).reference(reference)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("divide");
    let mut cases = Vec::new();
    for shape in [&[1, 1][..], &[13, 17], &[2, 3, 5, 7]] {
        let numerator = Tensor::random("numerator", shape, &mut stream);
        cases.push(case(&format!("{shape:?}"), numerator, Tensor::positive("denominator", shape, &mut stream)));
    }
    // Both cotangents reach what is divided by a function of itself.
    let own = Case::value("by its own exponential", |graph, operands| {
        let exponential = graph.exp(operands.inputs[0]);
        graph.divide(operands.inputs[0], exponential)
    });
    let reference = |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].iter().map(|x| x / x.exp()).collect();
    cases.push(own.input(Tensor::random("x", &[7, 3], &mut stream)).reference(reference));
    let read = |fixture: &Fixture| case(&fixture.name, fixture.input("numerator"), fixture.input("denominator"));
    Operation { fixtures: vec![("divide", read)], cases }
}

#[test]
fn over_zero_it_is_infinite_or_nan() {
    let found = domain::values(
        |graph, x| {
            let zeros = graph.input([3, 1], &[0.0; 3]);
            graph.divide(x, zeros)
        },
        &[1.0, -1.0, 0.0],
    );
    assert_eq!(found[..2], [f32::INFINITY, f32::NEG_INFINITY]);
    assert!(found[2].is_nan());
}

#[test]
fn what_has_no_label_may_lie_outside_of_the_domain() {
    let reciprocal = |graph: &mut banyan_engine::Graph<'_>, x| {
        let ones = graph.input([3, 1], &[1.0; 3]);
        graph.divide(ones, x)
    };
    domain::rows_without_labels_leave_no_trace(reciprocal, &[0.0]);
}
