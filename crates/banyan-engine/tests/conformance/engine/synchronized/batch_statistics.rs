//! Two batch normalizations, each over all rows of the batch: a point for each.

use super::{assert_agree, assert_differences, cuts, everything};
use crate::checks::{engine, tolerance_of_products};
use crate::tensor::{assert_close, assert_same_bits, normals};
use banyan_engine::random::Stream;
use banyan_engine::{
    Activation, BatchNormParameters, Context, Decay, Engine, Graph, ParameterId, Parameters, Program, Purpose, Residual, Scope,
    Synchronize, Var,
};
use std::ops::Range;

const ROWS: usize = 13;
const INPUTS: usize = 4;
const WIDTH: usize = 5;
const TASKS: usize = 3;

/// What is done about each row besides.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Noise {
    None,
    /// Dropout in every stage, and in the whole batch's.
    Dropout,
}

struct Normalized {
    parameters: Parameters,
    x: Vec<f32>,
    targets: Vec<f32>,
    layers: [ParameterId; 2],
    norms: [BatchNormParameters; 2],
    heads: [ParameterId; TASKS],
    /// Which rows have each task's label.
    known: [Range<usize>; TASKS],
    keys: Vec<u64>,
    cut: Vec<Range<usize>>,
    meets: bool,
    noise: Noise,
}

impl Normalized {
    fn new(cut: Vec<Range<usize>>) -> Self {
        let mut stream = Stream::new(&[41]);
        let mut builder = Parameters::builder();
        let mut add = |name: String, shape: &[usize], scope| {
            let values = normals(&mut stream, shape.iter().product());
            builder.add(&name, shape, scope, Decay::Yes, if scope == Scope::State { vec![1.0; values.len()] } else { values })
        };
        let layers = [0, 1].map(|layer| add(format!("layer {layer}"), &[[INPUTS, WIDTH][layer], WIDTH], Scope::Shared));
        let norms = [0, 1].map(|layer| BatchNormParameters {
            gain: add(format!("gain {layer}"), &[WIDTH], Scope::Shared),
            bias: add(format!("bias {layer}"), &[WIDTH], Scope::Shared),
            mean: add(format!("mean {layer}"), &[WIDTH], Scope::State),
            variance: add(format!("variance {layer}"), &[WIDTH], Scope::State),
        });
        let heads = [0, 1, 2].map(|task| add(format!("head {task}"), &[WIDTH, 1], Scope::Task(task)));
        Self {
            parameters: builder.build(),
            x: normals(&mut stream, ROWS * INPUTS),
            targets: normals(&mut stream, ROWS),
            layers,
            norms,
            heads,
            known: [0..ROWS, 2..6, 9..ROWS],
            keys: (0..ROWS as u64).map(|row| 100 + row).collect(),
            cut,
            meets: true,
            noise: Noise::None,
        }
    }

    fn in_one_chunk() -> Self {
        Self { meets: false, ..Self::new(cuts(ROWS).swap_remove(0)) }
    }

    /// The part of a chunk after both layers.
    fn finish(&self, chunk: usize, graph: &mut Graph<'_>, hidden: Var) {
        let rows = self.cut[chunk].clone();
        for (task, &head) in self.heads.iter().enumerate() {
            let output = graph.linear(hidden, head, None, Activation::None);
            let weights: Vec<f32> = rows.clone().map(|row| if self.known[task].contains(&row) { 0.2 } else { 0.0 }).collect();
            let loss = graph.regression_loss(output, &self.targets[rows.clone()], &weights, Residual::Square);
            graph.declare_loss(task, loss);
        }
    }

    fn layer(&self, layer: usize, graph: &mut Graph<'_>, x: Var) -> Var {
        let hidden = graph.linear(x, self.layers[layer], None, Activation::Tanh);
        disturb(self.noise, graph, hidden)
    }
}

fn disturb(noise: Noise, graph: &mut Graph<'_>, x: Var) -> Var {
    match noise {
        Noise::None => x,
        Noise::Dropout => graph.dropout(x, 0.3),
    }
}

impl Program for Normalized {
    fn chunks(&self) -> usize {
        self.cut.len()
    }

    fn context(&self) -> Context {
        Context { purpose: Purpose::Training, seed: 4, step: 9 }
    }

    fn row_keys(&self, chunk: usize) -> &[u64] {
        &self.keys[self.cut[chunk].clone()]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let rows = self.cut[chunk].clone();
        let x = graph.input([rows.len(), INPUTS], &self.x[rows.start * INPUTS..rows.end * INPUTS]);
        let hidden = self.layer(0, graph, x);
        if self.meets {
            graph.publish(hidden);
            graph.keep(hidden);
        } else {
            let first = graph.batch_norm(hidden, self.norms[0]);
            let first = graph.sum(&[first, hidden], 1.0);
            graph.declare_representation();
            let second = self.layer(1, graph, first);
            let second = graph.batch_norm(second, self.norms[1]);
            let second = graph.sum(&[second, hidden], 1.0);
            self.finish(chunk, graph, second);
        }
    }

    fn synchronization(&self) -> Option<&dyn Synchronize> {
        self.meets.then_some(self)
    }
}

impl Synchronize for Normalized {
    fn points(&self) -> usize {
        2
    }

    fn synchronize(&self, point: usize, graph: &mut Graph<'_>, published: &[Var]) {
        let normalized = graph.batch_norm(published[0], self.norms[point]);
        let normalized = disturb(self.noise, graph, normalized);
        graph.share_rows(normalized, published[0]);
    }

    fn resume(&self, point: usize, chunk: usize, graph: &mut Graph<'_>, received: &[Var]) {
        let hidden = graph.kept()[0];
        let sum = graph.sum(&[received[0], hidden], 1.0);
        if point == 0 {
            graph.declare_representation();
            let second = self.layer(1, graph, sum);
            graph.publish(second);
        } else {
            self.finish(chunk, graph, sum);
        }
    }
}

#[test]
fn over_chunks_they_are_what_they_are_over_one() {
    let whole = Normalized::in_one_chunk();
    let mut reference = engine(1);
    let expected = everything(&mut reference, &whole.parameters, &whole, TASKS);
    let mut moved = whole.parameters.clone();
    reference.update_state(&mut moved);
    for cut in cuts(ROWS) {
        let program = Normalized::new(cut.clone());
        let mut engine = engine(1);
        assert_agree(&everything(&mut engine, &program.parameters, &program, TASKS), &expected, &format!("{cut:?}"));
        let mut state = program.parameters.clone();
        engine.update_state(&mut state);
        assert_ne!(state.values(), program.parameters.values());
        assert_close(state.values(), moved.values(), 1e-6, &format!("{cut:?}: running statistics"));
    }
}

#[test]
fn their_gradient_is_that_of_finite_differences() {
    let program = Normalized::new(cuts(ROWS).swap_remove(3));
    assert_differences(&mut engine(1), &program.parameters, TASKS, &program);
}

fn at_the_representation(engine: &mut Engine, program: &Normalized) -> (Vec<f64>, Vec<f64>) {
    let weigh =
        |_: &[f64], gramian: &[f64]| Ok::<_, ()>((0..TASKS).map(|task| 1.0 / (1.0 + gramian[task * TASKS + task] as f32)).collect());
    engine.weighted_by_representation(&program.parameters, program, TASKS, weigh).expect("weights")
}

/// The representation lies between the points: gradients pass the second for each task, and the first once.
#[test]
fn a_representation_between_points_has_its_gramian() {
    let whole = Normalized::in_one_chunk();
    let mut reference = engine(1);
    let (losses, gramian) = at_the_representation(&mut reference, &whole);
    for cut in cuts(ROWS) {
        let program = Normalized::new(cut.clone());
        let mut engine = engine(1);
        let found = at_the_representation(&mut engine, &program);
        for (found, expected) in found.0.iter().chain(&found.1).zip(losses.iter().chain(&gramian)) {
            assert!((found - expected).abs() <= 1e-3 * expected.abs() + 1e-6, "{cut:?}: {found}, not {expected}");
        }
        assert_close(engine.gradient(), reference.gradient(), tolerance_of_products(5e-5), &format!("{cut:?}"));
    }
}

#[test]
fn randomness_does_not_depend_on_the_cut() {
    let disturbed = |cut: &[Range<usize>]| Normalized { noise: Noise::Dropout, ..Normalized::new(cut.to_vec()) };
    let cuts = cuts(ROWS);
    let whole = disturbed(&cuts[0]);
    let expected = everything(&mut engine(1), &whole.parameters, &whole, TASKS);
    for cut in &cuts[1..] {
        let program = disturbed(cut);
        assert_agree(&everything(&mut engine(1), &program.parameters, &program, TASKS), &expected, &format!("{cut:?}"));
    }
    let plain = Normalized::new(cuts[0].clone());
    assert_ne!(everything(&mut engine(1), &plain.parameters, &plain, TASKS)[0].1, expected[0].1, "something is dropped");
}

#[test]
fn bits_do_not_depend_on_threads() {
    let all = |engine: &mut Engine, program: &Normalized| {
        let mut found = everything(engine, &program.parameters, program, TASKS);
        let (losses, gramian) = at_the_representation(engine, program);
        found.push(("at the representation", engine.gradient().to_vec(), losses.into_iter().chain(gramian).collect()));
        found
    };
    for cut in cuts(ROWS) {
        let program = Normalized::new(cut.clone());
        let expected = all(&mut engine(1), &program);
        for threads in [2, 3] {
            let mut engine = engine(threads);
            for step in 0..3 {
                for ((name, gradient, doubles), (_, expected_gradient, expected_doubles)) in
                    all(&mut engine, &program).iter().zip(&expected)
                {
                    assert_same_bits(gradient, expected_gradient, &format!("{cut:?}, {threads} threads, step {step}: {name}"));
                    assert_eq!(doubles, expected_doubles, "{cut:?}, {threads} threads, step {step}: {name}");
                }
            }
        }
    }
}
