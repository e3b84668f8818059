//! Files of `bench/export.py`: a model's sizes, weights and batch, and what PyTorch found with them.

use crate::failure::Failure;
use crate::plan::{ModelName, Plan};
use crate::program::{Batch, Inputs};
use banyan_engine::Parameters;
use clap::ValueEnum;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;
use std::path::Path;

/// The bytes of a file.
pub(crate) struct ReferenceFile {
    path: String,
    bytes: Vec<u8>,
}

/// What a file holds.
pub(crate) struct Reference<'a> {
    path: &'a str,
    tensors: SafeTensors<'a>,
    metadata: HashMap<String, String>,
}

impl ReferenceFile {
    /// # Errors
    /// A file that cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|cause| Failure::failed(format!("{name} could not be read: {cause}")))?;
        Ok(Self { path: name, bytes })
    }

    /// # Errors
    /// A file that is not safetensors.
    pub(crate) fn open(&self) -> Result<Reference<'_>, Failure> {
        let unreadable = |cause| Failure::failed(format!("{} is not a safetensors file: {cause}", self.path));
        let tensors = SafeTensors::deserialize(&self.bytes).map_err(unreadable)?;
        let (_, header) = SafeTensors::read_metadata(&self.bytes).map_err(unreadable)?;
        let metadata = header.metadata().clone().unwrap_or_default();
        Ok(Reference { path: &self.path, tensors, metadata })
    }
}

impl Reference<'_> {
    fn refuse(&self, what: impl std::fmt::Display) -> Failure {
        Failure::failed(format!("{}: {what}; write the file again with bench/export.py", self.path))
    }

    /// The model and its sizes.
    ///
    /// # Errors
    /// One that is not there, or makes no model.
    pub(crate) fn plan(&self) -> Result<Plan, Failure> {
        let word = |key: &str| self.metadata.get(key).ok_or_else(|| self.refuse(format!("it does not say its \"{key}\"")));
        let size = |key: &str| {
            let word = word(key)?;
            word.parse().map_err(|_| self.refuse(format!("\"{key}\" is not a whole number: \"{word}\"")))
        };
        let model = ModelName::from_str(word("model")?, false).map_err(|cause| self.refuse(format!("its model: {cause}")))?;
        let plan = Plan {
            model,
            tasks: size("tasks")?,
            batch: size("batch")?,
            inputs: size("inputs")?,
            length: size("length")?,
            width: size("width")?,
            layers: size("layers")?,
            classes: size("classes")?,
        };
        plan.check()?;
        Ok(plan)
    }

    /// The learning rate of the steps.
    ///
    /// # Errors
    /// One that is not there or is no number.
    pub(crate) fn learning_rate(&self) -> Result<f64, Failure> {
        let word = self.metadata.get("learning_rate").ok_or_else(|| self.refuse("it does not say its \"learning_rate\""))?;
        word.parse().map_err(|_| self.refuse(format!("\"learning_rate\" is not a number: \"{word}\"")))
    }

    /// Replaces all parameters by the file's.
    ///
    /// # Errors
    /// One that is not there, is of another shape, or is not the model's.
    pub(crate) fn load(&self, parameters: &mut Parameters) -> Result<(), Failure> {
        for id in parameters.ids().collect::<Vec<_>>() {
            let info = parameters.info(id).clone();
            let values = self.floats(&format!("parameters.{}", info.name), info.shape.axes())?;
            parameters.get_mut(id).copy_from_slice(&values);
        }
        let count = self.tensors.names().iter().filter(|name| name.starts_with("parameters.")).count();
        if count != parameters.infos().len() {
            return Err(self.refuse(format!("it has {count} parameters, and the model {}", parameters.infos().len())));
        }
        Ok(())
    }

    /// The inputs and labels.
    ///
    /// # Errors
    /// If they are not there, of another shape, or name entries and classes that the model has not.
    pub(crate) fn batch(&self, plan: &Plan) -> Result<Batch, Failure> {
        let shape = [plan.batch, plan.sample()];
        let inputs = match plan.model {
            ModelName::Transformer => Inputs::Tokens(self.integers("input", &shape, plan.inputs)?),
            _ => Inputs::Numbers(self.floats("input", &shape)?),
        };
        let labels = self.integers("labels", &[plan.tasks, plan.labels()], plan.classes)?;
        Ok(Batch { inputs, labels: labels.chunks(plan.labels()).map(<[u32]>::to_vec).collect() })
    }

    /// Every step's losses, one for each task.
    ///
    /// # Errors
    /// If they are not there.
    pub(crate) fn losses(&self, plan: &Plan) -> Result<Vec<Vec<f64>>, Failure> {
        let steps = self.tensors.tensor("losses").map_or(0, |tensor| tensor.shape().first().copied().unwrap_or(0));
        let values = self.doubles("losses", &[steps, plan.tasks])?;
        if steps == 0 {
            return Err(self.refuse("it has no losses"));
        }
        Ok(values.chunks(plan.tasks).map(<[f64]>::to_vec).collect())
    }

    /// The inner products of the tasks' gradients of the shared parameters, before the first step.
    ///
    /// # Errors
    /// If they are not there.
    pub(crate) fn gramian(&self, plan: &Plan) -> Result<Vec<f64>, Failure> {
        self.doubles("gramian", &[plan.tasks, plan.tasks])
    }

    fn tensor(&self, name: &str, kind: Dtype, shape: &[usize]) -> Result<TensorView<'_>, Failure> {
        let tensor = self.tensors.tensor(name).map_err(|_| self.refuse(format!("it has no \"{name}\"")))?;
        if tensor.dtype() != kind || tensor.shape() != shape {
            let found = (tensor.dtype(), tensor.shape());
            return Err(self.refuse(format!("\"{name}\" is {found:?}, and should be {:?}", (kind, shape))));
        }
        Ok(tensor)
    }

    fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Failure> {
        let tensor = self.tensor(name, Dtype::F32, shape)?;
        Ok(tensor.data().chunks_exact(4).map(|word| f32::from_le_bytes(std::array::from_fn(|at| word[at]))).collect())
    }

    fn doubles(&self, name: &str, shape: &[usize]) -> Result<Vec<f64>, Failure> {
        let tensor = self.tensor(name, Dtype::F64, shape)?;
        Ok(tensor.data().chunks_exact(8).map(|word| f64::from_le_bytes(std::array::from_fn(|at| word[at]))).collect())
    }

    fn integers(&self, name: &str, shape: &[usize], bound: usize) -> Result<Vec<u32>, Failure> {
        let tensor = self.tensor(name, Dtype::I64, shape)?;
        let numbers = tensor.data().chunks_exact(8).map(|word| i64::from_le_bytes(std::array::from_fn(|at| word[at])));
        let within = |number: i64| u32::try_from(number).ok().filter(|&number| (number as usize) < bound);
        numbers.map(|number| within(number).ok_or_else(|| self.refuse(format!("\"{name}\" holds {number}, not below {bound}")))).collect()
    }
}
