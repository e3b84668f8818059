//! How much each task's gradient counts, for methods that combine projected or aligned gradients.

use banyan_method::{OptionSpec, Range};

pub(super) const PREFERENCE: OptionSpec =
    OptionSpec::share_per_task("preference", "how much each task's gradient counts before projection", Range::between(0.0, 1e6));

/// The preference among some of the tasks: the others' part is shared out, so that the default is the mean over the
/// tasks that have labels, and a batch of one task alone is a step of full length.
pub(super) fn among(preference: &[f64], tasks: &[usize]) -> Vec<f64> {
    let all: f64 = preference.iter().sum();
    let some: f64 = tasks.iter().map(|&task| preference[task]).sum();
    let factor = if tasks.len() == preference.len() || some == 0.0 { 1.0 } else { all / some };
    tasks.iter().map(|&task| factor * preference[task]).collect()
}
