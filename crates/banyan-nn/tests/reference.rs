//! Optimizers, clipping and schedules against values from PyTorch (see the engine's fixtures).

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

use banyan_engine::{Decay, Parameters, Scope};
use banyan_nn::{Moments, Optimizer, OptimizerKind, Schedule, ScheduleKind, clip_global_norm};
use serde_json::Value;

fn fixture(name: &str) -> Value {
    let path = format!("{}/../banyan-engine/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    value["data"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

fn follows(name: &str, kind: impl Fn(&Value) -> OptimizerKind) {
    let fixture = fixture(name);
    let a = &fixture["attributes"];
    let mut builder = Parameters::builder();
    let start = numbers(&fixture["parameters"]["parameters"]);
    let count = start.len();
    builder.add("p", [count], Scope::Shared, Decay::Yes, start);
    let mut parameters = builder.build();
    let mut optimizer = Optimizer::new(kind(a), a["weight_decay"].as_f64().unwrap_or(0.0), &parameters);
    let expected = numbers(&fixture["outputs"]["parameters"]);
    let gradients = numbers(&fixture["constants"]["gradients"]);
    for (gradient, expected) in gradients.chunks(count).zip(expected.chunks(count)) {
        optimizer.step(&workers(), &mut parameters, gradient, a["learning_rate"].as_f64().unwrap());
        for (p, e) in parameters.values().iter().zip(expected) {
            assert!((p - e).abs() < 2e-6, "{name}: {p} is not {e}");
        }
    }
}

fn moments(a: &Value) -> Moments {
    Moments { beta1: a["beta1"].as_f64().unwrap(), beta2: a["beta2"].as_f64().unwrap(), epsilon: a["epsilon"].as_f64().unwrap() }
}

fn workers() -> banyan_engine::Workers {
    banyan_engine::Workers::new(1).expect("threads")
}

#[test]
fn sgd_follows_pytorch() {
    follows("sgd_momentum", |a| OptimizerKind::Sgd { momentum: a["momentum"].as_f64().unwrap() });
}

#[test]
fn adam_follows_pytorch() {
    follows("adam", |a| OptimizerKind::Adam(moments(a)));
}

#[test]
fn adamw_follows_pytorch() {
    follows("adamw", |a| OptimizerKind::AdamW(moments(a)));
}

#[test]
fn clipping_follows_pytorch() {
    for name in ["clip_global_norm", "clip_global_norm_inactive"] {
        let fixture = fixture(name);
        let parts = ["a", "b", "c"];
        let mut gradient: Vec<f32> = parts.iter().flat_map(|part| numbers(&fixture["inputs"][part])).collect();
        let expected: Vec<f32> = parts.iter().flat_map(|part| numbers(&fixture["outputs"][part])).collect();
        clip_global_norm(&workers(), &mut gradient, fixture["attributes"]["max_norm"].as_f64().unwrap());
        for (g, e) in gradient.iter().zip(&expected) {
            assert!((g - e).abs() < 1e-6, "{name}: {g} is not {e}");
        }
    }
}

#[test]
fn cosine_schedule_is_the_closed_form() {
    let fixture = fixture("cosine_schedule");
    let a = &fixture["attributes"];
    let schedule = Schedule {
        kind: ScheduleKind::Cosine,
        base: a["base"].as_f64().unwrap(),
        warm_up_steps: a["warm_up_steps"].as_u64().unwrap(),
        total_steps: a["total_steps"].as_u64().unwrap(),
    };
    for (step, expected) in numbers(&fixture["outputs"]["learning_rates"]).iter().enumerate() {
        assert!((schedule.rate(step as u64) as f32 - expected).abs() < 1e-6);
    }
}

#[test]
fn a_parameter_that_does_not_decay_is_spared() {
    let mut builder = Parameters::builder();
    builder.add("weight", [1], Scope::Shared, Decay::Yes, vec![1.0]);
    builder.add("bias", [1], Scope::Shared, Decay::No, vec![1.0]);
    let mut parameters = builder.build();
    let mut optimizer = Optimizer::new(OptimizerKind::AdamW(Moments::default()), 0.1, &parameters);
    optimizer.step(&workers(), &mut parameters, &[0.0, 0.0], 0.5);
    assert_eq!(parameters.values(), [0.95, 1.0]);
}

#[test]
fn a_parameter_has_its_share_of_the_learning_rate() {
    for kind in [OptimizerKind::Sgd { momentum: 0.9 }, OptimizerKind::Adam(Moments::default()), OptimizerKind::AdamW(Moments::default())] {
        let alone = |rate: f64| {
            let mut builder = Parameters::builder();
            builder.add("weight", [2], Scope::Shared, Decay::Yes, vec![1.0, -2.0]);
            let mut parameters = builder.build();
            let mut optimizer = Optimizer::new(kind, 0.1, &parameters);
            (0..3).for_each(|_| optimizer.step(&workers(), &mut parameters, &[0.5, 0.25], rate));
            parameters.values().to_vec()
        };
        let mut builder = Parameters::builder();
        for (name, factor) in [("slow", 0.1), ("usual", 1.0), ("still", 0.0)] {
            let id = builder.add(name, [2], Scope::Shared, Decay::Yes, vec![1.0, -2.0]);
            builder.set_learning_rate_factor(id, factor);
        }
        let mut parameters = builder.build();
        let mut optimizer = Optimizer::new(kind, 0.1, &parameters);
        let gradient = [0.5, 0.25].repeat(3);
        (0..3).for_each(|_| optimizer.step(&workers(), &mut parameters, &gradient, 0.2));
        assert_eq!(parameters.values(), [alone(0.2 * 0.1), alone(0.2), vec![1.0, -2.0]].concat(), "{kind:?}");
    }
}
