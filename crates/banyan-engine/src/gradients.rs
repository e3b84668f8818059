//! Where gradients of parameters are gathered: one row for each task (or one for their sum).

use crate::parameters::{ParameterId, Parameters, Scope};

/// Gradients of all trained parameters: `rows` of the shared ones, one of the rest.
///
/// With one row this is the plain gradient. With a row for each task, the shared part is the Jacobian;
/// a parameter of a single task needs no rows, since only that task's row reaches it.
#[derive(Debug, Default, Clone)]
pub struct Gradients {
    rows: usize,
    shared: usize,
    own: usize,
    values: Vec<f32>,
}

impl Gradients {
    /// Sets the size and zeroes everything; memory is kept.
    pub fn clear(&mut self, rows: usize, parameters: &Parameters) {
        self.rows = rows;
        self.shared = parameters.shared_len();
        self.own = parameters.trainable_len() - self.shared;
        let len = rows * self.shared + self.own;
        self.values.clear();
        self.values.resize(len, 0.0);
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Row `row` of the shared parameters.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.shared..(row + 1) * self.shared]
    }

    /// The gradient of the parameters of single tasks.
    pub fn own(&self) -> &[f32] {
        &self.values[self.rows * self.shared..]
    }

    /// The place of a parameter's gradient in a row.
    pub(crate) fn slot(&mut self, parameters: &Parameters, id: ParameterId, row: usize) -> &mut [f32] {
        let info = parameters.info(id);
        let start = match info.scope {
            Scope::Shared => row * self.shared + info.range.start,
            Scope::Task(_) => (self.rows - 1) * self.shared + info.range.start,
            Scope::State => panic!("parameter {} is state: no gradient reaches it", info.name),
        };
        &mut self.values[start..start + info.range.len()]
    }

    /// All numbers, row after row.
    pub(crate) fn values(&self) -> &[f32] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }
}
