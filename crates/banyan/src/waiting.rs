//! What a person sees while a command that is no training takes more than a moment: a line on the terminal that says what it does, and for how
//! long it has. Scripts, and whoever asks for quiet, see nothing.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use banyan::train::{Event, Observer};
use indicatif::{ProgressBar, ProgressStyle};

use crate::console::{self, Console, Volume};
use crate::results;

/// What takes no longer is not worth a line.
const MOMENT: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(200);

/// A line that is there from when a command has taken a moment until this is dropped.
pub(crate) struct Waiting {
    what: Doing,
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

/// What is being done, in words. It observes the work.
#[derive(Debug, Clone, Default)]
pub(crate) struct Doing(Arc<Mutex<String>>);

impl Waiting {
    pub(crate) fn new(console: &Console) -> Self {
        let what = Doing::default();
        let is_shown = console.volume() == Volume::Normal && io::stderr().is_terminal();
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
                    line.set_message(console::line(&what.text()));
                    line.tick();
                }
                line.finish_and_clear();
            });
            (stop, thread)
        });
        Self { what, shown }
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
