//! Every encoder on a column of every kind of input that it reads: what holds whatever it computes.
#![expect(clippy::unwrap_used, reason = "a table that cannot be read fails the test")]

#[path = "../../banyan-data/tests/suite/cells.rs"]
mod cells;

use banyan_data::batch::{Batch, TargetBatch};
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::inputs::{ImageSettings, InputConfig, InputKind};
use banyan_data::labels::Classification;
use banyan_data::schema::{Schema, TargetSchema};
use banyan_data::table::{ReadOptions, Table};
use banyan_data::values::Values;
use banyan_engine::{Context, Engine, Graph, Parameters, Precision, Program, Purpose, Scope, Settings};
use banyan_method::Choice;
use banyan_model::{Model, Plan, Request, TaskPlan, View, encoders_of};
use std::path::Path;

const ROWS: usize = 4;

/// Networks of which a smaller one with the same layers is tried.
const LARGER: [&str; 11] = [
    "resnet34",
    "convnext-femto",
    "convnext-pico",
    "convnext-nano",
    "convnext-tiny",
    "convnext-small",
    "convnext-base",
    "efficientnet-lite1",
    "efficientnet-lite2",
    "efficientnet-lite3",
    "efficientnet-lite4",
];

/// An encoder of a kind of input, with a model that has heads on the pooled vector and on each view besides it that the encoder offers.
struct Tried {
    name: String,
    model: Model,
    parameters: Parameters,
    data: Dataset,
    views: usize,
}

/// All encoders but those that need a folder of pretrained weights, which are tried beside them.
fn all(folder: &Path) -> Vec<Tried> {
    cells::write_media(folder);
    let mut tried = Vec::new();
    for &kind in InputKind::ALL {
        let rows: String = cells::input_cells(kind).0.iter().map(|cell| format!("{{\"x\": {cell}}}\n")).collect();
        std::fs::write(folder.join("rows.jsonl"), rows).unwrap();
        let table = Table::read(&folder.join("rows.jsonl"), &ReadOptions::default()).unwrap();
        // Some networks need images of some size.
        let config = match kind {
            InputKind::Image => ImageSettings { size: Some([32, 32]), ..ImageSettings::default() }.into(),
            _ => InputConfig::from(kind),
        };
        let inputs = [("x".to_owned(), config)];
        let schema = Schema::fit(&table, &[0, 1, 2, 3], &inputs, &[], OnBadRow::Error).unwrap();
        for encoder in encoders_of(kind).map(|entry| entry.method.name).filter(|name| *name != "bert" && !LARGER.contains(name)) {
            let (data, _) = Dataset::encode(&table, &[0, 1, 2, 3], &schema, EncodeOptions::default()).unwrap();
            let (model, parameters, views) = build(&schema, encoder);
            tried.push(Tried { name: format!("{encoder} of {}", kind.name()), model, parameters, data, views });
        }
    }
    tried
}

/// Adds heads as long as there are views for them.
fn build(schema: &Schema, encoder: &str) -> (Model, Parameters, usize) {
    let offered = [View::Sequence { input: "x".to_owned() }, grid(0), grid(1), grid(2), grid(3)];
    let made = |views: &[View]| {
        let target = |index: usize| TargetSchema {
            name: format!("task{index}"),
            column: "y".to_owned(),
            details: Classification { classes: vec!["no".into(), "yes".into()], counts: vec![1, 1] }.into(),
        };
        let schema = Schema { targets: (0..views.len()).map(target).collect(), ..schema.clone() };
        let tasks = views.iter().map(|view| TaskPlan { view: view.clone(), ..TaskPlan::default() }).collect();
        let plan = Plan { width: 16, dropout: 0.0, encoders: vec![Choice::named(encoder)], tasks, ..Plan::new(0) };
        Model::build(&plan, &schema)
    };
    let mut views = vec![View::Pooled];
    for view in offered {
        views.push(view);
        if made(&views).is_err() {
            views.pop();
        }
    }
    let (model, parameters) = made(&views).unwrap();
    (model, parameters, views.len())
}

fn grid(level: usize) -> View {
    View::Grid { input: "x".to_owned(), level }
}

impl Tried {
    fn batch(&self, rows: &[usize]) -> Batch {
        let label = || TargetBatch { known: vec![true; rows.len()], values: Values::indices(vec![1; rows.len()]) };
        Batch { tasks: (0..self.views).map(|_| label()).collect(), ..self.data.batch(rows).unwrap() }
    }

    /// The outputs of each task, row after row; nothing of a view that no row has.
    fn outputs(&self, rows: &[usize]) -> Vec<Vec<f32>> {
        let (mut tape, batch) = (banyan_engine::Tape::default(), self.batch(rows));
        let mut graph = Graph::new(&mut tape, &self.parameters, Context::inference(), &batch.rows);
        self.model.forward(&mut graph, &batch, Request::all());
        tape.outputs().map(|(_, output)| tape.value(output).to_vec()).collect()
    }
}

impl Program for Tried {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context { purpose: Purpose::Training, seed: 1, step: 0 }
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[0, 1, 2, 3]
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        let batch = self.batch(&[0, 1, 2, 3]);
        self.model.forward(graph, &batch, Request::all());
        self.model.declare_losses(graph, &batch, &vec![0.25; self.views]);
    }
}

/// Every view that an encoder says it has is there, in the size that it says: a head on it would not fit otherwise.
#[test]
fn views_are_as_announced() {
    let folder = tempfile::tempdir().unwrap();
    for tried in all(folder.path()) {
        let outputs = tried.outputs(&[0, 1, 2, 3]);
        assert_eq!(outputs.len(), tried.views, "{}", tried.name);
        assert_eq!(outputs[0].len(), ROWS * 2, "{}", tried.name);
        assert!(outputs.iter().flatten().all(|value| value.is_finite()), "{}", tried.name);
    }
}

/// What is said of a row depends on that row alone, and where the input is missing on nothing but the learned token.
#[test]
fn rows_do_not_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    for tried in all(folder.path()) {
        let together = tried.outputs(&[0, 1, 2, 3]).remove(0);
        for row in 0..ROWS {
            let alone = tried.outputs(&[row]).remove(0);
            for (alone, together) in alone.iter().zip(&together[row * 2..]) {
                assert!((alone - together).abs() < 1e-5, "{}, row {row}: {alone} alone, {together} together", tried.name);
            }
        }
        let differs = |a: usize, b: usize| (0..2).any(|at| (together[a * 2 + at] - together[b * 2 + at]).abs() > 1e-6);
        assert!(differs(0, 1) && differs(0, 2), "{}: {together:?}", tried.name);
    }
}

#[test]
fn a_step_reaches_every_encoder() {
    let folder = tempfile::tempdir().unwrap();
    for tried in all(folder.path()) {
        let settings = Settings { threads: 1, precision: Precision::F32, ..Settings::default() };
        let mut engine = Engine::new(settings).unwrap();
        engine.weighted(&tried.parameters, &tried, &vec![1.0; tried.views]);
        let gradient = engine.gradient();
        assert!(gradient.iter().all(|value| value.is_finite()), "{}", tried.name);
        let learned = tried.parameters.infos().iter().filter(|info| info.scope != Scope::State);
        let moved = learned.filter(|info| info.name.starts_with("encoders."));
        let moved = moved.filter(|info| gradient[info.range.clone()].iter().any(|value| *value != 0.0)).count();
        // The token of the row that lacks the input, and something of what reads the others.
        assert!(moved >= 2, "{}", tried.name);
    }
}
