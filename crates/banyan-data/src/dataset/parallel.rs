//! One call for each item.

use rayon::prelude::*;

/// Calls `f` for every item, in parallel; a single one on the calling thread, since handing it to another takes longer than most
/// single rows do.
pub(crate) fn each<'a, T: Sync, R: Send>(items: &'a [T], f: impl Fn(&'a T) -> R + Sync + Send) -> Vec<R> {
    if items.len() < 2 { items.iter().map(f).collect() } else { items.par_iter().map(f).collect() }
}
