//! A label for each row, each token and each pixel, learned by one model from one pass over its inputs.

use banyan_data::batch::{Batch, InputBatch, InputValues, TargetBatch};
use banyan_data::inputs::{ImageSchema, ImageValues, InputDetails, TextSchema, TextValues};
use banyan_data::labels::Classification;
use banyan_data::schema::{InputSchema, Schema, TargetSchema};
use banyan_data::values::Values;
use banyan_engine::random::Stream;
use banyan_engine::{Context, Engine, Graph, Program, Purpose, Settings};
use banyan_model::{Model, Plan, Request, TaskPlan, View};
use banyan_nn::{Moments, Optimizer, OptimizerKind};
use banyan_text::Ragged;

const ROWS: usize = 32;
const SIDE: usize = 8;
const CELLS: usize = SIDE / 2;

/// Whether the picture is bright on the right; whether a word is "odd" (bucket 1); whether a cell of the
/// picture is bright.
struct Toy {
    model: Model,
    batch: Batch,
    tokens: Vec<u32>,
    token_weights: Vec<f32>,
    pixels: Vec<u32>,
    step: u64,
}

fn class(name: &str) -> TargetSchema {
    let details = Classification { classes: vec!["no".into(), "yes".into()], counts: vec![1, 1] }.into();
    TargetSchema { name: name.to_owned(), column: name.to_owned(), details }
}

fn schema() -> Schema {
    let input = |name: &str, details: InputDetails| InputSchema { name: name.to_owned(), column: name.to_owned(), details };
    let image = ImageSchema {
        height: SIDE,
        width: SIDE,
        fit: Default::default(),
        channels: 1,
        mean: vec![0.0],
        std: vec![1.0],
        levels: None,
        pretrained: false,
    };
    Schema {
        inputs: vec![input("words", TextSchema { buckets: 8, max_tokens: 16 }.into()), input("picture", image.into())],
        targets: vec![class("bright"), class("odd"), class("lit")],
    }
}

fn plan() -> Plan {
    let view = |view| TaskPlan { view, ..TaskPlan::default() };
    Plan {
        width: 32,
        dropout: 0.0,
        tasks: vec![
            view(View::Pooled),
            view(View::Sequence { input: "words".to_owned() }),
            view(View::Grid { input: "picture".to_owned(), level: 0 }),
        ],
        ..Plan::new(3)
    }
}

fn toy() -> (Toy, banyan_engine::Parameters) {
    let mut stream = Stream::new(&[11]);
    let (model, parameters) = Model::build(&plan(), &schema()).expect("the plan fits the schema");
    let (mut text, mut tokens, mut token_weights) = (TextValues::default(), Vec::new(), Vec::new());
    let lengths: Vec<usize> = (0..ROWS).map(|_| 1 + stream.below(5)).collect();
    let longest = lengths.iter().copied().max().unwrap_or(1);
    for &length in &lengths {
        let first = text.features.len() as u32;
        for place in 0..longest {
            let word = stream.below(8) as u32;
            if place < length {
                text.features.push([word]);
            }
            tokens.push(u32::from(word == 1));
            token_weights.push(if place < length { 1.0 } else { 0.0 });
        }
        text.tokens.push(first..first + length as u32);
    }
    let lit: Vec<bool> = (0..ROWS * CELLS * CELLS).map(|_| stream.uniform() < 0.3).collect();
    let mut image = vec![0.0; ROWS * SIDE * SIDE];
    for (at, pixel) in image.iter_mut().enumerate() {
        let (row, y, x) = (at / (SIDE * SIDE), at / SIDE % SIDE, at % SIDE);
        *pixel = if lit[(row * CELLS + y / 2) * CELLS + x / 2] { 1.0 } else { -0.4 };
    }
    let right = |row: usize| {
        (0..CELLS * CELLS)
            .filter(|&cell| lit[row * CELLS * CELLS + cell])
            .map(|cell| if cell % CELLS >= CELLS / 2 { 1 } else { -1 })
            .sum::<i32>()
    };
    let bright: Vec<u32> = (0..ROWS).map(|row| u32::from(right(row) > 0)).collect();
    let input = |values| InputBatch { present: vec![true; ROWS], values };
    let unknown = || TargetBatch { known: vec![false; ROWS], values: Values::indices(vec![0; ROWS]) };
    let batch = Batch {
        rows: (0..ROWS as u64).collect(),
        inputs: vec![
            input(InputValues::Text(text)),
            input(InputValues::Image(ImageValues { height: SIDE, width: SIDE, channels: 1, pixels: image })),
        ],
        tasks: vec![TargetBatch { known: vec![true; ROWS], values: Values::indices(bright) }, unknown(), unknown()],
    };
    let pixels = lit.into_iter().map(u32::from).collect();
    (Toy { model, batch, tokens, token_weights, pixels, step: 0 }, parameters)
}

impl Program for Toy {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context { purpose: Purpose::Training, seed: 1, step: self.step }
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &self.batch.rows
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        self.model.forward(graph, &self.batch, Request::all());
        self.model.declare_losses(graph, &self.batch, &[1.0 / ROWS as f32; 3]);
        let outputs: Vec<_> = graph.tape().outputs().collect();
        let count: f32 = self.token_weights.iter().sum();
        let weights: Vec<f32> = self.token_weights.iter().map(|weight| weight / count).collect();
        let odd = graph.cross_entropy(outputs[1].1, &self.tokens, &weights, 0.0);
        graph.declare_loss(1, odd);
        let lit = graph.cross_entropy(outputs[2].1, &self.pixels, &vec![1.0 / self.pixels.len() as f32; self.pixels.len()], 0.0);
        graph.declare_loss(2, lit);
    }
}

#[test]
fn rows_tokens_and_pixels_are_learned_together() {
    let (mut toy, mut parameters) = toy();
    let mut engine = Engine::new(Settings { threads: 1, lanes: 1, ..Settings::default() }).expect("one thread");
    let mut optimizer = Optimizer::new(OptimizerKind::AdamW(Moments::default()), 0.0, &parameters);
    let first = engine.losses(&parameters, &toy, 3).to_vec();
    assert!(first.iter().all(|loss| *loss > 0.4), "nothing is known at the start: {first:?}");
    for step in 0..150 {
        toy.step = step;
        let _ = engine.stacked(&parameters, &toy, 3);
        engine.combine(&parameters, &[1.0; 3]);
        optimizer.step(engine.workers(), &mut parameters, engine.gradient(), 5e-3);
    }
    let last = engine.losses(&parameters, &toy, 3).to_vec();
    assert!(last.iter().all(|loss| *loss < 0.1), "all three are learned: {last:?}");
}

#[test]
fn outputs_have_a_place_for_each_row_token_and_cell() {
    let (toy, parameters) = toy();
    let mut tape = banyan_engine::Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &toy.batch.rows);
    toy.model.forward(&mut graph, &toy.batch, Request::all());
    let shapes: Vec<Vec<usize>> = tape.outputs().map(|(_, output)| tape.shape(output).axes().to_vec()).collect();
    assert_eq!(shapes, [vec![ROWS, 2], vec![ROWS, toy.tokens.len() / ROWS, 2], vec![ROWS, CELLS, CELLS, 2]]);
}

#[test]
fn a_head_needs_the_view_it_names() {
    let mut wrong = plan();
    wrong.tasks[1].view = View::Sequence { input: "picture".to_owned() };
    let error = Model::build(&wrong, &schema()).expect_err("a picture has no sequence");
    assert_eq!(error.to_string(), "task `odd` reads the sequence of input `picture`, which offers a pooled view and 1 grids");
}

/// The ragged lists of a batch are read by their offsets.
#[test]
fn an_empty_text_has_a_prediction() {
    let (mut toy, parameters) = toy();
    toy.batch.inputs[0].values =
        InputValues::Text(TextValues { tokens: Ragged { offsets: vec![0; ROWS + 1], items: Vec::new() }, features: Ragged::default() });
    let mut tape = banyan_engine::Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &toy.batch.rows);
    toy.model.forward(&mut graph, &toy.batch, Request::all());
    let (_, output) = tape.outputs().next().expect("the pooled task has an output");
    assert!(tape.value(output).iter().all(|x| x.is_finite()));
}
