use super::{Operation, activation_named, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::Activation;

fn case(name: &str, values: Vec<f32>, edges: Vec<f32>, weight: Tensor, bias: Option<Tensor>, activation: Activation) -> Case {
    let samples = values.len();
    let case = Case::value(name, move |graph, operands| {
        let values = &values[operands.samples.clone()];
        graph.piecewise_linear(values, &edges, operands.parameters[0], operands.parameters.get(1).copied(), activation)
    });
    let case = case.parameter(weight).samples(samples);
    if let Some(bias) = bias { case.parameter(bias) } else { case }
}

fn read(fixture: &Fixture) -> Case {
    let activation = activation_named(fixture.word("activation"));
    let (values, edges) = (fixture.numbers("values"), fixture.numbers("edges"));
    case(&fixture.name, values, edges, fixture.parameter("weight"), Some(fixture.parameter("bias")), activation)
}

/// The product with the encoding, written out.
fn definition(values: &[f32], edges: &[f32], parameters: &[Vec<f64>], width: usize) -> Vec<f64> {
    let number = |value: f64, output: usize| -> f64 {
        let weight = |row: usize| parameters[0][row * width + output];
        let bins = edges.windows(2).map(|edge| ((value - f64::from(edge[0])) / (f64::from(edge[1]) - f64::from(edge[0]))).clamp(0.0, 1.0));
        let of_bins: f64 = bins.enumerate().map(|(bin, through)| through * weight(bin + 1)).sum();
        value * weight(0) + of_bins + parameters.get(1).map_or(0.0, |bias| bias[output])
    };
    values.iter().flat_map(|value| (0..width).map(|output| number(f64::from(*value), output)).collect::<Vec<_>>()).collect()
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("piecewise_linear");
    let mut cases = Vec::new();
    for (count, rows, width, activation) in [
        (0, 3, 5, Activation::None),
        (1, 4, 3, Activation::None),
        (2, 7, 1, Activation::None),
        (5, 13, 16, Activation::Relu),
        (33, 37, 19, Activation::None),
        (129, 21, 16, Activation::Gelu),
    ] {
        for with_bias in [true, false] {
            let edges: Vec<f32> = (0..count).map(|edge| edge as f32 * 0.1 - 1.0 + 0.01 * (edge % 3) as f32).collect();
            // Below all bins, above them, and on their edges, too.
            let mut values: Vec<f32> = (0..rows).map(|row| row as f32 * 0.37 - 1.2).collect();
            (values[0], values[1]) = (-30.0, 30.0);
            if let Some(edge) = edges.get(count / 2) {
                values[2] = *edge;
            }
            let weight = Tensor::random("weight", &[count.max(1), width], &mut stream);
            let bias = with_bias.then(|| Tensor::random("bias", &[width], &mut stream));
            let name =
                format!("{rows} numbers, {count} edges, {width} outputs, {activation:?}, {}", if with_bias { "bias" } else { "none" });
            let reference = {
                let (values, edges) = (values.clone(), edges.clone());
                move |_: &[Vec<f64>], parameters: &[Vec<f64>]| definition(&values, &edges, parameters, width)
            };
            let mut case = case(&name, values, edges, weight, bias, activation);
            if activation == Activation::None {
                case = case.reference(reference);
            }
            cases.push(case);
        }
    }
    Operation { fixtures: vec![("piecewise_linear", read)], cases }
}
