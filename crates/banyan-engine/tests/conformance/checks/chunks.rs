//! A batch that is cut into chunks against the whole, and batches without labels.

use super::{engine, tolerance};
use crate::case::{Case, Output, Samples};
use crate::operations::{Operation, stream};
use crate::setup::{Labels, Setup};
use crate::tensor::assert_close;

/// Chunks of one row, of five, and of more than a tile of the matrix unit holds have the same outputs and add up to the same losses and gradients.
pub(crate) fn add_up(operation: &Operation) {
    for case in operation.cases.iter().filter(|case| case.coupling == Samples::Independent) {
        let mut stream = stream(&case.name);
        let mut setup = Setup::new(case);
        for labels in [Labels::All, Labels::Some, Labels::None, Labels::Run, Labels::Run] {
            setup = setup.task(labels, &mut stream);
        }
        let (parameters, weights) = (setup.parameters.clone(), [1.0, -0.5, 2.0, 1.5, -1.0]);
        let mut engine = engine(1);
        let whole_losses = engine.weighted(&parameters, &setup, &weights);
        let whole = engine.gradient().to_vec();
        assert_eq!(whole_losses[2], 0.0, "{}: a task without labels", case.name);
        for chunk in [1, 5, 17] {
            setup.chunk = chunk;
            let losses = engine.weighted(&parameters, &setup, &weights);
            for (loss, whole) in losses.iter().zip(&whole_losses) {
                // A sum of so many terms of both signs may be near zero by chance; its rounding is that of the terms.
                let scale = whole.abs().max((setup.tasks[0].cotangent.len() as f64).sqrt());
                let close = (loss - whole).abs() <= f64::from(tolerance(case, 1e-5)) * scale;
                assert!(close, "{}: the loss of chunks of {chunk} is {loss}, not {whole}", case.name);
            }
            for (id, name) in setup.trained() {
                let range = parameters.info(id).range.clone();
                let name = format!("{}: {name}, chunks of {chunk}", case.name);
                assert_close(&engine.gradient()[range.clone()], &whole[range], tolerance(case, 1e-5), &name);
            }
        }
        if case.output == Output::Value {
            values_are_those_of_the_whole(case, &setup);
        }
    }
}

fn values_are_those_of_the_whole(case: &Case, setup: &Setup<'_>) {
    let mut pieces = Vec::new();
    for sample in 0..case.samples {
        pieces.extend(setup.value_of(&setup.parameters, sample..sample + 1, &vec![1.0; case.samples]));
    }
    assert_close(&pieces, &setup.value(), tolerance(case, 1e-6), &format!("{}: values of one row", case.name));
}

/// A loss of samples none of which is labeled is 0 and has no gradient; what such a sample holds does not matter to a loss.
pub(crate) fn no_labels_cost_nothing(operation: &Operation) {
    for case in &operation.cases {
        let mut stream = stream(&case.name);
        let setup = Setup::new(case).task(Labels::None, &mut stream).task(Labels::None, &mut stream);
        let mut parameters = setup.parameters.clone();
        let mut engine = engine(1);
        if case.output == Output::Loss {
            for (id, _) in setup.trained() {
                parameters.get_mut(id).fill(f32::NAN);
            }
        }
        assert_eq!(engine.losses(&parameters, &setup, 2), [0.0, 0.0], "{}", case.name);
        assert_eq!(engine.weighted(&parameters, &setup, &[1.0, 0.5]), [0.0, 0.0], "{}", case.name);
        assert!(engine.gradient().iter().all(|&g| g == 0.0), "{}: plain gradient", case.name);
        assert_eq!(engine.stacked(&parameters, &setup, 2), [0.0, 0.0], "{}", case.name);
        assert_eq!(engine.gramian(&parameters), [0.0; 4], "{}", case.name);
        engine.combine(&parameters, &[0.5, 0.5]);
        assert!(engine.gradient().iter().all(|&g| g == 0.0), "{}: combined gradient", case.name);
        // And a step that gives no task any weight has no gradient either, labels or not.
        let setup = Setup::new(case).task(Labels::All, &mut stream);
        engine.weighted(&setup.parameters, &setup, &[0.0]);
        assert!(engine.gradient().iter().all(|&g| g == 0.0), "{}: no weight", case.name);
    }
}
