//! The same bits for any number of threads, and whatever ran before.

use super::engine;
use crate::case::{Case, Samples};
use crate::operations::{Operation, stream};
use crate::setup::{Labels, Setup};
use crate::tensor::assert_same_bits;
use banyan_engine::Engine;

/// All cases on 1, 2, 3 and 8 threads, several steps each.
pub(crate) fn do_not_depend_on_threads(operation: &Operation) {
    let mut engines = [1, 2, 3, 8].map(engine);
    for case in &operation.cases {
        let mut setup = prepare(case);
        // Enough chunks to be worth sharing, which the engine finds out in the first step.
        setup.repeats = 96;
        let (first, others) = engines.split_first_mut().expect("four engines");
        let expected = gradients(first, &setup);
        for (index, engine) in others.iter_mut().enumerate() {
            for step in 0..3 {
                let found = gradients(engine, &setup);
                assert_same_bits(&found.0, &expected.0, &format!("{}: engine {index}, step {step}", case.name));
                assert_eq!(found.1, expected.1, "{}: engine {index}, step {step}: losses and Gramian", case.name);
            }
        }
    }
}

fn prepare(case: &Case) -> Setup<'_> {
    let mut stream = stream(&case.name);
    let setup = Setup::with_heads(case, 2).task(Labels::All, &mut stream).task(Labels::Some, &mut stream);
    setup.chunk(if case.coupling == Samples::Coupled { case.samples } else { 2 })
}

/// Everything that a plain and a stacked step give.
fn gradients(engine: &mut Engine, setup: &Setup<'_>) -> (Vec<f32>, Vec<f64>) {
    let mut doubles = engine.weighted(&setup.parameters, setup, &[1.0, 0.5]);
    let mut numbers = engine.gradient().to_vec();
    doubles.extend(engine.stacked(&setup.parameters, setup, 2));
    doubles.extend(engine.gramian(&setup.parameters));
    engine.combine(&setup.parameters, &[0.25, 0.75]);
    numbers.extend_from_slice(engine.gradient());
    (numbers, doubles)
}

#[test]
fn do_not_depend_on_what_ran_before() {
    let operations = crate::all_operations();
    let cases: Vec<&Case> = operations.iter().flat_map(|(_, operation)| &operation.cases).collect();
    let mut used = engine(2);
    for round in 0..2 {
        for case in &cases {
            let setup = prepare(case);
            let expected = gradients(&mut engine(1), &setup);
            let found = gradients(&mut used, &setup);
            assert_same_bits(&found.0, &expected.0, &format!("{}: round {round}", case.name));
            assert_eq!(found.1, expected.1, "{}: round {round}: losses and Gramian", case.name);
        }
    }
}
