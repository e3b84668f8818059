//! Not an operation of the engine, but made of its operations, and fixed by PyTorch (Arevalo et al., 2017).

use super::Operation;
use crate::case::Case;
use crate::fixture::Fixture;
use banyan_engine::Activation;

fn read(fixture: &Fixture) -> Case {
    let modalities = fixture.number("modalities") as usize;
    let gates = if fixture.word("rule") == "two" { 1 } else { modalities };
    let mut case = Case::value(&fixture.name, move |graph, operands| {
        // Parameters: for each modality weight and bias of its value, then the same for each gate.
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
    for modality in 0..modalities {
        case = case.input(fixture.input(&format!("h_{modality}")));
    }
    for (kind, count) in [("value", modalities), ("gate", gates)] {
        for index in 0..count {
            case = case.parameter(fixture.parameter(&format!("{kind}_weight_{index}")));
            case = case.parameter(fixture.parameter(&format!("{kind}_bias_{index}")));
        }
    }
    case.with_products()
}

pub(crate) fn operation() -> Operation {
    let cases = ["gated_multimodal_unit_two", "gated_multimodal_unit_three"].map(|name| read(&Fixture::named(name)));
    Operation { fixtures: vec![("gated_multimodal_unit", read)], cases: cases.into() }
}
