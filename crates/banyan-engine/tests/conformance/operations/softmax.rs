use super::{Operation, coins, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

/// `keep` has one entry an element of the whole batch, or is empty.
fn case(name: &str, x: Tensor, keep: Vec<bool>) -> Case {
    let width = x.per_sample();
    let case = Case::value(name, move |graph, operands| {
        let samples = &operands.samples;
        let own = if keep.is_empty() { &[] } else { &keep[samples.start * width..samples.end * width] };
        graph.softmax(operands.inputs[0], own)
    });
    case.input(x)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("softmax");
    let mut cases = Vec::new();
    for shape in [&[1, 1][..], &[13, 17], &[2, 3, 37]] {
        let x = Tensor::random("x", shape, &mut stream);
        cases.push(case(&format!("{shape:?}"), x.clone(), Vec::new()));
        let mut keep = coins(&mut stream, x.data.len());
        keep[..shape[shape.len() - 1]].fill(false); // a row of which none is kept
        cases.push(case(&format!("{shape:?} masked"), x, keep));
    }
    let fixtures: Vec<(&str, crate::fixture::Reader)> = vec![
        ("softmax", |fixture: &Fixture| case(&fixture.name, fixture.input("x"), Vec::new())),
        ("masked_softmax", |fixture: &Fixture| case(&fixture.name, fixture.input("x"), fixture.mask("mask"))),
    ];
    Operation { fixtures, cases }
}
