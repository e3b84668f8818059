//! What a person sees while a command, or what comes before the first step of a training, takes more than a moment: a line on the terminal that says what it does, and for how
//! long it has. Scripts, and whoever asks for quiet, see nothing.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use banyan::data::progress::{Decoding, decoding};
use banyan::train::{Event, Observer};
use indicatif::{ProgressBar, ProgressStyle};

use crate::console::{self, Console, Volume};
use crate::results;

/// What takes no longer is not worth a line.
const MOMENT: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(200);

/// A line that is there from when a command has taken a moment until this is dropped.
pub(crate) struct Waiting {
    volume: Volume,
    what: Doing,
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

/// What is being done, in words. It observes the work.
#[derive(Debug, Clone, Default)]
pub(crate) struct Doing(Arc<Mutex<String>>);

impl Waiting {
    pub(crate) fn new(console: &Console) -> Self {
        Self::of_volume(console.volume())
    }

    /// Ends the line, so that another may be written, and says at what volume it was.
    pub(crate) fn stop(self) -> Volume {
        self.volume
    }

    pub(crate) fn of_volume(volume: Volume) -> Self {
        let what = Doing::default();
        let is_shown = volume == Volume::Normal && io::stderr().is_terminal();
        let shown = is_shown.then(|| {
            let (stop, stopped) = channel();
            let what = what.clone();
            let thread = std::thread::spawn(move || {
                if stopped.recv_timeout(MOMENT) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                let line = ProgressBar::new_spinner();
                // A template that does not parse leaves the standard one, which serves as well.
                line.set_style(
                    ProgressStyle::with_template("{spinner} {elapsed}  {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
                );
                while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    line.set_message(console::line(&shown(&what.text(), decoding())));
                    line.tick();
                }
                line.finish_and_clear();
            });
            (stop, thread)
        });
        Self { volume, what, shown }
    }

    /// What tells the line of the work.
    pub(crate) fn observer(&self) -> Doing {
        self.what.clone()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.shown.take() {
            drop(stop);
            // It draws nothing after this. That it failed to draw is no reason to fail.
            let _ = thread.join();
        }
    }
}

impl Observer for Waiting {
    fn event(&mut self, event: &Event<'_>) {
        self.what.event(event);
    }
}

/// The line: what is done, or how far the decoding is that it is made of.
fn shown(what: &str, decoding: Option<Decoding>) -> String {
    let Some(Decoding { what: files, done, of }) = decoding else { return what.to_owned() };
    format!("decoding {files} {} / {}", results::count(done), results::count(of))
}

impl Doing {
    fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Doing {
    fn event(&mut self, event: &Event<'_>) {
        let text = match event {
            Event::Preparing { what } => (*what).to_owned(),
            Event::Predicted { rows, of } => format!("{} of {} rows predicted", results::count(*rows), results::count(*of)),
            // Notes come with the results.
            _ => return,
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_decoded_are_counted() {
        assert_eq!(shown("encoding 9 rows", None), "encoding 9 rows");
        let decoding = Decoding { what: "images", done: 1200, of: 5000 };
        assert_eq!(shown("encoding 9 rows", Some(decoding)), "decoding images 1,200 / 5,000");
    }

    #[test]
    fn the_line_says_what_is_done() {
        let waiting = Waiting::new(&Console::new(Volume::Quiet));
        let mut observer = waiting.observer();
        observer.event(&Event::Preparing { what: "reading a.csv" });
        assert_eq!(waiting.what.text(), "reading a.csv");
        observer.event(&Event::Note { text: "a note" });
        observer.event(&Event::Predicted { rows: 8192, of: 20_000 });
        assert_eq!(waiting.what.text(), "8,192 of 20,000 rows predicted");
    }
}
