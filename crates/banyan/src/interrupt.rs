//! Ctrl-C: the first one asks the training to end with a checkpoint, the second one ends the program.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::failure::Failure;

/// The exit code of a program that was asked to end, by the convention of shells.
pub(crate) const EXIT_CODE: u8 = 130;

/// A flag that Ctrl-C, or a request to terminate, raises.
///
/// # Errors
/// Where the system lets no handler be set.
pub(crate) fn flag() -> Result<Arc<AtomicBool>, Failure> {
    let raised = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The order matters: the second signal finds the flag raised by the first.
        flag::register_conditional_shutdown(signal, EXIT_CODE.into(), raised.clone())
            .and_then(|_| flag::register(signal, raised.clone()))
            .map_err(|cause| Failure::failed(format!("could not listen for Ctrl-C: {cause}")))?;
    }
    Ok(raised)
}
