//! A loss that is normalized by what the whole batch predicts: the sum of all predicted scores, as detectors do.

use super::{assert_agree, assert_differences, cuts, everything};
use crate::checks::engine;
use crate::tensor::{assert_same_bits, normals};
use banyan_engine::random::Stream;
use banyan_engine::{Activation, Context, Decay, Graph, ParameterId, Parameters, Program, Residual, Scope, Synchronize, Var};
use std::ops::Range;

const ROWS: usize = 12;
const INPUTS: usize = 3;
const TASKS: usize = 2;

/// Whether the batch's mean score, which losses are divided by, has a gradient.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Normalizer {
    Constant,
    Differentiated,
}

struct Scored {
    parameters: Parameters,
    x: Vec<f32>,
    targets: Vec<f32>,
    score: ParameterId,
    value: ParameterId,
    cut: Vec<Range<usize>>,
    normalizer: Normalizer,
    meets: bool,
}

impl Scored {
    fn new(normalizer: Normalizer, cut: Vec<Range<usize>>) -> Self {
        let mut stream = Stream::new(&[15]);
        let mut builder = Parameters::builder();
        let mut add = |name: &str| builder.add(name, [INPUTS, 1], Scope::Shared, Decay::Yes, normals(&mut stream, INPUTS));
        let (score, value) = (add("score"), add("value"));
        let parameters = builder.build();
        let (x, targets) = (normals(&mut stream, ROWS * INPUTS), normals(&mut stream, TASKS * ROWS));
        Self { parameters, x, targets, score, value, cut, normalizer, meets: true }
    }

    /// What all losses are divided by, a scalar, from the scores of all rows.
    fn divisor(&self, graph: &mut Graph<'_>, scores: Var) -> Var {
        let scores = graph.reshape(scores, [1, ROWS, 1]);
        let mean = graph.mean_pool(scores, &[]);
        let mean = graph.reshape(mean, &[][..]);
        match self.normalizer {
            Normalizer::Constant => graph.constant(mean),
            Normalizer::Differentiated => mean,
        }
    }

    fn declare(&self, chunk: usize, graph: &mut Graph<'_>, values: Var, divisor: Var) {
        let rows = self.cut[chunk].clone();
        for task in 0..TASKS {
            let targets = &self.targets[task * ROWS..][rows.clone()];
            let loss = graph.regression_loss(values, targets, &vec![1.0 / ROWS as f32; rows.len()], Residual::Square);
            let loss = graph.divide(loss, divisor);
            graph.declare_loss(task, loss);
        }
    }
}

impl Program for Scored {
    fn chunks(&self) -> usize {
        self.cut.len()
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let rows = self.cut[chunk].clone();
        let x = graph.input([rows.len(), INPUTS], &self.x[rows.start * INPUTS..rows.end * INPUTS]);
        let scores = graph.linear(x, self.score, None, Activation::Sigmoid);
        let values = graph.linear(x, self.value, None, Activation::None);
        if self.meets {
            graph.publish(scores);
            graph.keep(values);
        } else {
            let divisor = self.divisor(graph, scores);
            self.declare(chunk, graph, values, divisor);
        }
    }

    fn synchronization(&self) -> Option<&dyn Synchronize> {
        self.meets.then_some(self)
    }
}

impl Synchronize for Scored {
    fn synchronize(&self, _: usize, graph: &mut Graph<'_>, published: &[Var]) {
        let divisor = self.divisor(graph, published[0]);
        graph.share(divisor);
    }

    fn resume(&self, _: usize, chunk: usize, graph: &mut Graph<'_>, received: &[Var]) {
        let values = graph.kept()[0];
        self.declare(chunk, graph, values, received[0]);
    }
}

#[test]
fn over_chunks_it_is_what_it_is_over_one() {
    for normalizer in [Normalizer::Constant, Normalizer::Differentiated] {
        let whole = Scored { meets: false, ..Scored::new(normalizer, cuts(ROWS).swap_remove(0)) };
        let expected = everything(&mut engine(1), &whole.parameters, &whole, TASKS);
        for cut in cuts(ROWS) {
            let program = Scored::new(normalizer, cut.clone());
            let found = everything(&mut engine(1), &program.parameters, &program, TASKS);
            assert_agree(&found, &expected, &format!("{normalizer:?}, {cut:?}"));
            for threads in [2, 3] {
                let others = everything(&mut engine(threads), &program.parameters, &program, TASKS);
                for ((name, gradient, doubles), (_, other_gradient, other_doubles)) in found.iter().zip(&others) {
                    assert_same_bits(gradient, other_gradient, &format!("{normalizer:?}, {cut:?}, {threads} threads: {name}"));
                    assert_eq!(doubles, other_doubles, "{normalizer:?}, {cut:?}, {threads} threads: {name}");
                }
            }
        }
    }
}

#[test]
fn its_gradient_is_that_of_finite_differences() {
    let program = Scored::new(Normalizer::Differentiated, cuts(ROWS).swap_remove(3));
    assert_differences(&mut engine(1), &program.parameters, TASKS, &program);
}
