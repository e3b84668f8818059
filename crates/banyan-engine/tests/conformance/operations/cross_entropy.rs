use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::{Context, Graph, Parameters, Tape};

fn case(name: &str, logits: Tensor, targets: Vec<u32>, weights: Vec<f32>, smoothing: f32) -> Case {
    let per_sample = logits.per_sample() / logits.shape.last().expect("classes");
    let case = Case::loss(name, move |graph, operands| {
        let range = operands.samples.start * per_sample..operands.samples.end * per_sample;
        let weights: Vec<f32> = weights[range.clone()].iter().enumerate().map(|(i, w)| w * operands.weights[i / per_sample]).collect();
        // The target of a row without weight is no class: it must not be looked at.
        let targets: Vec<u32> = targets[range].iter().zip(&weights).map(|(&t, &w)| if w == 0.0 { u32::MAX } else { t }).collect();
        graph.cross_entropy(operands.inputs[0], &targets, &weights, smoothing)
    });
    case.input(logits)
}

fn read(fixture: &Fixture) -> Case {
    let smoothing = fixture.number("label_smoothing");
    case(&fixture.name, fixture.input("logits"), fixture.integers("targets"), fixture.constant("weights").data, smoothing)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("cross_entropy");
    let mut cases = Vec::new();
    for (shape, smoothing) in [(&[1, 2][..], 0.0), (&[13, 17], 0.0), (&[13, 17], 0.1), (&[7, 1], 0.0), (&[2, 5, 3], 0.2)] {
        let logits = Tensor::random("logits", shape, &mut stream);
        let classes = *shape.last().expect("classes");
        let rows = logits.data.len() / classes;
        let targets = (0..rows).map(|_| stream.below(classes) as u32).collect();
        let weights = Tensor::positive("weights", &[rows], &mut stream).data;
        cases.push(case(&format!("{shape:?} smoothing {smoothing}"), logits, targets, weights, smoothing));
    }
    Operation { fixtures: vec![("softmax_cross_entropy", read)], cases }
}

#[test]
fn a_class_that_is_impossible_costs_nothing_where_it_is_not_the_target() {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let logits = graph.input([1, 3], &[0.0, f32::NEG_INFINITY, 0.0]);
    let loss = graph.cross_entropy(logits, &[2], &[1.0], 0.0);
    assert!((graph.value(loss)[0] - std::f32::consts::LN_2).abs() < 1e-6, "{}", graph.value(loss)[0]);
}
