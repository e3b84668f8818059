//! Adam for the few numbers that a weighting learns by itself.

use crate::Tensor;

const FIRST_DECAY: f64 = 0.9;
const SECOND_DECAY: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// One parameter for each task, moved by Adam (Kingma & Ba, ICLR 2015). Each counts its own steps, so that a task
/// that was absent for a while continues as if no time had passed.
#[derive(Debug, Clone)]
pub(crate) struct Adam {
    learning_rate: f64,
    pub(crate) values: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    steps: Vec<f64>,
}

impl Adam {
    pub(crate) fn new(tasks: usize, initial: f64, learning_rate: f64) -> Self {
        let zeros = vec![0.0; tasks];
        Adam { learning_rate, values: vec![initial; tasks], first: zeros.clone(), second: zeros.clone(), steps: zeros }
    }

    /// Moves one task's parameter against `gradient`.
    pub(crate) fn step(&mut self, task: usize, gradient: f64) {
        self.steps[task] += 1.0;
        self.first[task] = FIRST_DECAY * self.first[task] + (1.0 - FIRST_DECAY) * gradient;
        self.second[task] = SECOND_DECAY * self.second[task] + (1.0 - SECOND_DECAY) * gradient * gradient;
        let first = self.first[task] / (1.0 - FIRST_DECAY.powf(self.steps[task]));
        let second = self.second[task] / (1.0 - SECOND_DECAY.powf(self.steps[task]));
        self.values[task] -= self.learning_rate * first / (second.sqrt() + EPSILON);
    }

    /// The values by `name`, and what Adam keeps beside them.
    pub(crate) fn memory(&mut self, name: &str) -> Vec<Tensor<'_>> {
        vec![
            Tensor::per_task(name, &mut self.values),
            Tensor::per_task("first_moments", &mut self.first),
            Tensor::per_task("second_moments", &mut self.second),
            Tensor::per_task("steps", &mut self.steps),
        ]
    }
}
