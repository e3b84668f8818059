//! The tokens that roles are scored for.

use crate::encoders::Layout;
use banyan_data::labels::FrameValues;
use std::ops::Range;

/// How many tokens on either side of a predicate may play its roles. No sentence of ordinary texts is longer, and the work for a text that was not cut
/// into sentences grows with its length, not with its square.
const REACH: usize = 128;

/// A token that roles are scored for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Predicate {
    pub(super) row: usize,
    pub(super) token: usize,
    /// Its place among the frames of its row's labels, if it is one of them.
    pub(super) given: Option<usize>,
    /// Whether the model itself finds that it is one.
    pub(super) found: bool,
}

impl Predicate {
    /// The tokens of its sentence that may play its roles.
    pub(super) fn reach(&self, layout: &Layout) -> Range<usize> {
        let length = layout.lengths[self.row] as usize;
        let own = window(length);
        let start = self.token.saturating_sub(REACH).min(length - own);
        start..start + own
    }
}

/// As many tokens of a sentence of this length as are in reach of any predicate.
pub(super) fn window(length: usize) -> usize {
    length.min(2 * REACH + 1)
}

/// The tokens that roles are scored for, row after row: those that the labels give, and with `logits` (`[rows, length]`) those that the model finds.
pub(super) fn find(labels: FrameValues<'_>, logits: Option<&[f32]>, layout: &Layout) -> Vec<Predicate> {
    let mut all = Vec::new();
    for (row, &length) in layout.lengths.iter().enumerate() {
        let mut given = labels.predicates.list(row).iter().enumerate().peekable();
        for token in 0..length as usize {
            let own = given.next_if(|(_, predicate)| **predicate as usize == token).map(|(frame, _)| frame);
            let found = logits.is_some_and(|logits| logits[row * layout.length + token] > 0.0);
            if own.is_some() || found {
                all.push(Predicate { row, token, given: own, found });
            }
        }
    }
    all
}
