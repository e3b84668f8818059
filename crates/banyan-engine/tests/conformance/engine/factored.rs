//! Gradients of one weight that is used several times and in several ways, against their definition.
//!
//! Whether a chunk leaves a sum or factors follows from sizes: few rows to a large weight leave factors, many rows to
//! a small one a sum, and chunks of unequal sizes may leave both. The values must not tell which.

use crate::checks::{engine, tolerance_of_products};
use crate::operations::stream;
use crate::setup::inner_product;
use crate::tensor::{assert_close, normals};
use banyan_engine::random::Stream;
use banyan_engine::{Activation, Context, Decay, Engine, Graph, ParameterId, Parameters, Program, Scope};
use std::ops::Range;

/// One use of the weight, for all rows of the batch.
enum Use {
    /// `y = x W`
    Linear(Vec<f32>),
    /// A sum of rows of `W` for each row of the batch.
    Table(Vec<Vec<u32>>),
}

/// Several uses of one weight `[inputs, outputs]`. A task's loss is the inner product of all results with numbers of its own.
struct Uses {
    parameters: Parameters,
    weight: ParameterId,
    inputs: usize,
    outputs: usize,
    chunks: Vec<Range<usize>>,
    uses: Vec<Use>,
    /// For each task and use `[rows, outputs]`.
    cotangents: Vec<Vec<Vec<f32>>>,
    /// For each task which chunks it reaches.
    reaches: Vec<Vec<bool>>,
}

/// What is made into [`Uses`].
struct Plan<'a> {
    name: &'a str,
    weight: [usize; 2],
    /// The rows of each chunk.
    chunks: &'a [usize],
    linear: usize,
    table: usize,
    /// For each task a bit for each chunk that it reaches.
    tasks: &'a [u32],
    scope: Scope,
}

impl Uses {
    fn new(plan: &Plan<'_>) -> Self {
        let mut stream = stream(plan.name);
        let [inputs, outputs] = plan.weight;
        let mut builder = Parameters::builder();
        // What lies around the weight must not be touched, and has a gradient of zero.
        builder.add("before", [3], Scope::Shared, Decay::Yes, vec![1.0; 3]);
        let weight = builder.add("weight", plan.weight, plan.scope, Decay::Yes, normals(&mut stream, inputs * outputs));
        builder.add("after", [5], Scope::Shared, Decay::Yes, vec![1.0; 5]);
        let ends = plan.chunks.iter().scan(0, |end, rows| {
            *end += rows;
            Some(*end)
        });
        let chunks: Vec<_> = ends.zip(plan.chunks).map(|(end, rows)| end - rows..end).collect();
        let rows = plan.chunks.iter().sum();
        let bag = |stream: &mut Stream| (0..stream.below(4)).map(|_| stream.below(inputs) as u32).collect();
        let mut uses: Vec<Use> = (0..plan.linear).map(|_| Use::Linear(normals(&mut stream, rows * inputs))).collect();
        uses.extend((0..plan.table).map(|_| Use::Table((0..rows).map(|_| bag(&mut stream)).collect())));
        let cotangents = plan.tasks.iter().map(|_| uses.iter().map(|_| normals(&mut stream, rows * outputs)).collect()).collect();
        let reaches = plan.tasks.iter().map(|bits| (0..chunks.len()).map(|chunk| bits >> chunk & 1 == 1).collect()).collect();
        Self { parameters: builder.build(), weight, inputs, outputs, chunks, uses, cotangents, reaches }
    }

    fn tasks(&self) -> usize {
        self.cotangents.len()
    }

    /// The gradient of a task's loss: `Xᵀ Y` of each use as a layer, and `Y`'s rows in their places of each use as a table.
    fn expected(&self, task: usize) -> Vec<f64> {
        let mut gradient = vec![0.0; self.inputs * self.outputs];
        let mut add = |input: usize, factor: f64, cotangent: &[f32]| {
            for (sum, &y) in gradient[input * self.outputs..][..self.outputs].iter_mut().zip(cotangent) {
                *sum += factor * f64::from(y);
            }
        };
        let own = self.chunks.iter().zip(&self.reaches[task]).filter(|(_, reaches)| **reaches);
        for row in own.flat_map(|(rows, _)| rows.clone()) {
            for (used, cotangents) in self.uses.iter().zip(&self.cotangents[task]) {
                let cotangent = &cotangents[row * self.outputs..][..self.outputs];
                match used {
                    Use::Linear(x) => (0..self.inputs).for_each(|input| add(input, f64::from(x[row * self.inputs + input]), cotangent)),
                    Use::Table(bags) => bags[row].iter().for_each(|&item| add(item as usize, 1.0, cotangent)),
                }
            }
        }
        gradient
    }

    fn of_weight<'a>(&self, gradient: &'a [f32]) -> &'a [f32] {
        &gradient[self.parameters.info(self.weight).range.clone()]
    }
}

impl Program for Uses {
    fn chunks(&self) -> usize {
        self.chunks.len()
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let rows = self.chunks[chunk].clone();
        let mut values = Vec::new();
        for used in &self.uses {
            values.push(match used {
                Use::Linear(x) => {
                    let x = graph.input([rows.len(), self.inputs], &x[rows.start * self.inputs..rows.end * self.inputs]);
                    graph.linear(x, self.weight, None, Activation::None)
                }
                Use::Table(bags) => {
                    let bags = &bags[rows.clone()];
                    let mut offsets = vec![0];
                    for bag in bags {
                        offsets.push(offsets.last().copied().unwrap_or(0) + bag.len() as u32);
                    }
                    graph.embedding_bag(self.weight, &offsets, &bags.concat())
                }
            });
        }
        for (task, cotangents) in self.cotangents.iter().enumerate().filter(|(task, _)| self.reaches[*task][chunk]) {
            for (&value, cotangents) in values.iter().zip(cotangents) {
                let loss = inner_product(graph, value, &cotangents[rows.start * self.outputs..rows.end * self.outputs]);
                graph.declare_loss(task, loss);
            }
        }
    }
}

fn narrow(numbers: &[f64]) -> Vec<f32> {
    numbers.iter().map(|&x| x as f32).collect()
}

fn weighted(rows: &[Vec<f64>], weights: &[f32]) -> Vec<f32> {
    let mut sum = vec![0.0; rows[0].len()];
    for (row, &weight) in rows.iter().zip(weights) {
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += f64::from(weight) * x);
    }
    narrow(&sum)
}

/// All that an engine tells of a shared weight's gradients is what the definition gives.
fn agrees(engine: &mut Engine, plan: &Plan<'_>) {
    let (name, uses) = (plan.name, Uses::new(plan));
    let (parameters, tasks) = (&uses.parameters, uses.tasks());
    let rows: Vec<Vec<f64>> = (0..tasks).map(|task| uses.expected(task)).collect();
    let tolerance = tolerance_of_products(1e-5);
    let weights: Vec<f32> = (0..tasks).map(|task| if task == 1 { 0.0 } else { 0.5 + task as f32 }).collect();

    engine.weighted(parameters, &uses, &weights);
    assert_close(uses.of_weight(engine.gradient()), &weighted(&rows, &weights), tolerance, &format!("{name}: plain"));
    assert_eq!(
        engine.gradient().iter().filter(|g| **g != 0.0).count(),
        uses.of_weight(engine.gradient()).iter().filter(|g| **g != 0.0).count()
    );

    engine.stacked(parameters, &uses, tasks);
    let gramian = engine.gramian(parameters);
    let product = |i: usize, j: usize| -> f64 { rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum() };
    for (i, j) in (0..tasks).flat_map(|i| (0..tasks).map(move |j| (i, j))) {
        let (found, scale) = (gramian[i * tasks + j], (product(i, i) * product(j, j)).sqrt());
        assert!((found - product(i, j)).abs() <= f64::from(tolerance) * scale, "{name}: product {i} {j} is {found}, not {}", product(i, j));
    }
    for (task, row) in rows.iter().enumerate() {
        let found = engine.jacobian_row(parameters, task);
        assert_close(uses.of_weight(found), &narrow(row), tolerance, &format!("{name}: row {task}"));
    }
    engine.combine(parameters, &weights);
    assert_close(uses.of_weight(engine.gradient()), &weighted(&rows, &weights), tolerance, &format!("{name}: combination"));
    engine.combine(parameters, &vec![0.0; tasks]);
    assert!(engine.gradient().iter().all(|g| *g == 0.0), "{name}: no weights");
}

const FACTORS: [usize; 2] = [131, 67];
const SUMS: [usize; 2] = [5, 3];

/// For weights of three sizes, three ways to cut a batch and few and several tasks, with so many layers and tables.
fn all_agree(uses: &[(usize, usize)]) {
    let mut engines = [engine(1), engine(2)];
    for (sizes, weight) in [("large", FACTORS), ("middling", [33, 35]), ("small", SUMS)] {
        for (cut, chunks) in [("one chunk", &[19][..]), ("equal chunks", &[17, 17, 17]), ("unequal chunks", &[41, 1, 3, 18, 0, 7, 2])] {
            for &(linear, table) in uses {
                // All rows, no row at all, some chunks, the same chunks, the last chunk, the others.
                for tasks in [&[!0][..], &[!0, !0, 0, 0b101, 0b101, 0b100_0000, 0b11_0010]] {
                    let name = format!("{sizes} weight, {cut}, {linear} layers and {table} tables, {} tasks", tasks.len());
                    let plan = Plan { name: &name, weight, chunks, linear, table, tasks, scope: Scope::Shared };
                    engines.iter_mut().for_each(|engine| agrees(engine, &plan));
                }
            }
        }
    }
}

#[test]
fn every_form_of_a_gradient_is_its_definition() {
    all_agree(&[(1, 0), (3, 0), (0, 1), (0, 2)]);
}

#[test]
fn a_weight_may_be_a_layers_and_a_table() {
    all_agree(&[(1, 1), (2, 2)]);
}

#[test]
fn a_tasks_own_weight_keeps_its_gradient_or_is_weighted() {
    for (sizes, weight) in [("large", FACTORS), ("small", SUMS)] {
        for (linear, table) in [(1, 0), (2, 0), (0, 1)] {
            let name = format!("{sizes} weight of a task, {linear} layers and {table} tables");
            let chunks = &[17, 18, 5];
            let uses = Uses::new(&Plan { name: &name, weight, chunks, linear, table, tasks: &[0, !0], scope: Scope::Task(1) });
            let (row, tolerance) = (uses.expected(1), tolerance_of_products(1e-5));
            let mut engine = engine(2);
            engine.stacked(&uses.parameters, &uses, 2);
            assert_eq!(engine.gramian(&uses.parameters), [0.0; 4], "{name}: no part of the shared gradients");
            engine.combine(&uses.parameters, &[3.0, 0.25]);
            assert_close(uses.of_weight(engine.gradient()), &narrow(&row), tolerance, &format!("{name}: unweighted"));
            engine.combine_losses(&uses.parameters, &[3.0, 0.25]);
            assert_close(uses.of_weight(engine.gradient()), &weighted(&[row], &[0.25]), tolerance, &format!("{name}: weighted"));
        }
    }
}

#[test]
fn factors_of_an_earlier_step_are_forgotten() {
    let plan = |name, chunks| Plan { name, weight: FACTORS, chunks, linear: 2, table: 0, tasks: &[!0, 1], scope: Scope::Shared };
    let mut used = engine(1);
    for _ in 0..2 {
        agrees(&mut used, &plan("many chunks", &[3, 3, 3, 3, 3]));
        agrees(&mut used, &plan("few chunks", &[2]));
    }
}
