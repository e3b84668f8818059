//! `banyan init`.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use banyan::data::infer::{infer_inputs, infer_task};
use banyan::data::path_text;
use banyan::data::table::{ReadOptions, Table};
use banyan::train::config::Config;
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;
use crate::table::Table as TextTable;
use crate::template::Template;

#[derive(Debug, Args)]
#[command(after_help = "Example: banyan init people.csv --tasks income,never_married -o people.toml")]
pub(crate) struct Arguments {
    /// The table: a .csv, .tsv, .jsonl, .parquet or .arrow file
    data: PathBuf,
    /// The columns to predict
    #[arg(long, required = true, value_delimiter = ',', value_name = "COLUMNS")]
    tasks: Vec<String>,
    /// Where to write; without it DATA's name with .toml, in the current folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it is there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let output = arguments.output.clone().unwrap_or_else(|| Path::new(&table_stem(&arguments.data)).with_extension("toml"));
    if output.exists() && !arguments.force {
        return Err(Failure::usage(format!(
            "{} is there already; overwrite it with --force, or name another file with -o",
            output.display()
        )));
    }
    if arguments.data.as_os_str() == "-" {
        return Err(Failure::usage(
            "the configuration names the table that a training reads: write standard input into a file, and name that",
        ));
    }
    let table = Table::read(&arguments.data, &ReadOptions::default())?;
    for (place, task) in arguments.tasks.iter().enumerate() {
        table.column(task)?;
        if arguments.tasks[..place].contains(task) {
            return Err(Failure::usage(format!("--tasks names \"{task}\" twice; name each column once")));
        }
    }
    let inputs = infer_inputs(&table, &arguments.tasks);
    let tasks = arguments.tasks.iter().map(|task| Ok((task.clone(), infer_task(&table, task)?)));
    let tasks = tasks.collect::<Result<Vec<_>, Failure>>()?;
    if inputs.iter().all(|input| input.kind.is_none()) {
        let reasons: Vec<String> = inputs.iter().map(|input| format!("\"{}\": {}", input.column, input.reason)).collect();
        let reasons = if reasons.is_empty() { "there is no other column".to_owned() } else { reasons.join("; ") };
        return Err(Failure::failed(format!("{} has no column that a model could read ({reasons})", arguments.data.display())));
    }
    let (path, train) = (output.display().to_string(), relative(&arguments.data, output.parent().unwrap_or(Path::new("")))?);
    let command = format!("banyan init {} --tasks {}", arguments.data.display(), arguments.tasks.join(","));
    let text = Template { command: &command, path: &path, train: &train, inputs: &inputs, tasks: &tasks }.text();
    // What is written is what "banyan train" reads: a table that makes it say nonsense is told here.
    Config::parse(&path, &text, &[])?;
    std::fs::write(&output, text).map_err(|cause| Failure::failed(format!("could not write {path}: {cause}")))?;

    let mut shown = TextTable::new(["column", "used as", "type", "reason"]);
    for (column, task) in &tasks {
        shown.row([column.as_str(), "task", task.kind.name(), &task.reason]);
    }
    for input in &inputs {
        let (role, kind) = input.kind.map_or(("left out", ""), |kind| ("input", kind.name()));
        shown.row([&input.column, role, kind, &input.reason]);
    }
    for note in table.notes() {
        console.note(note);
    }
    console.aside(format!("{shown}\n\nWritten, with every default explained:"))?;
    console.result(&path)?;
    console.aside(format!("\nNext:\n  banyan check {path}\n  banyan train {path}"))?;
    Ok(ExitCode::SUCCESS)
}

/// The name of a table without its endings: of `people.csv.gz` what it is of `people.csv`.
fn table_stem(path: &Path) -> PathBuf {
    let stem = Path::new(path.file_stem().unwrap_or_default());
    let is_packed =
        path.extension().is_some_and(|ending| ["gz", "gzip", "zst", "zstd"].iter().any(|packed| ending.eq_ignore_ascii_case(packed)));
    if is_packed { stem.with_extension("") } else { stem.to_path_buf() }
}

/// The path of a table as seen from a folder, with forward slashes.
fn relative(table: &Path, folder: &Path) -> Result<String, Failure> {
    let whole = |path: &Path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        path.canonicalize().map_err(|cause| Failure::usage(format!("{} cannot be opened: {cause}", path.display())))
    };
    let (table, folder) = (whole(table)?, whole(folder)?);
    let common = table.components().zip(folder.components()).take_while(|(left, right)| left == right).count();
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    let steps: Vec<&OsStr> = up.chain(table.components().skip(common)).map(|step| step.as_os_str()).collect();
    let path: OsString = steps.join(OsStr::new("/"));
    Ok(path_text::to_text(Path::new(&path)).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_seen_from_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        std::fs::create_dir_all(folder.path().join("c")).unwrap();
        let table = folder.path().join("a/t.csv");
        std::fs::write(&table, "x\n1\n").unwrap();
        for (from, expected) in [("a", "t.csv"), ("", "a/t.csv"), ("a/b", "../t.csv"), ("c", "../a/t.csv")] {
            assert_eq!(relative(&table, &folder.path().join(from)).unwrap(), expected, "{from}");
        }
    }
}
