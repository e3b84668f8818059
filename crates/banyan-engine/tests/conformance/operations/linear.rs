use super::{Operation, activation_named, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::Activation;

fn case(name: &str, x: Tensor, weight: Tensor, bias: Option<Tensor>, activation: Activation) -> Case {
    let case = Case::value(name, move |graph, operands| {
        graph.linear(operands.inputs[0], operands.parameters[0], operands.parameters.get(1).copied(), activation)
    });
    let case = case.input(x).parameter(weight).with_products();
    if let Some(bias) = bias { case.parameter(bias) } else { case }
}

fn read(fixture: &Fixture) -> Case {
    let activation = activation_named(fixture.word("activation"));
    case(&fixture.name, fixture.input("x"), fixture.parameter("weight"), Some(fixture.parameter("bias")), activation)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("linear");
    let mut cases = Vec::new();
    for (shape, outputs, activation) in [
        (&[1, 1][..], 1, Activation::None),
        (&[13, 17], 5, Activation::Gelu),
        (&[7, 3], 19, Activation::Relu),
        (&[2, 3, 5], 7, Activation::Tanh),
        (&[3, 2, 2, 11], 1, Activation::Sigmoid),
    ] {
        let inputs = *shape.last().expect("a last axis");
        for with_bias in [true, false] {
            let x = Tensor::random("x", shape, &mut stream);
            let weight = Tensor::random("weight", &[inputs, outputs], &mut stream);
            let bias = with_bias.then(|| Tensor::random("bias", &[outputs], &mut stream));
            let name = format!("{shape:?} to {outputs} {activation:?} {}", if with_bias { "with bias" } else { "without" });
            cases.push(case(&name, x, weight, bias, activation));
        }
    }
    Operation { fixtures: vec![("linear", read)], cases }
}
