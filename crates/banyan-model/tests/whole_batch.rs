//! Losses of all rows of a step, declared by parts of a model: they are the same however its rows are cut into chunks, and by any number of threads.

use banyan_data::batch::{Batch, DenseValues, InputBatch, InputValues, TargetBatch};
use banyan_data::inputs::VectorSchema;
use banyan_data::labels::Regression;
use banyan_data::schema::{InputSchema, Schema, TargetSchema};
use banyan_data::values::Values;
use banyan_engine::Synchronize;
use banyan_engine::random::Stream;
use banyan_engine::{Activation, AuxiliaryLoss, Context, Engine, Graph, Parameters, Precision, Program, Purpose, Residual, Settings, Var};
use banyan_method::{Choice, Method};
use banyan_model::{
    Chunk, Fused, Fusion, FusionMethod, Head, HeadMethod, Methods, Modality, Model, Plan, Reached, Read, Request, Sharing, SharingMethod,
    TaskPlan,
};
use banyan_nn::Linear;
use std::ops::Range;

const ROWS: usize = 12;
const WIDTH: usize = 4;
const NUMBERS: usize = 3;
/// What the task's loss counts.
const WEIGHT: f32 = 0.5;

/// A fusion by the mean, whose two modalities are to agree in a row and differ between rows.
#[derive(Debug)]
struct Aligned;

const ALIGNED: FusionMethod =
    FusionMethod { method: Method::new("aligned", "the mean of two inputs that are aligned"), build: |_, _, _| Box::new(Aligned) };

impl Fusion for Aligned {
    fn forward(&self, graph: &mut Graph<'_>, modalities: &[Modality]) -> Fused {
        let pooled = [modalities[0].pooled, modalities[1].pooled];
        if graph.context().purpose == Purpose::Training {
            pooled.iter().for_each(|&own| graph.publish(own));
        }
        Fused::context(graph.sum(&pooled, 0.5))
    }

    fn auxiliary_losses(&self) -> Vec<String> {
        vec!["alignment".to_owned()]
    }

    fn published(&self) -> usize {
        2
    }

    fn whole_batch(&self, graph: &mut Graph<'_>, published: &[Var]) {
        let rows = graph.shape(published[0]).samples();
        let [left, right] = [published[0], published[1]].map(|own| graph.reshape(own, [1, rows, WIDTH]));
        let scores = graph.pair_scores(left, right);
        let scores = graph.reshape(scores, [rows, rows]);
        let own: Vec<u32> = (0..rows as u32).collect();
        let loss = graph.cross_entropy(scores, &own, &vec![1.0 / rows as f32; rows], 0.0);
        graph.declare_auxiliary("alignment", loss, 0.3);
    }
}

/// Two experts, which are to have as much to do over the batch, whoever has it in a row.
#[derive(Debug)]
struct Spread {
    gate: Linear,
    experts: [Linear; 2],
}

const SPREAD: SharingMethod = SharingMethod {
    method: Method::new("spread", "two experts that are used alike"),
    build: |builder, plan, _| {
        let mut layer = |name: &str, outputs| builder.linear(name, plan.width, outputs, Activation::None);
        Box::new(Spread { gate: layer("gate", 2), experts: [layer("first", plan.width), layer("second", plan.width)] })
    },
};

impl Sharing for Spread {
    fn forward(&self, graph: &mut Graph<'_>, reached: Reached<'_>, wanted: &[bool]) -> Vec<Option<Var>> {
        let context = reached.fused.context;
        let gates = self.gate.forward(graph, context);
        let gates = graph.softmax(gates, &[]);
        if graph.context().purpose == Purpose::Training {
            graph.publish(gates);
        }
        let experts = self.experts.each_ref().map(|expert| expert.forward(graph, context));
        let mixed = graph.mixture(gates, &experts);
        vec![Some(mixed); wanted.len()]
    }

    fn auxiliary_losses(&self) -> Vec<String> {
        vec!["load".to_owned()]
    }

    fn published(&self) -> usize {
        1
    }

    fn whole_batch(&self, graph: &mut Graph<'_>, published: &[Var]) {
        let rows = graph.shape(published[0]).samples();
        let all = graph.reshape(published[0], [1, rows, 2]);
        let load = graph.mean_pool(all, &[]);
        let loss = graph.regression_loss(load, &[0.5; 2], &[1.0; 2], Residual::Square);
        graph.declare_auxiliary("load", loss, 2.0);
    }
}

/// A regression whose squared errors are divided by the sum of the squared predictions.
#[derive(Debug)]
struct Relative {
    output: Linear,
}

const RELATIVE: HeadMethod = HeadMethod::new(Method::new("regression", "a number, by its relative error"), |builder, plan| {
    Ok(Box::new(Relative { output: builder.linear("output", plan.width, 1, Activation::None) }))
});

impl Head for Relative {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, _: &mut Graph<'_>, _: &[Var], _: &Chunk<'_>, _: f32) -> Vec<Var> {
        Vec::new()
    }

    fn batch_sums(&self) -> usize {
        2
    }

    fn sums(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Vec<Var> {
        let (_, labels) = chunk.target.values.numbers_at(0);
        let known: Vec<f32> = chunk.target.known.iter().map(|&known| f32::from(u8::from(known))).collect();
        let zeros = vec![0.0; labels.len()];
        [labels, &zeros].map(|targets| graph.regression_loss(outputs[0], targets, &known, Residual::Square)).to_vec()
    }

    fn losses_of_sums(&self, graph: &mut Graph<'_>, sums: &[Var]) -> Vec<Var> {
        vec![graph.divide(sums[0], sums[1])]
    }

    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        Values::numbers(1, graph.value(outputs[0]).to_vec())
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(1, Vec::new())
    }
}

/// A step with all three.
struct Step {
    model: Model,
    chunks: Vec<Batch>,
}

fn model(methods: &Methods, fusion: &str, sharing: &str) -> (Model, Parameters) {
    let vector = |name: &str| InputSchema {
        name: name.to_owned(),
        column: name.to_owned(),
        details: VectorSchema { mean: vec![0.0; NUMBERS], std: vec![1.0; NUMBERS] }.into(),
    };
    let details = Regression { mean: 0.0, std: 1.0, rows: ROWS, format: Default::default() }.into();
    let target = TargetSchema { name: "task".to_owned(), column: "task".to_owned(), details };
    let schema = Schema { inputs: vec![vector("left"), vector("right")], targets: vec![target] };
    let plan = Plan {
        width: WIDTH,
        dropout: 0.0,
        fusion: Choice::named(fusion),
        sharing: Choice::named(sharing),
        tasks: vec![TaskPlan::default()],
        ..Plan::new(5)
    };
    Model::build_from(methods, &plan, &schema).expect("the plan fits the schema")
}

fn own_methods() -> Methods {
    let standard = Methods::default();
    Methods {
        fusions: standard.fusions.with(ALIGNED),
        sharings: standard.sharings.with(SPREAD),
        heads: standard.heads.with(RELATIVE),
        ..standard
    }
}

/// Rows of a batch. The last three have no label, and the last but one lacks an input.
fn rows(range: Range<usize>) -> Batch {
    let mut stream = Stream::new(&[3]);
    let mut numbers = |width: usize| (0..ROWS * width).map(|_| stream.uniform() * 2.0 - 1.0).collect::<Vec<f32>>();
    let values = [numbers(NUMBERS), numbers(NUMBERS)];
    let labels = numbers(1)[range.clone()].to_vec();
    let input = |place: usize| InputBatch {
        present: range.clone().map(|row| place == 0 || row != ROWS - 2).collect(),
        values: InputValues::Vector(DenseValues {
            width: NUMBERS,
            values: values[place][range.start * NUMBERS..range.end * NUMBERS].to_vec(),
        }),
    };
    let known = range.clone().map(|row| row < ROWS - 3).collect();
    Batch {
        rows: range.clone().map(|row| row as u64).collect(),
        inputs: vec![input(0), input(1)],
        tasks: vec![TargetBatch { known, values: Values::numbers(1, labels) }],
    }
}

fn step(sizes: &[usize]) -> (Step, Parameters) {
    let (model, parameters) = model(&own_methods(), "aligned", "spread");
    let ends = sizes.iter().scan(0, |end, size| {
        *end += size;
        Some(*end)
    });
    let chunks = ends.zip(sizes).map(|(end, size)| rows(end - size..end)).collect();
    (Step { model, chunks }, parameters)
}

impl Program for Step {
    fn chunks(&self) -> usize {
        self.chunks.len()
    }

    fn context(&self) -> Context {
        Context { purpose: Purpose::Training, seed: 1, step: 0 }
    }

    fn row_keys(&self, chunk: usize) -> &[u64] {
        &self.chunks[chunk].rows
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        self.model.forward(graph, &self.chunks[chunk], Request::all());
        self.model.declare_losses(graph, &self.chunks[chunk], &[WEIGHT / (ROWS - 3) as f32]);
    }

    fn synchronization(&self) -> Option<&dyn Synchronize> {
        self.model.needs_whole_batch().then_some(self)
    }
}

impl Synchronize for Step {
    fn synchronize(&self, _: usize, graph: &mut Graph<'_>, published: &[Var]) {
        self.model.whole_batch(graph, published, &[WEIGHT]);
    }
}

fn engine(threads: usize) -> Engine {
    Engine::new(Settings { threads, precision: Precision::F32, ..Settings::default() }).expect("threads can be started")
}

/// The loss of the task, the losses of none, and the gradient of all.
fn run(step: &Step, parameters: &Parameters, threads: usize) -> (Vec<f64>, Vec<AuxiliaryLoss>, Vec<f32>) {
    let mut engine = engine(threads);
    let losses = engine.weighted(parameters, step, &[1.0]).to_vec();
    (losses, engine.auxiliary_losses().cloned().collect(), engine.gradient().to_vec())
}

#[test]
fn the_cut_of_a_batch_changes_nothing() {
    let (whole, parameters) = step(&[ROWS]);
    let (losses, auxiliary, gradient) = run(&whole, &parameters, 1);
    assert_eq!(auxiliary.iter().map(|loss| loss.name.as_str()).collect::<Vec<_>>(), ["alignment", "load"]);
    assert!(auxiliary.iter().all(|loss| loss.value > 1e-4), "{auxiliary:?}");
    // In the last cut are a chunk without labels, and one in which no row has the second input.
    for sizes in [vec![7, 5], vec![9, 3], vec![1; ROWS]] {
        let (cut, _) = step(&sizes);
        let (own_losses, own_auxiliary, own_gradient) = run(&cut, &parameters, 1);
        assert!((own_losses[0] - losses[0]).abs() < 1e-6, "{sizes:?}: {own_losses:?}, not {losses:?}");
        for (own, loss) in own_auxiliary.iter().zip(&auxiliary) {
            assert!(own.name == loss.name && (own.value - loss.value).abs() < 1e-6, "{sizes:?}: {own:?}, not {loss:?}");
        }
        assert!(own_gradient.iter().zip(&gradient).all(|(own, expected)| (own - expected).abs() < 1e-5), "{sizes:?}");
    }
}

#[test]
fn threads_leave_every_bit_as_it_is() {
    let (cut, parameters) = step(&[4, 4, 3, 1]);
    let (losses, _, gradient) = run(&cut, &parameters, 1);
    for threads in [2, 3] {
        let (own_losses, _, own_gradient) = run(&cut, &parameters, threads);
        assert_eq!(own_losses, losses);
        assert!(own_gradient.iter().zip(&gradient).all(|(own, expected)| own.to_bits() == expected.to_bits()));
    }
}

/// The task's loss is the sum of all squared errors over that of all squared predictions.
#[test]
fn a_head_divides_by_a_sum_over_the_batch() {
    let (cut, parameters) = step(&[5, 4, 3]);
    let (mut errors, mut squares) = (0.0, 0.0);
    for chunk in &cut.chunks {
        let mut tape = banyan_engine::Tape::default();
        let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &chunk.rows);
        cut.model.forward(&mut graph, chunk, Request::all());
        let output = graph.tape().outputs().next().expect("the task has an output").1;
        let labels = chunk.tasks[0].values.numbers_at(0).1;
        for ((prediction, label), known) in graph.value(output).iter().zip(labels).zip(&chunk.tasks[0].known) {
            if *known {
                errors += f64::from(prediction - label).powi(2);
                squares += f64::from(*prediction).powi(2);
            }
        }
    }
    let (losses, _, _) = run(&cut, &parameters, 1);
    let expected = f64::from(WEIGHT) * errors / squares;
    assert!((losses[0] - expected).abs() < 1e-5 * expected, "{losses:?}, not {expected}");
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let (cut, mut parameters) = step(&[5, 4, 3]);
    // A bias of zero is where the corner of the ReLU of a row without features is.
    let mut stream = Stream::new(&[9]);
    parameters.values_mut().iter_mut().for_each(|value| *value += 0.1 * (stream.uniform() - 0.5));
    let (_, _, gradient) = run(&cut, &parameters, 1);
    let mut engine = engine(1);
    let mut loss = |parameters: &Parameters| {
        let task: f64 = engine.losses(parameters, &cut, 1).iter().sum();
        task + engine.auxiliary_losses().map(|loss| loss.weighted).sum::<f64>()
    };
    let mut compared = 0;
    for place in 0..parameters.trainable_len() {
        let value = parameters.values()[place];
        let mut slope = |width: f32| {
            let [after, before] = [value + width, value - width].map(|value| {
                parameters.values_mut()[place] = value;
                loss(&parameters)
            });
            parameters.values_mut()[place] = value;
            (after - before) / (2.0 * f64::from(width))
        };
        let (wide, narrow) = (slope(1e-2), slope(5e-3));
        // Where they differ, the corner of a ReLU lies between.
        if (wide - narrow).abs() <= 1e-3 * (1.0 + narrow.abs()) {
            let found = f64::from(gradient[place]);
            assert!((found - narrow).abs() <= 3e-3 * (1.0 + narrow.abs()), "parameter {place}: {found} and not {narrow}");
            compared += 1;
        }
    }
    assert!(compared * 10 >= parameters.trainable_len() * 9, "{compared} of {}", parameters.trainable_len());
}

#[test]
fn a_model_of_other_parts_does_not_wait() {
    let (model, _) = model(&Methods::default(), "concat", "hard");
    assert!(!model.needs_whole_batch());
    assert!(step(&[ROWS]).0.model.needs_whole_batch());
}
