//! The table of methods, its options and its sentences; saving and restoring.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use banyan_balance::{
    Again, Balancer, Before, Choice, CrossGramian, Error, Family, Gives, Gramian, Jacobian, METHODS, SavedTensor, Shown, State, build,
    combine,
};
use banyan_method::OptionKind;
use common::{Options, Sampler, choice, gramian_of, step};

fn refusal(name: &str, given: Options) -> String {
    build(choice(name, given), 3).unwrap_err().to_string()
}

#[test]
fn every_method_is_built_by_its_name_and_is_of_its_family() {
    for entry in METHODS.iter() {
        for tasks in [1, 2, 20] {
            let needs = build(entry.name(), tasks).unwrap().needs();
            let family = match needs.before {
                Before::Nothing | Before::Losses => Family::Weighting,
                Before::Gramian(_) | Before::Jacobian | Before::CrossGramian => Family::Aggregator,
            };
            assert_eq!(family, entry.family, "{}", entry.name());
            let applies_to_heads = needs.gives == Gives::LossWeights;
            assert_eq!(applies_to_heads, family == Family::Weighting, "{}", entry.name());
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
    let mut method = build("upgrad", 3).unwrap();
    let gramian = Gramian::new(2, vec![1.0, 0.0, 0.0, 1.0]).unwrap();
    let error = method.balance(&step(0, &[true; 3]), &shown(&gramian, &[0.0; 3])).unwrap_err();
    assert_eq!(error.to_string(), "Gramian rows: expected 3 values (one for each task), found 2");
}

#[test]
fn mgda_needs_losses_it_can_divide_by() {
    let mut method = build(Choice::named("mgda").with("normalise", "loss"), 2).unwrap();
    let gramian = Gramian::new(2, vec![1.0, 0.0, 0.0, 1.0]).unwrap();
    let error = method.balance(&step(0, &[true; 2]), &shown(&gramian, &[1.0, -0.5])).unwrap_err();
    assert_eq!(error.to_string(), "`mgda` needs losses of at least 0, but the loss of task 1 is -0.5");
}

#[test]
fn what_a_method_needs_and_is_not_shown_is_named() {
    let refused = |name: &str, shown: Shown<'_>| build(name, 2).unwrap().balance(&step(0, &[true; 2]), &shown).unwrap_err().to_string();
    let losses = Shown { losses: Some(&[1.0, 1.0]), ..Shown::default() };
    assert_eq!(refused("famo", Shown::default()), "the method needs the batch's losses, which it was not shown");
    assert_eq!(refused("upgrad", losses), "the method needs the Gramian of the tasks' gradients, which it was not shown");
    assert_eq!(refused("graddrop", losses), "the method needs the tasks' gradients, which it was not shown");
    let expected = "the method needs the products of the tasks' gradients in two parts of the batch, which it was not shown";
    assert_eq!(refused("modo", losses), expected);
    let jacobian = Jacobian::new(3, &[1.0; 6]).unwrap();
    let shown = Shown { jacobian: Some(jacobian), ..losses };
    assert_eq!(refused("graddrop", shown), "gradients: expected 2 values (one for each task), found 3");
    assert_eq!(Jacobian::new(4, &[1.0; 6]).unwrap_err().to_string(), "6 values do not make 4 gradients of one length");
    assert_eq!(Jacobian::new(0, &[]).unwrap_err(), Error::NoTasks);
}

fn shown<'a>(gramian: &'a Gramian, losses: &'a [f64]) -> Shown<'a> {
    Shown { losses: Some(losses), gramian: Some(gramian), ..Shown::default() }
}

/// Makes one step, with everything shown that there is, and returns what it gave.
fn advance(balancer: &mut dyn Balancer, number: u64) -> (Vec<f64>, Option<Vec<f32>>) {
    let mut sampler = Sampler::new(1000 + number);
    let known = [true, number % 3 != 1, true];
    let context = step(number, &known);
    let losses: Vec<f64> = (0..3).map(|_| 0.1 + sampler.uniform()).collect();
    let rows = sampler.matrix(3, 4);
    let gramian = gramian_of(&rows);
    let values: Vec<f32> = rows.iter().flatten().map(|&value| value as f32).collect();
    let jacobian = Jacobian::new(3, &values).unwrap();
    let products = CrossGramian::of(jacobian, jacobian).unwrap();
    let shown = Shown { jacobian: Some(jacobian), cross_gramian: Some(&products), ..shown(&gramian, &losses) };
    let balance = balancer.balance(&context, &shown).unwrap();
    assert_eq!(balance.direction.is_some(), balancer.needs().gives == Gives::Direction);
    let after: Vec<f64> = losses.iter().map(|loss| loss * (0.8 + 0.2 * sampler.uniform())).collect();
    balancer.after(&context, &losses, (balancer.needs().again == Again::Losses).then_some(&after)).unwrap();
    if number % 4 == 3 {
        balancer.end_epoch();
    }
    (balance.weights, balance.direction)
}

/// All methods, and the wrappers around methods that remember something.
fn remembering() -> Vec<Choice> {
    let mut all: Vec<Choice> = METHODS.names().map(Choice::named).collect();
    all.push(Choice::named("nash-mtl").with("update_every", 4));
    for within in ["famo", "dwa", "gradvac", "cr-mogm"] {
        all.push(Choice::named("cr-mogm").with("method", within));
    }
    all
}

#[test]
fn a_restored_method_continues_bit_for_bit() {
    for choice in remembering() {
        let mut undisturbed = build(&choice, 3).unwrap();
        (0..10).for_each(|number| drop(advance(&mut *undisturbed, number)));
        let saved = undisturbed.state();
        assert!(saved.tensors().iter().flat_map(|tensor| &tensor.values).all(|value| value.is_finite()), "{choice}");
        let mut resumed = build(&choice, 3).unwrap();
        resumed.restore(&saved).unwrap();
        for number in 10..20 {
            assert_eq!(advance(&mut *resumed, number), advance(&mut *undisturbed, number), "{choice} at {number}");
        }
    }
}

#[test]
fn memories_have_names_and_shapes() {
    let layout = |choice: Choice| -> Vec<(String, Vec<usize>)> {
        let state = build(choice, 3).unwrap().state();
        state.tensors().iter().map(|tensor| (tensor.name.clone(), tensor.shape.clone())).collect()
    };
    assert_eq!(layout("upgrad".into()), []);
    assert_eq!(layout("gradvac".into()), [("targets".to_owned(), vec![3, 3])]);
    let names: Vec<String> = layout(Choice::named("cr-mogm").with("method", "famo")).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["method.logits", "method.first_moments", "method.second_moments", "method.steps", "average", "begun"]);
}

#[test]
fn a_state_of_another_method_or_number_of_tasks_is_refused() {
    let mut famo = build("famo", 3).unwrap();
    (0..5).for_each(|number| drop(advance(&mut *famo, number)));
    let before = famo.state();
    let refused = |famo: &mut dyn Balancer, state: &State| famo.restore(state).unwrap_err().to_string();
    assert_eq!(
        refused(&mut *famo, &build("nash-mtl", 3).unwrap().state()),
        "a saved balancer state of bargain [3] does not fit one of logits [3], first_moments [3], second_moments [3], steps [3]: it was \
         made by another method, option or number of tasks"
    );
    assert!(refused(&mut *famo, &build("famo", 2).unwrap().state()).contains("logits [2]"));
    assert!(refused(&mut *famo, &State::default()).starts_with("a saved balancer state of nothing does not fit"));
    let short = before.tensors().iter().map(|tensor| SavedTensor { values: vec![0.0; 2], ..tensor.clone() }).collect();
    assert!(famo.restore(&short).is_err());
    assert_eq!(famo.state(), before, "a refused state changes nothing");
    assert!(build("upgrad", 3).unwrap().restore(&before).is_err());
}
