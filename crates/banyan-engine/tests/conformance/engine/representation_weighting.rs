//! `weighted_by_representation`: the weights are chosen from the Gramian at the shared representation.

use super::model::{Model, TASKS};
use crate::checks::engine;
use crate::tensor::{assert_close, assert_same_bits};
use banyan_engine::{Engine, ParameterId};

fn step(engine: &mut Engine, model: &Model, weights: &[f32]) -> (Vec<f64>, Vec<f64>) {
    let result = engine.weighted_by_representation(&model.parameters, model, TASKS, |_, _| Ok::<_, ()>(weights.to_vec()));
    result.expect("weights were given")
}

fn gradient_of(engine: &Engine, model: &Model, ids: &[ParameterId]) -> Vec<f32> {
    ids.iter().flat_map(|&id| engine.gradient()[model.parameters.info(id).range.clone()].to_vec()).collect()
}

#[test]
fn weights_of_one_make_a_plain_step() {
    for chunk in [1, 4, 13] {
        let model = Model::new(13, 5, 3).chunk(chunk);
        let (mut split, mut plain) = (engine(2), engine(2));
        let (losses, _) = step(&mut split, &model, &[1.0; TASKS]);
        assert_eq!(losses, plain.weighted(&model.parameters, &model, &[1.0; TASKS]));
        assert_close(split.gradient(), plain.gradient(), 1e-6, &format!("chunks of {chunk}"));
    }
}

#[test]
fn weights_apply_before_the_representation_only() {
    let model = Model::new(13, 5, 4).chunk(4);
    let weights = [0.25, -2.0, 1.5];
    let (mut split, mut plain) = (engine(1), engine(1));
    step(&mut split, &model, &weights);
    plain.weighted(&model.parameters, &model, &weights);
    let trunk = model.trunk();
    assert_close(&gradient_of(&split, &model, &trunk), &gradient_of(&plain, &model, &trunk), 1e-6, "trunk");
    plain.weighted(&model.parameters, &model, &[1.0; TASKS]);
    let after = model.after();
    assert_close(&gradient_of(&split, &model, &after), &gradient_of(&plain, &model, &after), 1e-6, "after the representation");
}

#[test]
fn the_gramian_is_that_of_each_tasks_gradient_of_the_representation() {
    for chunk in [1, 4, 13] {
        let model = Model::new(13, 5, 5).chunk(chunk);
        // Where the representation is a parameter, a single pass for each task gives its gradient.
        let given = model.with_given_representation(5);
        let mut single = engine(1);
        let rows = [0, 1, 2].map(|task| {
            let mut one_hot = [0.0; TASKS];
            one_hot[task] = 1.0;
            single.weighted(&given.parameters, &given, &one_hot);
            gradient_of(&single, &given, &given.trunk())
        });
        let (_, gramian) = step(&mut engine(2), &model, &[1.0; TASKS]);
        for (i, j) in (0..TASKS).flat_map(|i| (0..TASKS).map(move |j| (i, j))) {
            let product = |a: &[f32], b: &[f32]| -> f64 { a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum() };
            let (found, expected) = (gramian[i * TASKS + j], product(&rows[i], &rows[j]));
            let scale = (product(&rows[i], &rows[i]) * product(&rows[j], &rows[j])).sqrt();
            assert!(scale > 0.0 && (found - expected).abs() <= 1e-5 * scale, "product {i} {j} is {found}, not {expected}");
        }
    }
}

#[test]
fn a_lane_without_a_chunk_adds_nothing_of_an_earlier_step() {
    let (many, few) = (Model::new(13, 5, 6).chunk(1), Model::new(2, 5, 6).chunk(2));
    let mut used = engine(1);
    step(&mut used, &many, &[1.0; TASKS]);
    assert_eq!(step(&mut used, &few, &[1.0; TASKS]), step(&mut engine(1), &few, &[1.0; TASKS]));
}

#[test]
fn an_error_is_passed_on_and_the_engine_goes_on() {
    let model = Model::new(13, 5, 7).chunk(2);
    let mut used = engine(1);
    for _ in 0..2 {
        let refused = used.weighted_by_representation(&model.parameters, &model, TASKS, |_, _| Err::<Vec<f32>, _>("no weights"));
        assert_eq!(refused, Err("no weights"));
    }
    let mut fresh = engine(1);
    let weights = [0.5, 1.0, 2.0];
    assert_eq!(step(&mut used, &model, &weights), step(&mut fresh, &model, &weights));
    assert_same_bits(used.gradient(), fresh.gradient(), "after the error");
    used.stacked(&model.parameters, &model, TASKS);
    fresh.stacked(&model.parameters, &model, TASKS);
    assert_eq!(used.gramian(&model.parameters), fresh.gramian(&model.parameters));
}
