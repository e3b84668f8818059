//! One stacked sweep against a pass for each task.

use super::{engine, tolerance};
use crate::case::{Case, Samples};
use crate::operations::{Operation, stream};
use crate::setup::{Labels, Setup};
use crate::tensor::assert_close;

/// More than the 16 rows of a tile.
const WIDE: usize = 17;

/// For few and many tasks with labels of their own, in chunks of few samples and of more than a tile of the matrix unit holds.
pub(crate) fn rows_are_single_gradients(operation: &Operation) {
    for case in &operation.cases {
        let chunks: &[usize] = match (case.coupling, case.samples > WIDE) {
            (Samples::Coupled, _) => &[usize::MAX],
            (Samples::Independent, false) => &[3],
            (Samples::Independent, true) => &[3, WIDE],
        };
        for tasks in [1, 2, 3, 7, 13] {
            for &chunk in chunks {
                agree(case, tasks, chunk.min(case.samples));
            }
        }
    }
}

fn agree(case: &Case, tasks: usize, chunk: usize) {
    let mut stream = stream(&format!("{} {tasks}", case.name));
    let mut setup = Setup::with_heads(case, tasks);
    for task in 0..tasks {
        // Of seven tasks one has no labels at all, and three have some that stand together.
        let labels = match task {
            4 => Labels::None,
            1 | 3 | 6 | 8.. => Labels::Run,
            _ => Labels::Some,
        };
        setup = setup.task(labels, &mut stream);
    }
    let setup = setup.chunk(chunk);
    let parameters = &setup.parameters;
    let shared = parameters.shared_len();
    let (mut stacked, mut single) = (engine(1), engine(1));
    let losses = stacked.stacked(parameters, &setup, tasks);
    let mut heads = vec![0.0; parameters.trainable_len() - shared];
    for task in 0..tasks {
        let one_hot: Vec<f32> = (0..tasks).map(|other| if other == task { 1.0 } else { 0.0 }).collect();
        let all_losses = single.weighted(parameters, &setup, &one_hot);
        assert_eq!(all_losses, losses, "{}: losses", case.name);
        let name = format!("{}: row {task} of {tasks}", case.name);
        assert_close(stacked.jacobian_row(parameters, task), &single.gradient()[..shared], tolerance(case, 1e-6), &name);
        for (sum, g) in heads.iter_mut().zip(&single.gradient()[shared..]) {
            *sum += g;
        }
    }
    gramian_is_the_rows_products(case, &mut stacked, parameters, tasks);

    let weights: Vec<f32> = (0..tasks).map(|task| if task == 1 { 0.0 } else { stream.normal() }).collect();
    stacked.combine(parameters, &weights);
    single.weighted(parameters, &setup, &weights);
    let name = format!("{}: combination of {tasks}", case.name);
    assert_close(&stacked.gradient()[..shared], &single.gradient()[..shared], tolerance(case, 1e-5), &name);
    assert_close(&stacked.gradient()[shared..], &heads, tolerance(case, 1e-6), &format!("{}: heads are not weighted", case.name));
}

fn gramian_is_the_rows_products(case: &Case, engine: &mut banyan_engine::Engine, parameters: &banyan_engine::Parameters, tasks: usize) {
    let gramian = engine.gramian(parameters);
    let rows: Vec<Vec<f32>> = (0..tasks).map(|task| engine.jacobian_row(parameters, task).to_vec()).collect();
    assert_eq!(engine.jacobian(parameters), rows.concat(), "the rows together");
    assert_eq!(gramian.len(), tasks * tasks);
    let product = |i: usize, j: usize| -> f64 {
        let rows = rows[i].iter().zip(&rows[j]);
        rows.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    };
    for (i, j) in (0..tasks).flat_map(|i| (0..tasks).map(move |j| (i, j))) {
        let (found, expected) = (gramian[i * tasks + j], product(i, j));
        let scale = (product(i, i) * product(j, j)).sqrt();
        assert!(
            (found - expected).abs() <= f64::from(tolerance(case, 1e-5)) * scale,
            "{}: product {i} {j} is {found}, not {expected}",
            case.name
        );
        assert_eq!(found, gramian[j * tasks + i], "{}: symmetric", case.name);
    }
}
