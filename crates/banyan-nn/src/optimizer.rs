//! Optimizers: one pass over parameters, gradients and state.

use banyan_engine::{Parameters, Work, Workers, dispatch};
use std::ops::Range;

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

impl Moments {
    /// The paper's.
    pub(crate) const DEFAULT: Self = Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
}

impl Default for Moments {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// An optimizer with its state.
#[derive(Debug, Clone)]
pub struct Optimizer {
    kind: OptimizerKind,
    weight_decay: f64,
    first: Vec<f32>,
    second: Vec<f32>,
    steps: u64,
    /// The parameters by their place, as of the last step.
    parts: Vec<Part>,
}

/// A parameter, as a step moves it.
#[derive(Debug, Clone)]
struct Part {
    range: Range<usize>,
    decay: f64,
    /// Of the step's learning rate.
    factor: f64,
}

/// Numbers that one thread moves at a time.
const BLOCK: usize = 16 * 1024;

/// A saved state that does not fit the model.
#[derive(Debug, thiserror::Error)]
#[error("the saved optimizer state has {found} numbers, the model needs {expected}: it belongs to another model or optimizer")]
pub struct StateError {
    found: usize,
    expected: usize,
}

impl Optimizer {
    /// An optimizer for `parameters`, with its state at zero.
    pub fn new(kind: OptimizerKind, weight_decay: f64, parameters: &Parameters) -> Self {
        let len = parameters.trainable_len();
        let second = if matches!(kind, OptimizerKind::Sgd { .. }) { Vec::new() } else { vec![0.0; len] };
        Self { kind, weight_decay, first: vec![0.0; len], second, steps: 0, parts: Vec::new() }
    }

    /// Moves the parameters one step. Parameters that do not decay (biases, gains, tokens) are spared the decay, and each has the share
    /// of the learning rate that its [factor](banyan_engine::ParameterInfo::learning_rate_factor) says.
    ///
    /// # Panics
    /// If the gradient is not as long as the trained parameters.
    pub fn step(&mut self, workers: &Workers, parameters: &mut Parameters, gradient: &[f32], learning_rate: f64) {
        let len = self.first.len();
        assert_eq!(gradient.len(), len, "a gradient of the model's trained parameters");
        self.steps += 1;
        let steps = i32::try_from(self.steps).unwrap_or(i32::MAX);
        self.parts.clear();
        for info in parameters.infos().iter().filter(|info| info.range.end <= len && !info.range.is_empty()) {
            let decay = if info.decays { self.weight_decay } else { 0.0 };
            self.parts.push(Part { range: info.range.clone(), decay, factor: info.learning_rate_factor });
        }
        self.parts.sort_unstable_by_key(|part| part.range.start);
        let (kind, parts) = (self.kind, &self.parts);
        // Parts of parameters, each with its learning rate and its decay, block by block.
        let each = |begin: usize, end: usize, f: &mut dyn FnMut(Range<usize>, f64, f64)| {
            let first = parts.partition_point(|part| part.range.end <= begin);
            for Part { range, decay, factor } in parts[first..].iter().take_while(|part| part.range.start < end) {
                f(range.start.max(begin) - begin..range.end.min(end) - begin, learning_rate * factor, *decay);
            }
        };
        let values = &mut parameters.values_mut()[..len];
        match kind {
            OptimizerKind::Sgd { momentum } => {
                workers.blocks(Work::numbers(5 * gradient.len()), BLOCK, [values, &mut self.first], |begin, [p, v]| {
                    each(begin, begin + p.len(), &mut |at, rate, decay| {
                        let g = &gradient[begin + at.start..begin + at.end];
                        sgd(&mut p[at.clone()], g, &mut v[at], rate as f32, momentum as f32, decay as f32);
                    });
                })
            }
            OptimizerKind::Adam(moments) | OptimizerKind::AdamW(moments) => {
                let with = |rate, decay| match kind {
                    OptimizerKind::AdamW(_) => AdamStep::new(moments, rate, steps, 0.0, decay),
                    _ => AdamStep::new(moments, rate, steps, decay, 0.0),
                };
                workers.blocks(
                    Work::numbers(7 * gradient.len()),
                    BLOCK,
                    [values, &mut self.first, &mut self.second],
                    |begin, [p, m, v]| {
                        each(begin, begin + p.len(), &mut |at, rate, decay| {
                            let g = &gradient[begin + at.start..begin + at.end];
                            adam(&mut p[at.clone()], g, &mut m[at.clone()], &mut v[at], with(rate, decay));
                        });
                    },
                );
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

dispatch! {
    fn sgd(p: &mut [f32], g: &[f32], velocity: &mut [f32], rate: f32, momentum: f32, decay: f32) {
        for ((p, &g), v) in p.iter_mut().zip(g).zip(velocity) {
            *v = momentum * *v + (g + decay * *p);
            *p -= rate * *v;
        }
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

dispatch! {
    fn adam(p: &mut [f32], g: &[f32], first: &mut [f32], second: &mut [f32], step: AdamStep) {
        for (((p, &g), m), v) in p.iter_mut().zip(g).zip(first).zip(second) {
            let g = g + step.decay * *p;
            *m += step.gain1 * (g - *m);
            *v = step.keep2 * *v + step.gain2 * g * g;
            *p = *p * step.shrink - step.rate * *m / (v.sqrt() * step.second_correction + step.epsilon);
        }
    }
}
