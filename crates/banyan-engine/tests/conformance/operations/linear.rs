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

/// `x W + b` by its definition, without a bias where there is no second parameter.
fn definition(inputs: usize, outputs: usize, x: &[f64], parameters: &[Vec<f64>]) -> Vec<f64> {
    let number = |row: &[f64], output: usize| -> f64 {
        let products = row.iter().enumerate().map(|(input, x)| x * parameters[0][input * outputs + output]);
        products.sum::<f64>() + parameters.get(1).map_or(0.0, |bias| bias[output])
    };
    x.chunks_exact(inputs).flat_map(|row| (0..outputs).map(move |output| number(row, output)).collect::<Vec<_>>()).collect()
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
        // Past the tiles of the matrix unit and the blocks of registers in every axis, with edges.
        (&[37, 67], 71, Activation::Gelu),
        (&[3, 17, 33], 49, Activation::None),
        // Outputs for three of the stripes that threads share.
        (&[33, 35], 131, Activation::Tanh),
    ] {
        let inputs = *shape.last().expect("a last axis");
        for with_bias in [true, false] {
            let x = Tensor::random("x", shape, &mut stream);
            let mut weight = Tensor::random("weight", &[inputs, outputs], &mut stream);
            if inputs > 32 {
                // As an initializer scales it: in front of a saturated activation rounding is larger than what comes out.
                weight.data.iter_mut().for_each(|value| *value /= (inputs as f32).sqrt());
            }
            let bias = with_bias.then(|| Tensor::random("bias", &[outputs], &mut stream));
            let name = format!("{shape:?} to {outputs} {activation:?} {}", if with_bias { "with bias" } else { "without" });
            let mut case = case(&name, x, weight, bias, activation);
            if activation == Activation::None {
                case = case.reference(move |x, parameters| definition(inputs, outputs, &x[0], parameters));
            }
            cases.push(case);
        }
    }
    Operation { fixtures: vec![("linear", read)], cases }
}
