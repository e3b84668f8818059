//! `--inputs a,b` and `--tasks x,y`.

use banyan::train::LoadedRun;
use clap::Args;

use crate::failure::Failure;
use crate::names::names;

/// Which inputs are read and which tasks are run.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Read these inputs only, and run no encoder but theirs; may be repeated
    #[arg(long, value_name = "NAMES")]
    inputs: Vec<String>,
    /// Run these tasks only; may be repeated
    #[arg(long, value_name = "NAMES", visible_alias = "target")]
    tasks: Vec<String>,
}

impl Selection {
    /// The names of the inputs, where some were chosen.
    ///
    /// # Errors
    /// What can be read in two ways.
    pub(crate) fn inputs(&self, run: &LoadedRun) -> Result<Option<Vec<String>>, Failure> {
        let known: Vec<&str> = run.schema.inputs.iter().map(|input| input.name.as_str()).collect();
        chosen("--inputs", &self.inputs, &known)
    }

    /// The names of the tasks, where some were chosen.
    ///
    /// # Errors
    /// What can be read in two ways.
    pub(crate) fn tasks(&self, run: &LoadedRun) -> Result<Option<Vec<String>>, Failure> {
        let known: Vec<&str> = run.schema.targets.iter().map(|target| target.name.as_str()).collect();
        chosen("--tasks", &self.tasks, &known)
    }
}

fn chosen(flag: &str, written: &[String], known: &[&str]) -> Result<Option<Vec<String>>, Failure> {
    if written.is_empty() { Ok(None) } else { names(flag, written, known).map(Some) }
}
