//! The options that several kinds of head have.

use banyan_method::{OptionSpec, Range};

/// Losses that are cross-entropies.
pub(super) const LABEL_SMOOTHING: OptionSpec = OptionSpec::number(
    "label_smoothing",
    "the share of a label's probability that is spread over all classes",
    0.0,
    Range::ANY.at_least(0.0).below(1.0),
);

/// Losses in which classes may have weights.
pub(super) const BALANCED: OptionSpec = OptionSpec::flag("balanced", "whether rare classes count as much as frequent ones in the loss");
