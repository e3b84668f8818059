use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::Residual;

/// Targets and weights are an element's; a sample's weight multiplies those of its elements.
fn case(name: &str, prediction: Tensor, targets: Vec<f32>, weights: Vec<f32>, residual: Residual) -> Case {
    let width = prediction.per_sample();
    let case = Case::loss(name, move |graph, operands| {
        let range = operands.samples.start * width..operands.samples.end * width;
        let weights: Vec<f32> = weights[range.clone()].iter().enumerate().map(|(i, w)| w * operands.weights[i / width]).collect();
        graph.regression_loss(operands.inputs[0], &targets[range], &weights, residual)
    });
    case.input(prediction)
}

/// A cost that differs from element to element: `(1 + element mod 3) eᵖ`.
fn of_elements(name: &str, prediction: Tensor) -> Case {
    let width = prediction.per_sample();
    let case = Case::loss(name, move |graph, operands| {
        let weights: Vec<f32> = operands.weights.iter().flat_map(|&weight| std::iter::repeat_n(weight, width)).collect();
        graph.pointwise_loss(operands.inputs[0], &weights, |element, prediction| {
            let cost = (1 + element % width % 3) as f32 * prediction.exp();
            (cost, cost)
        })
    });
    case.input(prediction)
}

fn read_as(fixture: &Fixture, residual: Residual) -> Case {
    case(&fixture.name, fixture.input("prediction"), fixture.constant("targets").data, fixture.constant("weights").data, residual)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("regression");
    let mut cases = Vec::new();
    for residual in [Residual::Square, Residual::Huber(0.7)] {
        for shape in [&[1, 1][..], &[13, 17], &[2, 3, 5]] {
            let prediction = Tensor::random("prediction", shape, &mut stream);
            let targets = Tensor::random("targets", shape, &mut stream).data;
            let weights = Tensor::positive("weights", shape, &mut stream).data;
            cases.push(case(&format!("{residual:?} {shape:?}"), prediction, targets, weights, residual));
        }
    }
    for shape in [&[1, 1][..], &[13, 5], &[2, 3, 5]] {
        cases.push(of_elements(&format!("of elements {shape:?}"), Tensor::random("prediction", shape, &mut stream)));
    }
    let fixtures: Vec<(&str, crate::fixture::Reader)> = vec![
        ("squared_error", |fixture| read_as(fixture, Residual::Square)),
        ("huber", |fixture| read_as(fixture, Residual::Huber(fixture.number("delta")))),
    ];
    Operation { fixtures, cases }
}
