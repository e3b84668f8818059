//! "Did you mean …": the hint about an unknown name.

use crate::error::Mend;

/// The mend of a sentence about an unknown name: the nearest known one, or what `kind` of names there are.
pub(crate) fn mend(wrong: &str, known: &[&str], kind: &str) -> Mend {
    banyan_method::suggest(wrong, known, &format!("{kind} are")).map_or_else(Mend::default, Mend::new)
}
