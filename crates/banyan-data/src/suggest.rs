//! "Did you mean …": the hint about an unknown name.

use crate::error::Hint;

/// The hint of a sentence about an unknown name: the nearest known one, or what `kind` of names there are.
pub(crate) fn hint(wrong: &str, known: &[&str], kind: &str) -> Hint {
    banyan_method::suggest(wrong, known, &format!("{kind} are")).map_or_else(Hint::default, Hint::new)
}
