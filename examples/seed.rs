//! The seed of multi-task learning: one shared layer, one layer for each task, and `forward(x, task)`.
//!
//! With the weights of `seed/fixture.json` it gives the outputs that PyTorch gives:
//!
//! ```text
//! cargo run --example seed
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use banyan::engine::{Activation, Context, Graph, Parameters, Scope, Tape, Var};
use banyan::nn::{LayerBuilder, Linear};
use serde_json::Value;
use std::error::Error;

const TASKS: [&str; 2] = ["task_a", "task_b"];

/// `100 → 50` with ReLU for all tasks, `50 → 10` for each.
struct SharedModel {
    shared: Linear,
    heads: Vec<(&'static str, Linear)>,
}

impl SharedModel {
    /// The layers, and their initial values.
    fn new(tasks: &[&'static str]) -> (Self, Parameters) {
        let mut builder = LayerBuilder::new(0);
        let shared = builder.linear("shared", 100, 50, Activation::Relu);
        let head = |(place, task): (usize, &&'static str)| {
            let head = builder.scope(Scope::Task(place), |b| b.within("heads", |b| b.linear(task, 50, 10, Activation::None)));
            (*task, head)
        };
        let heads = tasks.iter().enumerate().map(head).collect();
        (Self { shared, heads }, builder.build())
    }

    fn head(&self, task: &str) -> Result<Linear, String> {
        let found = self.heads.iter().find(|(name, _)| *name == task);
        found.map(|(_, head)| *head).ok_or_else(|| format!("the model has no task \"{task}\""))
    }

    /// `[rows, 100]` to `[rows, 10]`: the shared layer, then the task's own.
    fn forward(&self, graph: &mut Graph<'_>, x: Var, task: &str) -> Result<Var, String> {
        let head = self.head(task)?;
        let hidden = self.shared.forward(graph, x);
        Ok(head.forward(graph, hidden))
    }
}

/// The largest difference between Banyan's outputs and PyTorch's.
fn largest_difference() -> Result<f64, Box<dyn Error>> {
    let fixture: Value = serde_json::from_str(include_str!("seed/fixture.json"))?;
    let (model, mut parameters) = SharedModel::new(&TASKS);
    load(&mut parameters, &model.shared, &fixture["shared"])?;
    for task in TASKS {
        load(&mut parameters, &model.head(task)?, &fixture["heads"][task])?;
    }
    let x: Vec<f32> = numbers(&fixture["x"])?.iter().map(|value| *value as f32).collect();
    let (mut tape, mut largest) = (Tape::default(), 0.0_f64);
    for task in TASKS {
        let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
        let rows = graph.input([x.len() / 100, 100], &x);
        let output = model.forward(&mut graph, rows, task)?;
        let expected = numbers(&fixture["outputs"][task])?;
        let values = graph.value(output);
        if values.len() != expected.len() {
            return Err(format!("{task}: {} outputs where PyTorch has {}", values.len(), expected.len()).into());
        }
        let differences = values.iter().zip(&expected).map(|(ours, theirs)| (f64::from(*ours) - theirs).abs());
        largest = differences.fold(largest, f64::max);
    }
    Ok(largest)
}

fn load(parameters: &mut Parameters, layer: &Linear, values: &Value) -> Result<(), Box<dyn Error>> {
    let bias = layer.bias.ok_or("the layer has no bias")?;
    for (id, tensor) in [(layer.weight, &values["weight"]), (bias, &values["bias"])] {
        let numbers = numbers(tensor)?;
        let place = parameters.get_mut(id);
        if place.len() != numbers.len() {
            return Err(format!("{} values for {} places", numbers.len(), place.len()).into());
        }
        for (parameter, number) in place.iter_mut().zip(numbers) {
            *parameter = number as f32;
        }
    }
    Ok(())
}

fn numbers(tensor: &Value) -> Result<Vec<f64>, Box<dyn Error>> {
    let data = tensor["data"].as_array().ok_or("a tensor has no data")?;
    data.iter().map(|value| value.as_f64().ok_or_else(|| "not a number".into())).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let difference = largest_difference()?;
    println!("largest difference from PyTorch's outputs: {difference:.1e}");
    if difference < 1e-6 { Ok(()) } else { Err("the outputs are not PyTorch's to 1e-6".into()) }
}

#[test]
fn outputs_are_those_of_pytorch() {
    let difference = largest_difference().unwrap();
    assert!(difference < 1e-6, "{difference:e}");
}

#[test]
fn an_unknown_task_is_an_error() {
    let (model, parameters) = SharedModel::new(&TASKS);
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([1, 100], &[0.0; 100]);
    assert_eq!(model.forward(&mut graph, x, "task_c").unwrap_err(), "the model has no task \"task_c\"");
}
