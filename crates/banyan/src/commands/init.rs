//! `banyan init`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use banyan::data::infer::{infer_inputs, infer_task};
use banyan::data::output::{check_output, write_file, write_new_file};
use banyan::data::path_text;
use banyan::data::table::{FolderParts, LABEL_COLUMN, ReadOptions, Table, TablePart, unpacked};
use banyan::train::config::Config;
use banyan::train::{Event, Observer};
use clap::Args;

use crate::console::Console;
use crate::failure::Failure;
use crate::names::names;
use crate::table::Table as TextTable;
use crate::template::{Tables, Template};
use crate::waiting::Waiting;
use crate::{annotated, media_root, shell, sources};

#[derive(Debug, Args)]
#[command(after_help = "Examples: banyan init people.csv                    lists the columns\n          \
banyan init people.csv --tasks income,never_married -o people.toml\n          \
banyan init photos                        a folder with a folder of images for each class\n          \
banyan init instances_train2017.json      annotated images of COCO; also a data.yaml of YOLO, or a folder of Pascal VOC")]
pub(crate) struct Arguments {
    /// The table: a .csv, .tsv, .jsonl, .parquet or .arrow file, a folder with a folder of images for each class, or annotated images (of COCO, YOLO or Pascal VOC)
    data: PathBuf,
    /// The columns to predict; may be repeated. Quotation marks keep a comma: '"Price, EUR",size'. Without it the columns are listed
    #[arg(long, value_name = "COLUMNS", visible_alias = "target")]
    tasks: Vec<String>,
    /// The table to choose the best weights by; without it a tenth of DATA's rows
    #[arg(long, value_name = "FILE")]
    valid: Option<PathBuf>,
    /// The table for the final figures; without it a tenth of DATA's rows
    #[arg(long, value_name = "FILE")]
    test: Option<PathBuf>,
    /// Where to write; without it DATA's name with .toml, in the current folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it is there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    if arguments.data.as_os_str() == "-" {
        return Err(Failure::usage(
            "the configuration names the table that a training reads: write standard input into a file, and name that",
        ));
    }
    let files = files(arguments);
    let is_annotated = Table::annotated_parts(&arguments.data).is_some();
    let read_part = |path: &Path, media_root: Option<&str>, part: TablePart, console: &Console| {
        let mut waiting = Waiting::new(console);
        waiting.event(&Event::Preparing { what: &format!("reading {}", path.display()) });
        Table::read(path, &ReadOptions { media_root: media_root.map(str::to_owned), part, ..ReadOptions::default() })
    };
    let read_below = |path: &Path, media_root: Option<&str>, console: &Console| read_part(path, media_root, TablePart::Train, console);
    let read_table = |path: &Path, console: &Console| read_below(path, None, console);
    if arguments.tasks.is_empty() && !files.train.is_dir() && !is_annotated {
        let table = read_table(&files.train, console)?;
        let table = match media_root::find(&[&table], &[]) {
            Some(root) => read_below(&files.train, Some(&root), console)?,
            None => table,
        };
        return list_columns(&table, arguments, console);
    }
    let output = arguments.output.clone().unwrap_or_else(|| default_output(&arguments.data));
    let given = [Some(&files.train), files.valid.as_ref(), files.test.as_ref()];
    let read: Vec<_> = given.iter().flatten().filter_map(|path| sources::table(path, "a table that is read")).collect();
    check_output(&output, &read)?;
    if output.exists() && !arguments.force {
        return Err(is_there(&output));
    }
    let table = read_table(&files.train, console)?;
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let tasks = match arguments.tasks.is_empty() {
        true if is_annotated => annotated::tasks(&table)?,
        true => vec![LABEL_COLUMN.to_owned()],
        false => names("--tasks", &arguments.tasks, &columns)?,
    };
    for (place, task) in tasks.iter().enumerate() {
        table.column(task)?;
        if tasks[..place].contains(task) {
            return Err(Failure::usage(format!("--tasks names \"{task}\" twice; name each column once")));
        }
    }
    let mut others = Vec::new();
    for (path, part) in [(&files.valid, TablePart::Valid), (&files.test, TablePart::Test)] {
        let Some(path) = path else { continue };
        let table = read_part(path, None, part, console)?;
        // Of annotated images those that have no mask tell nothing of the others.
        if !is_annotated {
            tasks.iter().try_for_each(|task| table.column(task).map(drop))?;
        }
        others.push(table);
    }
    let media_root = media_root::find(&std::iter::once(&table).chain(&others).collect::<Vec<_>>(), &tasks);
    let table = match &media_root {
        Some(root) => read_below(&files.train, Some(root), console)?,
        None => table,
    };
    let mut inputs = infer_inputs(&table, &if is_annotated { annotated::no_inputs(&table) } else { tasks.clone() });
    let images = is_annotated.then(|| annotated::Images::of(&table));
    if media_root.is_some() {
        media_root::explain(&mut inputs);
    }
    let tasks = tasks.iter().map(|task| Ok((task.clone(), infer_task(&table, task)?)));
    let tasks = tasks.collect::<Result<Vec<_>, Failure>>()?;
    if inputs.iter().all(|input| input.kind.is_none()) {
        let reasons: Vec<String> = inputs.iter().map(|input| format!("\"{}\": {}", input.column, input.reason)).collect();
        let reasons = if reasons.is_empty() { "there is no other column".to_owned() } else { reasons.join("; ") };
        return Err(Failure::failed(format!("{} has no column that a model could read ({reasons})", arguments.data.display())));
    }
    let (path, folder) = (shell::path(&output), output.parent().unwrap_or(Path::new("")));
    let seen = |table: &Option<PathBuf>| table.as_ref().map(|table| relative(table, folder)).transpose();
    let tables = Tables { train: relative(&files.train, folder)?, valid: seen(&files.valid)?, test: seen(&files.test)? };
    let marks = table.number_marks();
    let media_root = media_root.as_deref().filter(|_| inputs.iter().any(media_root::is_of_files));
    let (command, images) = (command(arguments), images.as_ref());
    let text =
        Template { command: &command, path: &path, tables: &tables, media_root, marks, images, inputs: &inputs, tasks: &tasks }.text();
    // What is written is what "banyan train" reads: a table that makes it say nonsense is told here.
    Config::parse(&output.display().to_string(), &text, &[])?;
    let write = |file: &mut BufWriter<File>| file.write_all(text.as_bytes());
    let written = if arguments.force { write_file(&output, write) } else { write_new_file(&output, write) };
    written.map_err(|cause| match cause.kind() {
        // Another `init` made it while this one read the table.
        ErrorKind::AlreadyExists => is_there(&output),
        _ => Failure::failed(format!("could not write {}: {cause}", output.display())),
    })?;

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
    console.path(&output)?;
    console.aside(format!("\nNext:\n  banyan check {path}\n  banyan train {path}"))?;
    Ok(ExitCode::SUCCESS)
}

fn is_there(output: &Path) -> Failure {
    Failure::usage(format!("{} is there already; overwrite it with --force, or name another file with -o", output.display()))
}

/// The tables: those that are named, and those that a folder has for its splits.
fn files(arguments: &Arguments) -> Tables<PathBuf> {
    let parts = Table::annotated_parts(&arguments.data).or_else(|| FolderParts::of(&arguments.data));
    let parts = parts.unwrap_or_else(|| FolderParts { train: arguments.data.clone(), valid: None, test: None });
    Tables { train: parts.train, valid: arguments.valid.clone().or(parts.valid), test: arguments.test.clone().or(parts.test) }
}

/// The name of the table, or of the folder, with `.toml`.
fn default_output(data: &Path) -> PathBuf {
    let name = match data.file_name() {
        Some(_) => data.to_owned(),
        // Such as "." and "..".
        None => data.canonicalize().unwrap_or_else(|_| data.to_owned()),
    };
    let name = if data.is_dir() { name } else { unpacked(&name).with_extension("") };
    let mut name = name.file_name().unwrap_or_default().to_owned();
    name.push(".toml");
    PathBuf::from(name)
}

/// The command as it was given, for the file's first line.
fn command(arguments: &Arguments) -> String {
    let mut command = format!("banyan init {}", shell::path(&arguments.data));
    arguments.tasks.iter().for_each(|names| command += &format!(" --tasks {}", shell::word(names)));
    for (flag, path) in [("--valid", &arguments.valid), ("--test", &arguments.test)] {
        path.iter().for_each(|path| command += &format!(" {flag} {}", shell::path(path)));
    }
    command
}

/// Shows what each column looks like to whoever has not said yet which of them are to be predicted.
fn list_columns(table: &Table, arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let mut shown = TextTable::new(["column", "as an input", "as a task", "what it holds"]);
    for input in infer_inputs(table, &[]) {
        let task = infer_task(table, &input.column).map_or("–", |task| task.kind.name());
        shown.row([input.column.as_str(), input.kind.map_or("left out", |kind| kind.name()), task, &input.reason]);
    }
    console.show(&shown)?;
    Err(Failure::usage(format!("nothing was written: say which columns to predict, with {} --tasks COLUMN,COLUMN", command(arguments))))
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
    // A data set may be the folder itself.
    let path: OsString = if steps.is_empty() { ".".into() } else { steps.join(OsStr::new("/")) };
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
        assert_eq!(relative(&folder.path().join("a"), &folder.path().join("a")).unwrap(), ".");
        assert_eq!(relative(&folder.path().join("a"), &folder.path().join("a/b")).unwrap(), "..");
    }
}
