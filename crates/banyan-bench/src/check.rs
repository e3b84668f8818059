//! `check`: losses and Gramian against PyTorch's.

use crate::failure::Failure;
use crate::models::Model;
use crate::output::line;
use crate::precision::Precision;
use crate::program::{Labeled, Workload};
use crate::reference::ReferenceFile;
use crate::session::{Mode, Session};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Files that bench/export.py wrote
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What numbers matrix products multiply
    #[arg(long, value_enum, default_value = "auto")]
    precision: Precision,
    /// Samples of a chunk [default: what suits the model]
    #[arg(long)]
    chunk_rows: Option<usize>,
}

/// How far a model's numbers lie from PyTorch's.
struct Distance {
    /// For each step the largest over tasks, relative to the loss.
    losses: Vec<f64>,
    /// The largest over entries, relative to the largest entry.
    gramian: f64,
}

/// Checks every file and prints a line for each.
///
/// # Errors
/// Files that cannot be used, and numbers that lie too far from PyTorch's.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.chunk_rows == Some(0) {
        return Err(Failure::usage("--chunk-rows must be at least 1"));
    }
    let tolerance = arguments.precision.tolerance();
    let mut far = 0;
    for path in &arguments.files {
        let found = distance(path, arguments)?;
        // Written so that NaN is too far.
        let near = found.losses.iter().all(|&loss| loss <= tolerance.loss) && found.gramian <= tolerance.gramian;
        far += usize::from(!near);
        line(format!(
            "{} {}, {}: losses step by step within {} (allowed {:.0e}), Gramian within {:.1e} (allowed {:.0e})",
            if near { "ok  " } else { "FAR " },
            path.display(),
            arguments.precision.used(),
            found.losses.iter().map(|loss| format!("{loss:.1e}")).collect::<Vec<_>>().join(", "),
            tolerance.loss,
            found.gramian,
            tolerance.gramian,
        ))?;
    }
    if far > 0 {
        return Err(Failure::failed(format!("{far} of {} models lie too far from PyTorch's numbers", arguments.files.len())));
    }
    Ok(())
}

fn distance(path: &Path, arguments: &Arguments) -> Result<Distance, Failure> {
    let file = ReferenceFile::read(path)?;
    let reference = file.open()?;
    let plan = reference.plan()?;
    let (model, mut parameters) = Model::new(&plan);
    reference.load(&mut parameters)?;
    let rows = arguments.chunk_rows.unwrap_or(plan.model.chunk_rows());
    let workload = Workload::new(plan, model, reference.batch(&plan)?, rows, Labeled::All);
    let settings = arguments.precision.settings(0, 2)?;
    let mut session = Session::new(parameters, plan.tasks, Mode::Plain, None, settings, reference.learning_rate()?)?;

    session.engine.stacked(&session.parameters, &workload, plan.tasks);
    let (found, expected) = (session.engine.gramian(&session.parameters), reference.gramian(&plan)?);
    let largest = expected.iter().fold(0.0, |a: f64, b| a.max(b.abs()));
    let gramian = worst(found.iter().zip(&expected).map(|(found, expected)| (found - expected).abs() / largest));

    let expected = reference.losses(&plan)?;
    let mut losses = Vec::new();
    for expected in &expected {
        let found = session.step(&workload)?.losses;
        losses.push(worst(found.iter().zip(expected).map(|(found, expected)| (found - expected).abs() / expected.abs())));
    }
    Ok(Distance { losses, gramian })
}

/// The largest, and NaN if there is one.
fn worst(distances: impl Iterator<Item = f64>) -> f64 {
    distances.fold(0.0, |a, b| if a.is_nan() || b <= a { a } else { b })
}
