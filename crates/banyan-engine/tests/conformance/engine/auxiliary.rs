//! Losses of no task: part of every gradient by their weights, and rows of their own where they are balanced.

use crate::checks::{engine, tolerance_of_products};
use crate::tensor::{assert_close, assert_same_bits, normals};
use banyan_engine::random::Stream;
use banyan_engine::{
    Activation, AuxiliaryLoss, Context, Decay, Engine, Graph, ParameterId, Parameters, Program, Purpose, Residual, Scope, Var,
};

const ROWS: usize = 23;
const INPUTS: usize = 5;
const WIDTH: usize = 6;
const TASKS: usize = 2;
/// The auxiliary losses by name, and their weights. One is a loss of hidden values, before the representation; one of a task's output; one of
/// parameters, shared ones and tasks' own; and one counts nothing.
const AUXILIARY: [(&str, f32); 4] = [("spread", 0.3), ("late", 0.7), ("distance", 0.05), ("ignored", 0.0)];

/// How a program declares these losses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Declared {
    /// As what they are.
    Auxiliary,
    /// As further tasks', times their weights.
    Tasks,
    /// Not at all.
    Not,
}

struct Tasks {
    parameters: Parameters,
    x: Vec<f32>,
    targets: Vec<f32>,
    first: ParameterId,
    second: ParameterId,
    /// Near which a penalty keeps the second; no row is read with it.
    anchor: ParameterId,
    heads: [ParameterId; TASKS],
    keys: Vec<u64>,
    chunk: usize,
    declared: Declared,
    balanced: Vec<String>,
}

impl Tasks {
    fn new(declared: Declared, chunk: usize) -> Self {
        let mut stream = Stream::new(&[31]);
        let mut builder = Parameters::builder();
        let mut add = |name: &str, shape: [usize; 2], scope| {
            builder.add(name, shape, scope, Decay::Yes, normals(&mut stream, shape[0] * shape[1]).iter().map(|x| 0.5 * x).collect())
        };
        let first = add("first", [INPUTS, WIDTH], Scope::Shared);
        let second = add("second", [WIDTH, WIDTH], Scope::Shared);
        let anchor = add("anchor", [WIDTH, WIDTH], Scope::Shared);
        let heads = [0, 1].map(|task| add(&format!("head {task}"), [WIDTH, 1], Scope::Task(task)));
        let parameters = builder.build();
        let (x, targets) = (normals(&mut stream, ROWS * INPUTS), normals(&mut stream, TASKS * ROWS));
        Self { parameters, x, targets, first, second, anchor, heads, keys: vec![0; ROWS], chunk, declared, balanced: Vec::new() }
    }

    fn balanced(mut self, names: &[&str]) -> Self {
        self.balanced = names.iter().map(|&name| name.to_owned()).collect();
        self
    }

    fn declare(&self, graph: &mut Graph<'_>, index: usize, loss: Var) {
        let (name, weight) = AUXILIARY[index];
        match self.declared {
            Declared::Auxiliary => graph.declare_auxiliary(name, loss, weight),
            Declared::Tasks => {
                let loss = graph.sum(&[loss], weight);
                graph.declare_loss(TASKS + index, loss);
            }
            Declared::Not => {}
        }
    }

    /// The gradient of one parameter.
    fn part<'a>(&self, gradient: &'a [f32], id: ParameterId) -> &'a [f32] {
        &gradient[self.parameters.info(id).range.clone()]
    }
}

impl Program for Tasks {
    fn chunks(&self) -> usize {
        ROWS.div_ceil(self.chunk)
    }

    fn context(&self) -> Context {
        Context { purpose: Purpose::Training, seed: 3, step: 0 }
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &self.keys
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let rows = chunk * self.chunk..ROWS.min((chunk + 1) * self.chunk);
        let shares = vec![1.0 / ROWS as f32; rows.len()];
        let x = graph.input([rows.len(), INPUTS], &self.x[rows.start * INPUTS..rows.end * INPUTS]);
        let hidden = graph.linear(x, self.first, None, Activation::Tanh);
        // Two of one name.
        for target in [0.0, 1.0] {
            let all = vec![1.0 / ROWS as f32; rows.len() * WIDTH];
            let spread = graph.regression_loss(hidden, &vec![target; rows.len() * WIDTH], &all, Residual::Square);
            self.declare(graph, 0, spread);
        }
        graph.declare_representation();
        let adapted = graph.linear(hidden, self.second, None, Activation::Tanh);
        for (task, &head) in self.heads.iter().enumerate() {
            let output = graph.linear(adapted, head, None, Activation::None);
            let targets = &self.targets[task * ROWS..][rows.clone()];
            let loss = graph.regression_loss(output, targets, &shares, Residual::Square);
            graph.declare_loss(task, loss);
            if task == 1 {
                let late = graph.regression_loss(output, &vec![3.0; rows.len()], &shares, Residual::Huber(1.0));
                self.declare(graph, 1, late);
                self.declare(graph, 3, late);
            }
        }
    }

    fn penalties(&self, graph: &mut Graph<'_>) {
        let distance = graph.parameter_distance(&self.heads);
        self.declare(graph, 2, distance);
        let distance = graph.parameter_distance(&[self.second, self.anchor]);
        self.declare(graph, 2, distance);
    }

    fn balanced(&self) -> &[String] {
        &self.balanced
    }
}

const WEIGHTS: [f32; TASKS] = [0.5, 2.0];

/// The weights of the tasks, and of so many more losses.
fn with(more: &[f32]) -> Vec<f32> {
    WEIGHTS.iter().chain(more).copied().collect()
}

#[test]
fn values_are_summed_by_name_and_shown_in_its_order() {
    for chunk in [1, 4, ROWS] {
        let (program, tasks) = (Tasks::new(Declared::Auxiliary, chunk), Tasks::new(Declared::Tasks, chunk));
        let (mut engine, mut other) = (engine(1), engine(1));
        let losses = engine.weighted(&program.parameters, &program, &WEIGHTS);
        let expected = other.weighted(&tasks.parameters, &tasks, &with(&[1.0; 4]));
        assert_eq!(losses, expected[..TASKS]);
        let shown: Vec<AuxiliaryLoss> = engine.auxiliary_losses().cloned().collect();
        assert_eq!(shown.iter().map(|loss| loss.name.as_str()).collect::<Vec<_>>(), ["distance", "ignored", "late", "spread"]);
        for (index, (name, weight)) in AUXILIARY.iter().enumerate() {
            let found = shown.iter().find(|loss| loss.name == *name).expect("a loss that was declared");
            assert!((found.weighted - expected[TASKS + index]).abs() < 1e-6, "{name}: {found:?}, not {}", expected[TASKS + index]);
            assert!((found.weighted - f64::from(*weight) * found.value).abs() < 1e-9 && found.value > 0.0, "{name}: {found:?}");
        }
        let without = Tasks::new(Declared::Not, chunk);
        engine.losses(&without.parameters, &without, TASKS);
        assert_eq!(engine.auxiliary_losses().count(), 0, "a step that declares none");
    }
}

/// Whatever call makes the gradient, the added losses are part of it as further tasks of weight 1 would be.
#[test]
fn added_losses_are_part_of_every_gradient() {
    let tolerance = tolerance_of_products(1e-5);
    for chunk in [1, 4, ROWS] {
        let (program, tasks) = (Tasks::new(Declared::Auxiliary, chunk), Tasks::new(Declared::Tasks, chunk));
        let (mut engine, mut other) = (engine(1), engine(1));
        let parameters = &program.parameters;
        let weights = with(&[1.0; 4]);
        other.weighted(parameters, &tasks, &weights);
        let expected = other.gradient().to_vec();

        engine.weighted(parameters, &program, &WEIGHTS);
        assert_close(engine.gradient(), &expected, tolerance, "weighted");
        engine.weighted_by_losses(parameters, &program, TASKS, |_| Ok::<_, ()>(WEIGHTS.to_vec())).expect("weights");
        assert_close(engine.gradient(), &expected, tolerance, "weighted by losses");
        engine.stacked(parameters, &program, TASKS);
        engine.combine_losses(parameters, &WEIGHTS);
        assert_close(engine.gradient(), &expected, tolerance, "combined losses");

        // Parameters of single tasks keep their own gradients here, and what is added to them.
        engine.combine(parameters, &WEIGHTS);
        other.stacked(parameters, &tasks, TASKS + 4);
        other.combine(parameters, &weights);
        assert_close(engine.gradient(), other.gradient(), tolerance, "combined");

        // After the representation nothing is weighted by the balancing; before it all is, but not what is added.
        engine.weighted_by_representation(parameters, &program, TASKS, |_, _| Ok::<_, ()>(WEIGHTS.to_vec())).expect("weights");
        assert_close(program.part(engine.gradient(), program.first), program.part(&expected, program.first), tolerance, "before");
        other.weighted(parameters, &tasks, &[1.0; TASKS + 4]);
        for id in [program.second, program.anchor, program.heads[0], program.heads[1]] {
            assert_close(program.part(engine.gradient(), id), program.part(other.gradient(), id), tolerance, "after the representation");
        }
    }
}

#[test]
fn added_losses_are_not_seen_by_the_balancing() {
    let (program, without) = (Tasks::new(Declared::Auxiliary, 4), Tasks::new(Declared::Not, 4));
    let (mut engine, mut other) = (engine(1), engine(1));
    assert_eq!(engine.stacked(&program.parameters, &program, TASKS), other.stacked(&without.parameters, &without, TASKS));
    assert_eq!(engine.gramian(&program.parameters), other.gramian(&without.parameters));
    for task in 0..TASKS {
        let expected = other.jacobian_row(&without.parameters, task).to_vec();
        assert_same_bits(engine.jacobian_row(&program.parameters, task), &expected, "a row");
    }
    let mut seen = Vec::new();
    for (engine, program) in [(&mut engine, &program), (&mut other, &without)] {
        let weigh = |_: &[f64], gramian: &[f64]| Ok::<_, ()>(gramian.iter().take(TASKS).map(|x| *x as f32).collect());
        seen.push(engine.weighted_by_representation(&program.parameters, program, TASKS, weigh).expect("weights"));
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn balanced_losses_have_rows_after_the_tasks() {
    let tolerance = tolerance_of_products(1e-5);
    for chunk in [1, 4, ROWS] {
        // In an order of their own, one that is not declared among them; "late" is added.
        let program = Tasks::new(Declared::Auxiliary, chunk).balanced(&["distance", "absent", "spread"]);
        let tasks = Tasks::new(Declared::Tasks, chunk);
        let parameters = &program.parameters;
        let (mut engine, mut other) = (engine(1), engine(1));
        let losses = engine.stacked(parameters, &program, TASKS + 3);
        let expected = other.stacked(parameters, &tasks, TASKS + 4);
        let places = [0, 1, TASKS + 2, usize::MAX, TASKS];
        for (row, &place) in places.iter().enumerate() {
            let loss = expected.get(place).copied().unwrap_or(0.0);
            assert!((losses[row] - loss).abs() <= 1e-6 * loss.abs(), "loss {row} is {}, not {loss}", losses[row]);
            let found = engine.jacobian_row(parameters, row).to_vec();
            let expected = if place < TASKS + 4 { other.jacobian_row(parameters, place).to_vec() } else { vec![0.0; found.len()] };
            assert_close(&found, &expected, tolerance, &format!("row {row}"));
        }
        let (gramian, expected) = (engine.gramian(parameters), other.gramian(parameters));
        for (i, &a) in places.iter().enumerate() {
            for (j, &b) in places.iter().enumerate() {
                let product = if a.max(b) < TASKS + 4 { expected[a * (TASKS + 4) + b] } else { 0.0 };
                let found = gramian[i * places.len() + j];
                assert!((found - product).abs() <= 1e-4 * expected[0].abs(), "product {i} {j} is {found}, not {product}");
            }
        }

        let chosen = with(&[3.0, 10.0, 0.25]);
        other.weighted(parameters, &tasks, &with(&[0.25, 1.0, 3.0, 1.0]));
        engine.combine_losses(parameters, &chosen);
        assert_close(engine.gradient(), other.gradient(), tolerance, "combined losses");
        engine.weighted(parameters, &program, &chosen);
        assert_close(engine.gradient(), other.gradient(), tolerance, "weighted");
        other.stacked(parameters, &tasks, TASKS + 4);
        other.combine(parameters, &with(&[0.25, 1.0, 3.0, 1.0]));
        engine.stacked(parameters, &program, TASKS + 3);
        engine.combine(parameters, &chosen);
        assert_close(engine.gradient(), other.gradient(), tolerance, "combined");
    }
}

/// A loss after the representation has a gradient there, and is balanced by it.
#[test]
fn a_late_loss_is_balanced_at_the_representation() {
    let program = Tasks::new(Declared::Auxiliary, 4).balanced(&["late"]);
    let mut engine = engine(1);
    let mut sizes = Vec::new();
    let weigh = |losses: &[f64], gramian: &[f64]| {
        sizes.extend([losses.len(), gramian.len()]);
        assert!(gramian[8] > 0.0 && losses[2] > 0.0);
        Ok::<_, ()>(vec![1.0; 3])
    };
    engine.weighted_by_representation(&program.parameters, &program, TASKS + 1, weigh).expect("weights");
    assert_eq!(sizes, [3, 9]);
    let split = engine.gradient().to_vec();
    engine.weighted(&program.parameters, &program, &[1.0; 3]);
    assert_close(&split, engine.gradient(), tolerance_of_products(1e-5), "weights of 1");
}

#[test]
fn a_loss_without_a_gradient_of_the_representation_cannot_be_balanced_there() {
    for name in ["spread", "distance"] {
        let program = Tasks::new(Declared::Auxiliary, 4).balanced(&[name]);
        let step = std::panic::catch_unwind(|| {
            let weigh = |_: &[f64], _: &[f64]| Ok::<_, ()>(vec![1.0; TASKS + 1]);
            engine(1).weighted_by_representation(&program.parameters, &program, TASKS + 1, weigh)
        });
        assert!(step.is_err(), "{name} was balanced");
    }
}

/// All ways to make a gradient, and all that is shown of the losses.
fn everything(engine: &mut Engine, program: &Tasks) -> (Vec<f32>, Vec<f64>) {
    let (parameters, rows) = (&program.parameters, TASKS + program.balanced.len());
    let weights: Vec<f32> = (0..rows).map(|row| 1.0 / (1.0 + row as f32)).collect();
    let (mut numbers, mut doubles) = (Vec::new(), Vec::new());
    let mut note = |engine: &Engine, found: Vec<f64>| {
        numbers.extend_from_slice(engine.gradient());
        doubles.extend(found.into_iter().chain(engine.auxiliary_losses().flat_map(|loss| [loss.value, loss.weighted])));
    };
    let losses = engine.weighted(parameters, program, &weights);
    note(engine, losses);
    let losses = engine.weighted_by_losses(parameters, program, rows, |_| Ok::<_, ()>(weights.clone())).expect("weights");
    note(engine, losses);
    let mut found = engine.stacked(parameters, program, rows);
    found.extend(engine.gramian(parameters));
    engine.combine(parameters, &weights);
    note(engine, found);
    engine.combine_losses(parameters, &weights);
    note(engine, Vec::new());
    if program.balanced.is_empty() {
        let weigh = |_: &[f64], _: &[f64]| Ok::<_, ()>(weights.clone());
        let (losses, gramian) = engine.weighted_by_representation(parameters, program, rows, weigh).expect("weights");
        note(engine, losses.into_iter().chain(gramian).collect());
    }
    (numbers, doubles)
}

#[test]
fn bits_do_not_depend_on_threads_or_on_what_ran_before() {
    for balanced in [&[][..], &["spread", "late"]] {
        let program = Tasks::new(Declared::Auxiliary, 2).balanced(balanced);
        let expected = everything(&mut engine(1), &program);
        for threads in [2, 3] {
            let mut engine = engine(threads);
            for step in 0..4 {
                let found = everything(&mut engine, &program);
                assert_same_bits(&found.0, &expected.0, &format!("{threads} threads, step {step}"));
                assert_eq!(found.1, expected.1, "{threads} threads, step {step}");
                let other = Tasks::new(Declared::Tasks, 1 + step);
                engine.stacked(&other.parameters, &other, TASKS + 4);
            }
        }
    }
}
