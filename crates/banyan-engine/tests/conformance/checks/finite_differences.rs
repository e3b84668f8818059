//! Gradients against differences of the loss along random directions.

use super::engine;
use crate::case::Case;
use crate::operations::{Operation, stream};
use crate::setup::{Labels, Setup};

/// From steps whose rounding is small to steps that cross few kinks; the best of them counts.
const STEPS: [f32; 6] = [3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4];
const TOLERANCE: f64 = 5e-3;

/// Each input and each parameter of every case, along three random directions, for tasks that reach all samples and for tasks that do not.
pub(crate) fn agree(operation: &Operation) {
    for case in &operation.cases {
        for labels in [&[Labels::All, Labels::Some][..], &[Labels::Run], &[Labels::Run, Labels::Run]] {
            case_agrees(case, labels);
        }
    }
}

fn case_agrees(case: &Case, labels: &[Labels]) {
    let mut stream = stream(&case.name);
    let setup = labels.iter().fold(Setup::new(case), |setup, &labels| setup.task(labels, &mut stream));
    let mut engine = engine(1);
    engine.weighted(&setup.parameters, &setup, &vec![1.0; labels.len()]);
    let gradient = engine.gradient().to_vec();
    let mut parameters = setup.parameters.clone();
    for (id, name) in setup.trained() {
        let range = setup.parameters.info(id).range.clone();
        let own = &setup.parameters.values()[range.clone()];
        let gradient = &gradient[range.clone()];
        for round in 0..3 {
            let direction: Vec<f32> = own.iter().map(|_| stream.normal()).collect();
            let mut tried = Vec::new();
            let found = STEPS.iter().any(|&step| {
                let mut at = |sign: f32| {
                    let moved: Vec<f32> = own.iter().zip(&direction).map(|(x, d)| x + sign * step * d).collect();
                    parameters.get_mut(id).copy_from_slice(&moved);
                    (setup.objective(&parameters), moved)
                };
                let (plus, moved_up) = at(1.0);
                let (minus, moved_down) = at(-1.0);
                parameters.get_mut(id).copy_from_slice(own);
                // What was moved is known exactly only after rounding.
                let (mut expected, mut scale) = (0.0, 0.0);
                for ((&up, &down), &g) in moved_up.iter().zip(&moved_down).zip(gradient) {
                    let part = (f64::from(up) - f64::from(down)) * f64::from(g);
                    expected += part;
                    scale += part * part;
                }
                let error = (plus - minus - expected).abs();
                tried.push((step, plus - minus, expected));
                error <= TOLERANCE * f64::sqrt(scale) + 1e-7 * f64::from(step)
            });
            assert!(found, "{}, {labels:?}: {name}, direction {round}: (step, difference, gradient along it) {tried:?}", case.name);
        }
    }
}
