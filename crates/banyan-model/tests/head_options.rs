//! What the options of heads do to losses, from what the heads predict.

use banyan_data::batch::{Batch, InputBatch, InputValues, TargetBatch};
use banyan_data::inputs::{DenseValues, VectorSchema};
use banyan_data::labels::{Binary, LabelSchema, Multilabel};
use banyan_data::schema::{InputSchema, Schema, TargetSchema};
use banyan_data::values::Values;
use banyan_engine::random::Stream;
use banyan_engine::{Context, Engine, Graph, Precision, Program, Settings, Tape};
use banyan_method::Value;
use banyan_model::{Model, Plan, Request, TaskPlan};

const ROWS: usize = 4;

/// One chunk of a batch.
struct Chunk<'a>(&'a Model, &'a Batch);

impl Program for Chunk<'_> {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &self.1.rows
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        self.0.forward(graph, self.1, Request::all());
        self.0.declare_losses(graph, self.1, &[1.0]);
    }
}

/// The probabilities that a head with this option predicts, and its loss, of four rows.
fn probabilities_and_loss(labels: impl Into<LabelSchema>, values: Values, option: (&str, Value)) -> (Vec<f64>, f64) {
    let input = InputSchema {
        name: "x".to_owned(),
        column: "x".to_owned(),
        details: VectorSchema { mean: vec![0.0; 2], std: vec![1.0; 2] }.into(),
    };
    let target = TargetSchema { name: "y".to_owned(), column: "y".to_owned(), details: labels.into() };
    let options = vec![(option.0.to_owned(), option.1)];
    let tasks = vec![TaskPlan { options, ..TaskPlan::default() }];
    let plan = Plan { width: 8, dropout: 0.0, tasks, ..Plan::new(1) };
    let (model, mut parameters) =
        Model::build(&plan, &Schema { inputs: vec![input], targets: vec![target] }).expect("the plan fits the schema");
    let mut stream = Stream::new(&[5]);
    parameters.values_mut().iter_mut().for_each(|value| *value += stream.uniform() - 0.5);
    let batch = Batch {
        rows: (0..ROWS as u64).collect(),
        inputs: vec![InputBatch {
            present: vec![true; ROWS],
            values: InputValues::Vector(DenseValues { width: 2, values: (0..2 * ROWS).map(|_| stream.normal()).collect() }),
        }],
        tasks: vec![TargetBatch { known: vec![true; ROWS], values }],
    };
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &batch.rows);
    model.forward(&mut graph, &batch, Request::all());
    let (_, predicted) = model.predictions(&graph, &batch, Request::all()).remove(0);
    let probabilities = predicted.numbers_at(0).1.iter().map(|&value| f64::from(value)).collect();
    let mut engine =
        Engine::new(Settings { threads: 1, precision: Precision::F32, ..Settings::default() }).expect("threads can be started");
    (probabilities, engine.losses(&parameters, &Chunk(&model, &batch), 1)[0])
}

fn cross_entropy(probability: f64, target: f64) -> f64 {
    -(target * probability.ln() + (1.0 - target) * (1.0 - probability).ln())
}

fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-5 * expected, "{found} is not {expected}");
}

#[test]
fn label_smoothing_spreads_a_share_over_both_classes() {
    let labels = || Binary { classes: ["no", "yes"].map(str::to_owned).to_vec(), counts: vec![3, 1] };
    let values = [0, 1, 1, 0];
    for smoothing in [0.0, 0.2] {
        let (probabilities, loss) =
            probabilities_and_loss(labels(), Values::indices(values.to_vec()), ("label_smoothing", smoothing.into()));
        let target = |class: u32| f64::from(class) * (1.0 - smoothing) + smoothing / 2.0;
        assert_close(loss, probabilities.iter().zip(values).map(|(&p, class)| cross_entropy(p, target(class))).sum());
    }
}

#[test]
fn balanced_labels_count_as_much_with_as_without() {
    // One label is rare, and one is in most of ten rows.
    let labels =
        || Multilabel { labels: ["rare", "usual"].map(str::to_owned).to_vec(), counts: vec![1, 8], rows: 10, separator: ";".to_owned() };
    let values = [0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let weight = |place: usize, value: f32| match (place % 2, value > 0.5) {
        (0, true) => 10.0 / 2.0,
        (0, false) => 10.0 / 18.0,
        (_, true) => 10.0 / 16.0,
        (_, false) => 10.0 / 4.0,
    };
    for is_balanced in [false, true] {
        let (probabilities, loss) = probabilities_and_loss(labels(), Values::numbers(2, values.to_vec()), ("balanced", is_balanced.into()));
        let losses = probabilities.iter().zip(values).enumerate().map(|(place, (&probability, value))| {
            let weight = if is_balanced { weight(place, value) } else { 1.0 };
            weight / 2.0 * cross_entropy(probability, f64::from(value))
        });
        assert_close(loss, losses.sum());
    }
}
