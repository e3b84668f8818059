use super::{Operation, stream};
use crate::case::Case;
use crate::checks::domain;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case(name: &str, x: Tensor) -> Case {
    let case = Case::value(name, |graph, operands| graph.log(operands.inputs[0]));
    case.input(x).reference(|inputs, _| inputs[0].iter().map(|x| x.ln()).collect())
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("log");
    let shapes = [&[1, 1][..], &[13, 17], &[2, 3, 37]];
    let cases = shapes.map(|shape| case(&format!("{shape:?}"), Tensor::positive("x", shape, &mut stream))).into();
    let read = |fixture: &Fixture| case(&fixture.name, fixture.input("x"));
    Operation { fixtures: vec![("log", read)], cases }
}

#[test]
fn outside_of_the_domain_it_is_minus_infinity_or_nan() {
    let found = domain::values(|graph, x| graph.log(x), &[0.0, -1.0, f32::INFINITY, f32::NAN]);
    assert_eq!((found[0], found[2]), (f32::NEG_INFINITY, f32::INFINITY));
    assert!(found[1].is_nan() && found[3].is_nan());
}

#[test]
fn what_has_no_label_may_lie_outside_of_the_domain() {
    domain::rows_without_labels_leave_no_trace(|graph, x| graph.log(x), &[0.0, -1.0]);
}
