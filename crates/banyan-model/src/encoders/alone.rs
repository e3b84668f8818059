//! An encoder by itself, for tests.

use crate::sharing::{Reached, Sharing};
use banyan_engine::{Engine, Graph, Precision, Settings, Var};

/// No task follows the encoder.
#[derive(Debug)]
pub(super) struct NoSharing;

impl Sharing for NoSharing {
    fn forward(&self, _: &mut Graph<'_>, _: Reached<'_>, _: &[bool]) -> Vec<Option<Var>> {
        Vec::new()
    }
}

/// An engine that computes in single precision on every processor, so that what differs is the encoder's doing.
pub(super) fn exact_engine() -> Engine {
    Engine::new(Settings { threads: 1, precision: Precision::F32, ..Settings::default() }).unwrap()
}
