//! A network with pretrained weights as the encoder of images: tuned or left as it is, and in the run with all that a prediction needs.
#![expect(clippy::unwrap_used, reason = "a training that fails fails the test")]

use banyan_train::config::Config;
use banyan_train::{LoadedRun, Silent, TrainOptions, train};
use image::{Rgb, RgbImage};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::Value;
use std::path::Path;
use std::sync::atomic::AtomicBool;

const CONFIG: &str = r#"
[data]
train = "train.csv"
valid = "valid.csv"
[inputs.image]
type = "image"
size = [32, 32]
encoder = "convnext-atto"
pretrained = "weights/model.safetensors"
[tasks.color]
type = "classification"
[model]
width = 16
[training]
epochs = 1
batch_size = 8
"#;

/// Images of two colors, a table of them, and weights as the model crate's fixture says their names and shapes.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (table, rows) in [("train.csv", 0..24_u8), ("valid.csv", 24..32)] {
        let mut text = "image,color\n".to_owned();
        for row in rows {
            let (color, name) = if row % 2 == 0 { ([200, 40, row], "red") } else { ([30, row, 210], "blue") };
            RgbImage::from_pixel(36, 40, Rgb(color)).save(folder.path().join(format!("{row}.png"))).unwrap();
            text += &format!("{row}.png,{name}\n");
        }
        std::fs::write(folder.path().join(table), text).unwrap();
    }
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../banyan-model/tests/fixtures/convolutions/convnext-atto-timm.json");
    let fixture: Value = serde_json::from_str(&std::fs::read_to_string(fixture).unwrap()).unwrap();
    let mut tensors = Vec::new();
    for tensor in fixture["tensors"].as_array().unwrap() {
        let shape: Vec<usize> = tensor[1].as_array().unwrap().iter().map(|length| length.as_u64().unwrap() as usize).collect();
        let count: usize = shape.iter().product();
        let value = |place: usize| ((place * 37 % 101) as f32 / 101.0 - 0.5) * 0.1;
        let bytes: Vec<u8> = (0..count).flat_map(|place| value(place).to_le_bytes()).collect();
        tensors.push((tensor[0].as_str().unwrap(), shape, bytes));
    }
    let views = tensors.iter().map(|(name, shape, bytes)| (name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    std::fs::create_dir(folder.path().join("weights")).unwrap();
    std::fs::write(folder.path().join("weights/model.safetensors"), safetensors::serialize(views, None).unwrap()).unwrap();
    folder
}

fn run(folder: &Path, name: &str, changes: &[&str]) -> Result<(), String> {
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    let config = Config::parse("config.toml", CONFIG, &changes).map_err(|error| error.to_string())?;
    let options = TrainOptions { out: folder.join(name), ..TrainOptions::default() };
    train(&config, folder, &options, &mut Silent, &AtomicBool::new(false)).map(|_| ()).map_err(|error| error.to_string())
}

fn tensor(path: &Path, name: &str) -> Vec<u8> {
    SafeTensors::deserialize(&std::fs::read(path).unwrap()).unwrap().tensor(name).unwrap().data().to_vec()
}

#[test]
fn weights_are_tuned_or_stay_as_they_are_and_the_run_holds_them() {
    let folder = folder();
    let original = tensor(&folder.path().join("weights/model.safetensors"), "stages.1.blocks.0.norm.weight");
    let own = "encoders.image.pretrained.stage1.block0.norm.gain";
    run(folder.path(), "tuned", &[]).unwrap();
    run(folder.path(), "frozen", &["inputs.image.frozen=true"]).unwrap();
    let of_run = |name: &str| tensor(&folder.path().join(name).join("model.safetensors"), own);
    assert_ne!(of_run("tuned"), original);
    assert_eq!(of_run("frozen"), original);

    std::fs::remove_dir_all(folder.path().join("weights")).unwrap();
    for name in ["tuned", "frozen"] {
        let mut run = LoadedRun::open(&folder.path().join(name)).unwrap();
        let (evaluation, _) = run.evaluate(None, None, None).unwrap();
        assert_eq!(evaluation.tasks["color"].rows, 8);
        run.predict(&folder.path().join("valid.csv"), None, None).unwrap();
    }
}

#[test]
fn what_does_not_go_together_is_told() {
    let folder = folder();
    let error = |changes: &[&str]| run(folder.path(), "run", changes).unwrap_err();
    for (changes, expected) in [
        (&["inputs.image.encoder=resnet18"][..], "model.safetensors: it has no conv1.weight, so it is not the file of a ResNet-18"),
        (&["inputs.image.encoder=conv"], "needs the encoder that the weights are of"),
        (&["inputs.image.channels=1"], "must be 3 with pretrained weights"),
        (&["inputs.image.frozen=true", "inputs.image.learning_rate_factor=0.1"], "has no meaning where frozen = true"),
        (&["inputs.image.pretrained=nowhere.pth"], "nowhere.pth"),
        (&["inputs.image.size=[16,40]"], "reads images of at least 32 × 32 pixels"),
    ] {
        let found = error(changes);
        assert!(found.contains(expected), "{found}\nhas not: {expected}");
    }
    std::fs::write(folder.path().join("weights/model.safetensors"), b"nothing").unwrap();
    assert!(error(&[]).contains("model.safetensors"), "{}", error(&[]));
}
