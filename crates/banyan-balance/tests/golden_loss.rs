//! The loss weightings against values computed by hand, and their memory.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use banyan_balance::{Again, Before, Error, Gives, Needs, StepContext};
use common::{LossMethod, Options, assert_close, loss_method, loss_methods, step};

const BOTH: [bool; 2] = [true, true];

fn needs(before: Before, again: Again) -> Needs {
    Needs { before, again, gives: Gives::LossWeights }
}

fn weights(method: &mut LossMethod, number: u64, losses: Option<&[f64]>) -> Vec<f64> {
    method.weights(&step(number, &BOTH), losses).unwrap()
}

#[test]
fn equal_and_fixed() {
    let mut equal = loss_method("equal", &[], 2);
    assert_eq!(equal.needs(), needs(Before::Nothing, Again::Nothing));
    assert_eq!(weights(&mut equal, 0, None), [1.0, 1.0]);
    let mut fixed = loss_method("fixed", &[("weights", vec![1.0, 2.0].into())], 2);
    assert_eq!(weights(&mut fixed, 0, None), [1.0, 2.0]);
}

#[test]
fn scale_invariant_divides_by_the_loss() {
    let mut method = loss_method("scale-invariant", &[], 2);
    assert_eq!(method.needs(), needs(Before::Losses, Again::Nothing));
    assert_eq!(weights(&mut method, 0, Some(&[4.0, 0.5])), [0.25, 2.0]);
    assert_eq!(weights(&mut method, 0, Some(&[0.0, 1.0])), [1e8, 1.0]);
    let negative = method.weights(&step(0, &BOTH), Some(&[1.0, -1.0])).unwrap_err();
    assert_eq!(negative.to_string(), "`scale-invariant` needs losses of at least 0, but the loss of task 1 is -1");
}

#[test]
fn uncertainty_follows_its_own_adam() {
    let mut method = loss_method("uncertainty", &[], 2);
    assert_eq!(weights(&mut method, 0, None), [0.5, 0.5]);
    // s falls for a loss under e^s and rises for one above: by the learning rate at the first step.
    method.after(&step(0, &BOTH), &[3.0, 0.5], None).unwrap();
    assert_close(&weights(&mut method, 1, None), &[0.48765495613608006, 0.5126575597495568], 1e-14, "first");
    method.after(&step(1, &BOTH), &[2.0, 0.25], None).unwrap();
    assert_close(&weights(&mut method, 2, None), &[0.4765109325617052, 0.5255221208533194], 1e-14, "second");
}

#[test]
fn uncertainty_rests_at_half_the_inverse_loss() {
    let mut method = loss_method("uncertainty", &[], 2);
    for number in 0..5000 {
        method.after(&step(number, &BOTH), &[4.0, 0.1], None).unwrap();
    }
    assert_close(&weights(&mut method, 0, None), &[0.125, 5.0], 1e-3, "at rest");
}

#[test]
fn dwa_compares_two_epochs() {
    let mut method = loss_method("dwa", &[], 2);
    for losses in [[0.5, 1.5], [1.5, 0.5]] {
        method.after(&step(0, &BOTH), &losses, None).unwrap();
    }
    assert_eq!(weights(&mut method, 0, None), [1.0, 1.0]);
    method.end_epoch();
    assert_eq!(weights(&mut method, 0, None), [1.0, 1.0]);
    for losses in [[1.0, 3.0], [1.0, 5.0]] {
        method.after(&step(0, &BOTH), &losses, None).unwrap();
    }
    assert_eq!(weights(&mut method, 0, None), [1.0, 1.0]);
    method.end_epoch();
    // Means (1, 1), then (1, 4): 2 softmax(1/2, 4/2).
    assert_close(&weights(&mut method, 0, None), &[0.3648510476127127, 1.6351489523872875], 1e-14, "dwa");
    // An epoch without any label of a task leaves its history.
    method.after(&step(0, &[true, false]), &[1.0, f64::NAN], None).unwrap();
    method.end_epoch();
    assert_close(&weights(&mut method, 0, None), &[0.3648510476127127, 1.6351489523872875], 1e-14, "dwa");
}

#[test]
fn famo_moves_towards_what_improved_less() {
    let mut method = loss_method("famo", &[], 2);
    assert_eq!(method.needs(), needs(Before::Losses, Again::Losses));
    // c z / (L + 1e-8), z = (1/2, 1/2), c = 1 / (z_1 / L_1 + z_2 / L_2)
    assert_close(&weights(&mut method, 0, Some(&[1.0, 2.0])), &[0.6666666655555555, 0.3333333344444444], 1e-14, "first");
    method.after(&step(0, &BOTH), &[1.0, 2.0], Some(&[0.5, 2.0])).unwrap();
    assert_close(&weights(&mut method, 1, Some(&[0.5, 2.0])), &[0.7918798879720745, 0.2081201120279254], 1e-14, "second");
    method.after(&step(1, &BOTH), &[0.5, 2.0], Some(&[0.4, 1.0])).unwrap();
    assert_close(&weights(&mut method, 2, Some(&[0.4, 1.0])), &[0.7025446084872281, 0.2974553915127719], 1e-14, "third");
}

#[test]
fn famo_knows_minimum_losses() {
    let options: Options = &[("minimum_losses", vec![-2.0, 0.0].into())];
    let mut method = loss_method("famo", options, 2);
    assert_close(&weights(&mut method, 0, Some(&[-1.0, 1.0])), &[0.5, 0.5], 1e-12, "shifted");
    let low = method.weights(&step(0, &BOTH), Some(&[-3.0, 1.0])).unwrap_err();
    assert_eq!(low.to_string(), "`famo` needs losses of at least -2, but the loss of task 0 is -3");
}

#[test]
fn rlw_draws_from_the_seed_and_the_step() {
    let known = [true; 4];
    let mut method = loss_method("rlw", &[], 4);
    let mut at = |seed, number| method.weights(&StepContext { step: number, epoch: 0, seed, known: &known }, None).unwrap();
    assert_eq!(at(1, 5), at(1, 5));
    assert_ne!(at(1, 5), at(1, 6));
    assert_ne!(at(1, 5), at(2, 5));
    let mut means = [0.0; 4];
    for number in 0..4000 {
        let weights = at(7, number);
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        means.iter_mut().zip(weights).for_each(|(mean, weight)| *mean += weight / 4000.0);
    }
    assert_close(&means, &[0.25; 4], 0.015, "means");
}

#[test]
fn a_task_without_labels_has_no_weight_and_keeps_its_state() {
    let known = [true, false, true];
    for name in loss_methods() {
        let mut weighting = loss_method(name, &[], 3);
        let all = [true; 3];
        weighting.after(&step(0, &all), &[1.0, 2.0, 3.0], Some(&[0.5, 1.9, 2.5])).unwrap();
        let before = weighting.state();
        let losses = [1.0, f64::NAN, 0.5];
        let weights = weighting.weights(&step(1, &known), Some(&losses)).unwrap();
        assert_eq!(weights[1], 0.0, "{name}");
        assert!(weights[0] > 0.0 && weights[2] > 0.0, "{name}");
        if weighting.state().is_empty() {
            continue;
        }
        weighting.after(&step(1, &known), &losses, Some(&[0.9, f64::NAN, 0.4])).unwrap();
        let after = weighting.state();
        let changed = before.iter().zip(&after).filter(|(a, b)| a != b).count();
        assert!(changed > 0, "{name}: nothing learned");
        // Every tensor has a number for each task, and nothing moved that the state holds for task 1.
        for position in (1..before.len()).step_by(3) {
            assert_eq!(before[position], after[position], "{name} {position}");
        }
    }
}

#[test]
fn famo_and_rlw_share_the_weight_among_known_tasks() {
    let known = [false, true, true];
    for name in ["famo", "rlw"] {
        let weights = loss_method(name, &[], 3).weights(&step(0, &known), Some(&[f64::NAN, 1.0, 2.0])).unwrap();
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-14, "{name}");
        let none = loss_method(name, &[], 3).weights(&step(0, &[false; 3]), Some(&[0.0; 3])).unwrap();
        assert_eq!(none, [0.0; 3], "{name}");
    }
}

#[test]
fn missing_and_broken_losses_are_named() {
    let mut famo = loss_method("famo", &[], 2);
    let missing = famo.weights(&step(0, &BOTH), None).unwrap_err();
    assert_eq!(missing.to_string(), "the method needs the batch's losses, which it was not shown");
    let missing = famo.after(&step(0, &BOTH), &[1.0, 1.0], None).unwrap_err();
    assert_eq!(missing, Error::NotShown { what: "the batch's losses after the update" });
    let broken = famo.weights(&step(0, &BOTH), Some(&[1.0, f64::NAN])).unwrap_err();
    assert_eq!(broken.to_string(), "the loss of task 1 is NaN");
    let short = famo.weights(&step(0, &BOTH), Some(&[1.0])).unwrap_err();
    assert_eq!(short.to_string(), "losses: expected 2 values (one for each task), found 1");
}
