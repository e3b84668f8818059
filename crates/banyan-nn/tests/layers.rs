//! Layers against PyTorch's (see the engine's fixtures): output and all gradients.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

use banyan_engine::{
    Activation, Context, Convolution, Direction, Engine, Graph, Parameters, Program, Settings, Tape, Var, Viterbi, Window,
};
use banyan_nn::{Embedding, LayerBuilder};
use serde_json::Value;

fn fixture(name: &str) -> Value {
    let path = format!("{}/../banyan-engine/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

fn numbers(value: &Value) -> Vec<f32> {
    value["data"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect()
}

fn assert_close(found: &[f32], expected: &Value, what: &str) {
    let expected = numbers(expected);
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0f32, |a, b| a.max(b.abs()));
    for (x, y) in found.iter().zip(&expected) {
        assert!((x - y).abs() <= 1e-5 * largest, "{what}: {x} is not {y}");
    }
}

fn size(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn pair(value: &Value) -> (usize, usize) {
    (size(&value[0]), size(&value[1]))
}

fn mask(value: &Value) -> Vec<bool> {
    numbers(value).iter().map(|&keep| keep != 0.0).collect()
}

/// The axes of an input.
fn shape(fixture: &Value, input: &str) -> Vec<usize> {
    fixture["inputs"][input]["shape"].as_array().unwrap().iter().map(size).collect()
}

type Forward = Box<dyn Fn(&mut Graph<'_>, &[Var]) -> Var + Sync>;

/// A layer with the fixture's inputs as tables, so that they have a gradient too; the loss is the inner product with the cotangent.
struct Setup {
    inputs: Vec<(Embedding, Vec<usize>)>,
    layer: Forward,
    cotangent: Vec<f32>,
}

impl Program for Setup {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        let read = |(table, shape): &(Embedding, Vec<usize>)| {
            let samples = shape[0] as u32;
            let (offsets, items): (Vec<u32>, Vec<u32>) = ((0..=samples).collect(), (0..samples).collect());
            let rows = table.forward(graph, &offsets, &items);
            graph.reshape(rows, &shape[..])
        };
        let inputs: Vec<Var> = self.inputs.iter().map(read).collect();
        let output = (self.layer)(graph, &inputs);
        graph.declare_output(0, output);
        let flat = graph.reshape(output, [1, self.cotangent.len(), 1]);
        let factors = graph.input([1, self.cotangent.len(), 1], &self.cotangent);
        let products = graph.multiply(flat, factors);
        let mean = graph.mean_pool(products, &[]);
        let loss = graph.sum(&[mean], self.cotangent.len() as f32);
        graph.declare_loss(0, loss);
    }
}

/// The layer that `make` makes, on these inputs of the fixture.
fn setup(fixture: &Value, inputs: &[&str], make: impl Fn(&mut LayerBuilder) -> Forward) -> (Setup, Parameters) {
    let mut builder = LayerBuilder::new(0);
    let layer = make(&mut builder);
    let table = |&name: &&str| {
        let shape = shape(fixture, name);
        (builder.embedding(name, shape[0], shape[1..].iter().product(), 0.0), shape)
    };
    let tables: Vec<(Embedding, Vec<usize>)> = inputs.iter().map(table).collect();
    let mut parameters = builder.build();
    for (name, (table, _)) in inputs.iter().zip(&tables) {
        parameters.get_mut(table.table).copy_from_slice(&numbers(&fixture["inputs"][name]));
    }
    for id in parameters.ids().collect::<Vec<_>>() {
        if let Some(name) = parameters.info(id).name.strip_prefix("layer.").map(str::to_owned) {
            parameters.get_mut(id).copy_from_slice(&numbers(&fixture["parameters"][name]));
        }
    }
    (Setup { inputs: tables, layer, cotangent: numbers(&fixture["cotangents"]["y"]) }, parameters)
}

fn equals_pytorch(fixture: &Value, inputs: &[&str], make: impl Fn(&mut LayerBuilder) -> Forward) {
    let (setup, parameters) = setup(fixture, inputs, make);
    let mut engine = Engine::new(Settings { threads: 1, lanes: 1, ..Settings::default() }).unwrap();
    engine.weighted(&parameters, &setup, &[1.0]);
    let tape = engine.last_tape().unwrap();
    let (_, output) = tape.outputs().next().unwrap();
    assert_close(tape.value(output), &fixture["outputs"]["y"], "output");
    for info in parameters.infos() {
        let gradient = &engine.gradient()[info.range.clone()];
        let name = info.name.strip_prefix("layer.").or(info.name.strip_suffix(".table")).unwrap();
        assert_close(gradient, &fixture["gradients"][name], &info.name);
    }
}

#[test]
fn a_transformers_block_equals_pytorch() {
    let fixture = fixture("transformer_block");
    let (width, heads) = (shape(&fixture, "x")[2], size(&fixture["attributes"]["heads"]));
    let hidden = size(&fixture["parameters"]["expand.bias"]["shape"][0]);
    equals_pytorch(&fixture, &["x"], |builder| {
        let (block, keep) = (builder.transformer_block("layer", width, heads, hidden), mask(&fixture["constants"]["keep"]));
        Box::new(move |graph, inputs| block.forward(graph, inputs[0], &keep))
    });
}

#[test]
fn a_memory_from_both_ends_equals_pytorch() {
    let fixture = fixture("bidirectional_lstm");
    let (width, hidden) = (shape(&fixture, "x")[2], size(&fixture["attributes"]["hidden"]));
    let lengths: Vec<u32> = numbers(&fixture["constants"]["lengths"]).iter().map(|&length| length as u32).collect();
    equals_pytorch(&fixture, &["x"], |builder| {
        let (memory, lengths) = (builder.bi_lstm("layer", width, hidden), lengths.clone());
        Box::new(move |graph, inputs| memory.forward(graph, inputs[0], &lengths))
    });
}

#[test]
fn attention_to_another_sequence_equals_pytorch() {
    let fixture = fixture("multihead_attention");
    let [width, context_width] = ["x", "context"].map(|input| shape(&fixture, input)[2]);
    let heads = size(&fixture["attributes"]["heads"]);
    equals_pytorch(&fixture, &["x", "context"], |builder| {
        let (attention, keep) = (builder.cross_attention("layer", width, context_width, heads), mask(&fixture["constants"]["keep"]));
        Box::new(move |graph, inputs| attention.forward(graph, inputs[0], inputs[1], &[], &keep))
    });
}

#[test]
fn convolutions_with_strides_gaps_and_groups_equal_pytorch() {
    for name in ["conv2d_3x3_stride2_pad1", "conv2d_depthwise", "conv2d_dilated", "conv2d_dilated_grouped"] {
        let fixture = fixture(name);
        let attributes = &fixture["attributes"];
        let window = Window::new(pair(&attributes["stride"]), pair(&attributes["padding"]));
        let convolution = Convolution { window, dilation: pair(&attributes["dilation"]), groups: size(&attributes["groups"]) };
        let (kernel, outputs) = (&fixture["parameters"]["weight"]["shape"], size(&fixture["parameters"]["bias"]["shape"][0]));
        equals_pytorch(&fixture, &["x"], |builder| {
            let inputs = shape(&fixture, "x")[3];
            let layer = builder.conv2d_with("layer", pair(kernel), inputs, outputs, convolution, Activation::Relu);
            Box::new(move |graph, inputs| layer.forward(graph, inputs[0]))
        });
    }
}

#[test]
fn a_norm_of_groups_equals_pytorch() {
    let fixture = fixture("group_norm");
    let (channels, groups) = (shape(&fixture, "x")[3], size(&fixture["attributes"]["groups"]));
    equals_pytorch(&fixture, &["x"], |builder| {
        let norm = builder.group_norm("layer", channels, groups);
        Box::new(move |graph, inputs| norm.forward(graph, inputs[0]))
    });
}

#[test]
fn a_filter_of_a_group_begins_as_large_as_its_few_inputs_ask() {
    let mut builder = LayerBuilder::new(3);
    let convolution = Convolution::from(Window::same(3, 3)).grouped(16);
    let layer = builder.conv2d_with("depthwise", (3, 3), 16, 32, convolution, Activation::Relu);
    let parameters = builder.build();
    assert_eq!(parameters.info(layer.weight).shape.axes(), [3, 3, 1, 32]);
    let largest = parameters.get(layer.weight).iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
    let bound = (6.0f32 / 9.0).sqrt();
    assert!(largest <= bound && largest > 0.95 * bound, "{largest}");
}

#[test]
fn a_memory_begins_small_and_forgets_little() {
    let mut builder = LayerBuilder::new(7);
    let memory = builder.lstm("memory", 3, 16, Direction::Backward);
    let parameters = builder.build();
    for id in [memory.project.weight, memory.weight] {
        let largest = parameters.get(id).iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
        assert!((0.2..=0.25).contains(&largest), "{}: {largest}", parameters.info(id).name);
    }
    let bias = parameters.get(memory.project.bias.unwrap());
    assert!(bias.iter().enumerate().all(|(at, &bias)| bias == if at / 16 == 1 { 1.0 } else { 0.0 }));
    let names: Vec<&str> = parameters.infos().iter().map(|info| info.name.as_str()).collect();
    assert_eq!(names, ["memory.project.weight", "memory.project.bias", "memory.weight"]);
}

#[test]
fn a_field_that_has_learned_nothing_scores_tags_alone() {
    let mut builder = LayerBuilder::new(0);
    let field = builder.crf("field", 3);
    let parameters = builder.build();
    let emissions = [0.0, 1.0, 0.5, 2.0, 0.0, 0.0];
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([1, 2, 3], &emissions);
    let [single, path] = [[1, u32::MAX], [1, 0]].map(|targets| field.loss(&mut graph, x, &[], &targets, &[2], &[1.0]));
    let rows = graph.input([2, 3], &emissions);
    let apart = graph.cross_entropy(rows, &[1, 0], &[1.0; 2], 0.0);
    let first = graph.cross_entropy(rows, &[1, 0], &[1.0, 0.0], 0.0);
    for (found, expected) in [(single, first), (path, apart)] {
        assert!((graph.value(found)[0] - graph.value(expected)[0]).abs() < 1e-6);
    }
    let (mut viterbi, mut best) = (Viterbi::new(), Vec::new());
    assert_eq!(field.best_path(&parameters, &mut viterbi, &emissions, &[], &mut best), 3.0);
    assert_eq!(best, [1, 0]);
}

#[test]
#[should_panic(expected = "a width of 6 in 4 heads")]
fn heads_that_do_not_divide_the_width_are_refused() {
    LayerBuilder::new(0).self_attention("attention", 6, 4);
}

#[test]
#[should_panic(expected = "4 to 6 channels in 4 groups")]
fn groups_that_do_not_divide_the_channels_are_refused() {
    let convolution = Convolution::from(Window::same(3, 3)).grouped(4);
    LayerBuilder::new(0).conv2d_with("convolution", (3, 3), 4, 6, convolution, Activation::None);
}
