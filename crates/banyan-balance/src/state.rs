//! What a method remembers, as named tensors.

use crate::Error;

/// One part of a method's memory, to be read or written.
#[derive(Debug)]
pub struct Tensor<'a> {
    /// The name, unique within the method.
    pub name: String,
    /// The sizes of its axes.
    pub shape: Vec<usize>,
    /// The values, row-major.
    pub values: &'a mut [f64],
}

impl<'a> Tensor<'a> {
    /// One number for each task.
    #[must_use]
    pub fn per_task(name: &str, values: &'a mut [f64]) -> Self {
        Self { name: name.to_owned(), shape: vec![values.len()], values }
    }

    /// The same as a part of something around it: `NAME.` before its own name.
    #[must_use]
    pub fn within(self, name: &str) -> Self {
        Self { name: format!("{name}.{}", self.name), ..self }
    }
}

/// A copy of a method's memory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    tensors: Vec<SavedTensor>,
}

/// One tensor of a [`State`].
#[derive(Debug, Clone, PartialEq)]
pub struct SavedTensor {
    /// The name.
    pub name: String,
    /// The sizes of its axes.
    pub shape: Vec<usize>,
    /// The values, row-major.
    pub values: Vec<f64>,
}

impl State {
    /// A copy of a memory.
    pub(crate) fn of(memory: &[Tensor<'_>]) -> Self {
        let copy =
            |tensor: &Tensor<'_>| SavedTensor { name: tensor.name.clone(), shape: tensor.shape.clone(), values: tensor.values.to_vec() };
        Self { tensors: memory.iter().map(copy).collect() }
    }

    /// The tensors, for whoever writes them down.
    #[must_use]
    pub fn tensors(&self) -> &[SavedTensor] {
        &self.tensors
    }

    /// Writes the tensors to a memory with the same names and shapes.
    pub(crate) fn put_into(&self, memory: &mut [Tensor<'_>]) -> Result<(), Error> {
        let find = |tensor: &Tensor<'_>| {
            self.tensors
                .iter()
                .find(|saved| saved.name == tensor.name && saved.shape == tensor.shape && saved.values.len() == tensor.values.len())
        };
        if self.tensors.len() != memory.len() || memory.iter().any(|tensor| find(tensor).is_none()) {
            let expected = layout(memory.iter().map(|tensor| (&tensor.name, &tensor.shape)));
            return Err(Error::State { expected, found: layout(self.tensors.iter().map(|saved| (&saved.name, &saved.shape))) });
        }
        for tensor in memory {
            if let Some(saved) = find(tensor) {
                tensor.values.copy_from_slice(&saved.values);
            }
        }
        Ok(())
    }
}

impl FromIterator<SavedTensor> for State {
    fn from_iter<I: IntoIterator<Item = SavedTensor>>(tensors: I) -> Self {
        Self { tensors: tensors.into_iter().collect() }
    }
}

/// Names and shapes, as an error shows them.
fn layout<'a>(tensors: impl Iterator<Item = (&'a String, &'a Vec<usize>)>) -> String {
    let all: Vec<String> = tensors.map(|(name, shape)| format!("{name} {shape:?}")).collect();
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}
