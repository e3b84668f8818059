//! `banyan train`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use banyan::data::path_text;
use banyan::train::config::Config;
use banyan::train::run::{RunFolder, StopReason, Summary};
use banyan::train::{Resume, TrainOptions};
use clap::Args;
use serde::Serialize;

use crate::console::Console;
use crate::failure::Failure;
use crate::{config_file, duration, interrupt, progress, results, resumed, run_name, shell};

#[derive(Debug, Args)]
#[command(after_help = "Example: banyan train digits.toml --set training.epochs=3 --time-limit 10m")]
pub(crate) struct Arguments {
    /// The configuration
    config: PathBuf,
    /// The run's folder; without it runs/CONFIG-1, runs/CONFIG-2, …
    #[arg(long, value_name = "RUN")]
    out: Option<PathBuf>,
    /// Continue a run after an interruption, bit for bit; without --out the newest of this configuration
    #[arg(long)]
    resume: bool,
    /// Override a key of the configuration, or take it out (KEY=); may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    /// End after this much time as if all epochs were done: 90s, 10m, 1h30m
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    time_limit: Option<Duration>,
    /// Print the summary as one JSON object
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Output<'a> {
    run: String,
    #[serde(flatten)]
    summary: &'a Summary,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let config = config_file::load(&arguments.config, &arguments.overrides)?;
    let folder = folder_of(&arguments.config);
    let name = run_name::of_config(&arguments.config);
    // Held to the end: it keeps other trainings from the folder.
    let (out, _claim, resume) = if arguments.resume {
        let out = match &arguments.out {
            Some(out) => out.clone(),
            None => run_name::newest(&name)?.ok_or_else(|| no_run(&arguments.config, &name))?,
        };
        resumed::expect_same(&config, folder, &RunFolder::open(&out)?)?;
        (out, None, Resume::Yes)
    } else {
        let (out, claim) = run_name::of_new(arguments.out.as_deref(), &name)?;
        (out, claim, Resume::No)
    };
    let options = TrainOptions { out, resume, time_limit: arguments.time_limit, ..TrainOptions::default() };
    let summary = train(&config, folder, &options, console)?;
    if arguments.json {
        console.result(json(&summary, &options.out)?)?;
    } else {
        show(&summary, &options.out, console)?;
    }
    if summary.stop_reason == StopReason::Interrupted {
        let (config, out) = (shell::path(&arguments.config), shell::path(&options.out));
        let set: String = arguments.overrides.iter().map(|change| format!(" --set {}", shell::word(change))).collect();
        console.note(format!("interrupted; continue with: banyan train {config}{set} --out {out} --resume"));
        return Ok(ExitCode::from(interrupt::EXIT_CODE));
    }
    if !arguments.json {
        let run = shell::path(&options.out);
        console.aside(format!("\nNext:\n  banyan evaluate {run}\n  banyan predict {run} --data FILE -o predictions.csv"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Trains with a progress display and with Ctrl-C heard.
pub(super) fn train(config: &Config, folder: &Path, options: &TrainOptions, console: &Console) -> Result<Summary, Failure> {
    let interrupt = interrupt::flag()?;
    let mut observer = progress::observer(console, config);
    Ok(banyan::train::train(config, folder, options, observer.as_mut(), &interrupt)?)
}

/// The folder that a configuration's data paths are relative to.
pub(super) fn folder_of(config: &Path) -> &Path {
    config.parent().unwrap_or(Path::new(""))
}

/// For a person how the training went, what the model is worth, and where it lies; for a script the last alone.
fn show(summary: &Summary, out: &Path, console: &mut Console) -> Result<(), Failure> {
    console.aside(how_it_went(summary))?;
    if let Some((split, evaluations)) = results::held_out(summary) {
        let inputs: Vec<String> = summary.data.inputs.keys().cloned().collect();
        let rows = evaluations.first().map_or(0, |evaluation| evaluation.rows);
        console.aside(format!("\nOn {} {split} rows:\n\n{}\n", results::count(rows), results::table(&evaluations, &inputs)))?;
        if let Some(note) = results::note_on_loss(&evaluations) {
            console.aside(format!("{note}\n"))?;
        }
    }
    console.aside("The run, with its report.html, lies in")?;
    console.path(out)
}

/// One sentence on a training.
pub(super) fn how_it_went(summary: &Summary) -> String {
    let Summary { stop_reason, epochs, steps, best_epoch, best_score, seconds, preparing_seconds, .. } = summary;
    let score = best_score.map_or(String::new(), |score| format!(", score {score:.4}"));
    let waited = 100.0 * summary.waited_share();
    format!(
        "{steps} steps in {epochs} epochs, {seconds:.1} s ({waited:.1} % of them waiting for data) after {preparing_seconds:.1} s of \
         preparation: {stop_reason}; the weights kept are those after epoch {best_epoch}{score}"
    )
}

fn json(summary: &Summary, out: &Path) -> Result<String, Failure> {
    serde_json::to_string(&Output { run: path_text::to_text(out).into_owned(), summary }).map_err(Failure::failed)
}

fn no_run(config: &Path, name: &str) -> Failure {
    Failure::usage(format!(
        "there is no run runs/{name}-1 to resume; name its folder with --out, or begin one with: banyan train {}",
        shell::path(config)
    ))
}
