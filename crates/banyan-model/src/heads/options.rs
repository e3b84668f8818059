//! The options of several kinds of task, as keys of `[tasks.NAME]`.

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
    OptionSpec::optional(
        "metric",
        "the metric of which the task's part of the score is made",
        OptionKind::Text,
        "the first one of its kind",
    ),
];

/// Tasks of classes.
pub(super) const CLASSES: OptionSpec =
    OptionSpec::optional("classes", "the classes in their order", OptionKind::Texts, "found in the training table");

/// Losses that are cross-entropies.
pub(super) const LABEL_SMOOTHING: OptionSpec = OptionSpec::number(
    "label_smoothing",
    "the share of a label's probability that is spread over all classes",
    0.0,
    Range::ANY.at_least(0.0).below(1.0),
);

/// Losses in which classes may have weights.
pub(super) const BALANCED: OptionSpec = OptionSpec::flag("balanced", "whether rare classes count as much as frequent ones in the loss");

/// Tasks on words.
pub(super) const ON: OptionSpec =
    OptionSpec::optional("on", "the input, of the type tokens, whose words are labelled", OptionKind::Text, "none: it must be set");
