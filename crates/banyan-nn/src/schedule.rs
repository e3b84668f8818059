//! The learning rate over the steps of a training.

use banyan_method::{Described, Method, Registry};
use std::f64::consts::PI;

/// The shape of a schedule after its warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScheduleKind {
    /// Always the base rate.
    Constant,
    /// In a straight line to zero.
    Linear,
    /// Along half a cosine to zero (Loshchilov and Hutter, 2017).
    #[default]
    Cosine,
}

/// A schedule by name.
#[derive(Debug, Clone, Copy)]
pub struct ScheduleMethod {
    /// Name, summary and paper.
    pub method: Method,
    /// The shape that it stands for.
    pub kind: ScheduleKind,
}

impl Described for ScheduleMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// All schedules. To add one: its [`ScheduleKind`] and an entry here.
pub static SCHEDULES: Registry<ScheduleMethod> = Registry::new(
    "schedules",
    "schedule",
    "Change the learning rate over a training, after its warmup.",
    &[
        ScheduleMethod {
            method: Method::new("cosine", "falls to 0 along half a cosine").paper("Loshchilov & Hutter, ICLR 2017"),
            kind: ScheduleKind::Cosine,
        },
        ScheduleMethod { method: Method::new("linear", "falls to 0 in a straight line"), kind: ScheduleKind::Linear },
        ScheduleMethod { method: Method::new("constant", "stays as it is"), kind: ScheduleKind::Constant },
    ],
);

/// A learning rate for each step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// The shape after the warm-up.
    pub kind: ScheduleKind,
    /// The highest rate.
    pub base: f64,
    /// Steps over which the rate rises in a straight line (Goyal et al., 2017).
    pub warm_up_steps: u64,
    /// Steps in all; after them the rate stays at its last value.
    pub total_steps: u64,
}

impl Schedule {
    /// The rate of step `step`, counted from 0.
    pub fn rate(&self, step: u64) -> f64 {
        if step < self.warm_up_steps {
            return self.base * (step + 1) as f64 / self.warm_up_steps as f64;
        }
        let rest = self.total_steps.saturating_sub(self.warm_up_steps).max(1);
        let done = ((step - self.warm_up_steps) as f64 / rest as f64).min(1.0);
        match self.kind {
            ScheduleKind::Constant => self.base,
            ScheduleKind::Linear => self.base * (1.0 - done),
            ScheduleKind::Cosine => self.base * 0.5 * (1.0 + (PI * done).cos()),
        }
    }
}
