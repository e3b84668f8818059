use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::random::Stream;

fn case(name: &str, x: Tensor, gain: Tensor, bias: Tensor) -> Case {
    let case = Case::value(name, |graph, operands| graph.layer_norm(operands.inputs[0], operands.parameters[0], operands.parameters[1]));
    case.input(x).parameter(gain).parameter(bias)
}

fn read(fixture: &Fixture) -> Case {
    case(&fixture.name, fixture.input("x"), fixture.parameter("gain"), fixture.parameter("bias"))
}

/// Rows of little variance, which another epsilon changes most.
fn with_epsilon(stream: &mut Stream) -> Case {
    const EPSILON: f32 = 0.1;
    let operands = [("x", &[4, 6][..]), ("gain", &[6]), ("bias", &[6])].map(|(name, shape)| Tensor::random(name, shape, stream));
    let [x, gain, bias] = operands;
    let case = Case::value("epsilon", |graph, operands| {
        graph.layer_norm_with(operands.inputs[0], operands.parameters[0], operands.parameters[1], EPSILON)
    });
    case.input(x).parameter(gain).parameter(bias).reference(|inputs, parameters| {
        let normalize = |row: &[f64]| -> Vec<f64> {
            let mean = row.iter().sum::<f64>() / row.len() as f64;
            let variance = row.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / row.len() as f64;
            let scale = 1.0 / (variance + f64::from(EPSILON)).sqrt();
            let with_gain = row.iter().zip(&parameters[0]).zip(&parameters[1]);
            with_gain.map(|((x, gain), bias)| (x - mean) * scale * gain + bias).collect()
        };
        inputs[0].chunks(6).flat_map(normalize).collect()
    })
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
    cases.push(with_epsilon(&mut stream));
    Operation { fixtures: vec![("layer_norm", read)], cases }
}
