//! The table of methods, its options and its sentences; saving and restoring.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use banyan_balance::{Balancer, Error, Gramian, Kind, OptionKind, OptionValue, build, combine, methods};
use common::{Options, Sampler, gramian_of, options, step};

fn refusal(name: &str, given: Options) -> String {
    build(name, &options(given), 3).unwrap_err().to_string()
}

#[test]
fn every_method_is_built_by_its_name_and_is_of_its_kind() {
    for method in methods() {
        for tasks in [1, 2, 20] {
            let kind = match build(method.name, &options(&[]), tasks).unwrap() {
                Balancer::Loss(_) => Kind::Loss,
                Balancer::Gramian(_) => Kind::Gramian,
            };
            assert_eq!(kind, method.kind, "{}", method.name);
        }
        assert!(!method.summary.is_empty() && !method.scale.is_empty());
    }
    let mut names: Vec<&str> = methods().iter().map(|method| method.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), methods().len());
}

#[test]
fn every_default_lies_in_its_range_and_can_be_given() {
    for method in methods() {
        for option in method.options {
            let value = match option.kind {
                OptionKind::Number { default, .. } => OptionValue::Number(default),
                OptionKind::Count { default, .. } => OptionValue::Number(default as f64),
                OptionKind::Choice { default, .. } => OptionValue::Text(default.to_owned()),
                OptionKind::PerTask { .. } => OptionValue::Numbers(vec![0.5; 3]),
            };
            assert!(build(method.name, &options(&[(option.name, value)]), 3).is_ok(), "{} {}", method.name, option.name);
            if let OptionKind::Choice { choices, .. } = option.kind {
                for choice in choices {
                    assert!(build(method.name, &options(&[(option.name, (*choice).into())]), 3).is_ok());
                }
            }
        }
    }
}

#[test]
fn unknown_names_meet_the_nearest_known_one() {
    assert_eq!(refusal("up-grad", &[]), "unknown balancing method `up-grad`; did you mean `upgrad`?");
    assert_eq!(refusal("NashMTL", &[]), "unknown balancing method `NashMTL`; did you mean `nash-mtl`?");
    assert_eq!(refusal("cagrad", &[("C", 1.0.into())]), "`cagrad` has no option `C`; did you mean `c`?");
    assert_eq!(refusal("mean", &[("c", 1.0.into())]), "`mean` has no option `c`; it takes none");
    assert_eq!(build("mean", &options(&[]), 0).unwrap_err(), Error::NoTasks);
}

#[test]
fn values_that_do_not_fit_are_refused_with_what_does() {
    assert_eq!(refusal("cagrad", &[("c", (-1.0).into())]), "option `c` of `cagrad` must be a number between 0 and 100, but it is -1");
    assert_eq!(refusal("cagrad", &[("c", f64::NAN.into())]), "option `c` of `cagrad` must be a number between 0 and 100, but it is NaN");
    assert_eq!(refusal("cagrad", &[("c", "half".into())]), "option `c` of `cagrad` must be a number between 0 and 100, but it is \"half\"");
    assert_eq!(
        refusal("cagrad", &[("rescale", 1.5.into())]),
        "option `rescale` of `cagrad` must be a whole number between 0 and 2, but it is 1.5"
    );
    assert_eq!(
        refusal("aligned-mtl", &[("scale", "mean".into())]),
        "option `scale` of `aligned-mtl` must be one of \"min\", \"median\", \"rmse\" (did you mean \"min\"?), but it is \"mean\""
    );
    assert_eq!(
        refusal("fixed", &[("weights", vec![1.0, 2.0].into())]),
        "option `weights` of `fixed` must be a list with one number of at least 0 for each task (3 in all, not 2), but it is [1.0, 2.0]"
    );
    assert_eq!(
        refusal("fixed", &[("weights", vec![1.0, -2.0, 1.0].into())]),
        "option `weights` of `fixed` must be a list with one number of at least 0 for each task, but it is [1.0, -2.0, 1.0]"
    );
    assert_eq!(
        refusal("fairgrad", &[("alpha", 0.01.into())]),
        "option `alpha` of `fairgrad` must be 0 or a number between 0.1 and 10, but it is 0.01"
    );
}

#[test]
fn gramians_are_checked() {
    assert_eq!(Gramian::new(0, vec![]).unwrap_err(), Error::NoTasks);
    assert_eq!(Gramian::new(2, vec![1.0; 3]).unwrap_err().to_string(), "a Gramian of 2 tasks has 4 values, found 3");
    assert_eq!(
        Gramian::new(2, vec![1.0, f64::NAN, 0.0, 1.0]).unwrap_err().to_string(),
        "the Gramian's entry (0, 1) is NaN: a gradient of these tasks is not finite"
    );
    assert_eq!(
        Gramian::new(2, vec![1.0, 0.5, 0.4, 1.0]).unwrap_err().to_string(),
        "the Gramian is not symmetric: entry (1, 0) is 0.4, its mirror is 0.5"
    );
    assert!(matches!(Gramian::new(1, vec![-1.0]), Err(Error::GramianDiagonal { task: 0, .. })));
    let rounded = Gramian::new(2, vec![1.0, 0.5, 0.500_001, 1.0]).unwrap();
    assert_eq!(rounded.get(0, 1), rounded.get(1, 0));
}

#[test]
fn gramians_come_from_rows_and_tell_cosines_and_norms() {
    let rows: [&[f32]; 3] = [&[3.0, 4.0], &[0.0, 0.0], &[-4.0, 3.0]];
    let gramian = Gramian::from_rows(&rows).unwrap();
    assert_eq!(gramian.values(), [25.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 25.0]);
    assert_eq!(gramian.norms(), [5.0, 0.0, 5.0]);
    assert_eq!(gramian.cosines(), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    let opposite = Gramian::from_rows(&[&[1e-20, 2e-20], &[-2e15, -4e15]]).unwrap();
    assert!((opposite.cosines()[1] + 1.0).abs() < 1e-6);
    assert_eq!(Gramian::from_rows(&[&[1.0], &[1.0, 2.0]]).unwrap_err().to_string(), "row 1 of the Jacobian has 2 columns, row 0 has 1");
    assert_eq!(combine(&rows, &[1.0, 5.0, 2.0]).unwrap(), [-5.0, 10.0]);
    assert!(combine(&rows, &[1.0]).is_err());
}

#[test]
fn a_gramian_of_another_size_is_refused() {
    let Balancer::Gramian(mut method) = build("upgrad", &options(&[]), 3).unwrap() else { panic!("upgrad sees gradients") };
    let gramian = Gramian::new(2, vec![1.0, 0.0, 0.0, 1.0]).unwrap();
    let error = method.weights(&step(0, &[true; 3]), &gramian, &[0.0; 3]).unwrap_err();
    assert_eq!(error.to_string(), "Gramian rows: expected 3 values (one for each task), found 2");
}

#[test]
fn mgda_needs_losses_it_can_divide_by() {
    let Balancer::Gramian(mut method) = build("mgda", &options(&[("normalise", "loss".into())]), 2).unwrap() else {
        panic!("mgda sees gradients")
    };
    let gramian = Gramian::new(2, vec![1.0, 0.0, 0.0, 1.0]).unwrap();
    let error = method.weights(&step(0, &[true; 2]), &gramian, &[1.0, -0.5]).unwrap_err();
    assert_eq!(error.to_string(), "`mgda` needs losses of at least 0, but the loss of task 1 is -0.5");
}

/// Makes one step and returns its weights.
fn advance(balancer: &mut Balancer, number: u64) -> Vec<f64> {
    let mut sampler = Sampler::new(1000 + number);
    let known = [true, number % 3 != 1, true];
    let context = step(number, &known);
    let losses: Vec<f64> = (0..3).map(|_| 0.1 + sampler.uniform()).collect();
    match balancer {
        Balancer::Gramian(method) => method.weights(&context, &gramian_of(&sampler.matrix(3, 4)), &losses).unwrap(),
        Balancer::Loss(method) => {
            let weights = method.weights(&context, Some(&losses)).unwrap();
            let after: Vec<f64> = losses.iter().map(|loss| loss * (0.8 + 0.2 * sampler.uniform())).collect();
            method.after(&context, &losses, Some(&after)).unwrap();
            if number % 4 == 3 {
                method.end_epoch();
            }
            weights
        }
    }
}

#[test]
fn a_restored_method_continues_bit_for_bit() {
    for method in methods() {
        let given: Options = if method.name == "nash-mtl" { &[("update_every", 4.0.into())] } else { &[] };
        let mut undisturbed = build(method.name, &options(given), 3).unwrap();
        (0..10).for_each(|number| drop(advance(&mut undisturbed, number)));
        let saved = undisturbed.state();
        assert!(saved.iter().all(|value| value.is_finite()), "{}", method.name);
        let mut resumed = build(method.name, &options(given), 3).unwrap();
        resumed.restore(&saved).unwrap();
        for number in 10..20 {
            assert_eq!(advance(&mut resumed, number), advance(&mut undisturbed, number), "{} at {number}", method.name);
        }
        let stateful = ["uncertainty", "dwa", "famo", "gradvac", "nash-mtl"].contains(&method.name);
        assert_eq!(!saved.is_empty(), stateful, "{}", method.name);
        let wrong = vec![0.0; saved.len() + 1];
        assert_eq!(resumed.restore(&wrong).unwrap_err(), Error::State { expected: saved.len(), found: saved.len() + 1 });
    }
}
