//! `banyan methods`: the registries of the libraries, as a text, as Markdown or as JSON.

use std::process::ExitCode;

use banyan::method::listing;
use banyan::train::groups;
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Print one JSON array
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the page docs/methods.md
    #[arg(long)]
    markdown: bool,
}

/// What precedes the groups on the page.
const HEAD: &str = "# Methods

This page is what `banyan methods --markdown` prints; a test compares the two. A method is chosen by its name, or by a table with its
options: `balance = \"upgrad\"`, or `balance = { type = \"cagrad\", c = 0.4 }`. The options of a task are keys of its table.
";

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let groups = groups();
    let page = if arguments.json {
        listing::json(&groups).map_err(Failure::failed)?
    } else if arguments.markdown {
        HEAD.to_owned() + &listing::markdown(&groups)
    } else {
        listing::text(&groups)
    };
    console.result(page.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
