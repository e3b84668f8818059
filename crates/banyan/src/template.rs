//! A commented configuration for a table, as `banyan init` writes it.
//!
//! What it says of keys is what the configuration's own structs say of themselves (the descriptions in their JSON schema), and
//! the values are their defaults: neither can become untrue.

use std::fmt::Write;

use banyan::data::infer::{InferredInput, InferredTask};
use banyan::data::number_format::NumberMarks;
use banyan::text::visible;
use banyan::train::config::{Config, ModelConfig, TrainingConfig, toml_key, toml_text};
use toml::Table;

use crate::annotated::Images;

/// Keys that most users will touch: they stand in the file; the others are commented out.
const LIVE: [&str; 8] = ["width", "fusion", "sharing", "epochs", "batch_size", "balance", "modality_dropout", "seed"];
/// Values to show of keys that have no default.
const EXAMPLES: [(&str, &str); 2] = [("patience", "5"), ("threads", "2")];
/// Where comments behind values begin.
const COMMENT: usize = 28;

/// What goes into the file.
#[derive(Debug)]
pub(crate) struct Template<'a> {
    /// The command that wrote it.
    pub(crate) command: &'a str,
    /// The file's own path as a word of a shell, for the commands that come next.
    pub(crate) path: &'a str,
    /// The tables, relative to the file's folder.
    pub(crate) tables: &'a Tables<String>,
    /// The folder of media files, where it is not the tables'.
    pub(crate) media_root: Option<&'a str>,
    /// The marks that numbers are written with, where they are not the usual ones.
    pub(crate) marks: NumberMarks,
    /// What is known of annotated images, where the table is a set of those.
    pub(crate) images: Option<&'a Images>,
    pub(crate) inputs: &'a [InferredInput],
    /// Column and what was inferred about it.
    pub(crate) tasks: &'a [(String, InferredTask)],
}

/// The tables of the three splits.
#[derive(Debug)]
pub(crate) struct Tables<T> {
    pub(crate) train: T,
    pub(crate) valid: Option<T>,
    pub(crate) test: Option<T>,
}

impl Tables<String> {
    /// `[data]`. What no file is given for is cut off the training rows.
    fn section(&self) -> String {
        let mut text = format!("\n[data]\ntrain = {}\n", toml_text(&self.train));
        for (key, file) in [("valid", &self.valid), ("test", &self.test)] {
            if let Some(file) = file {
                let _ = writeln!(text, "{key} = {}", toml_text(file));
            }
        }
        let fraction = |file: &Option<String>| if file.is_some() { "0.0" } else { "0.1" };
        text.push_str(match (&self.valid, &self.test) {
            (Some(_), Some(_)) => return text,
            (None, None) => {
                "# Rows that are kept back: to choose the best weights by, and for the final figures. Files may be named\n\
                 # instead: valid = \"…\" and test = \"…\".\n"
            }
            (None, Some(_)) => "# Rows that are kept back to choose the best weights by. A file may be named instead: valid = \"…\".\n",
            (Some(_), None) => "# Rows that are kept back for the final figures. A file may be named instead: test = \"…\".\n",
        });
        let (valid, test) = (fraction(&self.valid), fraction(&self.test));
        let _ = writeln!(text, "split = {{ valid = {valid}, test = {test}, by = \"stratified\" }}");
        text
    }
}

impl Template<'_> {
    /// The text.
    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "# Written by \"{}\". Change what you like; then\n#   banyan check {path}     validates it and audits the data,\n\
             #   banyan train {path}     trains.\n",
            visible(self.command),
            path = visible(self.path)
        );
        text.push_str(&self.tables.section());
        if let Some(images) = self.images {
            text.push_str(&comment(&images.found));
        }
        if let Some(root) = self.media_root {
            text += &with_comment(&format!("media_root = {}", toml_text(root)), "the folder that all paths of files lead into");
            text.push('\n');
        }
        text.push_str(&marks(self.marks));
        text.push_str("\n# Inputs: what the model reads. Each table here is a column; remove one to leave it out.\n");
        for input in self.inputs {
            text.push_str(&input_section(input));
            text.push_str(&self.images.map(Images::lines_of_input).unwrap_or_default());
        }
        text.push_str("\n# Tasks: what the model predicts. Rows that lack a label still teach the other tasks.\n");
        for (column, task) in self.tasks {
            text.push_str(&task_section(column, task));
            text.push_str(&self.images.map(|images| images.lines_of_task(task.kind)).unwrap_or_default());
        }
        text.push_str(&section("model", "ModelConfig", Table::try_from(ModelConfig::default()).unwrap_or_default()));
        text.push_str(&section("training", "TrainingConfig", Table::try_from(TrainingConfig::default()).unwrap_or_default()));
        text
    }
}

/// How numbers are written, where it is not as usual.
fn marks(marks: NumberMarks) -> String {
    let keys = [
        ("decimal", marks.decimal, "what stands before a fraction"),
        ("thousands", marks.thousands, "what stands between groups of digits"),
    ];
    let line = |(key, mark, meaning): (&str, Option<char>, &str)| {
        Some(with_comment(&format!("{key} = {}", toml_text(&mark?.to_string())), meaning) + "\n")
    };
    keys.into_iter().filter_map(line).collect()
}

fn input_section(input: &InferredInput) -> String {
    let (name, renamed) = name_of(&input.column);
    let header = format!("[inputs.{}]", toml_key(&name));
    let lines = match input.kind {
        Some(kind) => [header, with_comment(&format!("type = \"{}\"", kind.name()), &input.reason)],
        None => [format!("# {header}"), with_comment("# type = \"category\"", &format!("left out: {}", input.reason))],
    };
    let mark = if input.kind.is_none() { "# " } else { "" };
    let column = if renamed { format!("{mark}column = {}\n", toml_text(&input.column)) } else { String::new() };
    format!("\n{}\n{}\n{column}", lines[0], lines[1])
}

fn task_section(column: &str, task: &InferredTask) -> String {
    let (name, renamed) = name_of(column);
    let mut text = format!("\n[tasks.{}]\n{}\n", toml_key(&name), with_comment(&format!("type = \"{}\"", task.kind.name()), &task.reason));
    if renamed {
        let _ = writeln!(text, "column = {}", toml_text(column));
    }
    if let Some(words) = &task.on {
        let on = format!("on = {}", toml_text(&name_of(words).0));
        let _ = writeln!(text, "{}", with_comment(&on, "the input whose tokens are labeled"));
    }
    if let Some(separator) = &task.separator {
        let _ = writeln!(text, "{}", with_comment(&format!("separator = {}", toml_text(separator)), "between the labels of a cell"));
    }
    let _ = writeln!(text, "{}", with_comment("weight = 1.0", "how much the task counts"));
    text
}

/// `[model]` or `[training]`, each key with its description.
fn section(name: &str, definition: &str, defaults: Table) -> String {
    let schema = Config::json_schema();
    let mut text = format!("\n[{name}]");
    let properties = &schema["$defs"][definition]["properties"];
    let with_default = defaults.iter().map(|(key, value)| (key.as_str(), value.to_string()));
    let others = EXAMPLES.iter().filter(|(key, _)| properties.get(key).is_some() && !defaults.contains_key(*key));
    for (key, value) in with_default.chain(others.map(|(key, value)| (*key, (*value).to_owned()))) {
        let description = properties[key]["description"].as_str().unwrap_or_default();
        let mark = if LIVE.contains(&key) { "" } else { "# " };
        let _ = write!(text, "\n{}{mark}{key} = {value}\n", comment(description));
    }
    text
}

/// Comment lines of a readable length.
fn comment(text: &str) -> String {
    let mut lines = String::new();
    let mut line = "#".to_owned();
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() > 110 {
            lines.push_str(&line);
            lines.push('\n');
            line = "#".to_owned();
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}

/// A configuration needs a name where a table's column may have none, and names hold no slash.
fn name_of(column: &str) -> (String, bool) {
    let name = if column.trim().is_empty() { "unnamed".to_owned() } else { column.replace('/', "-") };
    let renamed = name != column;
    (name, renamed)
}

pub(crate) fn with_comment(line: &str, comment: &str) -> String {
    format!("{line:COMMENT$}# {}", visible(comment))
}
