//! The weights of a pretrained encoder, as the Hugging Face hub gives them.

use super::sizes::Sizes;
use crate::error::ModelError;
use banyan_checkpoint::{Checkpoint, CheckpointError};
use banyan_engine::Parameters;
use std::path::Path;

/// Reads the weights of a pretrained encoder into the parameters whose names begin with `prefix`.
///
/// # Errors
/// If the folder has no weights, or others than its `config.json` says.
pub(super) fn load(parameters: &mut Parameters, prefix: &str, sizes: &Sizes, folder: &Path) -> Result<(), ModelError> {
    let wrong = |problem: String| ModelError::Pretrained { folder: folder.display().to_string(), problem };
    let tensors = Tensors::open(folder).map_err(wrong)?;
    let mut read = Vec::new();
    let mut fill = |name: String, values: Vec<f32>| {
        let full = format!("{prefix}.{name}");
        let id = parameters.ids().find(|&id| parameters.info(id).name == full);
        if let Some(id) = id.filter(|&id| parameters.get(id).len() == values.len()) {
            parameters.get_mut(id).copy_from_slice(&values);
        }
        read.push(id.is_some());
    };
    let Sizes { width, hidden, .. } = *sizes;
    let get = |name: &str, shape: &[usize]| tensors.get(name, shape).map_err(wrong);
    for (name, source, rows) in [
        ("words", "word_embeddings", sizes.vocabulary),
        ("positions", "position_embeddings", sizes.positions),
        ("types", "token_type_embeddings", sizes.types),
    ] {
        fill(format!("{name}.table"), get(&format!("embeddings.{source}.weight"), &[rows, width])?);
    }
    let mut norms = vec![("norm".to_owned(), "embeddings.LayerNorm".to_owned())];
    for number in 0..sizes.layers {
        let (own, layer) = (format!("block{number}"), format!("encoder.layer.{number}"));
        let parts = ["query", "key", "value"].map(|part| format!("{layer}.attention.self.{part}"));
        let weights = parts.iter().map(|part| get(&format!("{part}.weight"), &[width, width])).collect::<Result<Vec<_>, _>>()?;
        let biases = parts.iter().map(|part| get(&format!("{part}.bias"), &[width])).collect::<Result<Vec<_>, _>>()?;
        fill(format!("{own}.attention.project.weight"), side_by_side(&weights, width));
        fill(format!("{own}.attention.project.bias"), biases.concat());
        for (name, source, inputs, outputs) in [
            ("attention.output", "attention.output.dense", width, width),
            ("expand", "intermediate.dense", width, hidden),
            ("contract", "output.dense", hidden, width),
        ] {
            let weight = get(&format!("{layer}.{source}.weight"), &[outputs, inputs])?;
            fill(format!("{own}.{name}.weight"), side_by_side(&[weight], inputs));
            fill(format!("{own}.{name}.bias"), get(&format!("{layer}.{source}.bias"), &[outputs])?);
        }
        norms.push((format!("{own}.attention_norm"), format!("{layer}.attention.output.LayerNorm")));
        norms.push((format!("{own}.output_norm"), format!("{layer}.output.LayerNorm")));
    }
    for (name, source) in norms {
        for (ours, theirs, old) in [("gain", "weight", "gamma"), ("bias", "bias", "beta")] {
            let (new, old) = (format!("{source}.{theirs}"), format!("{source}.{old}"));
            fill(format!("{name}.{ours}"), get(if tensors.has(&new) { &new } else { &old }, &[width])?);
        }
    }
    assert!(read.iter().all(|&is_there| is_there), "a model with a pretrained encoder has all of its parameters");
    tensors.check_layers(sizes.layers).map_err(wrong)
}

/// Weights of `[outputs, inputs]` each, as one of `[inputs, all outputs]`.
fn side_by_side(weights: &[Vec<f32>], inputs: usize) -> Vec<f32> {
    let columns = || weights.iter().flat_map(|weight| weight.chunks_exact(inputs));
    (0..inputs).flat_map(|input| columns().map(move |column| column[input])).collect()
}

/// The tensors of the encoder, by their names without the model's.
struct Tensors {
    checkpoint: Checkpoint,
    prefix: &'static str,
}

impl Tensors {
    fn open(folder: &Path) -> Result<Self, String> {
        // Of the folder itself the message tells already.
        let whole = |error: CheckpointError| {
            if error.file() == folder { error.problem().to_owned() } else { in_file(error.file(), error.problem()) }
        };
        let checkpoint = Checkpoint::open(folder).map_err(whole)?;
        let starts = |prefix: &str| checkpoint.names().any(|name| name.starts_with(&format!("{prefix}embeddings.")));
        let prefix = ["", "bert."].into_iter().find(|prefix| starts(prefix));
        let prefix = prefix.ok_or_else(|| in_file(checkpoint.file(), "there is no encoder of BERT's family in it"))?;
        Ok(Self { checkpoint, prefix })
    }

    fn has(&self, name: &str) -> bool {
        self.checkpoint.tensor(&format!("{}{name}", self.prefix)).is_some()
    }

    /// The numbers of a tensor, which must have this shape.
    fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
        let full = format!("{}{name}", self.prefix);
        let tensor = self.checkpoint.tensor(&full).ok_or_else(|| self.wrong(&format!("it has no {name}")))?;
        if tensor.shape != shape {
            return Err(self.wrong(&format!("{name} is {:?}, and config.json makes it {shape:?}", tensor.shape)));
        }
        self.checkpoint.numbers(&full).map_err(|error| in_file(error.file(), error.problem()))
    }

    /// Layers that the configuration does not know would be left out in silence.
    fn check_layers(&self, layers: usize) -> Result<(), String> {
        let next = format!("{}encoder.layer.{layers}.", self.prefix);
        if self.checkpoint.names().any(|name| name.starts_with(&next)) {
            return Err(self.wrong(&format!("it has more layers than the {layers} of config.json")));
        }
        Ok(())
    }

    fn wrong(&self, problem: &str) -> String {
        in_file(self.checkpoint.file(), problem)
    }
}

/// A problem with a file of the folder.
fn in_file(file: &Path, problem: &str) -> String {
    format!("{}: {problem}", file.file_name().unwrap_or_default().display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_lie_side_by_side_and_the_other_way_round() {
        let weights = [vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], vec![7.0, 8.0, 9.0]];
        assert_eq!(side_by_side(&weights, 3), [1.0, 4.0, 7.0, 2.0, 5.0, 8.0, 3.0, 6.0, 9.0]);
    }
}
