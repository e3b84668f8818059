use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::{Tensor, assert_close, normals};
use banyan_engine::random::Stream;
use banyan_engine::{Context, Decay, Graph, Parameters, Scope, Tape};

fn case(name: &str, x: Tensor, groups: usize, gain: Tensor, bias: Tensor) -> Case {
    let case = Case::value(name, move |graph, operands| {
        graph.group_norm(operands.inputs[0], groups, operands.parameters[0], operands.parameters[1])
    });
    case.input(x).parameter(gain).parameter(bias)
}

fn read(fixture: &Fixture) -> Case {
    let groups = fixture.number("groups") as usize;
    case(&fixture.name, fixture.input("x"), groups, fixture.parameter("gain"), fixture.parameter("bias"))
}

/// Each sample's groups of channels, by the definition.
fn definition(x: &[f64], per_sample: usize, groups: usize, epsilon: f64, gain: &[f64], bias: &[f64]) -> Vec<f64> {
    let own = gain.len() / groups;
    let mut result = x.to_vec();
    for sample in result.chunks_mut(per_sample) {
        for group in 0..groups {
            let places: Vec<usize> = (0..per_sample).filter(|place| place % gain.len() / own == group).collect();
            let mean = places.iter().map(|&place| sample[place]).sum::<f64>() / places.len() as f64;
            let variance = places.iter().map(|&place| (sample[place] - mean).powi(2)).sum::<f64>() / places.len() as f64;
            for place in places {
                let channel = place % gain.len();
                sample[place] = (sample[place] - mean) / (variance + epsilon).sqrt() * gain[channel] + bias[channel];
            }
        }
    }
    result
}

/// Numbers of little variance, which another epsilon changes most.
fn with_epsilon(stream: &mut Stream) -> Case {
    const EPSILON: f32 = 0.1;
    let case = Case::value("epsilon", |graph, operands| {
        graph.group_norm_with(operands.inputs[0], 2, operands.parameters[0], operands.parameters[1], EPSILON)
    });
    let [x, gain, bias] = [("x", &[4, 3, 6][..]), ("gain", &[6]), ("bias", &[6])].map(|(name, shape)| Tensor::random(name, shape, stream));
    let case = case.input(x).parameter(gain).parameter(bias);
    case.reference(|inputs, parameters| definition(&inputs[0], 18, 2, f64::from(EPSILON), &parameters[0], &parameters[1]))
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("group_norm");
    let mut cases = Vec::new();
    for (shape, groups) in
        [(&[1, 3][..], 1), (&[13, 9], 3), (&[7, 3, 17], 1), (&[3, 2, 3, 18], 6), (&[2, 5, 3, 5], 5), (&[2, 3, 2, 2, 4], 2)]
    {
        let width = *shape.last().expect("a last axis");
        let x = Tensor::random("x", shape, &mut stream);
        let per_sample = x.per_sample();
        let (gain, bias) = (Tensor::random("gain", &[width], &mut stream), Tensor::random("bias", &[width], &mut stream));
        let case = case(&format!("{shape:?} in {groups}"), x, groups, gain, bias);
        cases.push(
            case.reference(move |inputs, parameters| definition(&inputs[0], per_sample, groups, 1e-5, &parameters[0], &parameters[1])),
        );
    }
    cases.push(with_epsilon(&mut stream));
    Operation { fixtures: vec![("group_norm", read)], cases }
}

/// Numbers whose squares are large beside their variance.
#[test]
fn numbers_far_from_zero_keep_their_variance() {
    let mut builder = Parameters::builder();
    let gain = builder.add("gain", [4], Scope::Shared, Decay::No, vec![1.0; 4]);
    let bias = builder.add("bias", [4], Scope::Shared, Decay::No, vec![0.0; 4]);
    let parameters = builder.build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let values: Vec<f32> = normals(&mut stream("far"), 2 * 513 * 4).iter().map(|x| x + 1000.0).collect();
    let x = graph.input([2, 513, 4], &values);
    let y = graph.group_norm(x, 2, gain, bias);
    let wide: Vec<f64> = values.iter().map(|&x| f64::from(x)).collect();
    let expected: Vec<f32> = definition(&wide, 513 * 4, 2, 1e-5, &[1.0; 4], &[0.0; 4]).iter().map(|&y| y as f32).collect();
    assert_close(graph.value(y), &expected, 1e-6, "normalized");
}
