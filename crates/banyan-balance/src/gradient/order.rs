//! The order in which a task's gradient meets the others, for methods that go through them one by one.

use crate::StepContext;
use crate::options::{OptionKind, OptionSpec};
use crate::random::Draws;

pub(super) const ORDER: OptionSpec = OptionSpec {
    name: "order",
    summary: "the order in which each gradient meets the others: new at every step, or that of the tasks",
    kind: OptionKind::Choice { default: "random", choices: &["random", "natural"] },
};

pub(super) enum Order {
    Random,
    Natural,
}

impl Order {
    pub(super) fn from_choice(choice: &str) -> Self {
        if choice == "natural" { Order::Natural } else { Order::Random }
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
