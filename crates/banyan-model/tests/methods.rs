//! Every fusion and every sharing, from their tables: values, masks, rows that stay apart, and gradients.

use banyan_engine::random::Stream;
use banyan_engine::{Context, Engine, Graph, Parameters, Precision, Program, Residual, Settings, Tape, Var};
use banyan_method::Choice;
use banyan_model::{FUSIONS, Fused, Fusion, FusionPlan, Modality, ModalitySizes, Reached, SHARINGS, Sharing, SharingPlan, ViewSizes};
use banyan_nn::LayerBuilder;
use serde_json::Value;

const ROWS: usize = 4;
const WIDTH: usize = 6;
const TASKS: usize = 2;
const PRESENT: [[bool; 3]; ROWS] = [[true, true, true], [true, false, true], [false, false, true], [false, true, false]];

/// Numbers that the fixture's program has too.
fn wave(count: usize, phase: f64) -> Vec<f32> {
    (0..count).map(|place| (0.4 * (0.61 * place as f64 + phase).sin()) as f32).collect()
}

/// Parameters whose values depend on their names.
fn parameters(builder: LayerBuilder) -> Parameters {
    let mut parameters = builder.build();
    for id in parameters.ids().collect::<Vec<_>>() {
        let phase = parameters.info(id).name.bytes().map(usize::from).sum::<usize>() % 97;
        let values = wave(parameters.get(id).len(), phase as f64);
        parameters.get_mut(id).copy_from_slice(&values);
    }
    parameters
}

/// A modality's pooled view; rows that lack it hold its token.
fn pooled(place: usize) -> Vec<f32> {
    let mut values: Vec<f32> = wave(ROWS * WIDTH, 3.0 + place as f64).into_iter().map(|value| 2.5 * value).collect();
    for (_, values) in values.chunks_exact_mut(WIDTH).enumerate().filter(|(row, _)| !PRESENT[*row][place]) {
        values.fill(0.1 * (place + 1) as f32);
    }
    values
}

fn fusion(name: &str) -> (Box<dyn Fusion>, Parameters) {
    let sizes: Vec<ModalitySizes> =
        ["a", "b", "c"].map(|name| ModalitySizes { name: name.to_owned(), views: ViewSizes::default() }).to_vec();
    let (entry, settings) = FUSIONS.check(&Choice::named(name), TASKS).expect("it is in the table");
    let mut builder = LayerBuilder::new(1);
    let fusion = (entry.build)(&mut builder, FusionPlan { modalities: &sizes, width: WIDTH, tasks: TASKS }, &settings);
    (fusion, parameters(builder))
}

fn sharing(name: &str) -> (Box<dyn Sharing>, Parameters) {
    let (entry, settings) = SHARINGS.check(&Choice::named(name), TASKS).expect("it is in the table");
    let mut builder = LayerBuilder::new(1);
    let sharing =
        (entry.build)(&mut builder, SharingPlan { modalities: &[], tasks: TASKS, width: WIDTH, layers: 2, dropout: 0.0 }, &settings);
    (sharing, parameters(builder))
}

/// What a method is tried on: some rows, of what it reads.
#[derive(Clone)]
struct Rows {
    pooled: Vec<Vec<f32>>,
    present: Vec<[bool; 3]>,
}

impl Rows {
    fn all() -> Self {
        Self { pooled: (0..3).map(pooled).collect(), present: PRESENT.to_vec() }
    }

    fn select(&self, rows: &[usize]) -> Self {
        let pick = |values: &Vec<f32>| rows.iter().flat_map(|row| &values[row * WIDTH..][..WIDTH]).copied().collect();
        Self { pooled: self.pooled.iter().map(pick).collect(), present: rows.iter().map(|row| self.present[*row]).collect() }
    }

    fn modalities(&self, graph: &mut Graph<'_>) -> Vec<Modality> {
        let modality = |(place, values): (usize, &Vec<f32>)| Modality {
            pooled: graph.input([self.present.len(), WIDTH], values),
            present: self.present.iter().map(|present| present[place]).collect(),
            sequence: None,
            grids: Vec::new(),
        };
        self.pooled.iter().enumerate().map(modality).collect()
    }
}

/// A method and what it gives: one vector a row for each task, or one for all.
enum Tried {
    Fusion(Box<dyn Fusion>),
    Sharing(Box<dyn Sharing>),
}

impl Tried {
    fn forward(&self, graph: &mut Graph<'_>, rows: &Rows) -> Vec<Var> {
        let modalities = rows.modalities(graph);
        match self {
            Self::Fusion(fusion) => vec![fusion.forward(graph, &modalities).context],
            Self::Sharing(sharing) => {
                let outputs = sharing.forward(graph, Reached::fused(&Fused::context(modalities[0].pooled)), &[true; TASKS]);
                outputs.into_iter().map(|output| output.expect("the task is wanted")).collect()
            }
        }
    }

    fn values(&self, parameters: &Parameters, rows: &Rows) -> Vec<Vec<f32>> {
        let mut tape = Tape::default();
        let mut graph = Graph::new(&mut tape, parameters, Context::inference(), &[]);
        let outputs = self.forward(&mut graph, rows);
        outputs.into_iter().map(|output| graph.value(output).to_vec()).collect()
    }
}

/// Every method of both tables.
fn all() -> impl Iterator<Item = (&'static str, &'static str, Tried, Parameters)> {
    let fusions = FUSIONS.names().map(|name| {
        let (fusion, parameters) = fusion(name);
        ("fusions", name, Tried::Fusion(fusion), parameters)
    });
    let sharings = SHARINGS.names().map(|name| {
        let (sharing, parameters) = sharing(name);
        ("sharings", name, Tried::Sharing(sharing), parameters)
    });
    fusions.chain(sharings)
}

fn assert_close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= 2e-5 * expected.abs().max(1.0), "{what}, value {place}: {found} and not {expected}");
    }
}

/// The values that `fixtures/methods/make.py` computes in f64: a new method adds its own there.
#[test]
fn values_are_those_of_the_formulas() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/methods/values.json")).expect("the fixture is JSON");
    let numbers = |value: &Value| -> Vec<f32> { serde_json::from_value(value.clone()).expect("a list of numbers") };
    for (table, name, tried, parameters) in all() {
        let expected = &fixture[table][name];
        assert!(!expected.is_null(), "{name} has no values in fixtures/methods/values.json");
        let expected = if table == "fusions" {
            vec![numbers(expected)]
        } else {
            expected.as_array().expect("one list a task").iter().map(numbers).collect()
        };
        for (found, expected) in tried.values(&parameters, &Rows::all()).iter().zip(&expected) {
            assert_close(found, expected, name);
        }
    }
}

/// What a row gives depends on that row alone: in any order, and without the others.
#[test]
fn rows_do_not_see_each_other() {
    let order = [2, 0, 3, 1];
    for (_, name, tried, parameters) in all() {
        let whole = tried.values(&parameters, &Rows::all());
        let permuted = tried.values(&parameters, &Rows::all().select(&order));
        for (output, (whole, permuted)) in whole.iter().zip(&permuted).enumerate() {
            for (place, &row) in order.iter().enumerate() {
                let expected = &whole[row * WIDTH..][..WIDTH];
                assert_close(&permuted[place * WIDTH..][..WIDTH], expected, name);
                let alone = tried.values(&parameters, &Rows::all().select(&[row]));
                assert_close(&alone[output], expected, name);
            }
        }
    }
}

/// Whether a modality is there changes what a fusion makes of a row, though all else is the same, and no mask makes it anything but numbers.
#[test]
fn a_fusion_heeds_what_is_missing() {
    for name in FUSIONS.names() {
        let (fusion, parameters) = fusion(name);
        let tried = Tried::Fusion(fusion);
        let values = |present: [bool; 3]| {
            let rows = Rows { present: vec![present; ROWS], ..Rows::all() };
            tried.values(&parameters, &rows).remove(0)
        };
        let all_there = values([true; 3]);
        for missing in 0..3 {
            let mut present = [true; 3];
            present[missing] = false;
            let without = values(present);
            assert!(without.iter().all(|value| value.is_finite()), "{name}");
            assert!(without.iter().zip(&all_there).any(|(a, b)| (a - b).abs() > 1e-6), "{name} without modality {missing}");
        }
        assert!(values([false; 3]).iter().all(|value| value.is_finite()), "{name} of nothing");
    }
}

/// One step of a method: the squared distance of what it gives from targets, for each task.
struct Step<'a> {
    tried: &'a Tried,
    rows: Rows,
    targets: Vec<f32>,
}

impl Program for Step<'_> {
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
        for (task, output) in self.tried.forward(graph, &self.rows).into_iter().enumerate() {
            let loss = graph.regression_loss(output, &self.targets, &vec![0.1; self.targets.len()], Residual::Square);
            graph.declare_loss(task, loss);
        }
    }
}

#[test]
fn gradients_are_those_of_finite_differences() {
    for (_, name, tried, mut parameters) in all() {
        let mut stream = Stream::new(&[7]);
        let targets = (0..ROWS * WIDTH).map(|_| stream.uniform() - 0.5).collect();
        let step = Step { tried: &tried, rows: Rows::all(), targets };
        let settings = Settings { threads: 1, precision: Precision::F32, ..Settings::default() };
        let mut engine = Engine::new(settings).expect("threads can be started");
        engine.weighted(&parameters, &step, &[1.0; TASKS]);
        let gradient = engine.gradient().to_vec();
        let mut loss = |parameters: &Parameters| engine.losses(parameters, &step, TASKS).iter().sum::<f64>();
        let mut compared = 0;
        for place in (0..parameters.trainable_len()).step_by(7) {
            let (value, width) = (parameters.values()[place], 1e-2_f32);
            let mut at = |value: f32| {
                parameters.values_mut()[place] = value;
                loss(&parameters)
            };
            // Five points: the error falls with the fourth power of the width.
            let numeric = (8.0 * (at(value + width) - at(value - width)) - (at(value + 2.0 * width) - at(value - 2.0 * width)))
                / (12.0 * f64::from(width));
            at(value);
            let found = f64::from(gradient[place]);
            // A ReLU's corner may lie between the points.
            let is_close = (found - numeric).abs() <= 2e-3 * (1.0 + numeric.abs());
            assert!(is_close, "{name}, parameter {place}: {found} and not {numeric}");
            compared += 1;
        }
        // A method may have no parameters: the gradients of its operations are the engine's.
        assert_eq!(compared, parameters.trainable_len().div_ceil(7), "{name}");
    }
}
