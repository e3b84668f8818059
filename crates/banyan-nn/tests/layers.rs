//! Layers against PyTorch's (see the engine's fixtures): output and all gradients.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

use banyan_engine::{Context, Direction, Engine, Graph, Parameters, Program, Settings, Tape, Var, Viterbi};
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

type Forward = Box<dyn Fn(&mut Graph<'_>, Var) -> Var + Sync>;

/// A layer with the fixture's input as a table, so that it has a gradient too; the loss is the inner product with the cotangent.
struct Setup {
    input: Embedding,
    layer: Forward,
    shape: [usize; 3],
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
        let positions = (self.shape[0] * self.shape[1]) as u32;
        let (offsets, items): (Vec<u32>, Vec<u32>) = ((0..=positions).collect(), (0..positions).collect());
        let input = self.input.forward(graph, &offsets, &items);
        let input = graph.reshape(input, self.shape);
        let output = (self.layer)(graph, input);
        graph.declare_output(0, output);
        let flat = graph.reshape(output, [1, self.cotangent.len(), 1]);
        let factors = graph.input([1, self.cotangent.len(), 1], &self.cotangent);
        let products = graph.multiply(flat, factors);
        let mean = graph.mean_pool(products, &[]);
        let loss = graph.sum(&[mean], self.cotangent.len() as f32);
        graph.declare_loss(0, loss);
    }
}

/// The layer that `make` makes for an input of the fixture's shape.
fn setup(fixture: &Value, make: impl Fn(&mut LayerBuilder, [usize; 3]) -> Forward) -> (Setup, Parameters) {
    let shape = [0, 1, 2].map(|at: usize| fixture["inputs"]["x"]["shape"][at].as_u64().unwrap() as usize);
    let mut builder = LayerBuilder::new(0);
    let layer = make(&mut builder, shape);
    let input = builder.embedding("x", shape[0] * shape[1], shape[2], 0.0);
    let mut parameters = builder.build();
    parameters.get_mut(input.table).copy_from_slice(&numbers(&fixture["inputs"]["x"]));
    for id in parameters.ids().collect::<Vec<_>>() {
        if let Some(name) = parameters.info(id).name.strip_prefix("layer.").map(str::to_owned) {
            parameters.get_mut(id).copy_from_slice(&numbers(&fixture["parameters"][name]));
        }
    }
    (Setup { input, layer, shape, cotangent: numbers(&fixture["cotangents"]["y"]) }, parameters)
}

fn equals_pytorch(fixture: &Value, make: impl Fn(&mut LayerBuilder, [usize; 3]) -> Forward) {
    let (setup, parameters) = setup(fixture, make);
    let mut engine = Engine::new(Settings { threads: 1, lanes: 1, ..Settings::default() }).unwrap();
    engine.weighted(&parameters, &setup, &[1.0]);
    let tape = engine.last_tape().unwrap();
    let (_, output) = tape.outputs().next().unwrap();
    assert_close(tape.value(output), &fixture["outputs"]["y"], "output");
    for info in parameters.infos() {
        let gradient = &engine.gradient()[info.range.clone()];
        let name = info.name.strip_prefix("layer.").unwrap_or("x");
        assert_close(gradient, &fixture["gradients"][name], &info.name);
    }
}

#[test]
fn a_transformers_block_equals_pytorch() {
    let fixture = fixture("transformer_block");
    let heads = fixture["attributes"]["heads"].as_u64().unwrap() as usize;
    let hidden = fixture["parameters"]["expand.bias"]["shape"][0].as_u64().unwrap() as usize;
    let keep: Vec<bool> = numbers(&fixture["constants"]["keep"]).iter().map(|&keep| keep != 0.0).collect();
    equals_pytorch(&fixture, |builder, [_, _, width]| {
        let (block, keep) = (builder.transformer_block("layer", width, heads, hidden), keep.clone());
        Box::new(move |graph, input| block.forward(graph, input, &keep))
    });
}

#[test]
fn a_memory_from_both_ends_equals_pytorch() {
    let fixture = fixture("bidirectional_lstm");
    let hidden = fixture["attributes"]["hidden"].as_u64().unwrap() as usize;
    let lengths: Vec<u32> = numbers(&fixture["constants"]["lengths"]).iter().map(|&length| length as u32).collect();
    equals_pytorch(&fixture, |builder, [_, _, width]| {
        let (memory, lengths) = (builder.bi_lstm("layer", width, hidden), lengths.clone());
        Box::new(move |graph, input| memory.forward(graph, input, &lengths))
    });
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
