//! Optimisers: one pass over parameters, gradients and state.

use banyan_engine::Parameters;

/// How parameters move along a gradient.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptimizerKind {
    /// Gradient descent with momentum; weight decay is added to the gradient.
    Sgd {
        /// How much of the last step's velocity stays.
        momentum: f64,
    },
    /// Adam (Kingma and Ba, 2015); weight decay is added to the gradient.
    Adam(Moments),
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
    AdamW(Moments),
}

/// The constants of Adam.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Decay of the mean of gradients.
    pub beta1: f64,
    /// Decay of the mean of squared gradients.
    pub beta2: f64,
    /// Keeps the quotient finite.
    pub epsilon: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

/// An optimiser with its state.
#[derive(Debug, Clone)]
pub struct Optimizer {
    kind: OptimizerKind,
    weight_decay: f64,
    first: Vec<f32>,
    second: Vec<f32>,
    steps: u64,
}

/// A saved state that does not fit the model.
#[derive(Debug, thiserror::Error)]
#[error("the saved optimiser state has {found} numbers, the model needs {expected}: it belongs to another model or optimiser")]
pub struct StateError {
    found: usize,
    expected: usize,
}

impl Optimizer {
    /// An optimiser for `parameters`, with its state at zero.
    pub fn new(kind: OptimizerKind, weight_decay: f64, parameters: &Parameters) -> Self {
        let len = parameters.trainable_len();
        let second = if matches!(kind, OptimizerKind::Sgd { .. }) { Vec::new() } else { vec![0.0; len] };
        Self { kind, weight_decay, first: vec![0.0; len], second, steps: 0 }
    }

    /// Moves the parameters one step. Parameters that do not decay (biases, gains, tokens) are spared the decay.
    ///
    /// # Panics
    /// If the gradient is not as long as the trained parameters.
    pub fn step(&mut self, parameters: &mut Parameters, gradient: &[f32], learning_rate: f64) {
        assert_eq!(gradient.len(), self.first.len(), "a gradient of the model's trained parameters");
        self.steps += 1;
        let steps = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let ranges: Vec<_> = parameters
            .infos()
            .iter()
            .filter(|info| info.range.end <= gradient.len())
            .map(|info| (info.range.clone(), if info.decays { self.weight_decay } else { 0.0 }))
            .collect();
        let values = parameters.values_mut();
        for (range, decay) in ranges {
            let (p, g, m) = (&mut values[range.clone()], &gradient[range.clone()], &mut self.first[range.clone()]);
            match self.kind {
                OptimizerKind::Sgd { momentum } => sgd(p, g, m, learning_rate as f32, momentum as f32, decay as f32),
                OptimizerKind::Adam(moments) => {
                    adam(p, g, m, &mut self.second[range], AdamStep::new(moments, learning_rate, steps, decay, 0.0));
                }
                OptimizerKind::AdamW(moments) => {
                    adam(p, g, m, &mut self.second[range], AdamStep::new(moments, learning_rate, steps, 0.0, decay));
                }
            }
        }
    }

    /// The state: first moments (or velocities), second moments (empty for gradient descent), steps taken.
    pub fn state(&self) -> (&[f32], &[f32], u64) {
        (&self.first, &self.second, self.steps)
    }

    /// Goes on from a saved state.
    ///
    /// # Errors
    /// If it is of another size.
    pub fn restore(&mut self, first: Vec<f32>, second: Vec<f32>, steps: u64) -> Result<(), StateError> {
        for (found, expected) in [(first.len(), self.first.len()), (second.len(), self.second.len())] {
            if found != expected {
                return Err(StateError { found, expected });
            }
        }
        (self.first, self.second, self.steps) = (first, second, steps);
        Ok(())
    }
}

fn sgd(p: &mut [f32], g: &[f32], velocity: &mut [f32], rate: f32, momentum: f32, decay: f32) {
    for ((p, &g), v) in p.iter_mut().zip(g).zip(velocity) {
        *v = momentum * *v + (g + decay * *p);
        *p -= rate * *v;
    }
}

/// The constants of one step of Adam, bias corrections folded in.
#[derive(Clone, Copy)]
struct AdamStep {
    rate: f32,
    gain1: f32,
    keep2: f32,
    gain2: f32,
    epsilon: f32,
    second_correction: f32,
    decay: f32,
    shrink: f32,
}

impl AdamStep {
    fn new(moments: Moments, learning_rate: f64, steps: i32, decay: f64, decoupled: f64) -> Self {
        Self {
            rate: (learning_rate / (1.0 - moments.beta1.powi(steps))) as f32,
            // Taken from 1 in f64: in f32 `1 - 0.999` is off by 5e-5 of itself.
            gain1: (1.0 - moments.beta1) as f32,
            keep2: moments.beta2 as f32,
            gain2: (1.0 - moments.beta2) as f32,
            epsilon: moments.epsilon as f32,
            second_correction: (1.0 / (1.0 - moments.beta2.powi(steps)).sqrt()) as f32,
            decay: decay as f32,
            shrink: (1.0 - learning_rate * decoupled) as f32,
        }
    }
}

fn adam(p: &mut [f32], g: &[f32], first: &mut [f32], second: &mut [f32], step: AdamStep) {
    for (((p, &g), m), v) in p.iter_mut().zip(g).zip(first).zip(second) {
        let g = g + step.decay * *p;
        *m += step.gain1 * (g - *m);
        *v = step.keep2 * *v + step.gain2 * g * g;
        *p = *p * step.shrink - step.rate * *m / (v.sqrt() * step.second_correction + step.epsilon);
    }
}
