//! The moving average around other methods: values by hand, and what it keeps of the method within.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use banyan_balance::{
    Again, Balance, BalanceMethod, Balancer, Before, Choice, Error, Family, Gives, GradientOf, Gramian, METHODS, Needs, Shown, StepContext,
    build, build_from,
};
use banyan_method::Method;
use common::{Sampler, assert_close, gramian_of, step};

fn around(within: impl Into<banyan_method::Value>) -> Choice {
    Choice::named("cr-mogm").with("method", within)
}

fn diagonal(values: [f64; 2]) -> Gramian {
    Gramian::new(2, vec![values[0], 0.0, 0.0, values[1]]).unwrap()
}

fn weights(method: &mut dyn Balancer, number: u64, known: &[bool], gramian: &Gramian) -> Vec<f64> {
    let losses = vec![1.0; known.len()];
    let shown = Shown { losses: Some(&losses), gramian: Some(gramian), ..Shown::default() };
    method.balance(&step(number, known), &shown).unwrap().weights
}

/// MGDA of orthogonal gradients weighs them inversely to their squares: (1/2, 1/2), (4/5, 1/5), (1/2, 1/2).
#[test]
fn averages_follow_the_weights() {
    let mut method = build("cr-mogm", 2).unwrap();
    let both = [true; 2];
    assert_close(&weights(&mut *method, 0, &both, &diagonal([1.0, 1.0])), &[0.5, 0.5], 1e-15, "the first is that of the method");
    assert_close(&weights(&mut *method, 1, &both, &diagonal([1.0, 4.0])), &[0.53, 0.47], 1e-15, "0.9 · 0.5 + 0.1 · 0.8");
    assert_close(&weights(&mut *method, 2, &both, &diagonal([1.0, 1.0])), &[0.527, 0.473], 1e-15, "0.9 · 0.53 + 0.1 · 0.5");
    let mut quick = build(Choice::named("cr-mogm").with("alpha", 0.25), 2).unwrap();
    weights(&mut *quick, 0, &both, &diagonal([1.0, 1.0]));
    assert_close(&weights(&mut *quick, 1, &both, &diagonal([1.0, 4.0])), &[0.725, 0.275], 1e-15, "0.25 · 0.5 + 0.75 · 0.8");
}

#[test]
fn a_task_without_labels_has_no_weight_and_keeps_its_average() {
    let mut method = build("cr-mogm", 2).unwrap();
    assert_eq!(weights(&mut *method, 0, &[true, false], &diagonal([1.0, 1.0])), [1.0, 0.0]);
    // The second task begins with its own first weight.
    assert_close(&weights(&mut *method, 1, &[true, true], &diagonal([1.0, 1.0])), &[0.95, 0.5], 1e-15, "0.9 · 1 + 0.1 · 0.5");
    assert_close(&weights(&mut *method, 2, &[true, false], &diagonal([1.0, 1.0])), &[0.955, 0.0], 1e-15, "0.9 · 0.95 + 0.1 · 1");
    assert_close(&weights(&mut *method, 3, &[false, true], &diagonal([1.0, 1.0])), &[0.0, 0.55], 1e-15, "0.9 · 0.5 + 0.1 · 1");
}

#[test]
fn without_memory_it_is_the_method_within() {
    let mut sampler = Sampler::new(3);
    let known = [true; 4];
    for within in ["upgrad", "mgda", "pcgrad", "nash-mtl", "imtl-g"] {
        let mut wrapped = build(around(within).with("alpha", 0), 4).unwrap();
        let mut bare = build(within, 4).unwrap();
        for number in 0..10 {
            let gramian = gramian_of(&sampler.matrix(4, 6));
            assert_eq!(weights(&mut *wrapped, number, &known, &gramian), weights(&mut *bare, number, &known, &gramian), "{within}");
        }
    }
}

/// Averages of weights lie between the smallest and the largest of them, and those of shares are shares.
#[test]
fn averages_stay_among_the_weights() {
    let mut sampler = Sampler::new(5);
    let known = [true; 3];
    let (mut wrapped, mut bare) = (build("cr-mogm", 3).unwrap(), build("mgda", 3).unwrap());
    let (mut least, mut most) = ([f64::INFINITY; 3], [0f64; 3]);
    for number in 0..200 {
        let gramian = gramian_of(&sampler.matrix(3, 4));
        let (average, now) = (weights(&mut *wrapped, number, &known, &gramian), weights(&mut *bare, number, &known, &gramian));
        for task in 0..3 {
            (least[task], most[task]) = (least[task].min(now[task]), most[task].max(now[task]));
            assert!((least[task] - 1e-15..=most[task] + 1e-15).contains(&average[task]));
        }
        assert!((average.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

/// With the same gradients at every step there is nothing to average.
#[test]
fn constant_weights_stay_as_they_are() {
    let gramian = gramian_of(&Sampler::new(7).matrix(3, 5));
    let known = [true; 3];
    let mut method = build(around("upgrad"), 3).unwrap();
    let first = weights(&mut *method, 0, &known, &gramian);
    for number in 1..50 {
        assert_close(&weights(&mut *method, number, &known, &gramian), &first, 1e-14, "upgrad");
    }
}

/// Noise in the gradients moves the average less than the weights themselves: the reason for it.
#[test]
fn averages_vary_less_than_the_weights() {
    let mut sampler = Sampler::new(11);
    let (mut wrapped, mut bare) = (build("cr-mogm", 2).unwrap(), build("mgda", 2).unwrap());
    let known = [true; 2];
    let (mut of_average, mut of_weights) = (Vec::new(), Vec::new());
    for number in 0..500 {
        let mut rows = vec![vec![1.0, 0.3], vec![-0.2, 1.0]];
        rows.iter_mut().flatten().for_each(|value| *value += 0.3 * sampler.normal());
        let gramian = gramian_of(&rows);
        of_average.push(weights(&mut *wrapped, number, &known, &gramian)[0]);
        of_weights.push(weights(&mut *bare, number, &known, &gramian)[0]);
    }
    let spread = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    // √((1 - α) / (1 + α)) = 0.23 of the standard deviation.
    assert!(spread(&of_average[50..]) < 0.35 * spread(&of_weights[50..]));
}

#[test]
fn it_needs_what_the_method_within_needs() {
    for within in ["equal", "famo", "dwa", "mgda", "upgrad"] {
        assert_eq!(build(around(within), 2).unwrap().needs(), build(within, 2).unwrap().needs(), "{within}");
    }
    let representation = around(Choice::named("upgrad").with("gradient", "representation"));
    assert_eq!(build(representation, 2).unwrap().needs().before, Before::Gramian(GradientOf::Representation));
    assert_eq!(build(around("famo"), 2).unwrap().needs().gives, Gives::LossWeights);
}

#[test]
fn directions_cannot_be_averaged_as_weights() {
    assert_eq!(
        build(around("graddrop"), 2).unwrap_err().to_string(),
        "\"cr-mogm\" averages weights, and \"graddrop\" gives a direction instead; choose another method within it"
    );
}

#[test]
fn losses_reach_the_method_within() {
    let mut wrapped = build(around("famo").with("alpha", 0), 2).unwrap();
    let mut bare = build("famo", 2).unwrap();
    let known = [true; 2];
    for number in 0..5 {
        let before = [1.0 / (1.0 + number as f64), 2.0];
        let after = [0.9 * before[0], 1.9];
        let shown = Shown { losses: Some(&before), ..Shown::default() };
        assert_eq!(wrapped.balance(&step(number, &known), &shown), bare.balance(&step(number, &known), &shown), "{number}");
        wrapped.after(&step(number, &known), &before, Some(&after)).unwrap();
        bare.after(&step(number, &known), &before, Some(&after)).unwrap();
    }
}

/// The first task gets everything.
struct Favorite;

impl Balancer for Favorite {
    fn needs(&self) -> Needs {
        Needs { before: Before::Nothing, again: Again::Nothing, gives: Gives::LossWeights }
    }

    fn balance(&mut self, step: &StepContext<'_>, _: &Shown<'_>) -> Result<Balance, Error> {
        Ok(Balance::weights((0..step.known.len()).map(|task| if task == 0 { 1.0 } else { 0.0 }).collect()))
    }
}

#[test]
fn it_goes_around_a_program_s_own_method() {
    const FAVORITE: BalanceMethod = BalanceMethod {
        method: Method::new("favorite", "the first task gets everything"),
        family: Family::Weighting,
        build: |_, _, _| Ok(Box::new(Favorite)),
    };
    let methods = METHODS.with(FAVORITE);
    let mut method = build_from(&methods, around("favorite"), 2).unwrap();
    let balance = method.balance(&step(0, &[true; 2]), &Shown::default()).unwrap();
    assert_eq!(balance.weights, [1.0, 0.0]);
    assert!(build(around("favorite"), 2).is_err());
}
