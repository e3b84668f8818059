//! Weights as safetensors, by name.

use crate::error::ModelError;
use crate::fusion;
use crate::model::Model;
use banyan_engine::Parameters;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;

/// All parameters as a safetensors file. The same values give the same bytes.
///
/// # Errors
/// If the format refuses a tensor.
pub fn to_bytes(parameters: &Parameters) -> Result<Vec<u8>, ModelError> {
    let bytes: Vec<Vec<u8>> = parameters
        .infos()
        .iter()
        .map(|info| parameters.values()[info.range.clone()].iter().flat_map(|x| x.to_le_bytes()).collect())
        .collect();
    let mut views = Vec::with_capacity(bytes.len());
    for (info, bytes) in parameters.infos().iter().zip(&bytes) {
        let view =
            TensorView::new(Dtype::F32, info.shape.axes().to_vec(), bytes).map_err(|error| ModelError::Unreadable(error.to_string()))?;
        views.push((info.name.clone(), view));
    }
    let metadata = HashMap::from([("format".to_owned(), "banyan".to_owned())]);
    safetensors::serialize(views, Some(metadata)).map_err(|error| ModelError::Unreadable(error.to_string()))
}

/// Reads a safetensors file into the parameters of `model`.
///
/// Models of one modality once had a fusion's parameters, which nothing read: a model without a fusion leaves them out, and computes
/// what it computed then.
///
/// # Errors
/// If the file is damaged, or a parameter is not finite, missing, unknown, or of another shape.
pub fn from_bytes(model: &Model, parameters: &mut Parameters, bytes: &[u8]) -> Result<(), ModelError> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| ModelError::Unreadable(error.to_string()))?;
    let of_fusion = |name: &str| name.split('.').next() == Some(fusion::PARAMETERS);
    for name in file.names() {
        if !model.has_fusion() && of_fusion(name) {
            continue;
        }
        if parameters.infos().iter().all(|info| info.name != name) {
            return Err(ModelError::OtherModel(format!("the file has `{name}`, which the model does not")));
        }
    }
    for id in parameters.ids().collect::<Vec<_>>() {
        let info = parameters.info(id).clone();
        let tensor = file
            .tensor(&info.name)
            .map_err(|_| ModelError::OtherModel(format!("the model has `{}`, which the file does not", info.name)))?;
        if tensor.shape() != info.shape.axes() || tensor.dtype() != Dtype::F32 {
            return Err(ModelError::OtherModel(format!(
                "`{}` is {:?} in the file and {:?} in the model",
                info.name,
                tensor.shape(),
                info.shape
            )));
        }
        for (value, bytes) in parameters.get_mut(id).iter_mut().zip(tensor.data().chunks_exact(4)) {
            *value = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            if !value.is_finite() {
                return Err(ModelError::Unreadable(format!("`{}` holds {value}, with which nothing can be computed", info.name)));
            }
        }
    }
    Ok(())
}
