//! `--inputs a,b` and `--tasks x,y`.

use clap::Args;

/// Which inputs are read and which tasks are run.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Read these inputs only, and run no encoder but theirs
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) inputs: Option<Vec<String>>,
    /// Run these tasks only
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub(crate) tasks: Option<Vec<String>>,
}
