//! The table of methods, its options and its sentences; saving and restoring.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use banyan_balance::{Balancer, Choice, Error, Gramian, Kind, METHODS, build, combine};
use banyan_method::OptionKind;
use common::{Options, Sampler, choice, gramian_of, step};

fn refusal(name: &str, given: Options) -> String {
    build(choice(name, given), 3).unwrap_err().to_string()
}

#[test]
fn every_method_is_built_by_its_name_and_is_of_its_kind() {
    for entry in METHODS.iter() {
        for tasks in [1, 2, 20] {
            let kind = match build(entry.name(), tasks).unwrap() {
                Balancer::Loss(_) => Kind::Loss,
                Balancer::Gramian(_) => Kind::Gramian,
            };
            assert_eq!(kind, entry.kind, "{}", entry.name());
        }
        let scale = entry.method.remarks.iter().find(|remark| remark.about == "scale");
        assert!(!entry.method.summary.is_empty() && scale.is_some(), "{}", entry.name());
    }
    let mut names: Vec<&str> = METHODS.names().collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), METHODS.iter().count());
}

#[test]
fn every_default_lies_in_its_range_and_can_be_set() {
    for entry in METHODS.iter() {
        for option in entry.method.all_options() {
            let accepts = |value| build(Choice::named(entry.name()).with(option.name, value), 3).is_ok();
            assert!(accepts(option.default().value(3).unwrap()), "{} {}", entry.name(), option.name);
            if let OptionKind::Word(words) = option.kind() {
                assert!(words.iter().all(|word| accepts((*word).into())), "{} {}", entry.name(), option.name);
            }
        }
    }
}

#[test]
fn what_cannot_be_built_is_refused() {
    assert_eq!(refusal("up-grad", &[]), r#"there is no balancing method named "up-grad"; did you mean "upgrad"?"#);
    assert_eq!(refusal("cagrad", &[("C", 1.0.into())]), r#"unknown option "C" of "cagrad"; did you mean "c"?"#);
    assert_eq!(refusal("equal", &[("c", 1.0.into())]), r#"unknown option "c" of "equal"; it has no options"#);
    assert_eq!(refusal("cagrad", &[("c", (-1).into())]), r#"option "c" of "cagrad" must be a number between 0 and 100, not -1"#);
    assert_eq!(
        refusal("aligned-mtl", &[("scale", "mean".into())]),
        r#"option "scale" of "aligned-mtl" must be one of "min", "median", "rmse", not "mean"; did you mean "median"?"#
    );
    assert_eq!(
        refusal("fixed", &[("weights", vec![1.0, 2.0].into())]),
        r#"option "weights" of "fixed" must be a list with one number of at least 0 for each task (3 in all, not 2), not [1.0, 2.0]"#
    );
    assert_eq!(
        refusal("fairgrad", &[("alpha", 0.01.into())]),
        r#"option "alpha" of "fairgrad" must be a number between 0.1 and 10, or 0, not 0.01"#
    );
    assert_eq!(build("mean", 0).unwrap_err(), Error::NoTasks);
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
    let Balancer::Gramian(mut method) = build("upgrad", 3).unwrap() else { panic!("upgrad sees gradients") };
    let gramian = Gramian::new(2, vec![1.0, 0.0, 0.0, 1.0]).unwrap();
    let error = method.weights(&step(0, &[true; 3]), &gramian, &[0.0; 3]).unwrap_err();
    assert_eq!(error.to_string(), "Gramian rows: expected 3 values (one for each task), found 2");
}

#[test]
fn mgda_needs_losses_it_can_divide_by() {
    let Balancer::Gramian(mut method) = build(Choice::named("mgda").with("normalise", "loss"), 2).unwrap() else {
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
    for name in METHODS.names() {
        let given: Options = if name == "nash-mtl" { &[("update_every", 4.into())] } else { &[] };
        let mut undisturbed = build(choice(name, given), 3).unwrap();
        (0..10).for_each(|number| drop(advance(&mut undisturbed, number)));
        let saved = undisturbed.state();
        assert!(saved.iter().all(|value| value.is_finite()), "{name}");
        let mut resumed = build(choice(name, given), 3).unwrap();
        resumed.restore(&saved).unwrap();
        for number in 10..20 {
            assert_eq!(advance(&mut resumed, number), advance(&mut undisturbed, number), "{name} at {number}");
        }
        let stateful = ["uncertainty", "dwa", "famo", "gradvac", "nash-mtl"].contains(&name);
        assert_eq!(!saved.is_empty(), stateful, "{name}");
        let wrong = vec![0.0; saved.len() + 1];
        assert_eq!(resumed.restore(&wrong).unwrap_err(), Error::State { expected: saved.len(), found: saved.len() + 1 });
    }
}
