//! The encoder against PyTorch's (`tests/fixtures/bert.py` makes what is compared with).

use super::*;
use crate::encoders::METHODS;
use crate::encoders::alone::{NoSharing, exact_engine};
use banyan_data::batch::Batch;
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::inputs::{InputConfig, InputDetails, TokensSettings};
use banyan_data::schema::Schema;
use banyan_data::table::{ReadOptions, Table};
use banyan_engine::random::Stream;
use banyan_engine::{Context, Parameters, Program, Residual};
use safetensors::SafeTensors;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A sentence with what PyTorch makes of it.
#[derive(Deserialize)]
struct Expected {
    words: Vec<String>,
    pieces: Vec<Vec<u32>>,
    mean: Vec<Vec<f32>>,
    first: Vec<Vec<f32>>,
}

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bert")
}

fn expected(folder: &Path) -> Vec<Expected> {
    serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap()
}

/// The schema of an input of sentences that the folder's encoder reads, and the sentences as its batch.
fn read(folder: &Path, sentences: &[Vec<String>]) -> Result<(PretrainedSchema, Batch), banyan_data::Error> {
    let table = tempfile::Builder::new().suffix(".jsonl").tempfile().unwrap();
    let lines = sentences.iter().map(|words| format!("{{\"words\": {}}}\n", serde_json::to_string(words).unwrap()));
    std::fs::write(table.path(), lines.collect::<String>()).unwrap();
    let table = Table::read(table.path(), &ReadOptions::default())?;
    let rows: Vec<usize> = (0..table.rows()).collect();
    let config: InputConfig = TokensSettings { pretrained: Some(folder.display().to_string()), ..TokensSettings::default() }.into();
    let schema = Schema::fit(&table, &rows, &[("words".to_owned(), config)], &[], OnBadRow::Error)?;
    let (data, _) = Dataset::encode(&table, &rows, &schema, EncodeOptions::default())?;
    let InputDetails::Tokens(tokens) = &schema.inputs[0].details else { panic!("{schema:?}") };
    Ok((tokens.pretrained.clone().unwrap(), data.batch(&rows)?))
}

/// The encoder's choice in a configuration, with its way of pooling.
fn pooled_by(pooling: &str) -> Choice {
    Choice::named("bert").with(POOLING.name, pooling)
}

fn build(folder: &Path, schema: &PretrainedSchema, choice: &Choice) -> (BertEncoder, Result<Parameters, ModelError>) {
    let mut builder = LayerBuilder::new(1);
    let (_, settings) = METHODS.check(choice, 1).unwrap();
    let encoder = builder.within("encoders.words", |b| BertEncoder::new(b, (schema, Sizes::of(schema).unwrap()), &settings, (8, 0.0)));
    let mut parameters = builder.build();
    let loaded = encoder.load_pretrained(&mut parameters, "encoders.words", folder);
    (encoder, loaded.map(|()| parameters))
}

/// For each sentence the vectors of its words.
fn vectors(folder: &Path, sentences: &[Vec<String>], choice: &Choice) -> Vec<Vec<Vec<f32>>> {
    let (schema, batch) = read(folder, sentences).unwrap();
    let (encoder, parameters) = build(folder, &schema, choice);
    let program = Inner { encoder: &encoder, batch: &batch, sequence: Mutex::default() };
    exact_engine().losses(&parameters.unwrap(), &program, 2);
    let sequence = program.sequence.into_inner().unwrap();
    let rows = sequence.chunks(sequence.len() / sentences.len());
    rows.zip(sentences).map(|(row, words)| row.chunks(encoder.sizes.width).take(words.len()).map(<[f32]>::to_vec).collect()).collect()
}

/// The largest difference between numbers of two sentences.
fn difference(left: &[Vec<f32>], right: &[Vec<f32>]) -> f32 {
    assert_eq!(left.len(), right.len());
    left.iter().flatten().zip(right.iter().flatten()).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max)
}

/// How far the encoder is from PyTorch's, over all sentences in one chunk and both ways of pooling.
fn compare(folder: &Path) -> f32 {
    let expected = expected(folder);
    let sentences: Vec<Vec<String>> = expected.iter().map(|sentence| sentence.words.clone()).collect();
    let (schema, _) = read(folder, &sentences).unwrap();
    for sentence in &expected {
        for (word, pieces) in sentence.words.iter().zip(&sentence.pieces) {
            assert_eq!(schema.pieces.encode(word), *pieces, "{word}");
        }
    }
    let mut largest = 0.0f32;
    for (pooling, is_frozen) in [("mean", false), ("first", true)] {
        let choice = pooled_by(pooling).with(FROZEN.name, is_frozen);
        for (found, expected) in vectors(folder, &sentences, &choice).iter().zip(&expected) {
            let expected = if pooling == "mean" { &expected.mean } else { &expected.first };
            largest = largest.max(difference(found, expected));
        }
    }
    largest
}

#[test]
fn words_have_the_vectors_that_pytorch_gives_them() {
    let largest = compare(&fixture());
    assert!(largest < 1e-5, "{largest}");
}

#[test]
#[ignore = "needs the folder of a real encoder, which BANYAN_BERT names"]
fn a_real_encoder_gives_what_pytorch_gives() {
    let folder = std::env::var("BANYAN_BERT").expect("the folder that bert.py wrote");
    let largest = compare(Path::new(&folder));
    assert!(largest < 1e-4, "{largest}");
    eprintln!("largest difference: {largest:e}");
}

#[test]
fn a_long_sentence_is_read_in_windows() {
    let all: Vec<String> = (0..40).map(|place| if place % 3 == 0 { "the" } else { "a" }.to_owned()).collect();
    let sentences = [all.clone(), all[..20].to_vec(), all[20..].to_vec(), vec!["see".to_owned()]];
    let found = vectors(&fixture(), &sentences, &pooled_by("mean"));
    let halves = [found[1].clone(), found[2].clone()].concat();
    assert_eq!(found[0].len(), 40);
    assert!(difference(&found[0], &halves) < 1e-5, "{}", difference(&found[0], &halves));
    let alone = vectors(&fixture(), &[sentences[3].clone(), sentences[3].clone()], &pooled_by("mean"));
    assert!(difference(&found[3], &alone[0]) < 1e-5, "the padding of others takes no part");
}

#[test]
fn frozen_weights_are_not_trained() {
    let words = vec![vec!["a".to_owned()]; 2];
    let (schema, _) = read(&fixture(), &words).unwrap();
    let trained = |choice: &Choice| {
        let (_, parameters) = build(&fixture(), &schema, choice);
        let parameters = parameters.unwrap();
        (parameters.trainable_len(), parameters.values().len())
    };
    let project = 16 * 8 + 8;
    let (frozen, tuned) = (trained(&pooled_by("mean").with(FROZEN.name, true)), trained(&pooled_by("mean")));
    assert_eq!((frozen.0, tuned.0, frozen.1), (project, tuned.1, tuned.1));
    let (_, parameters) = build(&fixture(), &schema, &pooled_by("mean").with(LEARNING_RATE_FACTOR.name, 0.2));
    let parameters = parameters.unwrap();
    let factors = parameters.infos().iter().map(|info| (info.name.contains("pretrained"), info.learning_rate_factor));
    assert!(factors.into_iter().all(|(is_pretrained, factor)| factor == if is_pretrained { 0.2 } else { 1.0 }));
}

/// A loss of the encoder's both views.
struct Inner<'a> {
    encoder: &'a BertEncoder,
    batch: &'a Batch,
    /// The sequence view of the last pass.
    sequence: Mutex<Vec<f32>>,
}

impl Program for Inner<'_> {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &self.batch.rows
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        let views = self.encoder.forward(graph, &[&self.batch.inputs[0]], &[], &mut Blocks::new(&NoSharing));
        let sequence = views.sequence.unwrap().values;
        *self.sequence.lock().unwrap() = graph.value(sequence).to_vec();
        for (task, value) in [sequence, views.pooled].into_iter().enumerate() {
            let len = graph.shape(value).len();
            let mut stream = Stream::new(&[task as u64]);
            let flat = graph.reshape(value, [1, len, 1]);
            let factors = graph.input_with([1, len, 1], |factors| factors.iter_mut().for_each(|factor| *factor = stream.normal()));
            let products = graph.multiply(flat, factors);
            let mean = graph.mean_pool(products, &[]);
            let loss = graph.regression_loss(mean, &[1.0], &[1.0], Residual::Square);
            graph.declare_loss(task, loss);
        }
    }
}

#[test]
fn the_gradient_is_that_of_the_loss() {
    // The first sentence has two windows, and the second has words of several pieces.
    let long: Vec<String> = (0..33).map(|place| if place % 2 == 0 { "the" } else { "cats" }.to_owned()).collect();
    let (schema, batch) = read(&fixture(), &[long, ["don't", "see"].map(str::to_owned).to_vec()]).unwrap();
    for pooling in ["mean", "first"] {
        let (encoder, parameters) = build(&fixture(), &schema, &pooled_by(pooling));
        let (program, mut parameters) = (Inner { encoder: &encoder, batch: &batch, sequence: Mutex::default() }, parameters.unwrap());
        let mut engine = exact_engine();
        engine.weighted(&parameters, &program, &[1.0, 1.0]);
        let (gradient, before) = (engine.gradient().to_vec(), parameters.values().to_vec());
        let mut stream = Stream::new(&[7]);
        for _ in 0..5 {
            let direction: Vec<f32> = before.iter().map(|_| stream.normal()).collect();
            let expected: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(g * d)).sum();
            let mut loss = |step: f32| {
                parameters.values_mut().iter_mut().zip(&before).zip(&direction).for_each(|((p, b), d)| *p = b + step * d);
                engine.losses(&parameters, &program, 2).iter().sum::<f64>()
            };
            let found = (loss(1e-3) - loss(-1e-3)) / 2e-3;
            assert!((found - expected).abs() < 0.02 * (1.0 + expected.abs()), "{pooling}: {found} is not {expected}");
        }
    }
}

/// A copy of the fixture's folder.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(fixture()).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

/// The parameters of a folder's encoder.
fn loaded(folder: &Path) -> Vec<f32> {
    let (schema, _) = read(folder, &vec![vec!["a".to_owned()]; 2]).unwrap();
    build(folder, &schema, &pooled_by("mean")).1.unwrap().values().to_vec()
}

#[test]
fn weights_of_torch_save_are_the_same() {
    let folder = copy();
    std::fs::remove_file(folder.path().join("model.safetensors")).unwrap();
    std::fs::copy(fixture().with_file_name("bert-old/pytorch_model.bin"), folder.path().join("pytorch_model.bin")).unwrap();
    assert!(loaded(folder.path()) == loaded(&fixture()));
}

#[test]
fn weights_in_several_files_are_the_same() {
    let folder = copy();
    let bytes = std::fs::read(fixture().join("model.safetensors")).unwrap();
    let mut tensors = SafeTensors::deserialize(&bytes).unwrap().tensors();
    tensors.sort_by(|left, right| left.0.cmp(&right.0));
    let mut files = serde_json::Map::new();
    for (number, part) in tensors.chunks(tensors.len().div_ceil(2)).enumerate() {
        let name = format!("model-{number}.safetensors");
        files.extend(part.iter().map(|(tensor, _)| (tensor.clone(), name.clone().into())));
        std::fs::write(folder.path().join(name), safetensors::serialize(part.to_vec(), None).unwrap()).unwrap();
    }
    let index = serde_json::json!({ "weight_map": files });
    std::fs::write(folder.path().join("model.safetensors.index.json"), index.to_string()).unwrap();
    std::fs::remove_file(folder.path().join("model.safetensors")).unwrap();
    assert!(loaded(folder.path()) == loaded(&fixture()));
}

/// The problem with the fixture's folder after a change.
fn changed(change: impl Fn(&Path)) -> String {
    let folder = copy();
    change(folder.path());
    let words = vec![vec!["a".to_owned()]; 2];
    let error = match read(folder.path(), &words) {
        Ok((schema, _)) => match Sizes::of(&schema) {
            Ok(_) => build(folder.path(), &schema, &pooled_by("mean")).1.unwrap_err().to_string(),
            Err(problem) => ModelError::Unsuited { input: "words".to_owned(), problem }.to_string(),
        },
        Err(error) => error.to_string(),
    };
    error.replace(&folder.path().display().to_string(), "FOLDER")
}

/// Replaces a text in `config.json`.
fn described(from: &str, to: &str) -> String {
    changed(|folder| {
        let path = folder.join("config.json");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        std::fs::write(path, text.replace(from, to)).unwrap();
    })
}

#[test]
fn a_folder_that_does_not_fit_is_an_error() {
    let begin = "the pretrained encoder in FOLDER: ";
    let absent = changed(|folder| std::fs::remove_file(folder.join("model.safetensors")).unwrap());
    assert!(
        absent.starts_with(&format!("{begin}it has no weights: no model.safetensors, no pytorch_model.bin and no other file")),
        "{absent}"
    );
    let cut = changed(|folder| std::fs::write(folder.join("model.safetensors"), b"1234").unwrap());
    assert!(cut.starts_with(&format!("{begin}model.safetensors: ")), "{cut}");
    let pickle = changed(|folder| {
        std::fs::remove_file(folder.join("model.safetensors")).unwrap();
        std::fs::write(folder.join("pytorch_model.bin"), b"\x80\x04cos\nsystem\n.").unwrap();
    });
    assert!(pickle.starts_with(&format!("{begin}pytorch_model.bin: it is a pickle that torch.save did not write")), "{pickle}");
    assert_eq!(
        described("\"intermediate_size\": 24", "\"intermediate_size\": 32"),
        format!("{begin}model.safetensors: encoder.layer.0.intermediate.dense.weight is [24, 16], and config.json makes it [32, 16]")
    );
    assert_eq!(
        described("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1"),
        format!("{begin}model.safetensors: it has more layers than the 1 of config.json")
    );
    for (from, to, problem) in [
        ("\"gelu\"", "\"relu\"", "its hidden_act is \"relu\", and only \"gelu\" is computed"),
        ("\"model_type\": \"bert\"", "\"model_type\": \"roberta\"", "its model_type is \"roberta\", and only \"bert\" is computed"),
        ("\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "3 heads do not share a width of 16"),
        ("\"vocab_size\": 69", "\"vocab_size\": 68", "its vocabulary has 69 pieces, and config.json says 68"),
    ] {
        let message = described(from, to);
        let begin = "input \"words\": the pretrained encoder's config.json: ";
        assert_eq!(message, format!("{begin}{problem}; name the folder of an encoder of BERT's family"));
    }
}
