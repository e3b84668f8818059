//! Steps of a program that has neither a configuration nor data.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

use banyan_balance::{Choice, StepContext, build};
use banyan_engine::{Activation, Context, Engine, Graph, Parameters, Program, Residual, Scope, Settings};
use banyan_nn::{Average, LayerBuilder, Linear, Moments, Optimizer, OptimizerKind};
use banyan_train::{GradientNorm, Inspect, StepError, StepResult, TrainState, TrainStep};

/// A shared layer and two numbers to predict from it.
struct Numbers {
    shared: Linear,
    heads: [Linear; 2],
    targets: [f32; 2],
    /// A loss of no task that counts so much.
    penalty: Option<f32>,
    balanced: Vec<String>,
}

impl Program for Numbers {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        let input = graph.input([1, 3], &[1.0, -2.0, 0.5]);
        let shared = self.shared.forward(graph, input);
        graph.declare_representation();
        for (task, head) in self.heads.iter().enumerate() {
            let output = head.forward(graph, shared);
            let loss = graph.regression_loss(output, &[self.targets[task]], &[1.0], Residual::Square);
            graph.declare_loss(task, loss);
        }
        if let Some(weight) = self.penalty {
            let loss = graph.regression_loss(shared, &[0.0; 4], &[1.0; 4], Residual::Square);
            graph.declare_auxiliary("size", loss, weight);
        }
    }

    fn balanced(&self) -> &[String] {
        &self.balanced
    }
}

fn program(targets: [f32; 2]) -> (Numbers, Parameters) {
    let mut builder = LayerBuilder::new(3);
    let shared = builder.linear("shared", 3, 4, Activation::Tanh);
    let heads = [0, 1].map(|task| builder.scope(Scope::Task(task), |b| b.linear(&format!("head {task}"), 4, 1, Activation::None)));
    (Numbers { shared, heads, targets, penalty: None, balanced: Vec::new() }, builder.build())
}

/// One step of gradient descent with a rate of 1, so that the parameters move by the gradient.
fn step(
    train_step: &TrainStep,
    program: &Numbers,
    parameters: &mut Parameters,
    method: impl Into<Choice>,
    inspect: Inspect,
) -> Result<StepResult, StepError> {
    let mut optimizer = Optimizer::new(OptimizerKind::Sgd { momentum: 0.0 }, 0.0, parameters);
    let known = vec![true; 2 + program.balanced.len()];
    let mut balancer = build(method, known.len()).unwrap();
    let parts = vec![program as &dyn Program; balancer.needs().before.parts()];
    let mut engine = Engine::new(Settings { threads: 1, ..Settings::default() }).unwrap();
    let step = StepContext { step: 0, epoch: 0, seed: 1, known: &known };
    let state = TrainState { parameters, optimizer: &mut optimizer, average: None, balancer: &mut *balancer };
    train_step.step_in_parts(&mut engine, &parts, state, &step, 1.0, inspect)
}

/// How far one step moves the parameters.
fn moved(train_step: &TrainStep, method: &str, inspect: Inspect) -> Vec<f32> {
    let (program, before) = program([2.0, -1.0]);
    let mut after = before.clone();
    step(train_step, &program, &mut after, method, inspect).unwrap();
    before.values().iter().zip(after.values()).map(|(before, after)| before - after).collect()
}

fn norm(vector: &[f32]) -> f32 {
    vector.iter().map(|x| x * x).sum::<f32>().sqrt()
}

#[test]
fn the_norm_is_what_was_asked_for() {
    let free = moved(&TrainStep::default(), "equal", Inspect::AsNeeded);
    assert!(norm(&free) > 0.5, "{free:?}");
    assert_eq!(moved(&TrainStep { norm: GradientNorm::Finite }, "equal", Inspect::AsNeeded), free);
    let clipped = moved(&TrainStep { norm: GradientNorm::AtMost(0.25) }, "equal", Inspect::AsNeeded);
    assert!((norm(&clipped) - 0.25).abs() < 1e-4, "{}", norm(&clipped));
}

#[test]
fn inspecting_every_task_changes_only_what_is_returned() {
    let (program, parameters) = program([2.0, -1.0]);
    let train_step = TrainStep::default();
    for method in ["equal", "uncertainty", "famo"] {
        let results = [Inspect::AsNeeded, Inspect::EveryTask]
            .map(|inspect| step(&train_step, &program, &mut parameters.clone(), method, inspect).unwrap());
        assert!(results[0].gramian.is_none() && results[1].gramian.is_some(), "{method}");
        assert_eq!((&results[0].losses, &results[0].weights), (&results[1].losses, &results[1].weights), "{method}");
        let pair = [Inspect::AsNeeded, Inspect::EveryTask].map(|inspect| moved(&train_step, method, inspect));
        assert!(pair[0].iter().zip(&pair[1]).all(|(a, b)| (a - b).abs() < 1e-5), "{method}: {pair:?}");
    }
}

#[test]
fn gradients_are_those_of_what_was_named() {
    let (program, parameters) = program([2.0, -1.0]);
    let gramian = |gradient: &str| {
        let method = Choice::named("upgrad").with("gradient", gradient);
        step(&TrainStep::default(), &program, &mut parameters.clone(), method, Inspect::AsNeeded).unwrap().gramian.unwrap()
    };
    let (whole, representation) = (gramian("parameters"), gramian("representation"));
    assert!(whole.get(0, 0) > 0.0 && representation.get(0, 0) > 0.0 && whole != representation);
}

#[test]
fn a_step_that_is_refused_changes_nothing() {
    for (target, norm, method) in [
        (f32::NAN, GradientNorm::Unseen, "equal"),
        (f32::NAN, GradientNorm::Unseen, "upgrad"),
        (f32::INFINITY, GradientNorm::Finite, "uncertainty"),
        // A loss of which the square root is finite and the square is not.
        (1e19, GradientNorm::Finite, "equal"),
    ] {
        let (program, before) = program([1.0, target]);
        let mut after = before.clone();
        let error = step(&TrainStep { norm }, &program, &mut after, method, Inspect::AsNeeded).unwrap_err();
        let expected = if target == 1e19 { "the norm of the gradient" } else { "the loss of task 1" };
        assert!(error.to_string().starts_with(expected), "{method}: {error}");
        assert_eq!(after.values(), before.values(), "{method}");
    }
}

#[test]
fn an_average_follows() {
    let (program, mut parameters) = program([2.0, -1.0]);
    let mut average = Average::new(0.9, parameters.values());
    let mut optimizer = Optimizer::new(OptimizerKind::Adam(Moments::default()), 0.0, &parameters);
    let mut balancer = build("mgda", 2).unwrap();
    let mut engine = Engine::new(Settings::default()).unwrap();
    for number in 0..3 {
        let step = StepContext { step: number, epoch: 0, seed: 1, known: &[true, true] };
        let state =
            TrainState { parameters: &mut parameters, optimizer: &mut optimizer, average: Some(&mut average), balancer: &mut *balancer };
        TrainStep::default().step(&mut engine, &program, state, &step, 0.1, Inspect::AsNeeded).unwrap();
    }
    assert_eq!(average.steps(), 3);
    assert_ne!(average.values(), parameters.values());
}

/// How far one step with a penalty of this weight moves the parameters, and what it found.
fn moved_by(weight: Option<f32>, balanced: &[&str], method: &str, inspect: Inspect) -> (Vec<f32>, StepResult) {
    let (mut program, before) = program([2.0, -1.0]);
    (program.penalty, program.balanced) = (weight, balanced.iter().map(|&name| name.to_owned()).collect());
    let mut after = before.clone();
    let result = step(&TrainStep::default(), &program, &mut after, method, inspect).unwrap();
    (before.values().iter().zip(after.values()).map(|(before, after)| before - after).collect(), result)
}

#[test]
fn an_auxiliary_loss_is_added_after_the_balancing() {
    for (method, inspect) in [
        ("equal", Inspect::AsNeeded),
        ("equal", Inspect::EveryTask),
        ("famo", Inspect::AsNeeded),
        ("upgrad", Inspect::AsNeeded),
        ("graddrop", Inspect::AsNeeded),
        ("modo", Inspect::AsNeeded),
    ] {
        let (without, plain) = moved_by(None, &[], method, inspect);
        let (once, result) = moved_by(Some(0.5), &[], method, inspect);
        let (twice, _) = moved_by(Some(1.0), &[], method, inspect);
        assert_eq!((&result.losses, &result.weights, &result.gramian), (&plain.losses, &plain.weights, &plain.gramian), "{method}");
        assert!(plain.auxiliary.is_empty());
        let [found] = &result.auxiliary[..] else { panic!("one auxiliary loss, not {:?}", result.auxiliary) };
        assert!(found.name == "size" && found.value > 0.0 && (found.weighted - 0.5 * found.value).abs() < 1e-9, "{found:?}");
        let mut largest = 0.0f32;
        for ((without, once), twice) in without.iter().zip(&once).zip(&twice) {
            assert!(((twice - without) - 2.0 * (once - without)).abs() < 1e-5, "{method}: {without}, {once}, {twice}");
            largest = largest.max((once - without).abs());
        }
        assert!(largest > 0.01, "{method}: the penalty moves nothing");
    }
}

#[test]
fn a_balanced_auxiliary_loss_is_a_task_more() {
    for method in ["equal", "uncertainty", "upgrad", "mgda", "graddrop", "modo", "cr-mogm"] {
        let (_, result) = moved_by(Some(0.5), &["size"], method, Inspect::EveryTask);
        let gramian = result.gramian.unwrap();
        assert!(gramian.get(2, 2) > 0.0 && result.losses.len() == 3 && result.weights.len() == 3, "{method}");
        assert_eq!(result.losses[2], result.auxiliary[0].weighted, "{method}");
    }
    // One that is not declared has no gradient, and stands in nobody's way.
    for method in ["upgrad", "mgda", "nash-mtl", "graddrop", "modo", "cr-mogm"] {
        let (with, result) = moved_by(None, &["size"], method, Inspect::AsNeeded);
        let (without, plain) = moved_by(None, &[], method, Inspect::AsNeeded);
        assert_eq!(result.weights[2], 0.0, "{method}");
        assert!(result.weights.iter().zip(&plain.weights).all(|(a, b)| (a - b).abs() < 1e-9), "{method}");
        assert!(with.iter().zip(&without).all(|(a, b)| (a - b).abs() < 1e-6), "{method}");
    }
}

#[test]
fn an_auxiliary_loss_that_is_not_finite_is_refused_by_its_name() {
    let (mut program, before) = program([1.0, 2.0]);
    program.penalty = Some(f32::NAN);
    let mut after = before.clone();
    let error = step(&TrainStep::default(), &program, &mut after, "equal", Inspect::AsNeeded).unwrap_err();
    assert!(error.to_string().starts_with("the auxiliary loss \"size\" is NaN"), "{error}");
    assert_eq!(after.values(), before.values());
}

/// The same rows in three parts, of which a method that follows products of gradients makes what it would of the whole.
#[test]
fn a_batch_in_parts_is_one_step() {
    let (program, before) = program([2.0, -1.0]);
    let mut engine = Engine::new(Settings { threads: 1, ..Settings::default() }).unwrap();
    let step = StepContext { step: 0, epoch: 0, seed: 1, known: &[true, true] };
    let mut moved = |method: Choice, parts: &[&dyn Program]| {
        let mut parameters = before.clone();
        let mut optimizer = Optimizer::new(OptimizerKind::Sgd { momentum: 0.0 }, 0.0, &parameters);
        let mut balancer = build(method, 2).unwrap();
        let state = TrainState { parameters: &mut parameters, optimizer: &mut optimizer, average: None, balancer: &mut *balancer };
        let result = TrainStep::default().step_in_parts(&mut engine, parts, state, &step, 1.0, Inspect::EveryTask);
        result.map(|result| (result, before.values().iter().zip(parameters.values()).map(|(a, b)| a - b).collect::<Vec<f32>>()))
    };
    let in_parts: [&dyn Program; 3] = [&program; 3];
    let (mean, by_mean) = moved("mean".into(), &[&program]).unwrap();
    let (still, by_still) = moved(Choice::named("modo").with("gamma", 0), &in_parts).unwrap();
    assert_eq!((still.losses, &still.gramian), (mean.losses, &mean.gramian));
    assert_eq!(still.weights, [0.5, 0.5]);
    assert!(by_still.iter().zip(&by_mean).all(|(a, b)| (a - b).abs() < 1e-5), "{by_still:?} and {by_mean:?}");
    // The products of the gradients of equal parts are the Gramian, and `w_1 - w_2` moves by γ times the difference of the slopes.
    let (modo, _) = moved("modo".into(), &in_parts).unwrap();
    let slopes = mean.gramian.unwrap().projections(&[0.5, 0.5]);
    let expected = 0.5 - 0.001 * (slopes[0] - slopes[1]) / 2.0;
    assert!((modo.weights[0] - expected).abs() < 1e-6 && (modo.weights[1] + expected - 1.0).abs() < 1e-6, "{:?}, {expected}", modo.weights);
    let error = moved("modo".into(), &[&program]).unwrap_err().to_string();
    assert_eq!(error, "the balancing method needs the batch in 3 parts, and was given 1");
}

/// A direction is descended by the shared parameters as it is, and by a single task's not at all: those follow their own loss.
#[test]
fn a_direction_is_descended() {
    let (program, before) = program([2.0, -1.0]);
    let leaking = Choice::named("graddrop").with("leak", vec![1.0, 1.0]);
    let results = ["sum".into(), leaking].map(|method: Choice| {
        let mut after = before.clone();
        step(&TrainStep::default(), &program, &mut after, method, Inspect::EveryTask).unwrap();
        after
    });
    let close = results[0].values().iter().zip(results[1].values()).all(|(a, b)| (a - b).abs() < 1e-5);
    assert!(close, "with everything leaking it is the sum");
    let mut after = before.clone();
    let result = step(&TrainStep::default(), &program, &mut after, "graddrop", Inspect::AsNeeded).unwrap();
    assert!(result.gramian.is_none() && result.weights.iter().all(|weight| weight.is_finite()));
    let shared = before.shared_len();
    let sum: Vec<f32> = before.values().iter().zip(results[0].values()).map(|(a, b)| a - b).collect();
    let dropped: Vec<f32> = before.values().iter().zip(after.values()).map(|(a, b)| a - b).collect();
    assert_eq!(sum[shared..], dropped[shared..], "heads are as with the sum");
    assert_ne!(sum[..shared], dropped[..shared]);
}
