use super::{Operation, stream};
use crate::case::Case;
use crate::tensor::Tensor;
use banyan_engine::Activation;

/// `x Φ(x)`, the distribution function by Simpson's rule.
fn gelu(x: f64) -> f64 {
    let density = |t: f64| (-0.5 * t * t).exp() / std::f64::consts::TAU.sqrt();
    let (steps, width) = (400, x / 400.0);
    let inner: f64 = (1..steps).map(|i| if i % 2 == 1 { 4.0 } else { 2.0 } * density(f64::from(i) * width)).sum();
    x * (0.5 + (density(0.0) + inner + density(x)) * width / 3.0)
}

fn definition(activation: Activation, x: f64) -> f64 {
    match activation {
        Activation::None => x,
        Activation::Relu => x.max(0.0),
        Activation::Relu6 => x.clamp(0.0, 6.0),
        Activation::Gelu => gelu(x),
        Activation::Tanh => x.tanh(),
        Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
    }
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("activation");
    let mut cases = Vec::new();
    for activation in [Activation::None, Activation::Relu, Activation::Relu6, Activation::Gelu, Activation::Tanh, Activation::Sigmoid] {
        for shape in [[1, 1], [13, 17], [2, 331]] {
            let mut x = Tensor::random("x", &shape, &mut stream);
            // Some beyond the 6 that ReLU6 ends at.
            x.data.iter_mut().for_each(|x| *x *= 4.0);
            let case =
                Case::value(&format!("{activation:?} {shape:?}"), move |graph, operands| graph.activate(operands.inputs[0], activation));
            let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| inputs[0].iter().map(|&x| definition(activation, x)).collect();
            cases.push(case.input(x).reference(reference));
        }
    }
    Operation { fixtures: Vec::new(), cases }
}
