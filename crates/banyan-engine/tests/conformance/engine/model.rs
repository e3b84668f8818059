//! A small model with three tasks of different kinds, each with labels for some rows.

use crate::operations::coins;
use crate::tensor::normals;
use banyan_engine::random::Stream;
use banyan_engine::{Activation, Context, Decay, Graph, ParameterId, Parameters, ParametersBuilder, Program, Residual, Scope, Var};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Condvar, Mutex};
use std::thread::ThreadId;
use std::time::Duration;

pub(super) const TASKS: usize = 3;
const INPUTS: usize = 7;
const CLASSES: usize = 3;

/// Where the shared representation comes from.
pub(super) enum Representation {
    /// From rows of numbers, through a layer and a layer norm.
    Computed { x: Vec<f32>, weight: ParameterId, bias: ParameterId, gain: ParameterId, shift: ParameterId },
    /// It is a parameter itself: `[rows, width]`.
    Given(ParameterId),
}

/// A trunk, its representation, a shared layer for two of three heads.
pub(super) struct Model {
    pub(super) parameters: Parameters,
    pub(super) representation: Representation,
    pub(super) rows: usize,
    pub(super) width: usize,
    pub(super) chunk: usize,
    adapter: ParameterId,
    heads: [ParameterId; TASKS],
    classes: Vec<u32>,
    numbers: Vec<f32>,
    /// One list a task: zero where there is no label.
    weights: [Vec<f32>; TASKS],
    keys: Vec<u64>,
    /// The thread that a step is called on, which runs it alone where there is little to do.
    pub(super) caller: Option<ThreadId>,
    /// The other threads that ran a chunk.
    pub(super) seen: Mutex<HashSet<ThreadId>>,
    /// Told whenever a thread begins a chunk.
    arrival: Condvar,
    /// Whether chunks wait until so many threads have run one; for a moment at most, since there may be no other.
    pub(super) awaited: usize,
}

/// The parameters after the representation, which both kinds of model have.
fn later(builder: &mut ParametersBuilder, width: usize, stream: &mut Stream) -> (ParameterId, [ParameterId; TASKS]) {
    let adapter = builder.add("adapter", [width, width], Scope::Shared, Decay::Yes, normals(stream, width * width));
    let mut task = 0;
    let heads = [CLASSES, 1, 1].map(|outputs| {
        task += 1;
        builder.add(&format!("head {task}"), [width, outputs], Scope::Task(task - 1), Decay::Yes, normals(stream, width * outputs))
    });
    (adapter, heads)
}

impl Model {
    pub(super) fn new(rows: usize, width: usize, seed: u64) -> Self {
        let mut stream = Stream::new(&[seed]);
        let mut builder = Parameters::builder();
        let weight = builder.add("weight", [INPUTS, width], Scope::Shared, Decay::Yes, normals(&mut stream, INPUTS * width));
        let mut vector = |name: &str| builder.add(name, [width], Scope::Shared, Decay::No, normals(&mut stream, width));
        let (bias, gain, shift) = (vector("bias"), vector("gain"), vector("shift"));
        let x = normals(&mut Stream::new(&[seed, 1]), rows * INPUTS);
        let (adapter, heads) = later(&mut builder, width, &mut Stream::new(&[seed, 2]));
        let mut labels = Stream::new(&[seed, 3]);
        let weights =
            [0; TASKS].map(|_| coins(&mut labels, rows).iter().map(|&known| if known { 1.0 / rows as f32 } else { 0.0 }).collect());
        Self {
            parameters: builder.build(),
            representation: Representation::Computed { x, weight, bias, gain, shift },
            rows,
            width,
            chunk: rows,
            adapter,
            heads,
            classes: (0..rows).map(|_| labels.below(CLASSES) as u32).collect(),
            numbers: normals(&mut labels, rows),
            weights,
            keys: (0..rows as u64).collect(),
            caller: None,
            seen: Mutex::default(),
            arrival: Condvar::default(),
            awaited: 0,
        }
    }

    /// The same model after the representation, which is a parameter with the value that it has here.
    pub(super) fn with_given_representation(&self, seed: u64) -> Self {
        let mut tape = banyan_engine::Tape::default();
        let mut graph = Graph::new(&mut tape, &self.parameters, self.context(), &self.keys);
        let representation = self.represent(&mut graph, 0..self.rows);
        let values = graph.value(representation).to_vec();
        let mut builder = Parameters::builder();
        let given = builder.add("representation", [self.rows, self.width], Scope::Shared, Decay::Yes, values);
        let (adapter, heads) = later(&mut builder, self.width, &mut Stream::new(&[seed, 2]));
        Self {
            parameters: builder.build(),
            representation: Representation::Given(given),
            adapter,
            heads,
            classes: self.classes.clone(),
            numbers: self.numbers.clone(),
            weights: self.weights.clone(),
            keys: self.keys.clone(),
            seen: Mutex::default(),
            arrival: Condvar::default(),
            ..*self
        }
    }

    pub(super) fn chunk(mut self, rows: usize) -> Self {
        self.chunk = rows;
        self
    }

    /// The parameters that make the representation.
    pub(super) fn trunk(&self) -> Vec<ParameterId> {
        match self.representation {
            Representation::Computed { weight, bias, gain, shift, .. } => vec![weight, bias, gain, shift],
            Representation::Given(id) => vec![id],
        }
    }

    /// The parameters after the representation.
    pub(super) fn after(&self) -> Vec<ParameterId> {
        let mut ids = vec![self.adapter];
        ids.extend(self.heads);
        ids
    }

    fn represent(&self, graph: &mut Graph<'_>, rows: Range<usize>) -> Var {
        match &self.representation {
            Representation::Computed { x, weight, bias, gain, shift } => {
                let x = graph.input([rows.len(), INPUTS], &x[rows.start * INPUTS..rows.end * INPUTS]);
                let hidden = graph.linear(x, *weight, Some(*bias), Activation::Gelu);
                graph.layer_norm(hidden, *gain, *shift)
            }
            Representation::Given(id) => {
                let offsets: Vec<u32> = (0..=rows.len() as u32).collect();
                graph.embedding_bag(*id, &offsets, &rows.map(|row| row as u32).collect::<Vec<_>>())
            }
        }
    }

    /// Notes this thread, and waits for the others that are awaited: where the processor is busy with other programs, one thread could do
    /// all of a step before another wakes.
    fn meet(&self) {
        let own = std::thread::current().id();
        if self.caller == Some(own) {
            return;
        }
        let mut seen = self.seen.lock().expect("no thread panicked");
        seen.insert(own);
        self.arrival.notify_all();
        let longest = Duration::from_millis(20);
        drop(self.arrival.wait_timeout_while(seen, longest, |seen| seen.len() < self.awaited).expect("no thread panicked"));
    }

    fn chunk_rows(&self, chunk: usize) -> Range<usize> {
        chunk * self.chunk..self.rows.min((chunk + 1) * self.chunk)
    }
}

impl Program for Model {
    fn chunks(&self) -> usize {
        self.rows.div_ceil(self.chunk)
    }

    fn context(&self) -> Context {
        Context { purpose: banyan_engine::Purpose::Training, seed: 1, step: 1 }
    }

    fn row_keys(&self, chunk: usize) -> &[u64] {
        &self.keys[self.chunk_rows(chunk)]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        self.meet();
        let rows = self.chunk_rows(chunk);
        let representation = self.represent(graph, rows.clone());
        graph.declare_representation();
        let dropped = graph.dropout(representation, 0.25);
        let adapted = graph.linear(dropped, self.adapter, None, Activation::Tanh);
        let [class_weights, number_weights, binary_weights] = [0, 1, 2].map(|task| &self.weights[task][rows.clone()]);
        let logits = graph.linear(representation, self.heads[0], None, Activation::None);
        let loss = graph.cross_entropy(logits, &self.classes[rows.clone()], class_weights, 0.1);
        graph.declare_loss(0, loss);
        let number = graph.linear(adapted, self.heads[1], None, Activation::None);
        let loss = graph.regression_loss(number, &self.numbers[rows.clone()], number_weights, Residual::Huber(1.0));
        graph.declare_loss(1, loss);
        let logit = graph.linear(adapted, self.heads[2], None, Activation::None);
        let targets: Vec<f32> = self.classes[rows].iter().map(|&class| if class == 0 { 1.0 } else { 0.0 }).collect();
        let loss = graph.binary_cross_entropy(logit, &targets, binary_weights);
        graph.declare_loss(2, loss);
    }
}
