use super::{Operation, stream};
use crate::case::Case;
use crate::tensor::Tensor;

pub(crate) fn operation() -> Operation {
    let mut stream = stream("parameter_distance");
    let mut cases = Vec::new();
    for (shape, count) in [(&[1][..], 2), (&[3, 5], 3), (&[7], 4), (&[2, 3], 1)] {
        // The same of every sample: a loss of a chunk is its samples' part.
        let mut case = Case::loss(&format!("{count} of {shape:?}"), |graph, operands| {
            if operands.weights.iter().all(|&weight| weight == 0.0) {
                return graph.input(&[][..], &[0.0]);
            }
            let distance = graph.parameter_distance(operands.parameters);
            graph.sum(&[distance], operands.weights.iter().sum())
        });
        for index in 0..count {
            case = case.parameter(Tensor::random(&format!("parameter {index}"), shape, &mut stream));
        }
        let samples = 5;
        let reference = move |_: &[Vec<f64>], parameters: &[Vec<f64>]| {
            let mut distance = 0.0;
            for (index, a) in parameters.iter().enumerate() {
                for b in &parameters[index + 1..] {
                    distance += a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
                }
            }
            vec![samples as f64 * distance]
        };
        cases.push(case.samples(samples).reference(reference));
    }
    Operation { fixtures: Vec::new(), cases }
}

#[test]
fn close_parameters_have_their_distance() {
    // Their squares differ by less than single precision shows.
    let case = Case::value("close", |graph, operands| {
        let distance = graph.parameter_distance(operands.parameters);
        graph.reshape(distance, [1, 1])
    });
    let case = case.parameter(Tensor::new("a", &[1], vec![1000.0])).parameter(Tensor::new("b", &[1], vec![1000.0625])).samples(1);
    assert_eq!(crate::setup::Setup::new(&case).value(), [0.0625 * 0.0625]);
}
