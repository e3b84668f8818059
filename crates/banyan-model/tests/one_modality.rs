//! A model of one modality: nothing is fused, and files of weights with a fusion that nothing read are still good.

use banyan_data::batch::{Batch, InputBatch, InputValues, TargetBatch};
use banyan_data::inputs::{DenseValues, VectorSchema};
use banyan_data::labels::Classification;
use banyan_data::schema::{InputSchema, Schema, TargetSchema};
use banyan_data::values::Values;
use banyan_engine::random::Stream;
use banyan_engine::{Context, Graph, Parameters, Tape};
use banyan_method::Choice;
use banyan_model::{FUSIONS, Model, Plan, Request, weights};
use banyan_nn::LayerBuilder;

const WIDTH: usize = 8;

fn vector(name: &str) -> InputSchema {
    InputSchema { name: name.to_owned(), column: name.to_owned(), details: VectorSchema { mean: vec![0.0; 2], std: vec![1.0; 2] }.into() }
}

fn build(fusion: &str, inputs: &[&str]) -> (Model, Parameters) {
    let details = Classification { classes: vec!["no".into(), "yes".into()], counts: vec![1, 1] }.into();
    let targets = vec![TargetSchema { name: "answer".to_owned(), column: "answer".to_owned(), details }];
    let plan = Plan { width: WIDTH, dropout: 0.0, fusion: Choice::named(fusion), ..Plan::new(1) };
    Model::build(&plan, &Schema { inputs: inputs.iter().map(|name| vector(name)).collect(), targets }).expect("the plan fits the schema")
}

fn names(parameters: &Parameters) -> Vec<&str> {
    parameters.infos().iter().map(|info| info.name.as_str()).collect()
}

/// The logits of three rows, the second of which lacks the input.
fn outputs(model: &Model, parameters: &Parameters) -> Vec<Vec<f32>> {
    let values = InputValues::Vector(DenseValues { width: 2, values: vec![0.5, -1.0, 0.0, 0.0, 2.0, 1.0] });
    let batch = Batch {
        rows: vec![0, 1, 2],
        inputs: vec![InputBatch { present: vec![true, false, true], values }],
        tasks: vec![TargetBatch { known: vec![false; 3], values: Values::indices(vec![0; 3]) }],
    };
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, parameters, Context::inference(), &batch.rows);
    model.forward(&mut graph, &batch, Request::all());
    let (_, output) = tape.outputs().next().expect("the task has an output");
    tape.value(output).chunks_exact(2).map(<[f32]>::to_vec).collect()
}

fn set(parameters: &mut Parameters, name: &str, value: f32) {
    let id = parameters.ids().find(|id| parameters.info(*id).name == name).expect("the model has it");
    parameters.get_mut(id).fill(value);
}

/// Moves every value by something of its own: heads begin with weights of 0, which hide what they read.
fn stir(parameters: &mut Parameters) {
    let mut stream = Stream::new(&[5]);
    parameters.values_mut().iter_mut().for_each(|value| *value += stream.uniform() - 0.5);
}

/// A file of these parameters and of others besides.
fn file_with(parameters: &Parameters, others: &[&str]) -> Vec<u8> {
    let mut builder = LayerBuilder::new(1);
    for id in parameters.ids() {
        let info = parameters.info(id);
        builder.values(&info.name, info.shape.axes(), parameters.get(id).to_vec());
    }
    for name in others {
        builder.values(name, &[WIDTH], vec![7.0; WIDTH]);
    }
    weights::to_bytes(&builder.build()).expect("parameters can be written")
}

#[test]
fn no_fusion_has_parameters_for_one_modality() {
    let (_, expected) = build("gated", &["sensor"]);
    let mut some_have_parameters = false;
    for name in FUSIONS.names() {
        let (model, one) = build(name, &["sensor"]);
        let (_, two) = build(name, &["sensor", "camera"]);
        let fuses = |parameters: &Parameters| names(parameters).iter().any(|name| name.starts_with("fusion."));
        some_have_parameters |= fuses(&two);
        assert!(!fuses(&one), "{name}: {:?}", names(&one));
        assert_eq!((names(&one), one.values()), (names(&expected), expected.values()), "{name}");
        assert_eq!(model.modalities(), [("sensor", vec!["sensor"])]);
    }
    assert!(some_have_parameters, "parameters of a fusion are called otherwise");
}

#[test]
fn a_row_without_its_only_input_is_read_from_the_token() {
    let (model, mut parameters) = build("gated", &["sensor"]);
    stir(&mut parameters);
    set(&mut parameters, "encoders.sensor.missing", 0.25);
    let before = outputs(&model, &parameters);
    set(&mut parameters, "encoders.sensor.missing", 0.75);
    let after = outputs(&model, &parameters);
    assert_ne!(before[1], after[1], "the token stands for what is missing");
    assert_eq!((&before[0], &before[2]), (&after[0], &after[2]), "and for nothing else");
    assert_ne!(after[0], after[2], "the rows that are there are told apart");
}

#[test]
fn an_unknown_fusion_is_refused_of_one_modality_too() {
    let plan = Plan { fusion: Choice::named("gates"), ..Plan::new(0) };
    let error = Model::build(&plan, &Schema { inputs: vec![vector("sensor")], targets: Vec::new() }).expect_err("there is no such fusion");
    assert!(error.to_string().contains("did you mean \"gated\"?"), "{error}");
}

#[test]
fn weights_with_a_fusion_that_nothing_read_are_loaded() {
    let (model, mut trained) = build("gated", &["sensor"]);
    stir(&mut trained);
    let file = file_with(&trained, &["fusion.value0.weight", "fusion.gate0.bias"]);
    let (_, mut loaded) = build("gated", &["sensor"]);
    weights::from_bytes(&model, &mut loaded, &file).expect("the fusion's weights do nothing");
    assert_eq!(loaded.values(), trained.values());
    assert_eq!(outputs(&model, &loaded), outputs(&model, &trained));
}

#[test]
fn other_weights_that_a_model_does_not_have_are_refused() {
    let refusal = |inputs: &[&str], other: &str| {
        let (model, mut parameters) = build("gated", inputs);
        let file = file_with(&parameters, &[other]);
        weights::from_bytes(&model, &mut parameters, &file).expect_err(other).to_string()
    };
    let sentence = |name: &str| format!("the weights do not fit the configuration: the file has `{name}`, which the model does not");
    assert_eq!(refusal(&["sensor"], "fusions.extra"), sentence("fusions.extra"));
    assert_eq!(refusal(&["sensor"], "encoders.camera.missing"), sentence("encoders.camera.missing"));
    assert_eq!(refusal(&["sensor", "camera"], "fusion.value2.bias"), sentence("fusion.value2.bias"));
}
