//! What a step leaves: gradients to read and to change, tapes to look at.

use super::model::{Model, TASKS};
use crate::checks::engine;
use banyan_engine::{Context, Decay, Graph, ParameterId, Parameters, Program, Residual, Scope};

#[test]
fn the_gradient_to_change_is_the_one_to_read() {
    let model = Model::new(13, 5, 8).chunk(4);
    let mut engine = engine(1);
    engine.weighted(&model.parameters, &model, &[1.0; TASKS]);
    assert_eq!(engine.gradient().len(), model.parameters.trainable_len());
    engine.gradient_mut()[3] = 42.0;
    assert_eq!(engine.gradient()[3], 42.0, "plain");
    engine.stacked(&model.parameters, &model, TASKS);
    engine.combine(&model.parameters, &[1.0; TASKS]);
    assert_ne!(engine.gradient()[3], 42.0);
    engine.gradient_mut()[3] = 43.0;
    assert_eq!(engine.gradient()[3], 43.0, "combined");
    engine.weighted(&model.parameters, &model, &[1.0; TASKS]);
    assert!(engine.gradient()[3] != 42.0 && engine.gradient()[3] != 43.0, "a new step starts anew");
}

#[test]
fn the_last_tape_is_that_of_the_last_step() {
    let (large, small) = (Model::new(40, 5, 9).chunk(4), Model::new(3, 5, 9));
    let mut engine = engine(1);
    // Keeps several tapes in the first lane …
    let kept = engine.weighted_by_losses(&large.parameters, &large, TASKS, |_| Ok::<_, ()>(vec![1.0; TASKS]));
    assert!(kept.is_ok());
    // … of which the next step uses one.
    let losses = engine.weighted(&small.parameters, &small, &[1.0; TASKS]);
    let tape = engine.last_tape().expect("a step ran");
    let found: Vec<f64> = tape.losses().map(|(_, loss)| f64::from(loss)).collect();
    assert_eq!(found, losses);
}

/// Pulls one number to 1 and to 2, in so many chunks, as two losses of one task.
struct Twice {
    chunks: usize,
    x: ParameterId,
}

impl Program for Twice {
    fn chunks(&self) -> usize {
        self.chunks
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        let x = graph.embedding_bag(self.x, &[0, 1], &[0]);
        for target in [1.0, 2.0] {
            let loss = graph.regression_loss(x, &[target], &[1.0], Residual::Square);
            graph.declare_loss(0, loss);
        }
        // A loss that no parameter reaches is a loss all the same.
        let constant = graph.input([1], &[3.0]);
        let loss = graph.regression_loss(constant, &[0.0], &[1.0], Residual::Square);
        graph.declare_loss(1, loss);
    }
}

#[test]
fn losses_of_one_task_add_up() {
    let mut builder = Parameters::builder();
    let x = builder.add("x", [1, 1], Scope::Shared, Decay::Yes, vec![0.0]);
    let parameters = builder.build();
    let mut engine = engine(1);
    assert_eq!(engine.weighted(&parameters, &Twice { chunks: 3, x }, &[1.0, 1.0]), [15.0, 27.0]);
    assert_eq!(engine.gradient(), [-18.0]);
    assert_eq!(engine.stacked(&parameters, &Twice { chunks: 3, x }, 2), [15.0, 27.0]);
    assert_eq!(engine.gramian(&parameters), [324.0, 0.0, 0.0, 0.0]);
    assert_eq!(engine.weighted(&parameters, &Twice { chunks: 0, x }, &[1.0, 1.0]), [0.0, 0.0], "no rows");
    assert_eq!(engine.gradient(), [0.0]);
}

/// Sums two rows of a large table in each chunk.
struct Lookup {
    table: ParameterId,
    chunks: usize,
    entries: u32,
}

impl Lookup {
    /// Far apart, and no other chunk's.
    fn items(&self, chunk: usize) -> [u32; 2] {
        [chunk as u32, self.entries - 1 - chunk as u32 * 4999]
    }
}

impl Program for Lookup {
    fn chunks(&self) -> usize {
        self.chunks
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let sum = graph.embedding_bag(self.table, &[0, 2], &self.items(chunk));
        for task in 0..2 {
            let loss = graph.regression_loss(sum, &[chunk as f32 + 1.0], &[0.5 + task as f32], Residual::Square);
            graph.declare_loss(task, loss);
        }
    }
}

#[test]
fn every_gradient_of_a_large_table_is_in_its_place() {
    const ENTRIES: u32 = 60_000; // several of the blocks that gradients are added and multiplied in
    let mut builder = Parameters::builder();
    let table = builder.add("table", [ENTRIES as usize, 1], Scope::Shared, Decay::Yes, vec![0.0; ENTRIES as usize]);
    let parameters = builder.build();
    let program = Lookup { table, chunks: 11, entries: ENTRIES };
    let mut expected = vec![0.0; ENTRIES as usize];
    for chunk in 0..program.chunks {
        // The derivative of (0 - target)² / 2.
        for item in program.items(chunk) {
            expected[item as usize] = -(chunk as f32 + 1.0);
        }
    }
    let mut engine = engine(2);
    for step in 0..3 {
        engine.weighted(&parameters, &program, &[1.0, 0.0]);
        assert_eq!(engine.gradient(), expected, "step {step}");
        engine.stacked(&parameters, &program, 2);
        assert_eq!(engine.jacobian_row(&parameters, 0), expected, "step {step}");
        assert!(engine.jacobian_row(&parameters, 1).iter().zip(&expected).all(|(row, e)| *row == 3.0 * e), "step {step}");
        // 2 · (1² + … + 11²)
        assert_eq!(engine.gramian(&parameters), [1012.0, 3036.0, 3036.0, 9108.0], "step {step}");
    }
}
