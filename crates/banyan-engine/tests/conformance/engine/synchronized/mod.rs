//! Programs whose chunks meet: over several chunks they are what they are over one.

mod batch_statistics;
mod contrastive;
mod misuse;
mod normalizer;

use banyan_engine::{Engine, Parameters, Program};
use std::ops::Range;

/// The rows of each chunk: the whole, equal ones, and unequal ones with an empty chunk among them.
fn cuts(rows: usize) -> Vec<Vec<Range<usize>>> {
    let equal = |size: usize| (0..rows).step_by(size).map(|begin| begin..rows.min(begin + size)).collect();
    vec![equal(rows), equal(1), equal(3), vec![0..5, 5..5, 5..6, 6..rows]]
}

/// All ways to make a gradient of so many tasks, by name, with the gradient and the losses and Gramian that it gives.
fn everything(
    engine: &mut Engine,
    parameters: &Parameters,
    program: &dyn Program,
    tasks: usize,
) -> Vec<(&'static str, Vec<f32>, Vec<f64>)> {
    let weights: Vec<f32> = (0..tasks).map(|task| [0.5, 2.0, -1.0][task]).collect();
    let mut found = Vec::new();
    let losses = engine.weighted(parameters, program, &weights);
    found.push(("weighted", engine.gradient().to_vec(), losses));
    let losses = engine.weighted_by_losses(parameters, program, tasks, |_| Ok::<_, ()>(weights.clone())).expect("weights");
    found.push(("weighted by losses", engine.gradient().to_vec(), losses));
    let mut doubles = engine.stacked(parameters, program, tasks);
    doubles.extend(engine.gramian(parameters));
    engine.combine(parameters, &weights);
    found.push(("combined", engine.gradient().to_vec(), doubles));
    for task in 0..tasks {
        found.push(("a row", engine.jacobian_row(parameters, task).to_vec(), Vec::new()));
    }
    engine.combine_losses(parameters, &weights);
    found.push(("combined losses", engine.gradient().to_vec(), Vec::new()));
    found
}

/// Asserts that two ways to run a program give the same, up to rounding.
fn assert_agree(found: &[(&'static str, Vec<f32>, Vec<f64>)], expected: &[(&'static str, Vec<f32>, Vec<f64>)], what: &str) {
    use crate::checks::tolerance_of_products;
    use crate::tensor::assert_close;
    assert_eq!(found.len(), expected.len());
    for ((name, gradient, doubles), (_, expected_gradient, expected_doubles)) in found.iter().zip(expected) {
        assert!(expected_gradient.iter().any(|&g| g != 0.0), "{what}, {name}: there is a gradient");
        assert_close(gradient, expected_gradient, tolerance_of_products(2e-5), &format!("{what}, {name}"));
        let narrow = |numbers: &[f64]| numbers.iter().map(|&x| x as f32).collect::<Vec<_>>();
        assert_close(
            &narrow(doubles),
            &narrow(expected_doubles),
            tolerance_of_products(2e-5),
            &format!("{what}, {name}: losses and Gramian"),
        );
    }
}

/// Asserts that a step's gradient is that of finite differences of the sum of its losses, along directions of its own for each parameter.
fn assert_differences(engine: &mut Engine, parameters: &Parameters, tasks: usize, program: &dyn Program) {
    use banyan_engine::random::Stream;
    const STEPS: [f32; 4] = [1e-2, 3e-3, 1e-3, 3e-4];
    engine.weighted(parameters, program, &vec![1.0; tasks]);
    let gradient = engine.gradient().to_vec();
    let mut moved = parameters.clone();
    let mut objective = |parameters: &Parameters| {
        let losses: f64 = engine.losses(parameters, program, tasks).iter().sum();
        losses + engine.auxiliary_losses().map(|loss| loss.weighted).sum::<f64>()
    };
    let mut stream = Stream::new(&[77]);
    for id in parameters.ids().filter(|&id| parameters.info(id).range.end <= gradient.len()) {
        let (own, range) = (parameters.get(id).to_vec(), parameters.info(id).range.clone());
        let direction: Vec<f32> = own.iter().map(|_| stream.normal()).collect();
        let along: f64 = gradient[range].iter().zip(&direction).map(|(&g, &d)| f64::from(g) * f64::from(d)).sum();
        let mut tried = Vec::new();
        let agrees = STEPS.iter().any(|&step| {
            let mut at = |sign: f32| {
                moved.get_mut(id).iter_mut().zip(&own).zip(&direction).for_each(|((to, x), d)| *to = x + sign * step * d);
                objective(&moved)
            };
            let difference = (at(1.0) - at(-1.0)) / (2.0 * f64::from(step));
            tried.push(difference);
            (difference - along).abs() <= 1e-2 * along.abs() + 1e-4
        });
        moved.get_mut(id).copy_from_slice(&own);
        assert!(agrees, "{}: the derivative is {along}, and differences are {tried:?}", parameters.info(id).name);
    }
}
