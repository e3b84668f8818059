//! Steps of a program that has neither a configuration nor data.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

use banyan_balance::{StepContext, build};
use banyan_engine::{Activation, Context, Engine, Graph, Parameters, Program, Residual, Scope, Settings};
use banyan_nn::{Average, LayerBuilder, Linear, Moments, Optimizer, OptimizerKind};
use banyan_train::{Descended, Descent, DescentError, GradientNorm, GradientOf, Learned, Look};

/// A shared layer and two numbers to predict from it.
struct Numbers {
    shared: Linear,
    heads: [Linear; 2],
    targets: [f32; 2],
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
    }
}

fn program(targets: [f32; 2]) -> (Numbers, Parameters) {
    let mut builder = LayerBuilder::new(3);
    let shared = builder.linear("shared", 3, 4, Activation::Tanh);
    let heads = [0, 1].map(|task| builder.scope(Scope::Task(task), |b| b.linear(&format!("head {task}"), 4, 1, Activation::None)));
    (Numbers { shared, heads, targets }, builder.build())
}

/// One step of gradient descent with a rate of 1, so that the parameters move by the gradient.
fn step(
    descent: &Descent<'_>,
    program: &Numbers,
    parameters: &mut Parameters,
    method: &str,
    look: Look,
) -> Result<Descended, DescentError> {
    let mut optimizer = Optimizer::new(OptimizerKind::Sgd { momentum: 0.0 }, 0.0, parameters);
    let mut balancer = build(method, 2).unwrap();
    let mut engine = Engine::new(Settings { threads: 1, ..Settings::default() }).unwrap();
    let told = StepContext { step: 0, epoch: 0, seed: 1, known: &[true, true] };
    let learned = Learned { parameters, optimizer: &mut optimizer, average: None, balancer: &mut balancer };
    descent.step(&mut engine, program, learned, &told, 1.0, look)
}

/// How far one step moves the parameters.
fn moved(descent: &Descent<'_>, method: &str, look: Look) -> Vec<f32> {
    let (program, before) = program([2.0, -1.0]);
    let mut after = before.clone();
    step(descent, &program, &mut after, method, look).unwrap();
    before.values().iter().zip(after.values()).map(|(before, after)| before - after).collect()
}

fn norm(vector: &[f32]) -> f32 {
    vector.iter().map(|x| x * x).sum::<f32>().sqrt()
}

#[test]
fn the_norm_is_what_was_asked_for() {
    let free = moved(&Descent::default(), "equal", Look::AsNeeded);
    assert!(norm(&free) > 0.5, "{free:?}");
    assert_eq!(moved(&Descent { norm: GradientNorm::Finite, ..Descent::default() }, "equal", Look::AsNeeded), free);
    let clipped = moved(&Descent { norm: GradientNorm::AtMost(0.25), ..Descent::default() }, "equal", Look::AsNeeded);
    assert!((norm(&clipped) - 0.25).abs() < 1e-4, "{}", norm(&clipped));
}

#[test]
fn looking_at_every_task_changes_only_what_is_told() {
    let (program, parameters) = program([2.0, -1.0]);
    let descent = Descent::default();
    for method in ["equal", "uncertainty", "famo"] {
        let found =
            [Look::AsNeeded, Look::AtEveryTask].map(|look| step(&descent, &program, &mut parameters.clone(), method, look).unwrap());
        assert!(found[0].gramian.is_none() && found[1].gramian.is_some(), "{method}");
        assert_eq!((&found[0].losses, &found[0].weights), (&found[1].losses, &found[1].weights), "{method}");
        let pair = [Look::AsNeeded, Look::AtEveryTask].map(|look| moved(&descent, method, look));
        assert!(pair[0].iter().zip(&pair[1]).all(|(a, b)| (a - b).abs() < 1e-5), "{method}: {pair:?}");
    }
}

#[test]
fn gradients_are_those_of_what_was_named() {
    let (program, parameters) = program([2.0, -1.0]);
    let gramian = |gradient_of| {
        let descent = Descent { gradient_of, ..Descent::default() };
        step(&descent, &program, &mut parameters.clone(), "upgrad", Look::AsNeeded).unwrap().gramian.unwrap()
    };
    let (whole, representation) = (gramian(GradientOf::Parameters), gramian(GradientOf::Representation));
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
        let error = step(&Descent { norm, ..Descent::default() }, &program, &mut after, method, Look::AsNeeded).unwrap_err();
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
        let told = StepContext { step: number, epoch: 0, seed: 1, known: &[true, true] };
        let learned =
            Learned { parameters: &mut parameters, optimizer: &mut optimizer, average: Some(&mut average), balancer: &mut balancer };
        Descent::default().step(&mut engine, &program, learned, &told, 0.1, Look::AsNeeded).unwrap();
    }
    assert_eq!(average.steps(), 3);
    assert_ne!(average.values(), parameters.values());
}
