use super::{Operation, stream};
use crate::case::Case;
use crate::checks::domain;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case(name: &str, x: Tensor) -> Case {
    let case = Case::value(name, |graph, operands| graph.exp(operands.inputs[0]));
    case.input(x).reference(|inputs, _| inputs[0].iter().map(|x| x.exp()).collect())
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("exp");
    let shapes = [&[1, 1][..], &[13, 17], &[2, 3, 37]];
    let cases = shapes.map(|shape| case(&format!("{shape:?}"), Tensor::random("x", shape, &mut stream))).into();
    let read = |fixture: &Fixture| case(&fixture.name, fixture.input("x"));
    Operation { fixtures: vec![("exp", read)], cases }
}

#[test]
fn the_range_is_that_of_single_precision() {
    let inputs = [88.7, 89.0, f32::INFINITY, -87.5, -104.0, f32::NEG_INFINITY, f32::NAN];
    let found = domain::values(|graph, x| graph.exp(x), &inputs);
    assert!((found[0] / 88.7f32.exp() - 1.0).abs() < 1e-6 && found[3] > 0.0, "{found:?}");
    assert_eq!([found[1], found[2], found[4], found[5]], [f32::INFINITY, f32::INFINITY, 0.0, 0.0]);
    assert!(found[6].is_nan());
}

#[test]
fn an_infinity_without_a_label_leaves_no_trace() {
    domain::rows_without_labels_leave_no_trace(|graph, x| graph.exp(x), &[89.0, f32::INFINITY]);
}
