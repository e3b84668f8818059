use super::{Operation, stream};
use crate::case::Case;
use crate::checks::domain;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case(name: &str, x: Tensor) -> Case {
    let case = Case::value(name, |graph, operands| graph.sqrt(operands.inputs[0]));
    case.input(x).reference(|inputs, _| inputs[0].iter().map(|x| x.sqrt()).collect())
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("sqrt");
    let shapes = [&[1, 1][..], &[13, 17], &[2, 3, 37]];
    let cases = shapes.map(|shape| case(&format!("{shape:?}"), Tensor::positive("x", shape, &mut stream))).into();
    let read = |fixture: &Fixture| case(&fixture.name, fixture.input("x"));
    Operation { fixtures: vec![("sqrt", read)], cases }
}

#[test]
fn outside_of_the_domain_it_is_nan() {
    let found = domain::values(|graph, x| graph.sqrt(x), &[0.0, -1.0, f32::INFINITY]);
    assert_eq!((found[0], found[2]), (0.0, f32::INFINITY));
    assert!(found[1].is_nan());
}

#[test]
fn what_has_no_label_may_lie_outside_of_the_domain() {
    domain::rows_without_labels_leave_no_trace(|graph, x| graph.sqrt(x), &[0.0, -1.0]);
}
