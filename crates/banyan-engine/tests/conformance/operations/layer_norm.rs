use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case(name: &str, x: Tensor, gain: Tensor, bias: Tensor) -> Case {
    let case = Case::value(name, |graph, operands| graph.layer_norm(operands.inputs[0], operands.parameters[0], operands.parameters[1]));
    case.input(x).parameter(gain).parameter(bias)
}

fn read(fixture: &Fixture) -> Case {
    case(&fixture.name, fixture.input("x"), fixture.parameter("gain"), fixture.parameter("bias"))
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("layer_norm");
    let mut cases = Vec::new();
    for shape in [&[1, 1][..], &[1, 5], &[13, 17], &[3, 2, 37]] {
        let width = *shape.last().expect("a last axis");
        let x = Tensor::random("x", shape, &mut stream);
        let (gain, bias) = (Tensor::random("gain", &[width], &mut stream), Tensor::random("bias", &[width], &mut stream));
        cases.push(case(&format!("{shape:?}"), x, gain, bias));
    }
    Operation { fixtures: vec![("layer_norm", read)], cases }
}
