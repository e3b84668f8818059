use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case(name: &str, gate: Tensor, experts: Vec<Tensor>) -> Case {
    let mut case = Case::value(name, |graph, operands| graph.mixture(operands.inputs[0], &operands.inputs[1..])).input(gate);
    for expert in experts {
        case = case.input(expert);
    }
    case
}

fn read(fixture: &Fixture) -> Case {
    let gate = fixture.input("gate");
    let experts = (0..gate.shape[1]).map(|expert| fixture.input(&format!("expert_{expert}"))).collect();
    case(&fixture.name, gate, experts)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("mixture");
    let mut cases = Vec::new();
    for (leading, experts, width) in [(&[1][..], 1, 1), (&[13], 5, 17), (&[2, 3], 2, 7)] {
        let gate = Tensor::random("gate", &[leading, &[experts]].concat(), &mut stream);
        let experts: Vec<_> =
            (0..experts).map(|expert| Tensor::random(&format!("expert_{expert}"), &[leading, &[width]].concat(), &mut stream)).collect();
        cases.push(case(&format!("{} of {leading:?} {width}", experts.len()), gate, experts));
    }
    Operation { fixtures: vec![("mixture", read)], cases }
}
