//! Not an operation of the engine, but made of its operations, and fixed by PyTorch (Arevalo et al., 2017).

use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::Activation;

/// Inputs first, then for each modality weight and bias of its value, then the same for each gate.
fn case(name: &str, gates: usize, inputs: Vec<Tensor>, parameters: Vec<Tensor>) -> Case {
    let modalities = inputs.len();
    let case = Case::value(name, move |graph, operands| {
        let pairs: Vec<_> = operands.parameters.chunks(2).collect();
        let joined = graph.concat(operands.inputs);
        let mut parts = Vec::new();
        for (&input, pair) in operands.inputs.iter().zip(&pairs) {
            parts.push(graph.linear(input, pair[0], Some(pair[1]), Activation::Tanh));
        }
        if gates == 1 {
            // g u + (1 - g) v = v + g (u - v)
            let gate = graph.linear(joined, pairs[2][0], Some(pairs[2][1]), Activation::Sigmoid);
            let minus = graph.sum(&parts[1..], -1.0);
            let difference = graph.sum(&[parts[0], minus], 1.0);
            let gated = graph.multiply(gate, difference);
            return graph.sum(&[parts[1], gated], 1.0);
        }
        for (part, pair) in parts.iter_mut().zip(&pairs[modalities..]) {
            let gate = graph.linear(joined, pair[0], Some(pair[1]), Activation::Sigmoid);
            *part = graph.multiply(gate, *part);
        }
        graph.sum(&parts, 1.0)
    });
    let case = inputs.into_iter().fold(case, Case::input);
    parameters.into_iter().fold(case, Case::parameter).with_products()
}

fn read(fixture: &Fixture) -> Case {
    let modalities = fixture.number("modalities") as usize;
    let gates = if fixture.word("rule") == "two" { 1 } else { modalities };
    let inputs = (0..modalities).map(|modality| fixture.input(&format!("h_{modality}"))).collect();
    let mut parameters = Vec::new();
    for (kind, count) in [("value", modalities), ("gate", gates)] {
        for index in 0..count {
            parameters.push(fixture.parameter(&format!("{kind}_weight_{index}")));
            parameters.push(fixture.parameter(&format!("{kind}_bias_{index}")));
        }
    }
    case(&fixture.name, gates, inputs, parameters)
}

/// Modalities of so many features each, past the tiles of the matrix unit.
fn wide_case(samples: usize, features: &[usize], width: usize) -> Case {
    let mut stream = stream("gated_multimodal_unit");
    let joined = features.iter().sum();
    let gates = if features.len() == 2 { 1 } else { features.len() };
    let inputs = features.iter().enumerate().map(|(index, &count)| Tensor::random(&format!("h_{index}"), &[samples, count], &mut stream));
    let inputs = inputs.collect();
    let mut parameters = Vec::new();
    for (index, &count) in features.iter().chain(std::iter::repeat_n(&joined, gates)).enumerate() {
        let mut weight = Tensor::random(&format!("weight_{index}"), &[count, width], &mut stream);
        // As an initializer scales it: saturated gates would have no gradients to compare.
        weight.data.iter_mut().for_each(|value| *value /= (count as f32).sqrt());
        parameters.push(weight);
        parameters.push(Tensor::random(&format!("bias_{index}"), &[width], &mut stream));
    }
    case(&format!("{samples} of {features:?} to {width}"), gates, inputs, parameters)
}

pub(crate) fn operation() -> Operation {
    let mut cases: Vec<Case> = ["gated_multimodal_unit_two", "gated_multimodal_unit_three"].map(|name| read(&Fixture::named(name))).into();
    cases.extend([wide_case(19, &[33, 17], 35), wide_case(18, &[21, 19, 17], 33)]);
    Operation { fixtures: vec![("gated_multimodal_unit", read)], cases }
}
