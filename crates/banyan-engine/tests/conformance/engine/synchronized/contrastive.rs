//! A contrastive loss that compares every row with all rows of the batch (CLIP: Radford et al., 2021).

use super::{assert_agree, assert_differences, cuts, everything};
use crate::checks::engine;
use crate::tensor::{assert_close, assert_same_bits, normals};
use banyan_engine::random::Stream;
use banyan_engine::{Activation, Context, Decay, Graph, ParameterId, Parameters, Program, Purpose, Residual, Scope, Synchronize, Var};
use std::ops::Range;

const ROWS: usize = 11;
const IMAGE: usize = 5;
const TEXT: usize = 4;
const WIDTH: usize = 6;

/// Whose loss the contrastive one is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whose {
    Task,
    NoTask,
    Balanced,
}

/// Two encoders that meet in the contrastive loss, and a task on what both say.
struct Clip {
    parameters: Parameters,
    images: Vec<f32>,
    texts: Vec<f32>,
    targets: Vec<f32>,
    image: ParameterId,
    text: ParameterId,
    temperature: ParameterId,
    head: ParameterId,
    cut: Vec<Range<usize>>,
    keys: Vec<u64>,
    whose: Whose,
    balanced: Vec<String>,
    /// Whether the loss is computed when all chunks have met, or in the pass of the only chunk.
    meets: bool,
}

impl Clip {
    fn new(whose: Whose, cut: Vec<Range<usize>>) -> Self {
        let mut stream = Stream::new(&[8]);
        let mut builder = Parameters::builder();
        let mut add = |name: &str, shape: [usize; 2], scope| {
            builder.add(name, shape, scope, Decay::Yes, normals(&mut stream, shape[0] * shape[1]).iter().map(|x| 0.6 * x).collect())
        };
        let image = add("image", [IMAGE, WIDTH], Scope::Shared);
        let text = add("text", [TEXT, WIDTH], Scope::Shared);
        let temperature = add("temperature", [1, 1], Scope::Shared);
        let head = add("head", [WIDTH, 1], Scope::Task(0));
        let parameters = builder.build();
        Self {
            parameters,
            images: normals(&mut stream, ROWS * IMAGE),
            texts: normals(&mut stream, ROWS * TEXT),
            targets: normals(&mut stream, ROWS),
            image,
            text,
            temperature,
            head,
            cut,
            keys: (0..ROWS as u64).collect(),
            whose,
            balanced: if whose == Whose::Balanced { vec!["alignment".to_owned()] } else { Vec::new() },
            meets: true,
        }
    }

    fn in_one_chunk(whose: Whose) -> Self {
        Self { meets: false, ..Self::new(whose, cuts(ROWS).swap_remove(0)) }
    }

    fn rows_of_step(&self) -> usize {
        if self.whose == Whose::NoTask { 1 } else { 2 }
    }

    fn contrast(&self, graph: &mut Graph<'_>, image: Var, text: Var) {
        let all: Vec<u32> = (0..ROWS as u32).collect();
        let [image, text] = [image, text].map(|var| graph.reshape(var, [1, ROWS, WIDTH]));
        let mut sides = Vec::new();
        for (left, right) in [(image, text), (text, image)] {
            let scores = graph.pair_scores(left, right);
            let scores = graph.reshape(scores, [ROWS, ROWS]);
            let scores = graph.combine(&[scores], self.temperature, 0);
            sides.push(graph.cross_entropy(scores, &all, &[0.5 / ROWS as f32; ROWS], 0.0));
        }
        let loss = graph.sum(&sides, 1.0);
        match self.whose {
            Whose::Task => graph.declare_loss(1, loss),
            Whose::NoTask | Whose::Balanced => graph.declare_auxiliary("alignment", loss, 0.7),
        }
    }
}

impl Program for Clip {
    fn chunks(&self) -> usize {
        self.cut.len()
    }

    fn context(&self) -> Context {
        Context { purpose: Purpose::Training, seed: 1, step: 2 }
    }

    fn row_keys(&self, chunk: usize) -> &[u64] {
        &self.keys[self.cut[chunk].clone()]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let rows = self.cut[chunk].clone();
        let encode = |graph: &mut Graph<'_>, data: &[f32], width: usize, weight| {
            let x = graph.input([rows.len(), width], &data[rows.start * width..rows.end * width]);
            graph.linear(x, weight, None, Activation::Tanh)
        };
        let image = encode(graph, &self.images, IMAGE, self.image);
        let text = encode(graph, &self.texts, TEXT, self.text);
        let both = graph.sum(&[image, text], 0.5);
        graph.declare_representation();
        let output = graph.linear(both, self.head, None, Activation::None);
        let loss = graph.regression_loss(output, &self.targets[rows.clone()], &vec![1.0 / ROWS as f32; rows.len()], Residual::Square);
        graph.declare_loss(0, loss);
        if self.meets {
            graph.publish(image);
            graph.publish(text);
        } else {
            self.contrast(graph, image, text);
        }
    }

    fn balanced(&self) -> &[String] {
        &self.balanced
    }

    fn synchronization(&self) -> Option<&dyn Synchronize> {
        self.meets.then_some(self)
    }
}

impl Synchronize for Clip {
    fn synchronize(&self, point: usize, graph: &mut Graph<'_>, published: &[Var]) {
        let [image, text] = *published else { panic!("two modalities, not {}", published.len()) };
        assert_eq!((point, graph.row_keys()), (0, &self.keys[..]));
        self.contrast(graph, image, text);
    }
}

#[test]
fn over_chunks_it_is_what_it_is_over_one() {
    for whose in [Whose::Task, Whose::NoTask, Whose::Balanced] {
        let whole = Clip::in_one_chunk(whose);
        let mut reference = engine(1);
        let tasks = whole.rows_of_step();
        let expected = everything(&mut reference, &whole.parameters, &whole, tasks);
        let shown: Vec<_> = reference.auxiliary_losses().cloned().collect();
        for cut in cuts(ROWS) {
            let program = Clip::new(whose, cut.clone());
            let mut engine = engine(1);
            assert_agree(&everything(&mut engine, &program.parameters, &program, tasks), &expected, &format!("{whose:?}, {cut:?}"));
            for (found, expected) in engine.auxiliary_losses().zip(&shown) {
                assert!(found.name == expected.name && (found.value - expected.value).abs() < 1e-5, "{found:?}, not {expected:?}");
            }
            assert_eq!(engine.auxiliary_losses().count(), shown.len());
        }
    }
}

#[test]
fn its_gradient_is_that_of_finite_differences() {
    for whose in [Whose::Task, Whose::NoTask] {
        let program = Clip::new(whose, cuts(ROWS).swap_remove(3));
        assert_differences(&mut engine(1), &program.parameters, program.rows_of_step(), &program);
    }
}

/// At the representation too: a loss of all rows has a gradient at every row's.
#[test]
fn it_is_balanced_at_the_representation() {
    // The contrastive loss is after the representation in both, where its operands are before it: skip connections around it.
    let whole = Clip::in_one_chunk(Whose::Task);
    let mut reference = engine(1);
    let weights = vec![0.25, 3.0];
    let step = |engine: &mut banyan_engine::Engine, program: &Clip| {
        engine.weighted_by_representation(&program.parameters, program, 2, |_, _| Ok::<_, ()>(weights.clone())).expect("weights")
    };
    let (losses, gramian) = step(&mut reference, &whole);
    for cut in cuts(ROWS) {
        let program = Clip::new(Whose::Task, cut.clone());
        let mut engine = engine(2);
        let found = step(&mut engine, &program);
        for (found, expected) in found.0.iter().chain(&found.1).zip(losses.iter().chain(&gramian)) {
            assert!((found - expected).abs() <= 1e-4 * expected.abs(), "{cut:?}: {found}, not {expected}");
        }
        assert_close(engine.gradient(), reference.gradient(), crate::checks::tolerance_of_products(2e-5), &format!("{cut:?}"));
    }
}

#[test]
fn bits_do_not_depend_on_threads_or_on_what_ran_before() {
    for whose in [Whose::Task, Whose::NoTask, Whose::Balanced] {
        let program = Clip::new(whose, cuts(ROWS).swap_remove(1));
        let tasks = program.rows_of_step();
        let expected = everything(&mut engine(1), &program.parameters, &program, tasks);
        for threads in [1, 2, 3] {
            let mut engine = engine(threads);
            for step in 0..3 {
                let found = everything(&mut engine, &program.parameters, &program, tasks);
                for ((name, gradient, doubles), (_, expected_gradient, expected_doubles)) in found.iter().zip(&expected) {
                    assert_same_bits(gradient, expected_gradient, &format!("{whose:?}, {threads} threads, step {step}: {name}"));
                    assert_eq!(doubles, expected_doubles, "{whose:?}, {threads} threads, step {step}: {name}");
                }
                let other = Clip::in_one_chunk(Whose::Task);
                engine.stacked(&other.parameters, &other, 2);
            }
        }
    }
}
