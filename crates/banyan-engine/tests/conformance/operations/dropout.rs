use super::{Operation, stream};
use crate::case::Case;
use crate::tensor::Tensor;
use banyan_engine::{Context, Graph, Parameters, Purpose, Tape};

pub(crate) fn operation() -> Operation {
    let mut stream = stream("dropout");
    let mut cases = Vec::new();
    for (shape, probability) in [(&[1, 1][..], 0.25), (&[13, 17], 0.5), (&[3, 5, 7], 0.1), (&[5, 3], 0.0)] {
        let case = Case::value(&format!("{shape:?} {probability}"), move |graph, operands| graph.dropout(operands.inputs[0], probability));
        let case = case.input(Tensor::random("x", shape, &mut stream)).reference(move |inputs, _| {
            let keys: Vec<u64> = (0..shape[0] as u64).map(|sample| 1000 + 17 * sample).collect();
            let factors = factors(shape, probability, Context { purpose: Purpose::Training, seed: 11, step: 5 }, &keys, 1);
            inputs[0].iter().zip(factors).map(|(x, f)| x * f64::from(f)).collect()
        });
        cases.push(case);
    }
    let inference = Case::value("inference", |graph, operands| graph.dropout(operands.inputs[0], 0.5)).purpose(Purpose::Inference);
    cases.push(inference.input(Tensor::random("x", &[5, 3], &mut stream)).reference(|inputs, _| inputs[0].clone()));
    Operation { fixtures: Vec::new(), cases }
}

/// What ones become in the `place`-th dropout of a pass.
fn factors(shape: &[usize], probability: f32, context: Context, keys: &[u64], place: usize) -> Vec<f32> {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, context, keys);
    let mut result = Vec::new();
    for _ in 0..place {
        let ones = graph.input(shape, &vec![1.0; shape.iter().product()]);
        let dropped = graph.dropout(ones, probability);
        result = graph.value(dropped).to_vec();
    }
    result
}

const CONTEXT: Context = Context { purpose: Purpose::Training, seed: 3, step: 9 };

#[test]
fn as_many_are_dropped_as_asked_and_the_mean_is_kept() {
    for probability in [0.1, 0.5, 0.75] {
        let keys: Vec<u64> = (0..100).collect();
        let factors = factors(&[100, 1000], probability, CONTEXT, &keys, 1);
        let scale = 1.0 / (1.0 - probability);
        assert!(factors.iter().all(|&f| f == 0.0 || f == scale), "{probability}");
        let dropped = factors.iter().filter(|&&f| f == 0.0).count() as f32 / 1e5;
        // Five standard deviations of the share of 100 000 coins are below 0.008.
        assert!((dropped - probability).abs() < 0.008, "{dropped} of {probability}");
    }
}

#[test]
fn what_is_dropped_depends_on_row_step_seed_and_place_and_on_nothing_else() {
    let of = |context, key, place| factors(&[1, 64], 0.5, context, &[key], place);
    let first = of(CONTEXT, 1, 1);
    assert_eq!(first, of(CONTEXT, 1, 1));
    assert_ne!(first, of(CONTEXT, 2, 1), "row");
    assert_ne!(first, of(CONTEXT, 1, 2), "place");
    assert_ne!(first, of(Context { step: 10, ..CONTEXT }, 1, 1), "step");
    assert_ne!(first, of(Context { seed: 4, ..CONTEXT }, 1, 1), "seed");
    let together = factors(&[3, 64], 0.5, CONTEXT, &[7, 1, 8], 1);
    assert_eq!(first, together[64..128], "the rows around it");
}

#[test]
fn a_dropout_that_is_not_random_still_takes_its_place() {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, CONTEXT, &[1]);
    let ones = graph.input([1, 64], &[1.0; 64]);
    let same = graph.dropout(ones, 0.0);
    assert_eq!(graph.value(same), [1.0; 64]);
    let second = graph.dropout(ones, 0.5);
    assert_eq!(graph.value(second), factors(&[1, 64], 0.5, CONTEXT, &[1], 2));
}
