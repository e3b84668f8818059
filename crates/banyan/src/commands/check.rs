//! `banyan check`.

use std::path::PathBuf;
use std::process::ExitCode;

use banyan::data::audit::Audit;
use banyan::model::Methods;
use banyan::train::run::DataSummary;
use banyan::train::{Checked, PartCost};
use clap::Args;
use indexmap::IndexMap;
use serde::Serialize;

use super::train::folder_of;
use crate::console::Console;
use crate::failure::Failure;
use crate::waiting::Waiting;
use crate::{config_file, results, shell};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The configuration
    config: PathBuf,
    /// Override a key of the configuration, or take it out (KEY=); may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Output<'a> {
    /// Whether a training would begin.
    ok: bool,
    /// Why it would not.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    warnings: Vec<String>,
    audit: &'a Audit,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<usize>,
    /// The work and the size of each part, of a model that reads images or recordings.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<&'a IndexMap<String, PartCost>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a DataSummary>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let config = config_file::load(&arguments.config, &arguments.overrides)?;
    let mut waiting = Waiting::new(console);
    let Checked { audit, outcome } = banyan::train::check(&config, folder_of(&arguments.config), &Methods::default(), &mut waiting)?;
    drop(waiting);
    if arguments.json {
        let fit = outcome.as_ref().ok();
        let output = Output {
            ok: fit.is_some(),
            error: outcome.as_ref().err().map(ToString::to_string),
            warnings: audit.warnings().into_iter().chain(fit.into_iter().flat_map(|fit| fit.data.notes.clone())).collect(),
            audit: &audit,
            parameters: fit.map(|fit| fit.parameters),
            cost: fit.and_then(|fit| fit.cost.as_ref()),
            data: fit.map(|fit| &fit.data),
        };
        console.result(serde_json::to_string(&output).map_err(Failure::failed)?)?;
        return Ok(if output.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    // What keeps a training from beginning is something to worry about, and so may a note be.
    let is_all_well = outcome.as_ref().is_ok_and(|fit| fit.data.notes.is_empty());
    if !is_all_well && audit.warnings().is_empty() {
        console.aside(audit.figures())?;
    } else {
        console.aside(&audit)?;
    }
    let fit = outcome?;
    for note in &fit.data.notes {
        console.note(note);
    }
    if let Some(cost) = &fit.cost {
        console.aside(cost_of_parts(cost))?;
    }
    let rows: Vec<String> = fit.data.rows.iter().map(|(split, rows)| format!("{} {split}", results::count(*rows))).collect();
    console.aside(format!(
        "\nA training would begin: {} parameters, rows: {}. Next:\n  banyan train {}",
        results::count(fit.parameters),
        rows.join(", "),
        shell::path(&arguments.config)
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The work of a forward pass of one row, part by part.
fn cost_of_parts(cost: &IndexMap<String, PartCost>) -> String {
    let all: u64 = cost.values().map(|part| part.multiply_adds).sum();
    let width = cost.keys().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut text = format!("\nOne row takes {:.1} million multiply-adds:", all as f64 / 1e6);
    for (name, part) in cost {
        let share = 100.0 * part.multiply_adds as f64 / all.max(1) as f64;
        text += &format!("\n  {name:width$}  {share:5.1} %  {:>10} parameters", results::count(part.parameters));
    }
    let heads: u64 = cost.iter().filter(|(name, _)| name.starts_with("head of ")).map(|(_, part)| part.multiply_adds).sum();
    text + &format!("\n  all heads together {:.1} %", 100.0 * heads as f64 / all.max(1) as f64)
}
