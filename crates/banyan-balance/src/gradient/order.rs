//! The order in which a task's gradient meets the others, for methods that go through them one by one.

use crate::StepContext;
use crate::random::Draws;
use banyan_method::OptionSpec;

pub(super) const ORDER: OptionSpec = OptionSpec::word(
    "order",
    "the order in which each gradient meets the others: new at every step, or that of the tasks",
    &["random", "natural"],
);

pub(super) enum Order {
    Random,
    Natural,
}

impl Order {
    pub(super) fn from_word(word: &str) -> Self {
        if word == "natural" { Order::Natural } else { Order::Random }
    }

    /// The rows other than `row`. A random order depends on the seed, the step and the row's task alone.
    pub(super) fn others(&self, method: &str, step: &StepContext<'_>, tasks: &[usize], row: usize) -> Vec<usize> {
        let mut others: Vec<usize> = (0..tasks.len()).filter(|&other| other != row).collect();
        if matches!(self, Order::Random) {
            Draws::new(method, step.seed, step.step).shuffle(tasks[row], &mut others);
        }
        others
    }
}
