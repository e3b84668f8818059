//! The weights of a pretrained encoder, as the Hugging Face hub gives them.

use super::sizes::Sizes;
use crate::error::ModelError;
use banyan_engine::Parameters;
use half::{bf16, f16};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::path::Path;

const FILE: &str = "model.safetensors";

/// Reads the weights of a pretrained encoder into the parameters whose names begin with `prefix`.
///
/// # Errors
/// If the folder has no weights in the safetensors format, or others than its `config.json` says.
pub(super) fn load(parameters: &mut Parameters, prefix: &str, sizes: &Sizes, folder: &Path) -> Result<(), ModelError> {
    let wrong = |problem: String| ModelError::Pretrained { folder: folder.display().to_string(), problem };
    let bytes = std::fs::read(folder.join(FILE)).map_err(|cause| wrong(absence(folder, &cause)))?;
    let file = SafeTensors::deserialize(&bytes).map_err(|cause| wrong(format!("{FILE}: {cause}")))?;
    let tensors = Tensors::new(file).map_err(wrong)?;
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

/// Why there are no weights.
fn absence(folder: &Path, cause: &std::io::Error) -> String {
    let has = |name: &str| folder.join(name).exists();
    if has(FILE) {
        format!("{FILE}: {cause}")
    } else if has("model.safetensors.index.json") {
        "its weights are in several files, which are not read; save them as one model.safetensors".to_owned()
    } else if has("pytorch_model.bin") {
        "its weights are a pickle (pytorch_model.bin), which can run any program and is not read; get the folder with model.safetensors, or \
         save the model again with transformers, which writes that"
            .to_owned()
    } else {
        format!("it has no {FILE}")
    }
}

/// Weights of `[outputs, inputs]` each, as one of `[inputs, all outputs]`.
fn side_by_side(weights: &[Vec<f32>], inputs: usize) -> Vec<f32> {
    let columns = || weights.iter().flat_map(|weight| weight.chunks_exact(inputs));
    (0..inputs).flat_map(|input| columns().map(move |column| column[input])).collect()
}

/// The tensors of the encoder, by their names without the model's.
struct Tensors<'a> {
    file: SafeTensors<'a>,
    prefix: &'static str,
}

impl<'a> Tensors<'a> {
    fn new(file: SafeTensors<'a>) -> Result<Self, String> {
        let starts = |prefix: &str| file.names().iter().any(|name| name.starts_with(&format!("{prefix}embeddings.")));
        let prefix = ["", "bert."].into_iter().find(|prefix| starts(prefix));
        prefix.map(|prefix| Self { file, prefix }).ok_or_else(|| format!("{FILE}: there is no encoder of BERT's family in it"))
    }

    fn has(&self, name: &str) -> bool {
        self.file.tensor(&format!("{}{name}", self.prefix)).is_ok()
    }

    /// The numbers of a tensor, which must have this shape.
    fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
        let tensor = self.file.tensor(&format!("{}{name}", self.prefix)).map_err(|_| format!("{FILE}: it has no {name}"))?;
        if tensor.shape() != shape {
            return Err(format!("{FILE}: {name} is {:?}, and config.json makes it {shape:?}", tensor.shape()));
        }
        numbers(&tensor).ok_or_else(|| format!("{FILE}: {name} holds {:?} and no numbers of 16 or 32 bits", tensor.dtype()))
    }

    /// Layers that the configuration does not know would be left out in silence.
    fn check_layers(&self, layers: usize) -> Result<(), String> {
        let next = format!("{}encoder.layer.{layers}.", self.prefix);
        if self.file.names().iter().any(|name| name.starts_with(&next)) {
            return Err(format!("{FILE}: it has more layers than the {layers} of config.json"));
        }
        Ok(())
    }
}

fn numbers(tensor: &TensorView<'_>) -> Option<Vec<f32>> {
    let pairs = || tensor.data().chunks_exact(2).map(|bytes| [bytes[0], bytes[1]]);
    Some(match tensor.dtype() {
        Dtype::F32 => tensor.data().chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect(),
        Dtype::F16 => pairs().map(|bytes| f16::from_le_bytes(bytes).to_f32()).collect(),
        Dtype::BF16 => pairs().map(|bytes| bf16::from_le_bytes(bytes).to_f32()).collect(),
        _ => return None,
    })
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
