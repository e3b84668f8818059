//! A transformer's block against PyTorch's (see the engine's fixtures): output and all gradients.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

use banyan_engine::{Context, Engine, Graph, Parameters, Program, Settings};
use banyan_nn::{Embedding, LayerBuilder, TransformerBlock};
use serde_json::Value;

fn fixture() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../banyan-engine/tests/fixtures/transformer_block.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
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

/// The block with the fixture's input as a table, so that it has a gradient too; the loss is the inner product with the cotangent.
struct Setup {
    input: Embedding,
    block: TransformerBlock,
    shape: [usize; 3],
    keep: Vec<bool>,
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
        let output = self.block.forward(graph, input, &self.keep);
        graph.declare_output(0, output);
        let flat = graph.reshape(output, [1, self.cotangent.len(), 1]);
        let factors = graph.input([1, self.cotangent.len(), 1], &self.cotangent);
        let products = graph.multiply(flat, factors);
        let mean = graph.mean_pool(products, &[]);
        let loss = graph.sum(&[mean], self.cotangent.len() as f32);
        graph.declare_loss(0, loss);
    }
}

fn setup(fixture: &Value) -> (Setup, Parameters) {
    let axis = |at: usize| fixture["inputs"]["x"]["shape"][at].as_u64().unwrap() as usize;
    let (shape, heads) = ([axis(0), axis(1), axis(2)], fixture["attributes"]["heads"].as_u64().unwrap() as usize);
    let hidden = fixture["parameters"]["expand.bias"]["shape"][0].as_u64().unwrap() as usize;
    let mut builder = LayerBuilder::new(0);
    let block = builder.transformer_block("block", shape[2], heads, hidden);
    let input = builder.embedding("x", shape[0] * shape[1], shape[2], 0.0);
    let mut parameters = builder.build();
    parameters.get_mut(input.table).copy_from_slice(&numbers(&fixture["inputs"]["x"]));
    for id in parameters.ids().collect::<Vec<_>>() {
        if let Some(name) = parameters.info(id).name.strip_prefix("block.").map(str::to_owned) {
            parameters.get_mut(id).copy_from_slice(&numbers(&fixture["parameters"][name]));
        }
    }
    let keep = numbers(&fixture["constants"]["keep"]).iter().map(|&keep| keep != 0.0).collect();
    (Setup { input, block, shape, keep, cotangent: numbers(&fixture["cotangents"]["y"]) }, parameters)
}

#[test]
fn equals_pytorch() {
    let fixture = fixture();
    let (setup, parameters) = setup(&fixture);
    let mut engine = Engine::new(Settings { threads: 1, lanes: 1, ..Settings::default() }).unwrap();
    engine.weighted(&parameters, &setup, &[1.0]);
    let tape = engine.last_tape().unwrap();
    let (_, output) = tape.outputs().next().unwrap();
    assert_close(tape.value(output), &fixture["outputs"]["y"], "output");
    for info in parameters.infos() {
        let gradient = &engine.gradient()[info.range.clone()];
        let name = info.name.strip_prefix("block.").unwrap_or("x");
        assert_close(gradient, &fixture["gradients"][name], &info.name);
    }
}

#[test]
#[should_panic(expected = "a width of 6 in 4 heads")]
fn heads_that_do_not_divide_the_width_are_refused() {
    LayerBuilder::new(0).self_attention("attention", 6, 4);
}
