//! The seed of multi-task learning: one shared layer, one layer for each task, and `forward(x, task_id)`.
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

/// `100 → 50` for all tasks, `50 → 10` for each.
struct MultiTaskModel {
    shared_layer: Linear,
    task_layers: Vec<Linear>,
}

impl MultiTaskModel {
    /// The layers, and their initial values.
    fn new(tasks: usize) -> (Self, Parameters) {
        let mut builder = LayerBuilder::new(0);
        let shared_layer = builder.linear("shared_layer", 100, 50, Activation::None);
        let task_layer =
            |task: usize| builder.scope(Scope::Task(task), |b| b.linear(&format!("task_layers.{task}"), 50, 10, Activation::None));
        let task_layers = (0..tasks).map(task_layer).collect();
        (Self { shared_layer, task_layers }, builder.build())
    }

    /// `[rows, 100]` to `[rows, 10]`: the shared layer, then the task's own.
    fn forward(&self, graph: &mut Graph<'_>, x: Var, task_id: usize) -> Result<Var, String> {
        let task_layer = self.task_layers.get(task_id);
        let task_layer = task_layer.ok_or_else(|| format!("the model has {} tasks and no task {task_id}", self.task_layers.len()))?;
        let shared = self.shared_layer.forward(graph, x);
        Ok(task_layer.forward(graph, shared))
    }
}

/// The largest difference between Banyan's outputs and PyTorch's.
fn largest_difference() -> Result<f64, Box<dyn Error>> {
    let fixture: Value = serde_json::from_str(include_str!("seed/fixture.json"))?;
    let (model, mut parameters) = MultiTaskModel::new(2);
    load(&mut parameters, &model.shared_layer, &fixture["shared_layer"])?;
    for (task, layer) in model.task_layers.iter().enumerate() {
        load(&mut parameters, layer, &fixture["task_layers"][task])?;
    }
    let x: Vec<f32> = numbers(&fixture["x"])?.iter().map(|value| *value as f32).collect();
    let (mut tape, mut largest) = (Tape::default(), 0.0_f64);
    for task in 0..model.task_layers.len() {
        let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
        let rows = graph.input([x.len() / 100, 100], &x);
        let output = model.forward(&mut graph, rows, task)?;
        let expected = numbers(&fixture["outputs"][task])?;
        let values = graph.value(output);
        if values.len() != expected.len() {
            return Err(format!("task {task}: {} outputs where PyTorch has {}", values.len(), expected.len()).into());
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
    let (model, parameters) = MultiTaskModel::new(2);
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([1, 100], &[0.0; 100]);
    assert_eq!(model.forward(&mut graph, x, 2).unwrap_err(), "the model has 2 tasks and no task 2");
}
