//! Settings that several kinds of task have.

use crate::metrics::Metric;
use banyan_method::{OptionKind, OptionSpec, Range};

/// What every task takes.
pub(super) const COMMON: &[OptionSpec] = &[
    OptionSpec::optional("column", "the column that holds the label", OptionKind::Text, "the task's name"),
    OptionSpec::number("weight", "how much the task counts in the loss", 1.0, Range::ANY.at_least(0.0)),
    OptionSpec::optional(
        "score_weight",
        "how much the task counts in the score that chooses the best checkpoint",
        OptionKind::Number(Range::ANY.at_least(0.0)),
        "the weight",
    ),
];

pub(super) const CLASSES: OptionSpec =
    OptionSpec::optional("classes", "the classes in their order", OptionKind::Texts, "found in the training table");

pub(super) const LABEL_SMOOTHING: OptionSpec = OptionSpec::number(
    "label_smoothing",
    "the share of a label's probability that is spread over all classes",
    0.0,
    Range::ANY.at_least(0.0).below(1.0),
);

pub(super) const BALANCED: OptionSpec = OptionSpec::flag("balanced", "whether rare classes count as much as frequent ones in the loss");

pub(super) const ON: OptionSpec =
    OptionSpec::optional("on", "the input, of the type tokens, whose words are labeled", OptionKind::Text, "none; it must be set");

/// The metric of which a task's part of the score is made, one of these.
pub(super) const fn metric(names: &'static [&'static str]) -> OptionSpec {
    let summary = "the metric of which the task's part of the score is made";
    OptionSpec::optional("metric", summary, OptionKind::Word(names), "the kind's own")
}

/// The names of a kind's metrics, and of the loss.
pub(super) const fn names<const METRICS: usize, const NAMES: usize>(metrics: &[Metric; METRICS]) -> [&'static str; NAMES] {
    assert!(NAMES == METRICS + 1);
    let mut names = ["loss"; NAMES];
    let mut place = 0;
    while place < METRICS {
        names[place] = metrics[place].name;
        place += 1;
    }
    names
}
