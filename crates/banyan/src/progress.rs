//! What a person sees while a training runs: a bar with the losses on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use banyan::train::config::Config;
use banyan::train::evaluation::{Evaluation, primary};
use banyan::train::{Event, Observer};
use indexmap::IndexMap;
use indicatif::{ProgressBar, ProgressStyle};

use crate::console::{self, Console, Volume};
use crate::duration::clock;
use crate::results;
use crate::waiting::Waiting;

/// Where there is no bar, a line comes at most this often between evaluations.
const LINE_EVERY: Duration = Duration::from_secs(10);
/// Tasks named in one line; more would not fit it.
const SHOWN_TASKS: usize = 6;

/// The observer that suits the terminal, or its absence.
pub(crate) fn observer(console: &Console, config: &Config) -> Box<dyn Observer> {
    match console.volume() {
        Volume::Quiet => Box::new(Notes),
        Volume::Normal if io::stderr().is_terminal() => {
            let mut progress = Progress::new(config, Display::Bar(None));
            progress.waiting = Some(Waiting::new(console));
            Box::new(progress)
        }
        Volume::Normal => Box::new(Progress::new(config, Display::Lines { last: Instant::now() })),
    }
}

/// Shows notes alone: what changes the result is shown at any volume.
struct Notes;

impl Observer for Notes {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Note { text } = event {
            console::message(&format!("note: {text}"));
        }
    }
}

enum Display {
    /// A bar, once the number of steps is known.
    Bar(Option<ProgressBar>),
    /// Lines, and when the last one was written.
    Lines { last: Instant },
}

struct Progress {
    display: Display,
    /// The line of what comes before the first step, on a terminal.
    waiting: Option<Waiting>,
    /// The metric that is shown of each task.
    metrics: IndexMap<String, String>,
    epochs: usize,
    steps: u64,
    losses: String,
}

impl Progress {
    fn new(config: &Config, display: Display) -> Self {
        let metric = |task: &banyan::train::config::TaskConfig| task.metric.clone().unwrap_or_else(|| primary(task.kind()).0.to_owned());
        let metrics = config.tasks.iter().map(|(name, task)| (name.clone(), metric(task))).collect();
        Self { display, waiting: None, metrics, epochs: 0, steps: 0, losses: String::new() }
    }

    /// Writes a line, above the bar where there is one.
    fn line(&mut self, text: &str) {
        match &mut self.display {
            Display::Bar(Some(bar)) => bar.println(console::line(text)),
            Display::Bar(None) => {
                // Two that draw on one line would spoil it.
                let restart = self.waiting.take().map(Waiting::stop);
                console::message(text);
                self.waiting = restart.map(Waiting::of_volume);
            }
            Display::Lines { last } => {
                *last = Instant::now();
                console::message(text);
            }
        }
    }

    fn started(&mut self, parameters: usize, rows: &IndexMap<String, usize>, done: u64) {
        let rows: Vec<String> = rows.iter().map(|(split, rows)| format!("{} {split}", results::count(*rows))).collect();
        self.waiting = None;
        self.line(&format!("{} parameters; rows: {}", results::count(parameters), rows.join(", ")));
        if done > 0 {
            self.line(&format!("resumed after step {done} of {}", self.steps));
        }
        if let Display::Bar(slot) = &mut self.display {
            let bar = ProgressBar::new(self.steps);
            let template = "{bar:16} {percent:>3}%  {wide_msg}";
            // A template that does not parse leaves the standard one, which serves as well.
            bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_position(done);
            *slot = Some(bar);
        }
    }

    fn step(&mut self, step: u64, epoch: usize, losses: &[(String, f64)], seconds_left: f64) {
        self.losses = describe_losses(losses);
        // What a narrow terminal cuts off is at the end.
        let message = format!("{} left  epoch {epoch}/{}  loss: {}", clock(seconds_left), self.epochs, self.losses);
        match &mut self.display {
            Display::Bar(Some(bar)) => {
                bar.set_position(step);
                bar.set_message(console::line(&message));
            }
            Display::Lines { last } if last.elapsed() >= LINE_EVERY => {
                self.line(&format!("step {step} of {}, {message}", self.steps));
            }
            _ => {}
        }
    }

    fn evaluated(&mut self, epoch: usize, split: &str, evaluation: &Evaluation, score: Option<f64>, best: bool) {
        let metrics = evaluation.tasks.iter().take(SHOWN_TASKS).filter_map(|(task, metrics)| {
            let metric = self.metrics.get(task)?;
            Some(format!("{task} {metric} {}", results::value(metrics.get(metric))))
        });
        let metrics = with_rest(metrics.collect(), evaluation.tasks.len());
        let losses = if self.losses.is_empty() { String::new() } else { format!("loss: {}  ", self.losses) };
        let mark = if best { "  best so far" } else { "" };
        self.line(&format!("epoch {epoch:>3}  {losses}{split}: {metrics}  score {}{mark}", results::value(score)));
    }
}

impl Observer for Progress {
    fn event(&mut self, event: &Event<'_>) {
        match *event {
            Event::Preparing { what } => {
                self.line(what);
                if let Some(waiting) = &mut self.waiting {
                    waiting.event(event);
                }
            }
            Event::Note { text } => self.line(&format!("note: {text}")),
            Event::Started { parameters, rows, epochs, steps_per_epoch, done_steps } => {
                (self.epochs, self.steps) = (epochs, (epochs * steps_per_epoch) as u64);
                self.started(parameters, rows, done_steps);
            }
            Event::Step { step, epoch, losses, seconds_left, .. } => self.step(step, epoch, losses, seconds_left),
            Event::Evaluated { epoch, split, evaluation, score, best } => self.evaluated(epoch, split, evaluation, score, best),
            Event::Finished { .. } => {
                if let Display::Bar(Some(bar)) = &self.display {
                    bar.finish_and_clear();
                }
            }
            // Events of later versions of the library that this display does not know.
            _ => {}
        }
    }
}

impl Drop for Progress {
    /// A training that fails leaves no half bar above its error.
    fn drop(&mut self) {
        if let Display::Bar(Some(bar)) = &self.display {
            bar.finish_and_clear();
        }
    }
}

fn describe_losses(losses: &[(String, f64)]) -> String {
    let shown = losses.iter().take(SHOWN_TASKS).map(|(task, loss)| format!("{task} {loss:.3}"));
    with_rest(shown.collect(), losses.len())
}

fn with_rest(mut shown: Vec<String>, all: usize) -> String {
    if all > SHOWN_TASKS {
        shown.push(format!("and {} more", all - SHOWN_TASKS));
    }
    shown.join(", ")
}
