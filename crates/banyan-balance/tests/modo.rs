//! MoDo: steps by hand, where it ends, and what it remembers.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use banyan_balance::{Balancer, Choice, CrossGramian, Error, Jacobian, Shown, build};
use common::{Sampler, assert_close, dot, gramian_of, step, weights as weights_of};

fn products(first: &[&[f32]], second: &[&[f32]]) -> CrossGramian {
    let (first_values, second_values) = (first.concat(), second.concat());
    let of = |rows: &[&[f32]], values| Jacobian::new(rows.len(), values).unwrap();
    CrossGramian::of(of(first, &first_values), of(second, &second_values)).unwrap()
}

fn weights(method: &mut dyn Balancer, number: u64, known: &[bool], products: &CrossGramian) -> Vec<f64> {
    let shown = Shown { cross_gramian: Some(products), ..Shown::default() };
    method.balance(&step(number, known), &shown).unwrap().weights
}

fn modo(gamma: f64, rho: f64) -> Choice {
    Choice::named("modo").with("gamma", gamma).with("rho", rho)
}

#[test]
fn products_are_of_two_parts() {
    let found = products(&[&[1.0, 2.0], &[0.0, -1.0]], &[&[3.0, 0.5], &[1.0, 1.0]]);
    assert_eq!(found.values(), [4.0, 3.0, -0.5, -1.0]);
    let (two, three) = ([1.0; 4], [1.0; 6]);
    let error = CrossGramian::of(Jacobian::new(2, &two).unwrap(), Jacobian::new(3, &three).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "gradients of the second part: expected 2 values (one for each task), found 3");
    let error = CrossGramian::of(Jacobian::new(2, &two).unwrap(), Jacobian::new(2, &three).unwrap()).unwrap_err();
    assert!(matches!(error, Error::RowLength { expected: 2, found: 3, .. }));
    let broken = [f32::NAN, 1.0, 1.0, 1.0];
    let error = CrossGramian::of(Jacobian::new(2, &two).unwrap(), Jacobian::new(2, &broken).unwrap()).unwrap_err();
    assert!(matches!(error, Error::GramianNotFinite { .. }));
}

/// `Π(w - γ (J_1 J_2ᵀ w + ρ w))` with `J_1 J_2ᵀ = [[2, 0], [1, 4]]`, twice.
#[test]
fn weights_follow_projected_steps() {
    let found = products(&[&[2.0, 0.0], &[1.0, 2.0]], &[&[1.0, 0.0], &[0.0, 2.0]]);
    assert_eq!(found.values(), [2.0, 0.0, 1.0, 4.0]);
    let mut method = build(modo(0.1, 0.5), 2).unwrap();
    // (1/2, 1/2) - 0.1 ((1, 5/2) + (1/4, 1/4)) = (0.375, 0.225), moved by 0.2 each.
    assert_close(&weights(&mut *method, 0, &[true; 2], &found), &[0.575, 0.425], 1e-15, "first");
    // - 0.1 ((1.15, 2.275) + (0.2875, 0.2125)) = (0.43125, 0.17625), moved by 0.19625 each.
    assert_close(&weights(&mut *method, 1, &[true; 2], &found), &[0.6275, 0.3725], 1e-15, "second");
}

#[test]
fn weights_are_shares() {
    let mut sampler = Sampler::new(13);
    let mut method = build(modo(0.3, 0.1), 4).unwrap();
    for number in 0..300 {
        let mut part = || -> Vec<f32> { sampler.matrix(4, 6).iter().flatten().map(|&value| value as f32).collect() };
        let (first, second) = (part(), part());
        let products = CrossGramian::of(Jacobian::new(4, &first).unwrap(), Jacobian::new(4, &second).unwrap()).unwrap();
        let found = weights(&mut *method, number, &[true; 4], &products);
        assert!(found.iter().all(|weight| (0.0..=1.0).contains(weight)), "{found:?}");
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{found:?}");
    }
}

/// With the same gradients in every part and no pull it ends at MGDA's weights.
#[test]
fn it_ends_where_mgda_is() {
    let rows: Vec<Vec<f64>> = vec![vec![1.0, 0.25, 0.0], vec![-0.5, 1.0, 0.5], vec![0.25, -0.25, 1.5]];
    let values: Vec<f32> = rows.iter().flatten().map(|&value| value as f32).collect();
    let jacobian = Jacobian::new(3, &values).unwrap();
    let products = CrossGramian::of(jacobian, jacobian).unwrap();
    let mut method = build(modo(0.05, 0.0), 3).unwrap();
    for number in 0..5000 {
        weights(&mut *method, number, &[true; 3], &products);
    }
    let found = weights(&mut *method, 5000, &[true; 3], &products);
    assert_close(&found, &weights_of("mgda", &[], &gramian_of(&rows)), 1e-6, "modo");
}

/// Noise that is independent between the parts does not bend the weights; in the Gramian of one batch it does.
#[test]
fn noise_of_two_parts_cancels() {
    let means: [[f64; 2]; 2] = [[1.0, 0.2], [0.0, 1.0]];
    let mut sampler = Sampler::new(17);
    let mut sum = [0.0; 4];
    for _ in 0..20_000 {
        let mut part = || -> Vec<f32> { means.iter().flatten().map(|mean| (mean + sampler.normal()) as f32).collect() };
        let (first, second) = (part(), part());
        let products = CrossGramian::of(Jacobian::new(2, &first).unwrap(), Jacobian::new(2, &second).unwrap()).unwrap();
        sum.iter_mut().zip(products.values()).for_each(|(sum, value)| *sum += value / 20_000.0);
    }
    let expected: Vec<f64> = means.iter().flat_map(|a| means.iter().map(|b| dot(a, b))).collect();
    assert_close(&sum, &expected, 0.05, "the mean of the products is the product of the means");
}

#[test]
fn tasks_without_labels_have_no_weight_and_keep_theirs() {
    let found = products(&[&[2.0, 0.0], &[1.0, 2.0]], &[&[1.0, 0.0], &[0.0, 2.0]]);
    let mut method = build(modo(0.1, 0.5), 2).unwrap();
    weights(&mut *method, 0, &[true; 2], &found);
    let before = method.state();
    assert_eq!(weights(&mut *method, 1, &[true, false], &found), [1.0, 0.0]);
    assert_eq!(method.state(), before, "a single task has all of the weight among itself");
    assert_eq!(weights(&mut *method, 2, &[false; 2], &found), [0.0; 2]);
}
