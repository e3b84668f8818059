//! Reading a file that may be a pipe.
//!
//! A named pipe that nobody writes to keeps whoever opens it waiting without end and without a word. One that has a writer, as a shell gives
//! with `<(…)`, opens at once, however long its content then takes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// How long a pipe may have no writer.
const PATIENCE: Duration = Duration::from_secs(2);

/// All bytes of a file, or of a pipe that has a writer.
///
/// # Errors
/// What the system says, and a named pipe that nobody writes to.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !is_pipe(path) {
        return fs::read(path);
    }
    let (sender, opened) = channel();
    let owned = path.to_owned();
    // It may wait for as long as the program runs.
    std::thread::spawn(move || sender.send(File::open(owned)));
    match opened.recv_timeout(PATIENCE) {
        Ok(file) => {
            let mut bytes = Vec::new();
            file?.read_to_end(&mut bytes)?;
            Ok(bytes)
        }
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err(io::Error::new(io::ErrorKind::TimedOut, "it is a named pipe that nothing writes to"))
        }
    }
}

#[cfg(unix)]
fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe(_: &Path) -> bool {
    false
}
