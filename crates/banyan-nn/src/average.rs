//! A running average of the weights (Polyak and Juditsky, 1992), as models that are evaluated.

/// An exponential moving average of a model's values.
#[derive(Debug, Clone, PartialEq)]
pub struct Average {
    decay: f64,
    values: Vec<f32>,
    steps: u64,
}

impl Average {
    /// An average that starts at `values`; after the first steps, in which it follows more closely, it moves by `1 - decay` a step.
    pub fn new(decay: f64, values: &[f32]) -> Self {
        Self { decay, values: values.to_vec(), steps: 0 }
    }

    /// Takes in the values after a step.
    pub fn update(&mut self, values: &[f32]) {
        self.steps += 1;
        // Young averages would else be mostly the initial values.
        let decay = self.decay.min((1.0 + self.steps as f64) / (10.0 + self.steps as f64));
        let move_by = (1.0 - decay) as f32;
        for (average, &value) in self.values.iter_mut().zip(values) {
            *average += move_by * (value - *average);
        }
    }

    /// The averaged values.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The steps taken in.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Goes on from saved values.
    pub fn restore(&mut self, values: Vec<f32>, steps: u64) {
        self.values = values;
        self.steps = steps;
    }
}
