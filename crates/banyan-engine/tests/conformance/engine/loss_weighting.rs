//! `weighted_by_losses`: the weights are asked for when all losses are known.

use super::model::{Model, TASKS};
use crate::checks::engine;
use crate::tensor::assert_same_bits;

#[test]
fn is_a_weighted_step() {
    for chunk in [1, 4, 13] {
        let model = Model::new(13, 5, 1).chunk(chunk);
        let weights = [0.5, 0.0, -1.5];
        let (mut asked, mut told) = (engine(2), engine(2));
        let mut shown = Vec::new();
        let losses = asked.weighted_by_losses(&model.parameters, &model, TASKS, |losses| {
            shown = losses.to_vec();
            Ok::<_, ()>(weights.to_vec())
        });
        let expected = told.weighted(&model.parameters, &model, &weights);
        assert_eq!(losses, Ok(expected.clone()));
        assert_eq!(shown, expected);
        assert_same_bits(asked.gradient(), told.gradient(), &format!("chunks of {chunk}"));
    }
}

#[test]
fn an_error_is_passed_on_and_the_engine_goes_on() {
    let model = Model::new(13, 5, 2).chunk(2);
    let mut engine = engine(1);
    engine.weighted(&model.parameters, &model, &[1.0; TASKS]);
    let expected = engine.gradient().to_vec();
    let refused = engine.weighted_by_losses(&model.parameters, &model, TASKS, |_| Err::<Vec<f32>, _>("no weights"));
    assert_eq!(refused, Err("no weights"));
    assert_same_bits(engine.gradient(), &expected, "the gradient is still the last step's");
    let losses = engine.weighted_by_losses(&model.parameters, &model, TASKS, |_| Ok::<_, ()>(vec![1.0; TASKS]));
    assert!(losses.is_ok());
    assert_same_bits(engine.gradient(), &expected, "after the error");
}
