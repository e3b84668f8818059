use super::{Operation, stream};
use crate::case::Case;
use crate::checks::engine;
use crate::fixture::Fixture;
use crate::setup::{Labels, Setup};
use crate::tensor::{Tensor, assert_same_bits};
use banyan_engine::Direction;
use banyan_engine::random::Stream;

/// `lengths` has one entry a sample of the whole batch.
fn case(name: &str, projections: Tensor, weight: Tensor, lengths: Vec<u32>, direction: Direction) -> Case {
    let case = Case::value(name, move |graph, operands| {
        graph.lstm(operands.inputs[0], operands.parameters[0], &lengths[operands.samples.clone()], direction)
    });
    case.input(projections).parameter(weight).with_products()
}

/// Both directions with one weight, of projections that something else reads before and after.
fn shared_case(projections: Tensor, weight: Tensor, lengths: Vec<u32>) -> Case {
    let hidden = weight.shape[0];
    let case = Case::value("read by others too", move |graph, operands| {
        let (x, weight, lengths) = (operands.inputs[0], operands.parameters[0], &lengths[operands.samples.clone()]);
        let before = graph.slice(x, 0..hidden);
        let read = [Direction::Forward, Direction::Backward].map(|direction| graph.lstm(x, weight, lengths, direction));
        let after = graph.slice(x, 2 * hidden..3 * hidden);
        graph.sum(&[before, read[0], read[1], after], 1.0)
    });
    case.input(projections).parameter(weight).with_products()
}

/// Of data, which has no gradient.
fn case_of_data(projections: Tensor, weight: Tensor, lengths: Vec<u32>) -> Case {
    let samples = projections.shape[0];
    let case = Case::value("of data", move |graph, operands| {
        let own = operands.samples.clone();
        let x = &projections.data[own.start * projections.per_sample()..own.end * projections.per_sample()];
        let x = graph.input([own.len(), projections.shape[1], projections.shape[2]], x);
        graph.lstm(x, operands.parameters[0], &lengths[own], Direction::Forward)
    });
    case.samples(samples).parameter(weight).with_products()
}

/// By its definition, a sample and a unit at a time.
fn definition(x: &[f64], weight: &[f64], [positions, hidden]: [usize; 2], lengths: &[u32], direction: Direction) -> Vec<f64> {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut result = vec![0.0; x.len() / 4];
    for (sample, &length) in lengths.iter().enumerate() {
        let (mut cell, mut output) = (vec![0.0; hidden], vec![0.0; hidden]);
        for step in 0..length as usize {
            let position = if direction == Direction::Forward { step } else { length as usize - 1 - step };
            let row = sample * positions + position;
            let before = output.clone();
            for unit in 0..hidden {
                let gate = |gate: usize| {
                    let column = gate * hidden + unit;
                    let from_before = before.iter().enumerate().map(|(from, h)| h * weight[from * 4 * hidden + column]);
                    x[row * 4 * hidden + column] + from_before.sum::<f64>()
                };
                cell[unit] = sigmoid(gate(1)) * cell[unit] + sigmoid(gate(0)) * gate(2).tanh();
                output[unit] = sigmoid(gate(3)) * f64::tanh(cell[unit]);
            }
            result[row * hidden..(row + 1) * hidden].copy_from_slice(&output);
        }
    }
    result
}

/// Lengths from 0 on; one sample fills its positions.
fn draw_lengths(stream: &mut Stream, samples: usize, positions: usize) -> Vec<u32> {
    // Of many samples more than a tile of the matrix unit holds run to the end.
    let least = if samples > 32 { positions - 1 } else { 0 };
    let mut lengths: Vec<u32> = (0..samples).map(|_| (least + stream.below(positions + 1 - least)) as u32).collect();
    lengths[samples / 2] = positions as u32;
    lengths
}

/// Scaled as an initializer does, so that what comes back from the last step is not lost in rounding.
fn draw_weight(stream: &mut Stream, hidden: usize) -> Tensor {
    let mut weight = Tensor::random("weight", &[hidden, 4 * hidden], stream);
    weight.data.iter_mut().for_each(|value| *value /= (hidden as f32).sqrt());
    weight
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("lstm");
    let mut cases = Vec::new();
    for [samples, positions, hidden] in [[1, 1, 1], [3, 2, 5], [5, 7, 3], [2, 19, 16], [7, 1, 2], [18, 5, 17], [20, 3, 33], [34, 4, 18]] {
        for direction in [Direction::Forward, Direction::Backward] {
            let projections = Tensor::random("projections", &[samples, positions, 4 * hidden], &mut stream);
            let weight = draw_weight(&mut stream, hidden);
            let lengths = draw_lengths(&mut stream, samples, positions);
            let (name, own) = (format!("{samples} of {positions}, {hidden} {direction:?}"), lengths.clone());
            let case = case(&name, projections, weight, lengths, direction);
            cases.push(
                case.reference(move |inputs, parameters| definition(&inputs[0], &parameters[0], [positions, hidden], &own, direction)),
            );
        }
    }
    let projections = Tensor::random("projections", &[4, 5, 12], &mut stream);
    cases.push(shared_case(projections, draw_weight(&mut stream, 3), vec![2, 5, 0, 4]));
    let projections = Tensor::random("projections", &[5, 3, 8], &mut stream);
    cases.push(case_of_data(projections, draw_weight(&mut stream, 2), vec![3, 1, 2, 3, 0]));
    let read = |fixture: &Fixture| {
        let direction = if fixture.word("direction") == "forward" { Direction::Forward } else { Direction::Backward };
        let (projections, weight) = (fixture.input("projections"), fixture.parameter("weight"));
        case(&fixture.name, projections, weight, fixture.integers("lengths"), direction)
    };
    Operation { fixtures: vec![("lstm", read)], cases }
}

#[test]
fn padding_is_not_looked_at() {
    let mut stream = stream("padding");
    let (lengths, hidden) = ([3, 0, 5, 1], 6);
    for direction in [Direction::Forward, Direction::Backward] {
        let projections = Tensor::random("projections", &[4, 5, 4 * hidden], &mut stream);
        let case = case("padding", projections, draw_weight(&mut stream, hidden), lengths.to_vec(), direction);
        let setup = Setup::new(&case).task(Labels::All, &mut stream).task(Labels::Run, &mut stream);
        let [(input, _), _] = setup.trained()[..] else { panic!("an input and a weight") };
        let is_padding = |index: usize| index / (4 * hidden) % 5 >= lengths[index / (20 * hidden)] as usize;
        let mut results = [0.0, f32::NAN, f32::INFINITY].into_iter().map(|filling| {
            let mut parameters = setup.parameters.clone();
            for (_, x) in parameters.get_mut(input).iter_mut().enumerate().filter(|(index, _)| is_padding(*index)) {
                *x = filling;
            }
            let mut engine = engine(1);
            engine.weighted(&parameters, &setup, &[1.0, 0.5]);
            (setup.value_of(&parameters, 0..4, &[1.0; 4]), engine.gradient().to_vec())
        });
        let (value, gradient) = results.next().expect("a first filling");
        let of_padding = gradient[setup.parameters.info(input).range.clone()].iter().enumerate().filter(|(index, _)| is_padding(*index));
        assert!(of_padding.clone().count() > 0 && of_padding.into_iter().all(|(_, &g)| g == 0.0), "padding has a gradient");
        assert!(value.iter().enumerate().all(|(index, &y)| (y == 0.0) == is_padding(4 * index)), "padding gives zeros");
        for (other_value, other_gradient) in results {
            assert_same_bits(&other_value, &value, "value");
            assert_same_bits(&other_gradient, &gradient, "gradient");
        }
    }
}

#[test]
#[should_panic(expected = "a sample of [2, 3, 4] is longer than its positions")]
fn a_length_past_the_positions_is_refused() {
    let mut stream = stream("length");
    let projections = Tensor::random("projections", &[2, 3, 4], &mut stream);
    let case = case("length", projections, draw_weight(&mut stream, 1), vec![1, 4], Direction::Forward);
    Setup::new(&case).value();
}
