//! `step`: how long a training step takes.

use crate::failure::Failure;
use crate::models::Model;
use crate::output::line;
use crate::parts::NAMES;
use crate::plan::{ModelName, Plan};
use crate::precision::Precision;
use crate::program::{Batch, Labeled, Workload};
use crate::session::{Mode, Session};
use std::time::{Duration, Instant};

/// Small enough that thousands of repeats on one batch leave the numbers ordinary.
const LEARNING_RATE: f64 = 1e-7;
const WARM_UP: usize = 3;
const FEWEST: usize = 5;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The model
    #[arg(long, value_enum)]
    model: ModelName,
    /// How many tasks share it
    #[arg(long, default_value_t = 3)]
    tasks: usize,
    /// What a step computes
    #[arg(long, value_enum, default_value = "plain")]
    mode: Mode,
    /// The method that weighs the tasks' gradients [default: upgrad]
    #[arg(long)]
    balance: Option<String>,
    /// What numbers matrix products multiply
    #[arg(long, value_enum, default_value = "auto")]
    precision: Precision,
    /// Threads [default: one a core]
    #[arg(long)]
    threads: Option<usize>,
    /// How long to measure
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Give each task labels on a part of the batch of its own
    #[arg(long)]
    disjoint: bool,
    /// Another width than the model's
    #[arg(long)]
    width: Option<usize>,
    /// Another number of layers
    #[arg(long)]
    layers: Option<usize>,
    /// Another number of samples
    #[arg(long)]
    batch: Option<usize>,
    /// Samples of a chunk [default: what suits the model]
    #[arg(long)]
    chunk_rows: Option<usize>,
    /// Lanes that chunks are added up in
    #[arg(long, default_value_t = 2)]
    lanes: usize,
    /// Time the parts of a step: sweeps, Gramian, weights, combination, optimizer
    #[arg(long)]
    parts: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Measures, and prints what was found.
///
/// # Errors
/// Arguments that do not fit, and steps that fail.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let plan = arguments.plan()?;
    if !(arguments.seconds >= 0.0 && arguments.seconds < 1e6) {
        return Err(Failure::usage(format!("--seconds must be a number from 0 to below 1000000, not {}", arguments.seconds)));
    }
    let threads = arguments.threads.filter(|&threads| threads > 0);
    let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let settings = arguments.precision.settings(threads, arguments.lanes)?;
    let (model, parameters) = Model::new(&plan);
    let labeled = if arguments.disjoint { Labeled::Disjoint } else { Labeled::All };
    let rows = arguments.chunk_rows.unwrap_or(plan.model.chunk_rows());
    let workload = Workload::new(plan, model, Batch::random(&plan), rows, labeled);
    let balance = arguments.balance.as_deref();
    let mut session = Session::new(parameters, plan.tasks, arguments.mode, balance, settings, LEARNING_RATE)?;

    for _ in 0..WARM_UP {
        session.step(&workload)?;
    }
    let (limit, begun) = (Duration::from_secs_f64(arguments.seconds), Instant::now());
    let (mut times, mut loss) = (Vec::new(), 0.0);
    let mut parts: [Vec<Duration>; NAMES.len()] = Default::default();
    while times.len() < FEWEST || begun.elapsed() < limit {
        let start = Instant::now();
        let losses = if arguments.parts {
            let (losses, own) = session.step_in_parts(&workload)?;
            parts.iter_mut().zip(own).for_each(|(all, one)| all.push(one));
            losses
        } else {
            session.step(&workload)?.losses
        };
        times.push(start.elapsed());
        loss = losses.iter().sum();
    }
    times.sort();
    parts.iter_mut().for_each(|times| times.sort());
    arguments.print(&plan, threads, &times, &parts, loss)
}

impl Arguments {
    fn plan(&self) -> Result<Plan, Failure> {
        let mut plan = self.model.plan(self.tasks);
        plan.width = self.width.unwrap_or(plan.width);
        plan.layers = self.layers.unwrap_or(plan.layers);
        plan.batch = self.batch.unwrap_or(plan.batch);
        plan.check()?;
        if self.disjoint && plan.batch < plan.tasks {
            return Err(Failure::usage(format!("--disjoint needs a sample for each of {} tasks, not {}", plan.tasks, plan.batch)));
        }
        if self.parts && !matches!(self.mode, Mode::Plain | Mode::Gramian) {
            return Err(Failure::usage("--parts looks into the modes plain and gramian only"));
        }
        if self.chunk_rows == Some(0) || self.lanes == 0 {
            return Err(Failure::usage("--chunk-rows and --lanes must be at least 1"));
        }
        Ok(plan)
    }

    fn print(&self, plan: &Plan, threads: usize, times: &[Duration], parts: &[Vec<Duration>], loss: f64) -> Result<(), Failure> {
        let (median, least) = (milliseconds(middle(times)), milliseconds(times[0]));
        let mode = clap::ValueEnum::to_possible_value(&self.mode).map_or_else(String::new, |value| value.get_name().to_owned());
        let engine = concat!("banyan ", env!("CARGO_PKG_VERSION"));
        if self.json {
            let mut found = serde_json::json!({
                "engine": engine,
                "model": plan.model.name(),
                "tasks": plan.tasks,
                "mode": mode,
                "precision": self.precision.used(),
                "threads": threads,
                "ms": median,
                "ms_min": least,
                "steps": times.len(),
                "loss": (loss * 1e5).round() / 1e5,
            });
            if self.parts {
                found["parts"] = NAMES.iter().zip(parts).map(|(&name, times)| (name, milliseconds(middle(times)))).collect();
            }
            return line(found);
        }
        let what = if self.disjoint { "tasks with samples of their own" } else { "tasks" };
        line(format!("{engine}: {} with {} {what}, {mode}, {}, {threads} threads", plan.model.name(), plan.tasks, self.precision.used()))?;
        line(format!("median {median} ms, least {least} ms, {} steps, sum of losses {loss:.5}", times.len()))?;
        if self.parts {
            let parts = NAMES.iter().zip(parts).map(|(name, times)| format!("{name} {}", milliseconds(middle(times))));
            line(format!("medians of the parts in ms: {}", parts.collect::<Vec<_>>().join(", ")))?;
        }
        Ok(())
    }
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e7).round() / 1e4
}

/// The median of sorted times: between the two in the middle where their number is even.
fn middle(times: &[Duration]) -> Duration {
    let half = times.len() / 2;
    if times.len().is_multiple_of(2) { (times[half - 1] + times[half]) / 2 } else { times[half] }
}
