//! What a balancing method remembers, as a safetensors file: tensors of doubles, by name.

use banyan_balance::{SavedTensor, State};
use safetensors::{Dtype, SafeTensorError, SafeTensors, tensor::TensorView};

/// The file's bytes.
pub(crate) fn to_bytes(state: &State) -> Vec<u8> {
    let bytes: Vec<Vec<u8>> =
        state.tensors().iter().map(|tensor| tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect()).collect();
    let mut views = Vec::new();
    for (tensor, bytes) in state.tensors().iter().zip(&bytes) {
        let view = TensorView::new(Dtype::F64, tensor.shape.clone(), bytes).expect("a tensor has as many values as its shape says");
        views.push((tensor.name.as_str(), view));
    }
    safetensors::serialize(views, None).expect("tensors have different names")
}

/// The state in a file.
///
/// # Errors
/// Bytes that are no such file. Whether the tensors are those of a method is for the method to say.
pub(crate) fn from_bytes(bytes: &[u8]) -> Result<State, SafeTensorError> {
    let file = SafeTensors::deserialize(bytes)?;
    let read = |(name, view): (&str, TensorView<'_>)| {
        let values = view.data().chunks_exact(8).map(|word| f64::from_le_bytes(std::array::from_fn(|at| word[at]))).collect();
        SavedTensor { name: name.to_owned(), shape: view.shape().to_vec(), values }
    };
    Ok(file.iter().map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_balance::{Choice, build};

    #[test]
    fn states_survive_the_file_bit_by_bit() {
        let tensor = |name: &str, shape: &[usize], values: &[f64]| SavedTensor {
            name: name.to_owned(),
            shape: shape.to_vec(),
            values: values.to_vec(),
        };
        let awkward = [0.1, -0.0, f64::MIN_POSITIVE / 3.0, 1e300, 3.0, f64::EPSILON];
        let state: State = [tensor("method.targets", &[2, 3], &awkward), tensor("average", &[2], &[0.25, 0.75])].into_iter().collect();
        let read = from_bytes(&to_bytes(&state)).unwrap();
        for expected in state.tensors() {
            let found = read.tensors().iter().find(|tensor| tensor.name == expected.name).unwrap();
            assert_eq!(found.shape, expected.shape);
            assert!(found.values.iter().zip(&expected.values).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
        assert_eq!(from_bytes(&to_bytes(&State::default())).unwrap(), State::default());
        assert!(from_bytes(b"no such file").is_err());
    }

    #[test]
    fn methods_are_restored_from_the_file() {
        let choice = Choice::named("cr-mogm").with("method", "gradvac");
        let mut method = build(&choice, 3).unwrap();
        let state = method.state();
        build(&choice, 3).unwrap().restore(&from_bytes(&to_bytes(&state)).unwrap()).unwrap();
    }
}
